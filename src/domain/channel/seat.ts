/** Finds the seat that a call acts from, by its principal and its hints. */
import { type Channel, MOST_DISPLACED, MOST_REMEMBERED, type Seat } from "./channel.ts";
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
  /** SHA-256 hex of the rejoin token or host token, if one was given. */
  rejoinHash: string | null;
  /** The seat that an earlier call of this caller spoke for. It counts before all hints. */
  playerId?: string;
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
 *  seat, unless that could be the wrong one: see `isSure`. Returns null for a caller that never had
 *  one here. Throws SEAT_AMBIGUOUS, NOT_MEMBER or REJOIN_TOKEN_INVALID. `docs/seats.md` has the
 *  table. */
function seatOf(channel: Channel, access: Access): Seat | null {
  const { caller, rejoinHash, playerId } = access;
  const mine = seatsOf(channel, caller.principal);
  if (playerId !== undefined) {
    return mine.find(({ player_id }) => player_id === playerId) ?? lost();
  }
  if (rejoinHash !== null && !hasHostToken(channel, access) && !hasLink(channel, access)) {
    return seatOfToken(channel, mine, caller, rejoinHash);
  }
  const { conversation } = caller;
  const held = mine.filter((seat) => conversation !== null && seat.conversation === conversation);
  if (held.length === 1) return held[0]!;
  const [only] = mine;
  if (!only) {
    return channel.former.includes(caller.principal) ? lost() : null;
  }
  if (mine.length === 1 && isSure(channel, only, caller)) return only;
  const ids = mine.map(({ player_id }) => player_id).join(" and ");
  if (mine.length > 1 && !mine.some((seat) => isDisplaced(seat, conversation))) {
    throw new Refusal(
      "SEAT_AMBIGUOUS",
      `You hold ${ids} in this channel. Pass the rejoin_token of the one that you speak for in ` +
        "every call: join_channel returned it together with the player_id.",
    );
  }
  throw new Refusal(
    "NOT_MEMBER",
    "One of your conversations has lost its seat in this channel, and it may be this one. You " +
      `still hold ${ids}. To speak from there, pass the seat's rejoin_token in every call, or ` +
      "call join_channel with it.",
  );
}

function lost(): never {
  throw new Refusal("NOT_MEMBER", `You no longer hold a seat in this channel. ${WAY_BACK}`);
}

/** Whether calls of a caller act from a seat without its token. */
export function isFound(channel: Channel, caller: Caller, seat: Seat): boolean {
  const access = { caller, channelId: channel.channel_id, rejoinHash: null };
  try {
    return seatOf(channel, access)?.player_id === seat.player_id;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** The seats that a principal holds. */
export function seatsOf({ seats }: Channel, principal: string): Seat[] {
  return seats.filter((seat) => seat.principal === principal);
}

function seatOfToken(
  channel: Channel,
  mine: readonly Seat[],
  { principal }: Caller,
  rejoinHash: string,
): Seat | null {
  const named = mine.find((seat) => seat.rejoin_hash === rejoinHash);
  if (named) return named;
  if (channel.seats.some((seat) => seat.rejoin_hash === rejoinHash)) {
    throw new Refusal(
      "NOT_MEMBER",
      "Another sign-in holds this seat. Call join_channel with the rejoin_token to take it over.",
    );
  }
  if (mine.length === 0 && !channel.former.includes(principal)) return null;
  throw new Refusal(
    "REJOIN_TOKEN_INVALID",
    "This rejoin_token is not valid for any seat in this channel. Omit it, or call " +
      "join_channel with an invite.",
  );
}

/** Whether a call from a conversation that holds no seat may act from its principal's only one. It
 *  may not if the call could come from a conversation that has lost a seat: that one would speak in
 *  another player's name. A list that is full may have forgotten somebody. */
function isSure(channel: Channel, only: Seat, { principal, conversation }: Caller): boolean {
  const { former, several = [] } = channel;
  if (several.includes(principal) || several.length >= MOST_REMEMBERED) return false;
  const hasLost = former.includes(principal) || former.length >= MOST_REMEMBERED;
  const isCrowded = conversation !== null && only.displaced.length >= MOST_DISPLACED;
  if (hasLost || isCrowded) return only.conversation === conversation;
  return !isDisplaced(only, conversation);
}

function isDisplaced({ displaced }: Seat, conversation: string | null): boolean {
  return conversation !== null && displaced.includes(conversation);
}

/** The seat of a member. Strangers get NOT_MEMBER when they may know that the channel exists,
 *  otherwise CHANNEL_NOT_FOUND. */
export function memberOf(channel: Channel, access: Access): Seat {
  const seat = seatOf(channel, access);
  if (seat) return seat;
  if (channel.visibility !== "private" || isHost(channel, access)) {
    throw new Refusal("NOT_MEMBER", `You hold no seat in this channel. ${WAY_BACK}`);
  }
  throw channelNotFound();
}

/** Admits readers: members, the host, and anyone who knows of a channel that admits
 *  spectators. */
export function viewerOf(channel: Channel, access: Access): Viewer {
  const isAdmitted = isOpen(channel) || hasLink(channel, access);
  return isAdmitted && !isSeated(channel, access)
    ? { seat: null, admin: isHost(channel, access) }
    : memberOrHostOf(channel, access);
}

/** Admits members, and the host with or without a seat. */
export function memberOrHostOf(channel: Channel, access: Access): Viewer {
  const host = isHost(channel, access);
  if (host && !isSeated(channel, access)) return { seat: null, admin: true };
  const seat = memberOf(channel, access);
  return { seat, admin: host || seat.admin };
}

/** Whether a call speaks for a seat or not at all. */
function isSeated(channel: Channel, { caller, playerId }: Access): boolean {
  return playerId !== undefined || seatsOf(channel, caller.principal).length > 0;
}

/** Whether `viewerOf` admits a principal, from any of its seats. */
export function isReader(channel: Channel, principal: string): boolean {
  return isOpen(channel) || readersOf(channel).includes(principal);
}

/** The principals that may read a channel even if it is not open to everybody. */
export function readersOf({ creator, seats }: Channel): string[] {
  return [creator, ...seats.map((seat) => seat.principal)];
}

/** Whether anyone who knows of the channel may read it. */
export function isOpen({ visibility, spectators, spectating }: Channel): boolean {
  return visibility !== "private" && spectators && spectating?.link_hash === undefined;
}

/** Admits admins only: the host, whatever seat it plays from, and members whose seat is an admin's.
 *  The host acts from no seat. */
export function adminOf(channel: Channel, access: Access): Viewer {
  if (isHost(channel, access)) return { seat: null, admin: true };
  const seat = memberOf(channel, access);
  if (seat.admin) return { seat, admin: true };
  throw new Refusal(
    "NOT_ADMIN",
    "Only an admin of this channel may do this. Ask an admin. If you created this channel under " +
      "another sign-in, pass the host_token of create_channel as rejoin_token, and make your seat " +
      "an admin's with set_admin.",
  );
}

/** Whether a caller reads as a spectator, where these may speak. Whoever has lost a seat here may
 *  not: it may know what spectators don't. */
export function speaksAsSpectator(channel: Channel, access: Access): boolean {
  const { spectating, former, banned = [] } = channel;
  const { principal } = access.caller;
  return spectating?.speak === true && (isOpen(channel) || hasLink(channel, access)) &&
    !isSeated(channel, access) && !isHost(channel, access) &&
    !former.includes(principal) && !banned.some((ban) => ban.principal === principal);
}

/** Whether a caller is the creator, by its sign-in or by the host token. */
function isHost(channel: Channel, access: Access): boolean {
  return channel.creator === access.caller.principal || hasHostToken(channel, access);
}

/** Whether a caller names the link of a channel that admits spectators by it. */
function hasLink({ spectators, spectating }: Channel, { rejoinHash }: Access): boolean {
  return spectators && spectating?.link_hash !== undefined && rejoinHash === spectating.link_hash;
}

function hasHostToken({ host_hash }: Channel, { rejoinHash }: Access): boolean {
  return host_hash !== undefined && rejoinHash === host_hash;
}
