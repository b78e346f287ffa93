/** Records the results of rated games. The commit of a game's end leaves a note of it, and the
 *  commit that records the result removes the note: whichever instance does it, and however often
 *  one dies on the way, the result counts once. The games of a channel are recorded in the order in
 *  which they ended: a game's note is read with those of the games before it, and waits for
 *  them. */
import { botEnded } from "../domain/announcements/hooks.ts";
import type { Channel } from "../domain/channel/channel.ts";
import type { Ladders } from "../domain/rating/ladders.ts";
import { outcomeOf, rankedIn } from "../domain/rating/outcome.ts";
import { RATING_LIMITS } from "../domain/limits/rating.ts";
import type { Entry } from "../domain/transcript/transcript.ts";
import type { Log } from "../kernel/log.ts";
import type { DueGame, RatingStore } from "../store/rating/rating_store.ts";
import { figuresAfter } from "./figures.ts";

interface RaterDeps {
  store: RatingStore;
  /** An entry of a channel; undefined if there is none. */
  entry: (channelId: string, id: number) => Promise<Entry | undefined>;
  ladders: Ladders;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  log: Log;
}

export class Rater {
  readonly #deps: RaterDeps;
  #work: Promise<void> = Promise.resolve();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #lookAgain: ReturnType<typeof setInterval> | undefined;
  /** The games of this process that are recorded, or do not count. */
  readonly #settled = new Map<string, Set<string>>();
  #closed = false;

  constructor(deps: RaterDeps) {
    this.#deps = deps;
  }

  /** Records the games of a channel that have ended. */
  wake({ channel }: { channel: Channel }): void {
    if (!channel.rated) return;
    const { channel_id, bots } = channel;
    const settled = this.#settled.get(channel_id);
    const isNew = bots.some(({ ended, bot_id }) => ended && !settled?.has(bot_id));
    if (isNew) this.#queue(channel_id);
  }

  /** Records the games that a stop or a crash has left. */
  resume(): Promise<void> {
    this.#queue();
    if (this.#deps.shared && !this.#closed) {
      this.#lookAgain ??= setInterval(() => this.#queue(), RATING_LIMITS.lookAgainMs);
    }
    return this.#work;
  }

  /** Begins no more and waits for the game at work. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#lookAgain);
    clearTimeout(this.#retry);
    await this.#work;
  }

  /** One game after the other: each needs the ratings after the one before. */
  #queue(channelId?: string): void {
    this.#work = this.#work.then(() =>
      channelId === undefined ? this.#recordAll() : this.#recordDue(channelId)
    );
  }

  /** Never rejects. */
  async #recordAll(): Promise<void> {
    try {
      for await (const channelId of this.#deps.store.dueChannels()) {
        if (this.#closed) return;
        await this.#recordDue(channelId);
      }
    } catch (error) {
      this.#postpone(error);
    }
  }

  /** Records the games of a channel up to one that fails, which does not hold up other channels.
   *  Never rejects. */
  async #recordDue(channelId: string): Promise<void> {
    if (this.#closed) return;
    try {
      for (const due of await this.#deps.store.due(channelId)) {
        if (this.#closed) return;
        await this.#settle(due);
      }
    } catch (error) {
      this.#postpone(error, channelId);
    }
  }

  #postpone(error: unknown, channel?: string): void {
    this.#deps.log("warn", "rating_postponed", { channel, error: String(error) });
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#queue(), RATING_LIMITS.retryMs);
  }

  async #settle(due: DueGame): Promise<void> {
    const { channelId: channel, botId: bot } = due;
    const why = await this.#record(due);
    if (why !== undefined) {
      await this.#deps.store.drop(due);
      this.#deps.log("info", "game_unrated", { channel, bot, why });
    }
    const settled = this.#settled.get(channel) ?? new Set();
    this.#settled.set(channel, settled.add(bot));
    if (this.#settled.size > MAX_SETTLED) this.#settled.clear();
  }

  /** Records a result. Returns why it does not count, if so. Throws when the database fails, or
   *  others keep changing the same ratings. */
  async #record(due: DueGame): Promise<string | undefined> {
    const { store, ladders } = this.#deps;
    const { channelId, botId, entry: id, code_hash } = due;
    const entry = await this.#deps.entry(channelId, id);
    const ended = entry && botEnded.in(entry);
    if (!ended) return "its channel is gone";
    const ladder = ladders.of(code_hash);
    if (ladder === undefined) return "no ladder has its source";
    const seats = await store.seatsOf(channelId, rankedIn(ended.result));
    const outcome = outcomeOf(ended.result, (player) => seats.get(player));
    if (outcome.kind === "unrated") return outcome.why;
    const { pool, places, result } = outcome;
    const principals = places.flat();
    for (let attempt = 0; attempt < RATING_LIMITS.attempts; attempt++) {
      const known = await store.ratings(pool, ladder, principals);
      let at = 0;
      const before = places.map((place) => place.map(() => known[at++]!.rating));
      const figures = (await figuresAfter(before)).flat();
      const changed = principals.map((principal, i) => {
        const { rating, read } = known[i]!;
        const after = { ...figures[i]!, games: (rating?.games ?? 0) + 1, last: entry.ts };
        return { principal, read, before: rating, after };
      });
      const rows = new Map(changed.map((row) => [row.principal, row]));
      const game = {
        ladder,
        channel_id: channelId,
        bot_id: botId,
        code_hash,
        size: id,
        root: entry.root,
        at: entry.ts,
        result,
        places: places.map((place) =>
          place.map((principal) => {
            const { before, after } = rows.get(principal)!;
            return { principal, before: before?.ordinal ?? 0, after: after.ordinal };
          })
        ),
      };
      if (await store.record(due, pool, game, changed)) return undefined;
      if (!await store.isDue(due)) return undefined;
    }
    throw new Error(`Cannot record ${channelId}/${botId}: its players' ratings keep changing`);
  }
}

/** How many channels' settled games are remembered, to save look-ups. */
const MAX_SETTLED = 1_000;
