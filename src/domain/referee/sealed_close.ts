/** Closing a sealed channel, which binds its host, too: nobody ends a game from outside. It closes
 *  once its bots have ended, when every seated player asks for it, or when nobody has said anything
 *  for `quiet_ms` and no bot goes on by itself: who is losing a bet on next month could end it
 *  otherwise. */
import { rematchAsked } from "../announcements/games.ts";
import { closeAsked, memberJoined } from "../announcements/members.ts";
import { type Channel, withAsk } from "../channel/channel.ts";
import { isLobby } from "../channel/principal.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import type { Change } from "../channel/membership.ts";
import type { Viewer } from "../channel/seat.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { type Entry, isSpectator, SYSTEM } from "../transcript/transcript.ts";

/** Who asks, and when. */
interface Closer extends Viewer {
  now: Date;
  /** When a member or a bot last said something, ISO 8601. */
  said: string;
  /** Whether a bot will go on by itself. */
  goesOn: boolean;
}

/** The channel with the caller's request to close it: that of a seated player counts until it says
 *  something else. `closes` tells whether the channel may be closed now. Refuses a request that
 *  cannot count. */
export function askToClose(channel: Channel, closer: Closer): Change & { closes: boolean } {
  const { seat } = closer;
  const isNew = seat !== null && !channel.close_asked?.includes(seat.player_id);
  const asked = isNew ? withAsk(channel, seat.player_id) : channel;
  const closes = mayClose(asked, closer);
  if (!closes && !seat) throw staysOpen(asked);
  const drafts = isNew ? [closeAsked.draft({ player_id: seat.player_id })] : [];
  return { channel: asked, drafts, closes };
}

function mayClose(channel: Channel, { admin, now, said, goesOn }: Closer): boolean {
  const hasEnded = channel.bots.every(({ ended }) => ended);
  const { quiet_ms = CHANNEL_LIMITS.sealedQuietMs } = channel;
  const decides = admin || isLobby(channel.creator); // nobody else could, where there is no host
  return stillToAsk(channel).length === 0 || decides && hasEnded ||
    !goesOn && now.getTime() - Date.parse(said) >= quiet_ms;
}

/** The time of the last of the entries in which a member or a bot says something, or a player
 *  joins or asks for a rematch; undefined if there is none. */
export function lastSaid(entries: readonly Entry[]): string | undefined {
  return entries.findLast((entry) =>
    entry.sender !== SYSTEM && !isSpectator(entry) || memberJoined.in(entry) ||
    rematchAsked.in(entry)
  )?.ts;
}

/** The seated players who have not asked to close the channel. */
function stillToAsk({ seats, close_asked = [] }: Channel): string[] {
  return seats.map(({ player_id }) => player_id).filter((id) => !close_asked.includes(id));
}

/** Why a sealed channel stays open, and what closes it. */
export function staysOpen(channel: Channel): Refusal {
  return new Refusal(
    "CHANNEL_SEALED",
    "This channel is sealed: wait until its bots have ended, or ask all players. " +
      howItCloses(channel),
  );
}

export function howItCloses(channel: Channel): string {
  const { quiet_ms = CHANNEL_LIMITS.sealedQuietMs, close_asked = [] } = channel;
  const asked = close_asked.length > 0 ? ` (${close_asked.join(", ")} asked)` : "";
  return `Before that it closes when ${stillToAsk(channel).join(" and ")} ask for it, too, with ` +
    `update_channel and {"type":"close"}${asked}, or by anybody's close when nobody has said ` +
    `anything for ${Math.round(quiet_ms / 3_600_000)} hours and no bot's timer runs.`;
}
