/** Public randomness in a channel. The channel names a future round whenever somebody joins or a
 *  bot is attached, and its bots draw no randomness until that round is published. Anyone who sees
 *  the round named before its time knows that nobody chose its randomness. */
import { botAttached } from "../announcements/bots.ts";
import { memberJoined } from "../announcements/members.ts";
import { roundPublished } from "../announcements/randomness.ts";
import type { Channel } from "./channel.ts";
import { roundNamedAt, timeOf } from "../../kernel/drand.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { bodyOf } from "../transcript/body.ts";
import { type Draft, type Entry, SYSTEM } from "../transcript/transcript.ts";

type SenderAndBody = Pick<Entry, "sender" | "body">;

/** Whether an entry names a round in channels that use public randomness. */
export function namesRound(entry: SenderAndBody): boolean {
  return (botAttached.in(entry) ?? memberJoined.in(entry)) !== undefined;
}

/** The round that an entry names. Hooks for that entry and later ones draw from it. */
export function roundNamedIn(entry: SenderAndBody): number | undefined {
  const { beacon_round } = entry.body;
  return namesRound(entry) && typeof beacon_round === "number" ? beacon_round : undefined;
}

/** The voice of an entry: its sender, or for an entry of the server its type and subject. The
 *  randomness of one voice does not depend on the entries of any other voice. */
export function voiceOf({ sender, body: { type, player_id, bot_id } }: SenderAndBody): string {
  return sender === SYSTEM ? `system/${type}/${player_id ?? bot_id ?? ""}` : sender;
}

interface Change {
  channel: Channel;
  drafts: readonly Draft[];
}

/** The change with the round after `ts` named in its entries. Refuses it when the channel already
 *  waits for too many rounds. */
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

/** When the next round that a channel waits for is due, in milliseconds since 1970; null when it
 *  waits for none. */
export function nextRoundDue({ beacon, closed }: Channel): number | null {
  if (!beacon || closed || beacon.awaited.length === 0) return null;
  return timeOf(beacon.chain, Math.min(...beacon.awaited));
}

/** A round that a channel waits for, and its time, ISO 8601. */
export interface AwaitedRound {
  round: number;
  at: string;
}

/** The latest round that a channel waits for: with it, all bots can go on. */
export function awaitedRound({ beacon, closed }: Channel): AwaitedRound | undefined {
  if (!beacon || closed || beacon.awaited.length === 0) return undefined;
  const round = Math.max(...beacon.awaited);
  return { round, at: new Date(timeOf(beacon.chain, round)).toISOString() };
}

/** Announces the signature of a round in a channel; null when the channel does not wait for it. */
export function publishRound(channel: Channel, round: number, signature: string): Change | null {
  const { beacon } = channel;
  if (!beacon?.awaited.includes(round) || channel.closed) return null;
  const awaited = beacon.awaited.filter((other) => other !== round);
  return {
    channel: { ...channel, beacon: { ...beacon, awaited } },
    drafts: [roundPublished.draft({ round, signature })],
  };
}
