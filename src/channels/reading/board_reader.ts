/** Reads the board of a channel as spectators see it who have no sign-in, such as a picture in a
 *  page: of channels that anyone who knows of them may read, or with the token of their link. */
import { type Board, boardOf, type ReadMessage } from "../../domain/board/board.ts";
import { channelNotFound, isOpen } from "../../domain/channel/seat.ts";
import { messageFor } from "../../domain/channel/visibility.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import type { ShownChannels } from "../shown.ts";

interface BoardReaderDeps {
  registry: Pick<ChannelRegistry, "load" | "entries">;
  shown: Pick<ShownChannels, "to">;
}

/** A board that can be read, and how many entries of its channel it is made of at most. */
interface ShownBoard {
  size: number;
  isPublic: boolean;
  name: string;
  /** By player id. */
  players: Record<string, string>;
  board(): Promise<Board>;
}

/** How many entries are read at a time, and at most, to find a board. */
const AT_ONCE = 64;
const MOST = 512;

export class BoardReader {
  readonly #deps: BoardReaderDeps;

  constructor(deps: BoardReaderDeps) {
    this.#deps = deps;
  }

  /** `linkHash`: SHA-256 hex of the link's token, if one was given. Throws CHANNEL_NOT_FOUND for
   *  every channel that this reader may not read. */
  async open(channelId: string, linkHash: string | null): Promise<ShownBoard> {
    const whole = await this.#deps.registry.load(channelId);
    if (!isOpen(whole.channel) && !isOfLink(whole.channel, linkHash)) throw channelNotFound();
    const { state, after } = await this.#deps.shown.to(whole, { seat: null, admin: false });
    const { channel, head: { size } } = state;
    return {
      size,
      isPublic: isOpen(whole.channel),
      name: channel.name,
      players: Object.fromEntries(
        channel.seats.map(({ player_id, display_name }) => [player_id, display_name]),
      ),
      board: () => this.#newest(channelId, after, size),
    };
  }

  /** The board in the entries after `after` and up to `size`, from the end until there is one. */
  async #newest(channelId: string, after: number, size: number): Promise<Board> {
    const messages: ReadMessage[] = [];
    let board = boardOf(messages);
    for (let end = size; end > Math.max(after, size - MOST) && board.bot === null;) {
      const from = Math.max(after, end - AT_ONCE);
      const page: ReadMessage[] = [];
      for (let last = from; last < end;) {
        const entries = await this.#deps.registry.entries(channelId, last, end - last);
        if (entries.length === 0) break;
        page.push(...entries.map((entry) => messageFor(null, entry)));
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
