/** Public randomness in a channel: it names a round to come whenever somebody joins or a bot is
 *  attached, and its bots' dice wait until that round is told. Who is told of a round before its
 *  time knows that nobody chose what it brings. */
import { botAttached } from "../announcements/bots.ts";
import { memberJoined } from "../announcements/members.ts";
import { roundTold } from "../announcements/randomness.ts";
import type { Channel } from "./channel.ts";
import { roundNamedAt, timeOf } from "../../kernel/drand.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { bodyOf } from "../transcript/body.ts";
import { type Draft, type Entry, SYSTEM } from "../transcript/transcript.ts";

type Said = Pick<Entry, "sender" | "body">;

/** Whether an entry names a round, where there is a beacon. */
export function namesRound(entry: Said): boolean {
  return (botAttached.in(entry) ?? memberJoined.in(entry)) !== undefined;
}

/** The round that an entry names: from there on hooks draw from that round. */
export function roundNamedIn(entry: Said): number | undefined {
  const { beacon_round } = entry.body;
  return namesRound(entry) && typeof beacon_round === "number" ? beacon_round : undefined;
}

/** Whose entry it is, as far as dice go: who says it, or of whom the server says what. Nothing that
 *  another voice says moves the dice of one. */
export function voiceOf({ sender, body: { type, player_id, bot_id } }: Said): string {
  return sender === SYSTEM ? `system/${type}/${player_id ?? bot_id ?? ""}` : sender;
}

interface Change {
  channel: Channel;
  drafts: readonly Draft[];
}

/** The same change, naming the round that is to come after `ts`. Refuses when too many rounds are
 *  awaited already. */
export function withRounds(change: Change, ts: string): Change {
  const { channel, drafts } = change;
  const { beacon } = channel;
  const names = ({ sender, body }: Draft) => namesRound({ sender, body: body.value });
  if (!beacon || !drafts.some(names)) return change;
  const round = roundNamedAt(beacon.chain, ts);
  const awaited = [...new Set([...beacon.awaited, round])];
  if (awaited.length > CHANNEL_LIMITS.awaitedRounds) {
    const text =
      `This channel already waits for ${CHANNEL_LIMITS.awaitedRounds} rounds of public ` +
      "randomness. Try again later.";
    throw new Refusal("UNAVAILABLE", text, 5_000);
  }
  return {
    channel: { ...channel, beacon: { ...beacon, awaited } },
    drafts: drafts.map((draft) =>
      names(draft)
        ? { ...draft, body: bodyOf({ ...draft.body.value, beacon_round: round }) }
        : draft
    ),
  };
}

/** When the next round comes that a channel waits for, in milliseconds since 1970; null when it
 *  waits for none. */
export function nextRoundDue({ beacon, closed }: Channel): number | null {
  if (!beacon || closed || beacon.awaited.length === 0) return null;
  return timeOf(beacon.chain, Math.min(...beacon.awaited));
}

/** A round that is waited for, and when it comes, ISO 8601. */
export interface AwaitedRound {
  round: number;
  at: string;
}

/** The last round that a channel waits for: then its bots go on. */
export function awaitedRound({ beacon, closed }: Channel): AwaitedRound | undefined {
  if (!beacon || closed || beacon.awaited.length === 0) return undefined;
  const round = Math.max(...beacon.awaited);
  return { round, at: new Date(timeOf(beacon.chain, round)).toISOString() };
}

/** Tells the channel a signature that it waits for; null when it doesn't. */
export function published(channel: Channel, round: number, signature: string): Change | null {
  const { beacon } = channel;
  if (!beacon?.awaited.includes(round) || channel.closed) return null;
  const awaited = beacon.awaited.filter((other) => other !== round);
  return {
    channel: { ...channel, beacon: { ...beacon, awaited } },
    drafts: [roundTold.draft({ round, signature })],
  };
}
