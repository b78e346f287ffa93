/** Claiming a game whose next move does not come: a player who waits may, once those who have the
 *  turn have been silent for the time that entry 1 states. Where the game has a clock, nobody
 *  claims the time that it leaves them. What follows is for the referee to say. Pure. */
import { claimApplied } from "../announcements/games.ts";
import type { Channel } from "../channel/channel.ts";
import type { Change } from "../channel/membership.ts";
import { turnOf } from "../channel/turn.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import type { Head } from "../transcript/transcript.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { isPaused } from "./referee.ts";

type State = { channel: Channel; head: Head };

/** A turn that a player may claim. Times are milliseconds since 1970. */
interface Claim {
  botId: string;
  turnId: number;
  players: string[];
  /** Since when its players have been silent, at least since they have it. */
  silentSince: number;
  /** From when on it may be claimed. */
  from: number;
}

/** From when on a turn may be claimed that lasts `until` a time, if the game has a clock. `said`:
 *  when each of its players last said something. */
export function claimableFrom(
  claimMs: number,
  { given, until = 0 }: { given: number; until?: number | undefined },
  said: readonly number[],
): { silentSince: number; from: number } {
  const silentSince = Math.max(given, ...said);
  const stalled = given + claimMs * CHANNEL_LIMITS.claimTurnTimes;
  return { silentSince, from: Math.max(until, Math.min(silentSince + claimMs, stalled)) };
}

/** The turn for which a player waits, if it may be claimed some time; otherwise why not. */
function claimOf(state: State, you: string): Claim | string {
  const { channel: { claim_ms, bots }, head: { cursors, turns: kept } } = state;
  const { turns, marks, games, failures } = kept;
  if (claim_ms === undefined) {
    return "This channel was created before games could be claimed. An admin can end the game.";
  }
  const turn = turnOf(state, you);
  if (turn?.kind === "yours") return "You have the turn yourself: make your move.";
  if (turn?.kind !== "others") return "Nobody who sits here has the turn, so there is no claim.";
  const { botId, msgId: turnId, players } = turn;
  const named = games[botId]?.players;
  if (named && !named.includes(you)) return "You do not play in this game.";
  const bot = bots.find(({ bot_id }) => bot_id === botId)!;
  const unheard = players.some((player) =>
    (marks[player]?.spoke ?? 0) > (cursors[botId] ?? Infinity)
  );
  if (isPaused(bot) || failures[botId] !== undefined || unheard) {
    return "The referee has yet to answer what was said to it, so nobody is to blame but itself.";
  }
  const word = turns[botId]?.find(({ id }) => id === turnId);
  if (!word?.ts || word.to) return "The referee has not told everyone whose turn it is.";
  if (word.claimed) return "This turn has been claimed: the referee decides what follows.";
  const said = players.flatMap((player) => marks[player]?.spoke_at ?? []).map(Date.parse);
  const turnTime = { given: Date.parse(word.ts), until: word.until };
  return { botId, turnId, players, ...claimableFrom(claim_ms, turnTime, said) };
}

/** The claim that a player may make, now or later; null when there is none. */
export function claimFor(state: State, you: string | null): Claim | null {
  const claim = you === null || state.channel.closed ? "" : claimOf(state, you);
  return typeof claim === "string" ? null : claim;
}

/** A player claims the game. Refuses it before the time. */
export function claimGame(state: State, player_id: string, now: Date): Change {
  const claim = claimOf(state, player_id);
  if (typeof claim === "string") throw new Refusal("BAD_OP", claim);
  const { botId: bot_id, turnId: turn_id, players, from } = claim;
  if (now.getTime() < from) {
    throw new Refusal(
      "BAD_OP",
      `It is the turn of ${players.join(" and ")}. If they stay silent, you may claim the game ` +
        `from ${new Date(from).toISOString()} on: try again then.`,
    );
  }
  const op = { type: "claim" as const, player_id, bot_id, turn_id };
  return { channel: state.channel, drafts: [claimApplied.draft({ op })] };
}
