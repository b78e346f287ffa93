/** Keeps bots' words on turns in the head, in the commit of the entries that hold them. Bots follow
 *  a convention (`docs/bots.md`, "Turns") so that the server can advise agents on their next step;
 *  the server refuses nothing because of it. Pure. */
import { botEnded, botFailed } from "../announcements/hooks.ts";
import { claimApplied } from "../announcements/games.ts";
import { hears } from "../bot/hearing.ts";
import { deadlineIn, playingIn, turnIn } from "../board/turn_words.ts";
import { type Entry, isSpectator, SYSTEM } from "../transcript/transcript.ts";
import type { Answer, KeptTurns, Word } from "../transcript/kept_turns.ts";
import type { Channel } from "./channel.ts";

/** The most players who are kept of a word that not everyone may read, beside its readers. The
 *  bound of each word is its own, so that no word shows in what becomes of another. */
const MOST_OTHERS = 8;

type Players = Pick<Channel, "seats" | "bots" | "next_player">;

/** What is kept after further entries, as of the channel right after them. */
export function turnsAfter(
  kept: KeptTurns,
  entries: readonly Entry[],
  channel: Players,
): KeptTurns {
  if (entries.length === 0) return kept;
  const after = {
    turns: { ...kept.turns },
    games: { ...kept.games },
    failures: { ...kept.failures },
    posts: { ...kept.posts },
    marks: { ...kept.marks },
    said: kept.said,
  };
  for (const entry of entries) keep(after, entry, channel);
  const bots = new Set(channel.bots.map(({ bot_id }) => bot_id));
  const seated = new Set(channel.seats.map(({ player_id }) => player_id));
  return {
    turns: mapOf(after.turns, bots, (words) => newestForEach(words, seated)),
    games: mapOf(after.games, bots, (game) => ({
      ...game,
      all: game.all.filter((player) => seated.has(player)),
    })),
    failures: mapOf(after.failures, bots, (id) => id),
    posts: mapOf(after.posts, seated, (post) => ({
      ...post,
      answers: mapOf(post.answers, bots, (answer) => answer),
    })),
    marks: mapOf(after.marks, seated, (mark) => mark),
    said: after.said,
  };
}

/** The entries of a record under certain keys, each changed. */
function mapOf<T>(
  record: Readonly<Record<string, T>>,
  keys: ReadonlySet<string>,
  change: (value: T) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => keys.has(key) ? [[key, change(value)]] : []),
  );
}

function keep(kept: KeptTurns, entry: Entry, channel: Players): void {
  const { id, sender, kind, to, body, ts } = entry;
  if (isSpectator(entry)) return;
  markAddressed(kept, entry);
  if (kind === "user") {
    kept.marks[sender] = { ...kept.marks[sender], spoke: id, spoke_at: ts };
    if (!to) {
      kept.said = [...kept.said.filter((each) => each.sender !== sender), { id, sender }].slice(-2);
    }
    if (channel.bots.some((bot) => hears(bot, entry))) kept.posts[sender] = { id, answers: {} };
    return;
  }
  const claim = claimApplied.in(entry)?.op;
  if (claim) {
    const words = kept.turns[claim.bot_id] ?? [];
    kept.turns[claim.bot_id] = words.map((word) =>
      word.id === claim.turn_id ? { ...word, claimed: true } : word
    );
  }
  const failed = botFailed.in(entry);
  const ended = botEnded.in(entry);
  const bot = sender === SYSTEM ? (failed ?? ended)?.bot_id : sender.slice("bot:".length);
  if (bot === undefined) return;
  keepAnswer(
    kept,
    entry,
    bot,
    failed ? "failed" : body.type === "violation" ? "refused" : "answered",
  );
  if (!to && failed) kept.failures[bot] = id;
  if (!to && !failed) delete kept.failures[bot];
  const isOver = ended !== undefined || sender !== SYSTEM && body.type === "game_end";
  const turn = sender === SYSTEM || isOver ? null : turnIn(body, channel);
  const until = deadlineIn(body);
  const word = isOver
    ? { players: [], over: true as const }
    : turn && { players: turn, ...until !== undefined && { until } };
  if (word) {
    kept.turns[bot] = [...kept.turns[bot] ?? [], { id, ts, ...(to && { to }), ...word }];
  }
  const playing = to || sender === SYSTEM || isOver ? null : playingIn(body, channel);
  if (playing) {
    const all = [...new Set([...kept.games[bot]?.all ?? [], ...playing])];
    kept.games[bot] = { id, players: playing, all };
  }
}

/** Notes whom an entry addresses. A bot that has said a word on turns to a player calls it by the
 *  next such word. */
function markAddressed({ marks, turns }: KeptTurns, { id, sender, kind, to = [] }: Entry): void {
  if (sender === SYSTEM) return;
  for (const player of to) {
    const words = kind === "user" ? [] : turns[sender.slice("bot:".length)] ?? [];
    if (player === sender || words.some((word) => !word.to || word.to.includes(player))) continue;
    marks[player] = { ...marks[player], addressed: id };
  }
}

/** Records an entry as a bot's answer to the post that caused it, if the poster may read it. */
function keepAnswer(
  { posts }: KeptTurns,
  { id, cause, to }: Entry,
  bot: string,
  kind: Answer["kind"],
): void {
  const [player, post] = Object.entries(posts).find(([, post]) => post.id === cause) ?? [];
  if (player === undefined || post === undefined || to && !to.includes(player)) return;
  if (post.answers[bot] && kind === "answered") return; // a refusal says more
  posts[player] = { ...post, answers: { ...post.answers, [bot]: { id, kind } } };
}

/** The words that are the newest one for some reader, oldest first. */
function newestForEach(words: readonly Word[], seated: ReadonlySet<string>): Word[] {
  const served = new Set<string>();
  const newest: Word[] = [];
  for (const word of words.toReversed()) {
    if (!word.to) {
      newest.push(word);
      break;
    }
    const to = word.to.filter((player) => seated.has(player) && !served.has(player));
    if (to.length === 0) continue;
    for (const reader of to) served.add(reader);
    let others = 0;
    const players = word.players.filter((each) => to.includes(each) || ++others <= MOST_OTHERS);
    newest.push({ ...word, to, players });
  }
  return newest.reverse();
}
