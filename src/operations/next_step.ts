/** The `next` text of an answer, for a model that remembers only its last answer. It contains
 *  player ids and numbers, never text that others wrote. */
import type { AwaitedRound } from "../domain/channel/beacon.ts";
import type { Turn } from "../domain/channel/turn.ts";

interface Situation {
  /** The reader's player id; null without a seat. */
  you: string | null;
  turn: Turn | null;
  cursor: number;
  /** How many messages the answer holds. */
  received: number;
  /** Whether more messages are available now. */
  more: boolean;
  closed: boolean;
  /** The round that the bots wait for, if they wait for one. */
  awaits?: AwaitedRound | undefined;
  /** How long the bots pause, if the channel's creator has used up the time for bots. */
  botsWait?: { for_ms: number } | undefined;
}

/** After sync_messages. */
export function nextAfterReading(situation: Situation): string {
  const { you, turn, cursor, received, more, closed, awaits, botsWait } = situation;
  const again = `sync_messages with cursor ${cursor}`;
  if (more) return `More messages are available: call ${again}.`;
  if (closed) return "The channel is closed: no more messages will come.";
  const nothing = received === 0 ? "No new messages. " : "";
  if (you === null) return `${nothing}Call ${again} to wait for new messages.`;
  if (botsWait) return `${nothing}${spent(botsWait)} Call ${again} then.`;
  const yourTurn = turn && turnFor(you, turn);
  if (yourTurn) return `${nothing}${yourTurn} Then call ${again} to wait for new messages.`;
  if (awaits) return `${nothing}${waiting(awaits)} Call ${again} to wait for them.`;
  if (received === 0) return `${nothing}Call ${again} to keep waiting.`;
  return `If a reply or a move is expected of you, make it. Then call ${again} to wait for new messages.`;
}

/** After a message or a move. The cursor must be the reader's own: messages before its post may be
 *  unread. */
export function nextAfterPosting(botsWait: Situation["botsWait"]): string {
  const next =
    "Call sync_messages with the cursor that it returned last (0 the first time) to read the answers.";
  return botsWait ? `${spent(botsWait)} ${next}` : next;
}

/** After get_channel_info. */
export function nextInChannel(
  { you, turn, closed, awaits, botsWait }: Pick<
    Situation,
    "you" | "turn" | "closed" | "awaits" | "botsWait"
  >,
): string {
  if (closed) return "The channel is closed. sync_messages still reads its messages.";
  if (you === null) {
    return "You hold no seat in this channel: call join_channel with an invite to take one.";
  }
  const yourTurn = turn && turnFor(you, turn);
  const first = botsWait && spent(botsWait) || yourTurn || awaits && waiting(awaits);
  return `You are ${you}. ${first ? `${first} ` : ""}Call sync_messages to read on.`;
}

function waiting({ round, at }: AwaitedRound): string {
  return `Bots wait for round ${round} of public randomness, due at ${at}.`;
}

function spent({ for_ms }: { for_ms: number }): string {
  const seconds = Math.ceil(for_ms / 1_000);
  return "This channel's bots have used up their time for now: " +
    `they will answer the waiting posts, in order, in about ${seconds} s at the earliest.`;
}

function turnFor(you: string, turn: Turn): string {
  if (turn.kind === "over") return `Message ${turn.msgId} says that the game is over.`;
  const { msgId, players, heard } = turn;
  if (!players.includes(you)) return `It is the turn of ${players.join(", ")}: wait.`;
  return heard.includes(you)
    ? `Message ${msgId} gave you the turn. You have posted since: if that was not your move, make it now.`
    : `It is your turn (message ${msgId}): act with make_game_move or post_message.`;
}
