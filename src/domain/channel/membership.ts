/** Taking, keeping and giving up a seat. Pure decisions: each returns the new record and the
 *  entries to append. */
import {
  type ActorName,
  type LeaveReason,
  memberJoined,
  memberLeft,
  memberRejoined,
} from "../announcements/members.ts";
import {
  type Channel,
  isExpired,
  MOST_DISPLACED,
  type Seat,
  type Slot,
  withLoss,
  withoutAsks,
  withoutSeat,
  withReleased,
  withSeat,
  withSlot,
} from "./channel.ts";
import { withoutAgreement } from "./deletion.ts";
import { freeName } from "./free_name.ts";
import { nameInSlot } from "./names.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { openSeats } from "./listed.ts";
import { type Caller, channelNotFound } from "./seat.ts";
import type { Draft } from "../transcript/transcript.ts";

/** The effect of a decision on a channel. */
export interface Change {
  channel: Channel;
  drafts: Draft[];
}

export interface Seated extends Change {
  seat: Seat;
  /** Whether the seat lost admin rights, because its creator's sign-in no longer holds it. */
  adminLost: boolean;
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
  introduction: Introduction,
  now: Date,
): Seated {
  const slot = channel.slots.find((s) => s.invite_hash === inviteHash);
  if (!slot) throw inviteInvalid();
  refuseBanned(channel, caller);
  const holder = channel.seats.find((seat) => seat.player_id === slot.filled_by);
  if (holder) {
    return seatedAgain(channel, caller, holder, rejoinHash) ??
      refuse(slotFilled(holder.principal === caller.principal));
  }
  if (isExpired(slot, now)) throw inviteInvalid();
  return seatedIn(channel, caller, slot, rejoinHash, introduction);
}

/** Fills the first seat that the channel offers without an invite. A principal takes one of them at
 *  most, and may repeat its call as with an invite. */
export function takeOpenSeat(
  channel: Channel,
  caller: Caller,
  rejoinHash: string,
  introduction: Introduction,
): Seated {
  refuseBanned(channel, caller);
  const mine = channel.seats.filter(({ principal }) => principal === caller.principal);
  const [held] = mine;
  if (held) {
    return (mine.length === 1 ? seatedAgain(channel, caller, held, rejoinHash) : undefined) ??
      refuse(slotFilled(true));
  }
  const [slot] = openSeats(channel);
  if (slot) return seatedIn(channel, caller, slot, rejoinHash, introduction);
  if (channel.visibility === "private") throw channelNotFound();
  if (channel.closed) throw channelClosed();
  throw new Refusal(
    "SLOT_ALREADY_FILLED",
    channel.open_seats
      ? "Every seat of this channel is taken. list_channels with open: true shows channels that " +
        "have a seat for you."
      : "This channel offers no seat without an invite: call join_channel with an invite_code.",
  );
}

/** The seat of a repeated join under the new token; undefined when the call is no repetition. */
function seatedAgain(
  channel: Channel,
  { principal, conversation }: Caller,
  holder: Seat,
  rejoinHash: string,
): Seated | undefined {
  const repeated = holder.principal === principal &&
    (holder.conversation === conversation || holder.rejoin_hash === rejoinHash);
  if (!repeated || holder.void_hashes?.includes(rejoinHash)) return undefined;
  const seat = { ...holder, ...under(holder, rejoinHash), conversation };
  return { channel: withSeat(channel, seat), drafts: [], seat, adminLost: false };
}

function refuse(refusal: Refusal): never {
  throw refusal;
}

/** Fills a free slot. */
function seatedIn(
  channel: Channel,
  caller: Caller,
  slot: Slot,
  rejoinHash: string,
  { displayName, entropy }: Introduction,
): Seated {
  if (channel.closed) throw channelClosed();
  const seat: Seat = {
    player_id: `p${channel.next_player}`,
    slot_id: slot.slot_id,
    principal: caller.principal,
    display_name: freeName(channel.seats, displayName ?? nameInSlot(slot), slot),
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
    adminLost: false,
  };
}

/** Moves a seat to the conversation, and if necessary to the principal, that has its rejoin token.
 *  Announces a change of principals. `nextHash` replaces the token when the caller asked for a
 *  rotation. The creator's own admin rights stay with its sign-in: who gets the seat's token may be
 *  a substitute. Rights that an operation gave to the seat, for everybody to see, go with it. */
export function takeSeatBack(
  channel: Channel,
  caller: Caller,
  rejoinHash: string,
  nextHash: string | null,
): Seated {
  const held = channel.seats.find((seat) => seat.rejoin_hash === rejoinHash);
  if (!held) throw rejoinTokenInvalid();
  refuseBanned(channel, caller);
  const { conversation, principal } = caller;
  const takenOver = held.principal !== principal;
  const moved = held.conversation !== conversation;
  const displaced = takenOver ? [] : held.displaced.filter((c) => c !== conversation);
  if (!takenOver && moved && held.conversation !== null) displaced.push(held.conversation);
  const seat: Seat = {
    ...held,
    principal,
    conversation,
    displaced: displaced.slice(-MOST_DISPLACED),
    ...under(held, nextHash ?? held.rejoin_hash),
    admin: takenOver
      ? held.admin && (held.principal !== channel.creator || held.admin_granted === true)
      : held.admin,
  };
  const { player_id, slot_id } = seat;
  let before = channel;
  if (takenOver) {
    const lost = withoutAsks(withLoss(channel, held), player_id);
    before = withoutAgreement(lost, player_id);
  } else if (moved) before = withReleased(channel, held);
  return {
    channel: withSeat(before, seat),
    drafts: takenOver ? [memberRejoined.draft({ player_id, slot_id })] : [],
    seat,
    adminLost: held.admin && !seat.admin,
  };
}

/** A banned principal takes no seat, by whatever invite or token, its own or another's. */
function refuseBanned({ banned = [] }: Channel, { principal }: Caller): void {
  if (!banned.some((ban) => ban.principal === principal)) return;
  throw new Refusal(
    "NOT_MEMBER",
    "An admin has banned you from this channel, and no invite or rejoin_token changes that. Ask " +
      "an admin to lift the ban with unban.",
  );
}

/** The current token of a seat, and its replaced ones. */
function under(
  { rejoin_hash, void_hashes = [] }: Seat,
  next: string,
): Pick<Seat, "rejoin_hash" | "void_hashes"> {
  if (next === rejoin_hash) return { rejoin_hash, void_hashes };
  return { rejoin_hash: next, void_hashes: [...void_hashes, rejoin_hash].slice(-MAX_VOID) };
}

/** Vacates a seat: its slot is free for a new invite, and its rejoin token is void. */
export function giveUpSeat(
  channel: Channel,
  seat: Seat,
  reason: LeaveReason,
  by: ActorName,
): Change {
  const { player_id, slot_id, display_name } = seat;
  return {
    channel: withoutSeat(channel, seat),
    drafts: [memberLeft.draft({ player_id, slot_id, display_name, reason, by })],
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
