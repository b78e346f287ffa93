/** Whether a player is called: whether there is something for it to do, or nothing more to wait
 *  for. The one rule behind waiting moves, `wait_for_turn`, tasks, events and `next`. Pure. */
import type { Channel } from "../channel/channel.ts";
import { type Turn, turnOf } from "../channel/turn.ts";
import type { Head } from "../transcript/transcript.ts";
import { isPaused } from "./referee.ts";
import { rematchStanding } from "./rematch.ts";

export interface Called {
  /** `your_turn`: a bot has named the player, and no answer to its post is still to come.
   *  `addressed`: somebody wrote to the player, or to everyone where no bot gives turns.
   *  `over`: the game has ended. `closed`: the channel is closed.
   *  `stuck`: the referee can't go on until somebody else acts. */
  why: "your_turn" | "addressed" | "over" | "closed" | "stuck";
  /** The message that calls; null when it is no single one. */
  msgId: number | null;
}

type State = { channel: Channel; head: Head };

/** Why a player, or a spectator (null), is called who knows everything up to `cursor`; null when
 *  there is nothing but to wait. A turn calls whatever the cursor is; the rest only calls once. */
export function calledSince(state: State, you: string | null, cursor: number): Called | null {
  const { channel } = state;
  if (channel.closed) return { why: "closed", msgId: null };
  const turn = turnOf(state, you);
  const stuck = stuckSince(state, turn, cursor);
  if (stuck) return stuck;
  if (turn?.kind === "yours" && hasTurn(state, you) && isNews(turn, cursor)) {
    return { why: "your_turn", msgId: turn.msgId };
  }
  const live = channel.bots.filter(({ ended }) => !ended);
  if (turn?.kind === "over") {
    const isNews = turn.msgId > cursor;
    if (isNews || live.length === 0 && !awaitsRematch(state, turn, you)) {
      return { why: "over", msgId: turn.msgId };
    }
  }
  const msgId = Math.max(addressed(state, you, live.length > 0), turn ? 0 : answered(state, you));
  return msgId > cursor ? { why: "addressed", msgId } : null;
}

/** Whether a player is to act by the referee's word: it has the turn, and no answer to its post on
 *  it is still to come. */
export function hasTurn(state: State, you: string | null): boolean {
  const turn = turnOf(state, you);
  return turn?.kind === "yours" && turn.post?.answer !== "awaited" && !isHeld(state.channel, turn);
}

/** Whether no bot has yet to hear an entry. Bots that are paused hear none. */
export function isHeard({ channel, head }: State, id: number): boolean {
  return channel.closed ||
    channel.bots.every((bot) =>
      bot.ended || isPaused(bot) || (head.cursors[bot.bot_id] ?? id) >= id
    );
}

/** Whether the bot that gave the turn has yet to answer the player's post on it. */
export function isAwaiting(state: State, you: string | null): boolean {
  const turn = turnOf(state, you);
  return turn?.kind === "yours" && turn.post?.answer === "awaited";
}

/** A referee that answered without a new word on turns has left the turn where it was; yet the
 *  player may have to wait for others, so that calls only once. */
function isNews({ post }: Turn & { kind: "yours" }, cursor: number): boolean {
  const answer = post?.answer;
  return typeof answer !== "object" || answer.kind !== "answered" || answer.id > cursor;
}

/** Whether a player has asked for a rematch, and others have yet to. */
function awaitsRematch(state: State, turn: Turn & { kind: "over" }, you: string | null): boolean {
  const { asked = [], missing = [] } = rematchStanding(state, turn.botId, you) ?? {};
  return you !== null && asked.includes(you) && missing.length > 0;
}

/** Whether the bot that gave a turn is paused. */
function isHeld({ bots }: Channel, turn: Turn): boolean {
  return "botId" in turn && bots.some((bot) => bot.bot_id === turn.botId && isPaused(bot));
}

function stuckSince({ channel, head }: State, turn: Turn | null, cursor: number): Called | null {
  const { turns: { failures } } = head;
  const live = channel.bots.filter(({ ended }) => !ended);
  const stuck = live.filter((bot) =>
    turn && "botId" in turn ? turn.botId === bot.bot_id && isPaused(bot) : turn === null
  );
  const paused = live.length > 0 && live.every(isPaused);
  const failed = Math.max(0, ...(paused ? live : stuck).map(({ bot_id }) => failures[bot_id] ?? 0));
  if (failed > cursor) return { why: "stuck", msgId: failed };
  const isGone = turn?.kind === "gone" && isHeard({ channel, head }, head.size);
  return isGone && head.size > cursor ? { why: "stuck", msgId: turn.msgId } : null;
}

/** The last entry that addresses a player; 0 for none. Where no bot referees, whatever others say
 *  to everyone does. */
function addressed(
  { head: { turns: { marks, said } } }: State,
  you: string | null,
  refereed: boolean,
): number {
  const toYou = you === null ? 0 : marks[you]?.addressed ?? 0;
  const toAll = refereed ? [] : said.flatMap(({ id, sender }) => sender === you ? [] : id);
  return Math.max(toYou, ...toAll);
}

/** A bot's last answer to the player's last post; 0 for none. */
function answered({ head: { turns: { posts } } }: State, you: string | null): number {
  const answers = Object.values(you === null ? {} : posts[you]?.answers ?? {});
  return Math.max(0, ...answers.map(({ id }) => id));
}
