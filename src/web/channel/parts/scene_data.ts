/** What the page of a channel shows, as the server and the browser know it. */
import type { Clicks } from "./clicks.ts";
import type { Visibility } from "../../../domain/announcements/opening.ts";
import type { SpectatorsBy } from "../../../domain/channel/spectators.ts";
import type { Board, ReadMessage } from "../../../domain/board/board.ts";
import type { Written } from "./written.ts";

/** The values of these fields in a form: see `accounts/access/browser.ts`. */
export interface FormMarks {
  proof: string;
  once: string;
}

/** The seat that a browser speaks for. */
export interface OwnSeat extends FormMarks {
  player_id: string;
}

export interface Slot {
  slot_id: string;
  kind: "bot" | "invite";
  label: string;
  filled_by: string | null;
  display_name?: string | undefined;
  last_seen?: string | undefined;
  admin: boolean;
  muted?: boolean | undefined;
}

export interface Referee {
  bot_id: string;
  name: string;
  version: string;
  summary: string;
  language: "javascript" | "typescript" | "python";
  code_hash: string;
  net: readonly string[] | "public";
  /** Whether it hears private messages; absent in old bots, which do. */
  private?: boolean | undefined;
  paused?: boolean | undefined;
  ended: boolean;
  /** The players who ask for a rematch, once it has ended. */
  rematch_asked?: readonly string[] | undefined;
  manifest?: Record<string, unknown>;
}

export interface Scene {
  /** The newest entries, as many as the page shows. */
  messages: readonly ReadMessage[];
  /** The id of the first entry that the reader may read. */
  first: number;
  board: Board;
  slots: readonly Slot[];
  bots: readonly Referee[];
  closed: boolean;
  /** Who knows of the channel, and who may watch it; a browser is told both before it draws. */
  visibility?: Visibility | undefined;
  watchedBy?: SpectatorsBy | undefined;
  /** The address of the channel, and the query that its addresses need. */
  address: string;
  query: string;
  /** The server's time, in milliseconds since 1970. */
  now: number;
  /** What the page says of itself: whether it is live. */
  status: string;
  /** What the reader may do to the channel: types of operations of `update_channel`. */
  powers: readonly string[];
  /** What the player has pressed on the board, where a script can be told. */
  clicks?: Clicks | undefined;
  /** The values of the hidden fields in the forms of the reader, if it has any. */
  marks?: FormMarks | undefined;
  /** The seat of the reader, if the browser plays. */
  seat?: OwnSeat | undefined;
  /** What the reader has written into a form that was refused. */
  written?: Written | undefined;
}
