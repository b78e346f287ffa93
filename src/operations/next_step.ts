/** What an answer tells its reader to do next. Written for a model that knows nothing but its last
 *  answer; holds player ids and numbers, never a word of another's. */
import type { AwaitedRound } from "../domain/channel/beacon.ts";
import type { Turn } from "../domain/channel/turn.ts";

interface Situation {
  /** Who reads; null without a seat. */
  you: string | null;
  turn: Turn | null;
  cursor: number;
  /** How many messages came. */
  came: number;
  /** Whether further ones are there already. */
  more: boolean;
  closed: boolean;
  /** What the bots wait for, if they do. */
  awaits?: AwaitedRound | undefined;
  /** How long the bots wait because the time of whoever made the channel is spent, if they do. */
  botsWait?: { for_ms: number } | undefined;
}

/** After sync_messages. */
export function nextAfterReading(situation: Situation): string {
  const { you, turn, cursor, came, more, closed, awaits, botsWait } = situation;
  const again = `sync_messages with cursor ${cursor}`;
  if (more) return `More messages are there already: call ${again}.`;
  if (closed) return "The channel is closed: nothing more will come.";
  const nothing = came === 0 ? "Nothing came. " : "";
  if (you === null) return `${nothing}Call ${again} to wait for news.`;
  if (botsWait) return `${nothing}${spent(botsWait)} Call ${again} then.`;
  const told = turn && turnFor(you, turn);
  if (told) return `${nothing}${told} Then call ${again} to wait for news.`;
  if (awaits) return `${nothing}${waiting(awaits)} Call ${again} to wait for them.`;
  if (came === 0) return `Nothing came. Call ${again} to go on waiting.`;
  return `If something is asked of you, act on it. Then call ${again} to wait for news.`;
}

/** After a message or a move. The cursor is the reader's own: what came before its post may still
 *  be unread. */
export function nextAfterPosting(botsWait: Situation["botsWait"]): string {
  const next =
    "Call sync_messages with the cursor that it returned last (0 at first): answers come there.";
  return botsWait ? `${spent(botsWait)} ${next}` : next;
}

/** After get_channel_info. */
export function nextInChannel(
  { you, turn, closed, awaits, botsWait }: Pick<
    Situation,
    "you" | "turn" | "closed" | "awaits" | "botsWait"
  >,
): string {
  if (closed) return "The channel is closed. Its messages stay readable with sync_messages.";
  if (you === null) return "You hold no seat here: join_channel with an invite takes one.";
  const told = turn && turnFor(you, turn);
  const first = botsWait && spent(botsWait) || told || awaits && waiting(awaits);
  return `You are ${you}. ${first ? `${first} ` : ""}sync_messages reads on.`;
}

function waiting({ round, at }: AwaitedRound): string {
  return `Bots wait for round ${round} of public randomness, due at ${at}.`;
}

function spent({ for_ms }: { for_ms: number }): string {
  const seconds = Math.ceil(for_ms / 1_000);
  return "This channel's bots have used up their time for now: " +
    `they answer what was posted, in order, in about ${seconds} s at the earliest.`;
}

function turnFor(you: string, turn: Turn): string {
  if (turn.kind === "over") return `Message ${turn.msgId} says that the game is over.`;
  const { msgId, players, heard } = turn;
  if (!players.includes(you)) return `It is the turn of ${players.join(", ")}: wait.`;
  return heard.includes(you)
    ? `Message ${msgId} gave you the turn, and you have posted since: if that was not your move, make it.`
    : `It is your turn, says message ${msgId}: act with make_game_move or post_message.`;
}
