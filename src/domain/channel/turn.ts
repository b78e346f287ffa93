/** Whose turn it is for one viewer, according to the words that this viewer may read. What a viewer
 *  may not read changes nothing here. Pure. */
import type { Answer, Word } from "../transcript/kept_turns.ts";
import type { Head } from "../transcript/transcript.ts";
import type { Channel } from "./channel.ts";

export type Turn =
  /** It is the viewer's turn. `msgId` is the message that says so. */
  | { kind: "yours"; msgId: number; botId: string; post?: PostOnTurn }
  /** It is the turn of other players. */
  | { kind: "others"; msgId: number; botId: string; players: string[] }
  /** It is the turn of players who have all left. */
  | { kind: "gone"; msgId: number; botId: string; players: string[] }
  | { kind: "over"; msgId: number; botId: string; ended: boolean };

/** The viewer's last post since it has the turn. */
export interface PostOnTurn {
  id: number;
  /** What the bot that gave the turn has said to it: nothing, or nothing yet. */
  answer: Answer | "none" | "awaited";
}

type State = { channel: Channel; head: Head };

/** The turn for a player, or for a spectator (null); null when no bot has given it to anybody. Of
 *  several bots, one that waits for the viewer comes first, then the one that spoke last. */
export function turnOf(state: State, you: string | null): Turn | null {
  const { channel: { bots, seats }, head: { turns: { turns } } } = state;
  const words = bots.flatMap(({ bot_id, ended }) => {
    const word = newestFor(you, turns[bot_id]);
    return word ? [{ ...word, bot_id, ended }] : [];
  }).toSorted((a, b) => b.id - a.id);
  const open = words.filter(({ over, ended, players }) => !over && !ended && players.length > 0);
  const seated = (player: string) => seats.some(({ player_id }) => player_id === player);
  const yours = you !== null && open.find(({ players }) => players.includes(you));
  if (yours) {
    const { id: msgId, bot_id: botId } = yours;
    const post = postSince(state, you, { msgId, botId });
    return { kind: "yours", msgId, botId, ...(post && { post }) };
  }
  const others = open.find(({ players }) => players.some(seated));
  if (others) {
    const { id: msgId, bot_id: botId, players } = others;
    return { kind: "others", msgId, botId, players: players.filter(seated) };
  }
  const gone = open[0];
  if (gone) return { kind: "gone", msgId: gone.id, botId: gone.bot_id, players: gone.players };
  const over = words.find(({ over }) => over);
  return over ? { kind: "over", msgId: over.id, botId: over.bot_id, ended: over.ended } : null;
}

/** Whether a viewer plays, according to the bots that have named the players of a game that is not
 *  over, and the message of the newest of them; null when none has. */
export function gameOf(
  { channel: { bots }, head: { turns: { turns, games } } }: State,
  you: string | null,
): { msgId: number; players: string[]; plays: boolean } | null {
  const going = bots.flatMap(({ bot_id, ended }) => {
    const game = games[bot_id];
    const word = newestFor(you, turns[bot_id]);
    const isOver = ended || game && word?.over && word.id > game.id;
    return game && !isOver ? [game] : [];
  }).toSorted((a, b) => b.id - a.id);
  if (!going[0]) return null;
  const players = [...new Set(going.flatMap((game) => game.players))];
  return { msgId: going[0].id, players, plays: you !== null && players.includes(you) };
}

function newestFor(you: string | null, words: readonly Word[] = []): Word | undefined {
  return words.findLast(({ to }) => !to || you !== null && to.includes(you));
}

function postSince(
  { head: { turns: { posts }, cursors, timers } }: State,
  you: string,
  { msgId, botId }: { msgId: number; botId: string },
): PostOnTurn | undefined {
  const post = posts[you];
  if (!post || post.id < msgId) return undefined;
  const { id } = post;
  const isRead = (cursors[botId] ?? id) >= id;
  const willAnswer = Object.values(timers[botId] ?? {}).some(({ cause }) => cause === id);
  const answer = post.answers[botId] ?? (isRead && !willAnswer ? "none" : "awaited");
  return { id, answer };
}
