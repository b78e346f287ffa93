/** Ratings and results of rated games. A result is recorded once: its commit removes the note of
 *  the ended game, which the commit of that end has made, and checks every rating that it
 *  changes. */
import * as z from "zod";
import type { Pool } from "../../domain/rating/outcome.ts";
import type { ChannelResult } from "../../domain/rating/rated_channel.ts";
import { RATING_LIMITS } from "../../domain/limits/rating.ts";
import type { EndedGame } from "../channel/rated_index.ts";
import { keys } from "../keys.ts";

export const Rating = z.object({
  mu: z.number(),
  sigma: z.number(),
  /** What ladders sort by. */
  ordinal: z.number(),
  games: z.number().int(),
  /** When the last game ended, in ISO 8601. */
  last: z.string(),
});
export type Rating = z.infer<typeof Rating>;

const Ranked = Rating.extend({ principal: z.string() });

/** A recorded result. `size` and `root` are the tree head of the channel right after the entry of
 *  the end, which is entry `size`. */
export const RatedGame = z.object({
  ladder: z.string(),
  channel_id: z.string(),
  bot_id: z.string(),
  code_hash: z.string(),
  size: z.number().int(),
  root: z.string(),
  at: z.string(),
  result: z.string(),
  /** From the best place to the worst: the principals in it, and their rating before and after. */
  places: z.array(z.array(z.object({
    principal: z.string(),
    before: z.number(),
    after: z.number(),
  }))),
});
export type RatedGame = z.infer<typeof RatedGame>;

/** How a person appears on ladders. */
const RatedPlayer = z.object({
  handle: z.string().optional(),
  hidden: z.boolean(),
});
type RatedPlayer = z.infer<typeof RatedPlayer>;

const UNKNOWN: RatedPlayer = { hidden: false };

/** The most keys that Deno KV reads in one request. */
const MAX_READS = 10;

/** A game that waits to be recorded. */
export interface DueGame extends EndedGame {
  channelId: string;
  botId: string;
  /** What the commit of the result checks. */
  note: Deno.AtomicCheck;
}

export class RatingStore {
  readonly #kv: Deno.Kv;
  readonly #idOf: (principal: string) => string;

  /** `idOf`: a person's public id. Positions on a ladder contain it, and cursors say positions. */
  constructor(kv: Deno.Kv, idOf: (principal: string) => string) {
    this.#kv = kv;
    this.#idOf = idOf;
  }

  /** The channels with games that wait to be recorded. */
  async *dueChannels(): AsyncGenerator<string> {
    let last: string | undefined;
    for await (const { key } of this.#kv.list({ prefix: keys.unrated() })) {
      const channelId = String(key[1]);
      if (channelId !== last) yield channelId;
      last = channelId;
    }
  }

  /** The games of a channel that wait to be recorded, in the order in which they ended. */
  async due(channelId: string): Promise<DueGame[]> {
    const notes = this.#kv.list<EndedGame>({ prefix: keys.unratedIn(channelId) });
    const games = await Array.fromAsync(notes, ({ key, value, versionstamp }) => {
      return { ...value, channelId, botId: String(key[2]), note: { key, versionstamp } };
    });
    return games.toSorted((a, b) => a.entry - b.entry);
  }

  /** Whether a game still waits to be recorded. */
  async isDue({ note }: DueGame): Promise<boolean> {
    return (await this.#kv.get(note.key)).versionstamp === note.versionstamp;
  }

  /** Whether a channel has a result that counts. One that is due may count. Ask after reading the
   *  channel: the commit of a game's end has made its note. */
  async resultIn(channelId: string): Promise<ChannelResult> {
    const is = async (prefix: Deno.KvKey) =>
      !(await this.#kv.list({ prefix }, { limit: 1 }).next()).done;
    // In this order: a result is recorded in the commit that removes its note.
    if (await is(keys.unratedIn(channelId))) return "due";
    return await is(keys.ratedIn(channelId)) ? "recorded" : "none";
  }

  /** Forgets a game that does not count. */
  async drop({ note }: DueGame): Promise<void> {
    await this.#kv.atomic().check(note).delete(note.key).commit();
  }

  /** Who took the seats of at most `RATING_LIMITS.players` players, by player id. */
  async seatsOf(channelId: string, playerIds: readonly string[]): Promise<Map<string, string>> {
    if (playerIds.length === 0) return new Map();
    const read = await this.#kv.getMany<string[]>(
      playerIds.map((id) => keys.ratedSeat(channelId, id)),
    );
    return new Map(read.flatMap(({ value }, i) => value === null ? [] : [[playerIds[i]!, value]]));
  }

  /** The ratings of at most `RATING_LIMITS.players` principals, each with what a commit checks. */
  async ratings(pool: Pool, ladder: string, principals: readonly string[]): Promise<
    { rating: Rating | null; read: Deno.AtomicCheck }[]
  > {
    const read = await this.#kv.getMany<unknown[]>(
      principals.map((principal) => keys.rating(pool, ladder, principal)),
    );
    return read.map(({ key, value, versionstamp }) => ({
      rating: value === null ? null : Rating.parse(value),
      read: { key, versionstamp },
    }));
  }

  /** Records a result in one commit. False if the game has been recorded in the meantime, or one of
   *  the ratings has changed: the caller then reads again. */
  async record(
    due: DueGame,
    pool: Pool,
    game: RatedGame,
    changed: readonly {
      principal: string;
      read: Deno.AtomicCheck;
      before: Rating | null;
      after: Rating;
    }[],
  ): Promise<boolean> {
    const { ladder, channel_id, bot_id, at } = game;
    const atomic = this.#kv.atomic().check(due.note).delete(due.note.key);
    const isListed = pool === "people";
    for (const { principal, read, before, after } of changed) {
      atomic.check(read);
      atomic.set(read.key, after, isListed ? {} : { expireIn: RATING_LIMITS.guestMs });
      if (!isListed) continue;
      const id = this.#idOf(principal);
      if (before) atomic.delete(keys.rankedAt(ladder, -before.ordinal, id));
      atomic.set(keys.rankedAt(ladder, -after.ordinal, id), { ...after, principal });
    }
    if (isListed) {
      atomic.set(keys.ratedGame(channel_id, bot_id), game);
      const atMs = new Date(at).getTime();
      atomic.set(keys.resultAt(ladder, atMs, channel_id, bot_id), true);
    }
    return (await atomic.commit()).ok;
  }

  /** The people of a ladder from the top, after a cursor of this method. */
  async *ranked(
    ladder: string,
    cursor: string | undefined,
  ): AsyncGenerator<{ principal: string; rating: Rating; next: string }> {
    const listed = this.#kv.list({ prefix: keys.ranked(ladder) }, {
      ...(cursor !== undefined && { cursor }),
    });
    for await (const { value } of listed) {
      const { principal, ...rating } = Ranked.parse(value);
      yield { principal, rating, next: listed.cursor };
    }
  }

  /** The latest results of a ladder, newest first. */
  async results(ladder: string, limit: number): Promise<RatedGame[]> {
    const listed = this.#kv.list({ prefix: keys.results(ladder) }, { limit, reverse: true });
    const gameKeys = await Array.fromAsync(
      listed,
      ({ key }) => keys.ratedGame(String(key[3]), String(key[4])),
    );
    const games = await this.#many(gameKeys);
    return games.flatMap((game) => game === null ? [] : [RatedGame.parse(game)]);
  }

  /** How people appear on ladders, in order. */
  async players(principals: readonly string[]): Promise<RatedPlayer[]> {
    const read = await this.#many(principals.map((principal) => keys.player(principal)));
    return read.map((value) => value === null ? UNKNOWN : RatedPlayer.parse(value));
  }

  async #many(wanted: readonly Deno.KvKey[]): Promise<unknown[]> {
    const values: unknown[] = [];
    for (let at = 0; at < wanted.length; at += MAX_READS) {
      const read = await this.#kv.getMany<unknown[]>(wanted.slice(at, at + MAX_READS));
      values.push(...read.map(({ value }) => value));
    }
    return values;
  }

  /** Changes how a person appears. Hiding deletes the handle, so that others can have it. False if
   *  somebody else has the new handle. */
  async appear(principal: string, changed: Partial<RatedPlayer>): Promise<boolean> {
    for (;;) {
      const stored = await this.#kv.get(keys.player(principal));
      // Whoever hides gets rid of a record that cannot be read, too.
      const before = RatedPlayer.safeParse(stored.value).data ?? UNKNOWN;
      const { handle, hidden } = { ...before, ...changed };
      const after = changed.hidden || handle === undefined ? { hidden } : { handle, hidden };
      const atomic = this.#kv.atomic().check(stored).set(stored.key, after);
      if (after.handle !== before.handle) {
        const next = after.handle === undefined ? undefined : handleKey(after.handle);
        const old = before.handle === undefined ? undefined : handleKey(before.handle);
        if (next) {
          const taken = await this.#kv.get<string>(next);
          if (taken.value !== null && taken.value !== principal) return false;
          atomic.check(taken).set(next, principal);
        }
        if (old && old.join() !== next?.join()) {
          const held = await this.#kv.get<string>(old);
          if (held.value === principal) atomic.check(held).delete(old);
        }
      }
      if ((await atomic.commit()).ok) return true;
    }
  }
}

/** Handles that differ in their case alone are one. */
function handleKey(handle: string): Deno.KvKey {
  return keys.handle(handle.toLowerCase());
}
