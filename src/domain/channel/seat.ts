/** Finds the seat that a call acts from, by its principal and its hints. */
import type { Channel, Seat } from "./channel.ts";
import { Refusal } from "../../kernel/refusal.ts";

/** A caller as the transport layer identifies it. */
export interface Caller {
  principal: string;
  /** The conversation that the call comes from, if the client names it. A hint, never a proof. */
  conversation: string | null;
}

/** A caller, the channel that it addresses, and the seat that it names there, if any. */
export interface Access {
  caller: Caller;
  channelId: string;
  /** SHA-256 hex of the rejoin token, if one was given. */
  rejoinHash: string | null;
}

/** A caller's view of a channel: that of a seat, or a spectator's when `seat` is null. */
export interface Viewer {
  seat: Seat | null;
  admin: boolean;
}

const WAY_BACK = "Pass your rejoin_token, or call join_channel with it or with a new invite.";

/** The refusal for a private channel is the same as for one that does not exist. */
export function channelNotFound(): Refusal {
  return new Refusal(
    "CHANNEL_NOT_FOUND",
    "There is no such channel, or it is private and you have no seat in it. Check the id, or " +
      "call join_channel with an invite.",
  );
}

/** Finds the caller's seat by the rejoin token, then by the conversation, then as the caller's only
 *  seat. Returns null for a caller that never had one here. Throws SEAT_AMBIGUOUS, NOT_MEMBER or
 *  REJOIN_TOKEN_INVALID. */
export function seatOf(channel: Channel, { caller, rejoinHash }: Access): Seat | null {
  const mine = channel.seats.filter((seat) => seat.principal === caller.principal);
  if (rejoinHash !== null) {
    const named = mine.find((seat) => seat.rejoin_hash === rejoinHash);
    if (named) return named;
    if (channel.seats.some((seat) => seat.rejoin_hash === rejoinHash)) {
      throw new Refusal(
        "NOT_MEMBER",
        "Another sign-in holds this seat. Call join_channel with the rejoin_token to take it over.",
      );
    }
    if (mine.length > 0 || channel.former.includes(caller.principal)) {
      throw new Refusal(
        "REJOIN_TOKEN_INVALID",
        "This rejoin_token is not valid for any seat in this channel. Omit it, or call " +
          "join_channel with an invite.",
      );
    }
    return null;
  }
  if (caller.conversation !== null) {
    const hinted = mine.filter((seat) => seat.conversation === caller.conversation);
    if (hinted.length === 1) return hinted[0]!;
  }
  if (mine.length > 1) {
    throw new Refusal(
      "SEAT_AMBIGUOUS",
      "You hold several seats in this channel. Pass the rejoin_token of the seat that you " +
        "want to use.",
    );
  }
  const only = mine[0];
  if (!only) {
    if (channel.former.includes(caller.principal)) {
      throw new Refusal("NOT_MEMBER", `You no longer hold a seat in this channel. ${WAY_BACK}`);
    }
    return null;
  }
  if (caller.conversation !== null && only.displaced.includes(caller.conversation)) {
    throw new Refusal("NOT_MEMBER", `Another conversation has rejoined your seat. ${WAY_BACK}`);
  }
  return only;
}

/** The seat of a member. Strangers get NOT_MEMBER when they may know that the channel exists,
 *  otherwise CHANNEL_NOT_FOUND. */
export function memberOf(channel: Channel, access: Access): Seat {
  const seat = seatOf(channel, access);
  if (seat) return seat;
  if (channel.visibility === "public" || channel.creator === access.caller.principal) {
    throw new Refusal("NOT_MEMBER", `You hold no seat in this channel. ${WAY_BACK}`);
  }
  throw channelNotFound();
}

/** Admits readers: members, the creator, and anyone when a public channel admits spectators. */
export function viewerOf(channel: Channel, access: Access): Viewer {
  const { principal } = access.caller;
  const creator = channel.creator === principal;
  if (
    (creator || isOpen(channel)) && !channel.seats.some((seat) => seat.principal === principal)
  ) {
    return { seat: null, admin: creator };
  }
  const seat = memberOf(channel, access);
  return { seat, admin: creator || seat.admin };
}

/** Whether `viewerOf` admits a principal, from any of its seats. */
export function isReader(channel: Channel, principal: string): boolean {
  return channel.creator === principal || isOpen(channel) ||
    channel.seats.some((seat) => seat.principal === principal);
}

/** Whether anyone may read. */
export function isOpen({ visibility, spectators }: Channel): boolean {
  return visibility === "public" && spectators;
}

/** Admits admins only. Returns the seat that the admin acts from, if any. */
export function adminOf(channel: Channel, access: Access): Seat | null {
  const { seat, admin } = channel.creator === access.caller.principal
    ? viewerOf(channel, access)
    : { seat: memberOf(channel, access), admin: false };
  if (!admin && !seat?.admin) {
    throw new Refusal(
      "NOT_ADMIN",
      "Only an admin of this channel may do this. Ask an admin or the creator of the channel.",
    );
  }
  return seat;
}
