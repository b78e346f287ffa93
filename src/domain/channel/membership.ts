/** Taking, keeping and giving up a seat. Pure decisions: each returns the new record and the
 *  entries to append. */
import { memberJoined, memberLeft, memberRejoined } from "../announcements/members.ts";
import { type Channel, type Seat, withoutSeat, withSeat, withSlot } from "./channel.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Caller } from "./seat.ts";
import type { Draft } from "../transcript/transcript.ts";

/** The effect of a decision on a channel. */
export interface Change {
  channel: Channel;
  drafts: Draft[];
}

export interface Seated extends Change {
  seat: Seat;
  /** Whether the caller already held this seat, so that there is nothing to announce. */
  again: boolean;
}

/** A call may be repeated with its key for a day. Beyond this many rotations of a token within that
 *  day, a late repetition can restore an old token. */
const MAX_VOID = 16;

/** What a player states when it joins. */
export interface Introduction {
  displayName?: string | undefined;
  /** A text that the host could not foresee. Like every entry, it is part of all later tree
   *  heads. */
  entropy?: string | undefined;
}

/** Fills the slot of an invite. The same conversation may repeat its own join, because the answer
 *  may have been lost: it gets the same seat under the new token. So may a caller with the token
 *  that the first join made. Hashes are SHA-256 hex. */
export function takeSeat(
  channel: Channel,
  caller: Caller,
  inviteHash: string,
  rejoinHash: string,
  { displayName, entropy }: Introduction,
): Seated {
  const slot = channel.slots.find((s) => s.invite_hash === inviteHash);
  if (!slot) throw inviteInvalid();
  const holder = channel.seats.find((seat) => seat.player_id === slot.filled_by);
  if (holder) {
    const repeated = holder.principal === caller.principal &&
      (holder.conversation === caller.conversation || holder.rejoin_hash === rejoinHash);
    if (!repeated || holder.void_hashes?.includes(rejoinHash)) {
      throw slotFilled(holder.principal === caller.principal);
    }
    const { conversation } = caller;
    const seat = { ...holder, ...under(holder, rejoinHash), conversation };
    return { channel: withSeat(channel, seat), drafts: [], seat, again: true };
  }
  if (channel.closed) throw channelClosed();
  const seat: Seat = {
    player_id: `p${channel.next_player}`,
    slot_id: slot.slot_id,
    principal: caller.principal,
    display_name: displayName ?? slot.label,
    admin: caller.principal === channel.creator,
    rejoin_hash: rejoinHash,
    conversation: caller.conversation,
    displaced: [],
  };
  const { player_id, slot_id, display_name } = seat;
  const seated = withSlot(channel, { ...slot, filled_by: player_id });
  return {
    channel: {
      ...seated,
      seats: [...seated.seats, seat],
      former: channel.former.filter((p) => p !== caller.principal),
      next_player: channel.next_player + 1,
    },
    drafts: [memberJoined.draft({
      player_id,
      slot_id,
      label: slot.label,
      display_name,
      ...(entropy !== undefined && { entropy }),
    })],
    seat,
    again: false,
  };
}

/** Moves a seat to the conversation, and if necessary to the principal, that has its rejoin token.
 *  Announces a change of principals. `nextHash` replaces the token when the caller asked for a
 *  rotation. */
export function takeSeatBack(
  channel: Channel,
  caller: Caller,
  rejoinHash: string,
  nextHash: string | null,
): Seated {
  const held = channel.seats.find((seat) => seat.rejoin_hash === rejoinHash);
  if (!held) throw rejoinTokenInvalid();
  const moved = held.conversation !== caller.conversation;
  const displaced = held.displaced.filter((c) => c !== caller.conversation);
  if (moved && held.conversation !== null) displaced.push(held.conversation);
  const takenOver = held.principal !== caller.principal;
  const seat: Seat = {
    ...held,
    principal: caller.principal,
    conversation: caller.conversation,
    displaced: takenOver ? [] : displaced.slice(-16),
    ...under(held, nextHash ?? held.rejoin_hash),
    admin: takenOver ? held.admin && held.principal !== channel.creator : held.admin,
  };
  const drafts = takenOver
    ? [memberRejoined.draft({ player_id: seat.player_id, slot_id: seat.slot_id })]
    : [];
  const former = channel.former.filter((p) => p !== caller.principal && p !== held.principal);
  const stillHere = channel.seats.some((s) => s !== held && s.principal === held.principal);
  if (takenOver && !stillHere) former.push(held.principal);
  return {
    channel: { ...withSeat(channel, seat), former: former.slice(-64) },
    drafts,
    seat,
    again: true,
  };
}

/** The current token of a seat, and its replaced ones. */
function under(
  { rejoin_hash, void_hashes = [] }: Seat,
  next: string,
): Pick<Seat, "rejoin_hash" | "void_hashes"> {
  if (next === rejoin_hash) return { rejoin_hash, void_hashes };
  return { rejoin_hash: next, void_hashes: [...void_hashes, rejoin_hash].slice(-MAX_VOID) };
}

/** Gives up a seat: its slot is free for a new invite, and its rejoin token is void. */
export function giveUpSeat(channel: Channel, seat: Seat): Change {
  const { player_id, slot_id, display_name } = seat;
  return {
    channel: withoutSeat(channel, seat),
    drafts: [memberLeft.draft({ player_id, slot_id, display_name })],
  };
}

export function channelClosed(): Refusal {
  return new Refusal(
    "CHANNEL_CLOSED",
    "This channel is closed. You can still read it with sync_messages. To go on, create " +
      "another channel with create_channel.",
  );
}

export function inviteInvalid(): Refusal {
  return new Refusal(
    "INVITE_INVALID",
    "This invite is not valid. Ask the person who gave it to you for a new one.",
  );
}

export function rejoinTokenInvalid(): Refusal {
  return new Refusal(
    "REJOIN_TOKEN_INVALID",
    "This rejoin_token is not valid. Ask an admin of the channel for a new invite.",
  );
}

function slotFilled(byYou: boolean): Refusal {
  return new Refusal(
    "SLOT_ALREADY_FILLED",
    byYou
      ? "You have already used this invite, and you hold its seat. Go on without joining, or " +
        "call join_channel with your rejoin_token. Another chat needs its own invite."
      : "This invite has already been used: each invite is for one seat. Ask for another one.",
  );
}
