/** An operation of `update_channel`: one declaration says what callers write, who may apply it,
 *  what a sealed channel says, and what it decides. Pure: what a decision needs besides the channel
 *  is prepared before, in `Supplies`. Every applied operation is an entry that all members see. */
import type * as z from "zod";
import type { ActorName } from "../../announcements/members.ts";
import { type Applied, appliedDraft } from "../../announcements/operations.ts";
import type { Channel } from "../../channel/channel.ts";
import type { Change } from "../../channel/membership.ts";
import type { Viewer } from "../../channel/seat.ts";
import type { Head } from "../../transcript/transcript.ts";
import type { Reveals } from "../closing.ts";
import type { NewBot } from "../referee.ts";

/** Who may apply an operation: an admin, or every seated player, too. */
export type Who = "admin" | "player";

export interface ChannelOperation<S extends z.ZodObject = z.ZodObject> {
  /** What callers write. `brief`, in its meta, is what lists of tools say about it beside the names
   *  of its fields. */
  readonly schema: S;
  /** Who may apply it in a channel that is not sealed. */
  readonly open: Who;
  /** Who may apply it in a sealed channel, or the reason why nobody may. */
  readonly sealed: Who | { readonly refused: string };
  /** Decides, or refuses. In a sealed channel it may refuse what would change a result. */
  apply(channel: Channel, op: z.output<S>, supplies: Supplies): Change;
}

/** Inputs of a decision that are not in the channel. */
export interface Supplies extends Reveals {
  /** Who applies the operation. */
  actor: Viewer;
  now: Date;
  /** The head that the decision is based on. */
  head: Head;
  /** The accepted bot of a `set_bot`, or the bot of a `rematch`. */
  newBot: NewBot | undefined;
  /** Returns the SHA-256 hex of a fresh invite, which the caller gets. */
  inviteHash: () => string;
  /** Returns the SHA-256 hex of a fresh token for spectators, which the caller gets. */
  spectateHash: () => string;
}

/** Declares an operation. */
export function channelOperation<const S extends z.ZodObject>(
  declared: ChannelOperation<S>,
): ChannelOperation<S> {
  return declared;
}

/** A change that is announced as the operation, after the entries `drafts` of its effects. */
export function announced(
  channel: Channel,
  op: Applied,
  { actor }: Supplies,
  drafts: Change["drafts"] = [],
): Change {
  return { channel, drafts: [...drafts, appliedDraft(op, nameOf(actor))] };
}

/** How entries name who applies an operation. The host needs no seat. */
export function nameOf({ seat }: Viewer): ActorName {
  return seat?.player_id ?? "host";
}
