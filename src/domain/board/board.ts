/** The board of a channel for one reader, as of a message: `boardOf` for a whole log,
 *  `boardAfter` for each further message. It is made of what this reader may read and of nothing
 *  else, so a page, a replay of a file and an app see the same. Pure. */
import { cleanName } from "../../kernel/clean_name.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { BOT_END } from "../announcements/names.ts";
import { fallbackOf, textView } from "./fallback.ts";
import { turnIn } from "./turn_words.ts";
import { isHidden, type RowsView, type View } from "./view.ts";
import { viewIn } from "./view_in.ts";

/** A message as its reader is given it. */
export interface ReadMessage {
  id: number;
  /** A player id, `bot:<bot id>` or `system`. */
  sender: string;
  /** Null if it is withheld from the reader. */
  body: JsonObject | null;
  to?: readonly string[] | undefined;
  /** When it was written, in ISO 8601; unknown to some callers. */
  ts?: string;
}

export interface Board {
  /** What to draw. */
  view: View;
  /** The bot that says so; null while no bot does, and the view is the end of the log. */
  bot: string | null;
  /** The newest message that the view is made of; 0 for none. */
  id: number;
  /** Why the view that the bot has posted last is not shown. */
  wrong?: string;
  /** The players for whom the bot waits. */
  turn: readonly string[];
  /** Whether its game is over. */
  over: boolean;
  /** For `boardAfter`. */
  readonly kept: { bots: ReadonlyMap<string, BotBoard>; log: readonly string[] };
}

interface Shown {
  id: number;
  view: View;
  /** Whether the bot drew it; otherwise `fallbackOf` made it. */
  drawn: boolean;
  wrong?: string;
}

/** The newest boards of a bot: for everyone, and for this reader alone. */
interface BotBoard {
  open?: Shown;
  own?: Shown;
  turn: readonly string[];
  over: boolean;
}

/** How many messages the end of the log shows. */
const LOG_LINES = 8;
const LINE_CHARS = 100;
const BOT = "bot:";
const NO_TURN: BotBoard = { turn: [], over: false };

export const EMPTY_BOARD: Board = {
  view: { kind: "text", text: "" },
  bot: null,
  id: 0,
  turn: [],
  over: false,
  kept: { bots: new Map(), log: [] },
};

export function boardOf(messages: Iterable<ReadMessage>): Board {
  let board = EMPTY_BOARD;
  for (const message of messages) board = boardAfter(board, message);
  return board;
}

/** The board after one more message. */
export function boardAfter({ kept }: Board, message: ReadMessage): Board {
  const { bots } = kept;
  const line = lineOf(message);
  const log = line === null ? kept.log : [...kept.log, line].slice(-LOG_LINES);
  const bot = botOf(message);
  const before = bot === null ? undefined : bots.get(bot);
  const after = bot === null ? undefined : botBoardAfter(before, message);
  const changed = after === before ? bots : new Map(bots).set(bot!, after!);
  return shownOf({ bots: changed, log }, message.id);
}

function botOf({ sender, body }: ReadMessage): string | null {
  if (sender.startsWith(BOT)) return sender.slice(BOT.length);
  const hasEnded = sender === "system" && body?.type === BOT_END;
  return hasEnded && typeof body.bot_id === "string" ? body.bot_id : null;
}

function botBoardAfter(before: BotBoard = NO_TURN, message: ReadMessage): BotBoard | undefined {
  const { id, sender, body, to } = message;
  if (body === null) return before;
  if (!sender.startsWith(BOT)) return { ...before, turn: [], over: true };
  const turn = turnIn(body, { next_player: Infinity });
  const isOver = body.type === "game_end";
  const shown = shownIn(body, to ? before.own ?? before.open : before.open);
  // What only some read names those of them who may move, and not all.
  const says = turn !== null && (!to || before.turn.length === 0);
  return {
    ...before,
    ...isOver && !to && { turn: [], over: true },
    ...says && !isOver && { turn, over: false },
    ...shown && (to ? { own: { id, ...shown } } : { open: { id, ...shown } }),
  };
}

/** The board in a post; null if the one before it still stands. */
function shownIn(body: JsonObject, before: Shown | undefined): Omit<Shown, "id"> | null {
  const read = viewIn(body);
  if (read && "view" in read) return { view: read.view, drawn: true };
  if (!read && before?.drawn) return null;
  const isWord = turnIn(body, { next_player: Infinity }) !== null ||
    [body.position, body.picture].some((each) => each !== undefined);
  const view = read || isWord ? fallbackOf(body) : null;
  if (!read) return view && { view, drawn: false };
  const instead = view ?? before?.view;
  return instead ? { view: instead, drawn: before?.drawn ?? false, wrong: read.wrong } : null;
}

function shownOf(kept: Board["kept"], id: number): Board {
  const { bots, log } = kept;
  const newest = ({ open, own }: BotBoard) => Math.max(open?.id ?? 0, own?.id ?? 0);
  const isDrawn = ({ open, own }: BotBoard) => open?.drawn || own?.drawn ? 1 : 0;
  const [first] = [...bots].filter(([, each]) => newest(each) > 0)
    .sort(([, a], [, b]) => isDrawn(b) - isDrawn(a) || newest(b) - newest(a));
  if (!first) {
    const read = viewIn({ view: textView(log.join("\n")) });
    const view = read && "view" in read ? read.view : EMPTY_BOARD.view;
    const turn = [...bots.values()].flatMap((each) => each.turn);
    return { ...EMPTY_BOARD, view, id: log.length > 0 ? id : 0, turn, kept };
  }
  const [bot, board] = first;
  const { open, own, turn, over } = board;
  const last = (own?.id ?? 0) > (open?.id ?? 0) ? own! : open!;
  const view = last === open && own ? revealed(open.view, own.view) : last.view;
  const { wrong } = last;
  return { view, bot, id: last.id, ...wrong !== undefined && { wrong }, turn, over, kept };
}

/** A board for everyone with what the reader was shown of the same round at the same places. */
function revealed(open: View, own: View): View {
  if (open.round === undefined || open.round !== own.round) return open;
  if (!isRows(open) || !isRows(own) || open.kind !== own.kind) return open;
  const rows = open.rows.map((row, i) => {
    const { label, cells = [] } = own.rows[i] ?? {};
    if (label !== row.label) return row;
    return {
      ...row,
      cells: row.cells.map((cell, j) => isHidden(cell) ? cells[j] ?? cell : cell),
    };
  });
  return { ...open, rows };
}

function isRows(view: View): view is RowsView {
  return "rows" in view;
}

/** A message on one line of the log; null for the server's and for posts without words. */
function lineOf({ sender, body, to }: ReadMessage): string | null {
  if (sender === "system") return null;
  const isBot = sender.startsWith(BOT);
  const said = body === null ? "(to others)" : saidIn(body);
  if (said === null || isBot && body === null) return null;
  const who = isBot ? sender.slice(BOT.length).replace(/^bot_(.+)_\d+$/, "$1") : sender;
  const whom = to && body ? ` to ${to.join(", ")}` : "";
  return [...cleanName(`${who}${whom}: ${said}`)].slice(0, LINE_CHARS).join("");
}

function saidIn({ type, text, action, value }: JsonObject): string | null {
  if (typeof text === "string") return text;
  if (type !== "move") return null;
  const shown = typeof value === "object" ? JSON.stringify(value) : value;
  return shown === undefined ? String(action) : `${action} ${shown}`;
}
