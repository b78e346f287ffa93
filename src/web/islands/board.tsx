/** The board app in a chat: draws the answer of `show_board`, plays at a click, and asks for what
 *  has come since as long as somebody sees it. What it shows is what the seat of the call may read.
 *  Its host is the AI client, which frames it. */
import { render } from "preact";
import type { Names } from "../../domain/board/named.ts";
import type { MoveValue, View } from "../../domain/board/view.ts";
import { boardOfView } from "../channel/parts/board.tsx";
import type { Choice, Clicks, Pressable } from "../channel/parts/clicks.ts";
import { choicePart, NO_CHOICE, pressableOn } from "../channel/parts/two_clicks.tsx";
import { Cells } from "./board/cells.ts";
import { Host, type HostContext, type ToolResult } from "./board/host.ts";

/** An answer of `show_board`. */
interface Seen {
  view: View;
  players: Names;
  turn: string[];
  over: boolean;
  you: string | null;
  move?: { game: string; action: string; answers: number };
  cursor: number;
}

interface Shown {
  seen?: Seen;
  choice: Choice;
  /** Whether a move is on its way. */
  isSending: boolean;
  /** What went wrong. */
  fault: string;
}

const SOONEST_MS = 2_500;
const LATEST_MS = 15_000;
/** A referee answers a move about this soon. */
const JUDGED_MS = 400;
const MOST_HEIGHT = 500;

const root = document.getElementById("board")!;
const shown: Shown = { choice: NO_CHOICE, isSending: false, fault: "" };
let address: Record<string, unknown> = {};
let waitMs = SOONEST_MS;
let timer: number | undefined;
let isInView = true;
let isOver = false;
const cells = new Cells(root);

const host = new Host({
  input({ channel_id, rejoin_token }) {
    address = { channel_id, ...rejoin_token !== undefined && { rejoin_token } };
    askAfter(waitMs);
  },
  result: take,
  context,
  end() {
    isOver = true;
    clearTimeout(timer);
  },
});

function context({ theme, styles }: HostContext): void {
  if (theme) document.body.style.colorScheme = theme;
  for (const [name, value] of Object.entries(styles?.variables ?? {})) {
    if (name.startsWith("--") && value) {
      document.body.style.setProperty(name, value);
    }
  }
}

// The board
// -------------------------------------------------------------------------------------------------

function draw(change: Partial<Shown>): void {
  Object.assign(shown, change);
  const { seen, fault } = shown;
  cells.remember();
  render(
    <>
      {seen && boardOfView(seen.view, seen.players, false, { seat: seen.you, pressables })}
      {choicePart(clicks())}
      <p class="turn" role="status">{fault || turnText()}</p>
    </>,
    root,
  );
  cells.restore();
}

function turnText(): string {
  const { seen, isSending } = shown;
  if (!seen) return "";
  if (isSending) return "Your move is on its way.";
  const { over, turn, you, players } = seen;
  if (over) return "The game is over.";
  if (you !== null && turn.includes(you)) return "Your move.";
  return turn.length > 0 ? `${turn.map((id) => players[id] ?? id).join(", ")} to move.` : "";
}

function clicks(): Clicks {
  return { choice: shown.choice, play, choose: (choice) => draw({ choice }) };
}

function pressables(row: number, column: number): Pressable | null {
  const { seen, isSending } = shown;
  return seen?.move && !isSending ? pressableOn(seen.view, row, column, clicks()) : null;
}

/** Makes a move as the seat of the call: the entry is that of a typed one. */
async function play(value: MoveValue): Promise<void> {
  draw({ isSending: true, choice: NO_CHOICE, fault: "" });
  try {
    const { move } = shown.seen!;
    const result = await host.callTool("make_game_move", { ...address, ...move, value });
    draw({ fault: result.isError ? textIn(result) : "" });
  } catch (error) {
    draw({ fault: `The client did not make the move: ${(error as Error).message}` });
  }
  draw({ isSending: false });
  waitMs = SOONEST_MS;
  askAfter(JUDGED_MS);
}

function textIn({ content = [] }: ToolResult): string {
  return content.find(({ text }) => text)?.text ?? "The server gave no reason.";
}

// What has come since
// -------------------------------------------------------------------------------------------------

/** Whether the answer has something new. */
function take(result: ToolResult): boolean {
  if (result.isError) {
    draw({ fault: textIn(result) });
    return false;
  }
  const seen = result.structuredContent as Seen | undefined;
  if (!seen?.view || seen.cursor < (shown.seen?.cursor ?? 0)) return false;
  const isNew = seen.cursor !== shown.seen?.cursor;
  const isOtherTurn = seen.move?.answers !== shown.seen?.move?.answers;
  draw({ seen, ...isOtherTurn && { choice: NO_CHOICE, fault: "" } });
  return isNew;
}

function askAfter(ms: number): void {
  clearTimeout(timer);
  const isWatched = isInView && document.visibilityState === "visible";
  if (isWatched && !isOver && address.channel_id) timer = setTimeout(ask, ms);
}

async function ask(): Promise<void> {
  const isNew = await host.callTool("show_board", address).then(
    take,
    () => false,
  );
  waitMs = isNew ? SOONEST_MS : Math.min(LATEST_MS, waitMs * 1.5);
  askAfter(waitMs);
}

document.addEventListener("visibilitychange", () => askAfter(0));
new IntersectionObserver(([entry]) => {
  const wasInView = isInView;
  isInView = entry!.isIntersecting;
  if (isInView !== wasInView) askAfter(0);
}).observe(document.body);
new ResizeObserver(() => {
  host.needs(
    Math.min(
      MOST_HEIGHT,
      Math.ceil(document.body.getBoundingClientRect().height),
    ),
  );
}).observe(document.body);

await host.connect("mcp-multiplayer-board");
