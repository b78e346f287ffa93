/** Reads the board of a channel: as a caller may see it, and as spectators see it who have no
 *  sign-in, such as a picture in a page. */
import { type Board, boardOf, type ReadMessage } from "../../domain/board/board.ts";
import { movesOf } from "../../domain/bot/moves.ts";
import { type Access, channelNotFound, isOpen } from "../../domain/channel/seat.ts";
import { turnOf } from "../../domain/channel/turn.ts";
import { messageFor } from "../../domain/channel/visibility.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import type { Shown, ShownChannels } from "../shown.ts";

interface BoardReaderDeps {
  registry: Pick<ChannelRegistry, "load" | "entries">;
  shown: Pick<ShownChannels, "open" | "to">;
}

/** A channel whose board can be read, as of each entry from `first` to `last`. */
interface ShownBoard {
  first: number;
  last: number;
  isPublic: boolean;
  name: string;
  /** By player id. */
  players: Record<string, string>;
  board(at: number): Promise<Board>;
}

/** A board with what a move on it needs. */
interface SeenBoard extends Pick<Shown, "state" | "viewer"> {
  board: Board;
  /** Present on the caller's turn at the game of the board: what a move there has beside its value,
   *  and the message that gave the turn. */
  move?: { game: string; action: string; answers: number };
}

/** How many entries are read at a time, and at most, to find a board. */
const AT_ONCE = 64;
const MOST = 512;

export class BoardReader {
  readonly #deps: BoardReaderDeps;

  constructor(deps: BoardReaderDeps) {
    this.#deps = deps;
  }

  /** The board of what the caller may read. Throws the refusals of `ShownChannels.open`. */
  async seen(access: Access): Promise<SeenBoard> {
    const { state, viewer, after } = await this.#deps.shown.open(access);
    const { channel: { bots }, head } = state;
    const you = viewer.seat?.player_id ?? null;
    const board = await this.#newest(access.channelId, { after, size: head.size, you });
    const turn = turnOf(state, you);
    const bot = bots.find(({ bot_id }) => bot_id === board.bot);
    const moves = bot && movesOf(bot.manifest);
    const action = board.view.action ?? Object.keys(moves?.actions ?? {})[0];
    const isYours = turn?.kind === "yours" && turn.botId === board.bot;
    if (!isYours || !moves || action === undefined) return { state, viewer, board };
    const move = { game: moves.game, action, answers: turn.msgId };
    return { state, viewer, board, move };
  }

  /** The board of a channel that anyone who knows of it may read, or with the token of its link.
   *  `linkHash`: SHA-256 hex of the link's token, if one was given. Throws CHANNEL_NOT_FOUND for
   *  every channel that this reader may not read. */
  async open(channelId: string, linkHash: string | null): Promise<ShownBoard> {
    const whole = await this.#deps.registry.load(channelId);
    if (!isOpen(whole.channel) && !isOfLink(whole.channel, linkHash)) throw channelNotFound();
    const { state, after } = await this.#deps.shown.to(whole, { seat: null, admin: false });
    const { channel, head: { size } } = state;
    return {
      first: after + 1,
      last: size,
      isPublic: isOpen(whole.channel),
      name: channel.name,
      players: Object.fromEntries(
        channel.seats.map(({ player_id, display_name }) => [player_id, display_name]),
      ),
      board: (at) => this.#newest(channelId, { after, size: at, you: null }),
    };
  }

  /** The board for a player, or for a spectator (null), in the entries after `after` and up to
   *  `size`, from the end until there is one. */
  async #newest(
    channelId: string,
    { after, size, you }: { after: number; size: number; you: string | null },
  ): Promise<Board> {
    const messages: ReadMessage[] = [];
    let board = boardOf(messages);
    for (let end = size; end > Math.max(after, size - MOST) && board.bot === null;) {
      const from = Math.max(after, end - AT_ONCE);
      const page: ReadMessage[] = [];
      for (let last = from; last < end;) {
        const entries = await this.#deps.registry.entries(channelId, last, end - last);
        if (entries.length === 0) break;
        page.push(...entries.map((entry) => messageFor(you, entry)));
        last = entries.at(-1)!.id;
      }
      messages.unshift(...page);
      board = boardOf(messages);
      end = from;
    }
    return board;
  }
}

function isOfLink({ spectators, spectating }: Channel, linkHash: string | null): boolean {
  return spectators && linkHash !== null && spectating?.link_hash === linkHash;
}
