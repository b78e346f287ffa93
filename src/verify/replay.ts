/** Replays the referees: runs every hook that the transcript calls for in the same engine with the
 *  same inputs, and compares its output with the log byte for byte. */
import { botEvidence, botFailed, timerDue } from "../domain/announcements/hooks.ts";
import type { BotMemory, Player } from "../domain/bot/bot.ts";
import {
  freshMemory,
  memoryAfterEntry,
  memoryAfterHook,
  memoryAfterReading,
  memoryWithRandomness,
} from "../domain/referee/bot_memory.ts";
import type { ChannelExport } from "../domain/proof/channel_export.ts";
import { evidenceOf, type Exchange } from "../domain/bot/evidence.ts";
import { hookJob } from "../domain/referee/hook_job.ts";
import {
  draftsFrom,
  endDraft,
  evidenceDrafts,
  UNSTORABLE,
} from "../domain/referee/hook_entries.ts";
import { hears } from "../domain/bot/hearing.ts";
import { hexToBytes } from "../kernel/hash.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import { hookFor } from "../domain/referee/referee.ts";
import { inSeatOrder } from "../domain/referee/rematch.ts";
import { Sealed } from "../domain/bot/sealed.ts";
import { type Entry, isAnswered } from "../domain/transcript/transcript.ts";
import { type AnnouncedBot, announcedBots, asBot } from "./announced_bots.ts";
import { type PublishedRound, publishedRounds } from "./beacon.ts";
import { compare } from "./compare.ts";
import { checkAnnounced, obstacleTo } from "./engine_checks.ts";
import { exchangeFrom } from "./evidence.ts";
import {
  effectsByBot,
  isEvidence,
  playersBefore,
  type ReplayEntry,
  withRoots,
} from "./replay_entries.ts";
import { caching, type Replayer } from "./replayer.ts";
import { type Move, Stopped } from "./report.ts";
import { Wrong } from "./model/wrong.ts";
import { TimerChecks } from "./timer_checks.ts";

const endedFull = (reason: unknown) => reason === "out_of_memory";

export interface Replayed {
  /** The number of hooks that were replayed with equal results. */
  replayed: number;
  /** By reason, the number of hooks that could not be replayed, in order of first occurrence. */
  unknown: Map<string, number>;
  /** Called for each of these hooks, in order. */
  moved?: ((move: Move) => void) | undefined;
  /** Modules of the replayed bots that are not of the engines' release, by name and version. */
  brought: Set<string>;
}

/** An entry with the body and the salt that this viewer may read. */
type Readable = Entry & { salt: string };

const NO_ENV = new Sealed([]);

/** Replays every bot. Throws `Wrong` with the first entry that the replay does not reproduce.
 *  `result` is updated throughout, so that it is right when the replay stops early. */
export async function replay(
  file: ChannelExport,
  leaves: readonly Uint8Array[],
  replayer: Replayer,
  result: Replayed,
  signal?: AbortSignal,
): Promise<void> {
  const entries = withRoots(file.entries, leaves);
  const rounds = publishedRounds(file.entries);
  const announced = announcedBots(file);
  const players = playersBefore(announced.map(({ from }) => from), entries);
  const effects = effectsByBot(entries);
  const stage = { file, rounds, replayer: caching(replayer), result };
  const bots = announced.map((bot) => {
    const seated = inSeatOrder(players.get(bot.from)!, bot.seats);
    return new BotReplay(stage, bot, seated, effects.get(bot.bot_id) ?? []);
  });
  for (const bot of bots) await bot.prepare();
  // All bots advance together, entry by entry: everything after a forged entry differs too, and the
  // report must name the first.
  for (const [entry, present] of metBy(bots, entries)) {
    for (const bot of present) await bot.meet(entry);
    // Entries that call no hook await nothing: yield to others on this thread now and then.
    if (entry.id % 256 === 0) await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) throw new Stopped();
  }
}

/** Each entry with the bots that meet it: those in the channel, and former bots for which the log
 *  records an effect of that entry. */
function* metBy(
  bots: readonly BotReplay[],
  entries: readonly ReplayEntry[],
): Generator<[ReplayEntry, Iterable<BotReplay>]> {
  const coming = bots.values();
  let next = coming.next();
  const present = new Set<BotReplay>();
  const late = Map.groupBy(
    bots.flatMap((bot) => bot.metLate().map((id) => ({ id, bot }))),
    ({ id }) => id,
  );
  for (const entry of entries) {
    for (; next.value && next.value.from <= entry.id; next = coming.next()) present.add(next.value);
    const again = late.get(entry.id)?.map(({ bot }) => bot) ?? [];
    yield [entry, again.length > 0 ? [...present, ...again] : present];
    for (const bot of present) if (bot.goneAt <= entry.id) present.delete(bot);
  }
}

/** Shared by the replays of all bots of a file. */
interface Stage {
  file: ChannelExport;
  rounds: ReadonlyMap<number, PublishedRound>;
  replayer: Replayer;
  result: Replayed;
}

class BotReplay {
  readonly #stage: Stage;
  readonly #bot: AnnouncedBot;
  #memory: BotMemory;
  /** Why no further hook of this bot can be replayed. */
  #lost: string | undefined;
  readonly #timers: TimerChecks;
  /** The entries that the bot's hooks caused, by their cause. */
  readonly #effects = new Map<number, ReplayEntry[]>();
  /** By cause, evidence of a hook that two server instances ran: the slower one records its network
   *  requests and nothing else. */
  readonly #again = new Map<number, ReplayEntry[]>();
  /** Walks `#effects` in the order of the log. `#lastCause` is the highest cause among the effects
   *  walked so far. */
  readonly #walk: Iterator<[number, ReplayEntry[]], undefined>;
  #nextEffects: [number, ReplayEntry[]] | undefined;
  #lastCause = 0;

  /** `effects`: the entries that this bot's hooks caused, in order. */
  constructor(stage: Stage, bot: AnnouncedBot, players: Player[], effects: readonly ReplayEntry[]) {
    this.#stage = stage;
    this.#bot = bot;
    this.#timers = new TimerChecks(bot.bot_id);
    this.#memory = freshMemory(bot.seed ?? "", players);
    for (const entry of effects) {
      const cause = entry.cause!;
      const isAgain = isEvidence(entry) && (this.#effects.has(cause) || cause > bot.cursor);
      const where = isAgain ? this.#again : this.#effects;
      const known = where.get(cause);
      if (known) known.push(entry);
      else where.set(cause, [entry]);
    }
    this.#walk = this.#effects.entries();
    this.#nextEffects = this.#walk.next().value;
  }

  /** The first entry that it meets. */
  get from(): number {
    return this.#bot.from;
  }

  /** The entry after which nothing calls it. */
  get goneAt(): number {
    return this.#bot.reveals[0]?.id ?? Infinity;
  }

  /** Entries after `goneAt` for which the log records an effect of this bot. */
  metLate(): number[] {
    const called = new Set([...this.#effects.keys(), ...this.#again.keys()]);
    return [...called].filter((id) => id > this.goneAt);
  }

  async prepare(): Promise<void> {
    const { file, replayer } = this.#stage;
    this.#lost = await obstacleTo(this.#bot, replayer) ??
      await checkAnnounced(this.#bot, file.sources, replayer);
    if (!this.#lost) await this.#noteModules();
  }

  /** Notes modules that nobody should take for those of the verifier's release. */
  async #noteModules(): Promise<void> {
    const { replayer, result } = this.#stage;
    const own = (await replayer.engine(this.#bot.language))?.modules ?? [];
    for (const { name, version, hash } of this.#bot.modules) {
      if (own.some((module) => module.name === name && module.hash === hash)) continue;
      result.brought.add(`${name} ${version}`);
    }
  }

  /** Processes an entry: runs the hook that it calls, if any. */
  async meet(entry: ReplayEntry): Promise<void> {
    const { cursor, bot_id } = this.#bot;
    const caused = this.#effects.get(entry.id) ?? [];
    for (const again of this.#again.get(entry.id) ?? []) {
      this.#skip("two instances of the server ran them, and both used the network", entry, [again]);
    }
    if (entry.id > cursor) {
      if (entry.body) this.#checkTimer(entry as Entry);
      if (!caused[0]) return this.#missed(entry);
      throw new Wrong(
        `The cursor of ${bot_id} is ${cursor}: it can't have written this.`,
        caused[0].id,
      );
    }
    if (entry.body) return await this.#pass(entry as Readable, caused);
    const called = entry.sender !== `bot:${bot_id}` && isAnswered(entry) &&
      hears(this.#bot, entry) && this.#bot.hooks.includes("on_message");
    if (!called) return this.#refuseAny(caused, entry);
    this.#lose("the bot read an entry that you may not read", entry, caused);
  }

  #refuseAny([effect]: ReplayEntry[], { id }: ReplayEntry): void {
    if (effect) throw new Wrong(`Entry ${id} calls no hook of ${this.#bot.bot_id}.`, effect.id);
  }

  /** Notes a hook that the server did not run because the bot was removed or the channel closed
   *  first. */
  #missed(entry: ReplayEntry): void {
    const { removedAt = 0 } = this.#bot;
    if (this.#lost || entry.id >= removedAt || !isAnswered(entry)) return;
    if (
      !entry.body && hears(this.#bot, entry) ||
      entry.body && hookFor(asBot(this.#bot), entry as Entry)
    ) {
      this.#skip("the bot was removed or the channel closed before they ran", entry, []);
    }
  }

  async #pass(entry: Readable, caused: ReplayEntry[]): Promise<void> {
    const { bot_id } = this.#bot;
    this.#checkTimer(entry);
    this.#memory = memoryAfterEntry(this.#memory, this.#bot, entry, true);
    const call = isAnswered(entry) ? hookFor(asBot(this.#bot), entry) : null;
    if (!call) return this.#refuseAny(caused, entry);
    if (this.#lost) return this.#skip(this.#lost, entry, caused);
    this.#draw(entry);
    this.#memory = memoryAfterReading(this.#memory, entry, () => hexToBytes(entry.salt));
    const failure = onlyFailureIn(caused);
    if (failure?.reason === "killed") {
      return this.#skip("the server killed them at its time limit", entry, caused);
    }
    const recorded = this.#recorded(caused);
    if (!recorded) {
      return this.#lose("the record of the bot's network answers is incomplete", entry, caused);
    }
    const { code_hash, modules } = this.#bot;
    const source = this.#stage.file.sources[code_hash]!;
    const job = hookJob(this.#bot, this.#memory, entry, call, { source, modules, env: {} });
    const { outcome, exchanges } = await this.#stage.replayer.run(job, recorded);
    if (outcome.kind === "killed") {
      return this.#lose("a hook of the bot took too long here", entry, caused);
    }
    if (failure?.message === UNSTORABLE && outcome.kind === "done") {
      return this.#skip("the server's database rejected their output", entry, caused);
    }
    if (
      failure && endedFull(failure.reason) !== endedFull(outcome.kind) && outcome.kind !== "done"
    ) {
      // Both runs failed, one for want of memory. The allocation at which memory runs out is not
      // the referee's choice.
      return this.#skip("they ran out of memory", entry, caused);
    }
    const before = this.#memory;
    this.#memory = memoryAfterHook(before, outcome);
    const { timers = [] } = outcome.kind === "done" ? outcome : {};
    this.#timers.change(entry.id, timers);
    const announced = exchanges.map((exchange) => evidenceOf(exchange, NO_ENV, new Map()));
    const drafts = [
      ...evidenceDrafts(bot_id, entry, call.hook, announced),
      ...draftsFrom(bot_id, entry, call.hook, outcome, this.#memory),
      ...endDraft(bot_id, outcome, entry, before.seed),
    ];
    try {
      compare(bot_id, entry, drafts, caused);
    } catch (error) {
      const strain = this.#stage.replayer.strainedBy?.(outcome);
      if (strain === undefined) throw error;
      return this.#lose(strain, entry, caused);
    }
    this.#stage.result.replayed++;
    this.#report(entry, caused);
  }

  /** Draws the randomness of the round that was named last, unless it was drawn before. */
  #draw({ id }: Entry): void {
    const { beacon } = this.#memory;
    if (!beacon || beacon.randomness !== undefined) return;
    const published = this.#stage.rounds.get(beacon.round);
    if (!published) {
      throw new Wrong(
        `${this.#bot.bot_id} answered this before round ${beacon.round} was published.`,
        id,
      );
    }
    this.#memory = memoryWithRandomness(this.#memory, published.signature);
  }

  #checkTimer(entry: Entry): void {
    if (timerDue.in(entry)?.bot_id !== this.#bot.bot_id || this.#lost) return;
    this.#timers.fire(entry, (cause) => this.#lastCauseBefore(entry.id) >= cause);
  }

  /** The highest cause of an effect that stands in the log before entry `id`. */
  #lastCauseBefore(id: number): number {
    for (; this.#nextEffects; this.#nextEffects = this.#walk.next().value) {
      const [cause, [first]] = this.#nextEffects;
      if (first!.id >= id) break;
      this.#lastCause = Math.max(this.#lastCause, cause);
    }
    return this.#lastCause;
  }

  #recorded(caused: ReplayEntry[]): Exchange[] | undefined {
    const evidence = caused.find(isEvidence);
    if (!evidence) return [];
    const announced = botEvidence.in(evidence)?.exchanges ?? [];
    // The record also holds the one request that was refused for exceeding the limit.
    if (announced.length > BOT_LIMITS.netRequests + 1) {
      throw new Wrong("No hook may make so many network requests.", evidence.id);
    }
    const exchanges = announced.map((each) => exchangeFrom(each, this.#stage.file.evidence));
    return exchanges.includes(undefined) ? undefined : exchanges as Exchange[];
  }

  /** Counts the hook that `entry` called, and that had the effects `caused`, as not replayed. */
  #skip(why: string, entry: ReplayEntry, caused: readonly ReplayEntry[]): void {
    const { unknown } = this.#stage.result;
    unknown.set(why, (unknown.get(why) ?? 0) + 1);
    this.#report(entry, caused, why);
  }

  /** Gives up on the bot: from here on its state is unknown. */
  #lose(why: string, entry: ReplayEntry, caused: readonly ReplayEntry[]): void {
    this.#lost ??= why;
    this.#skip(this.#lost, entry, caused);
  }

  #report({ id }: ReplayEntry, caused: readonly ReplayEntry[], obstacle?: string): void {
    this.#stage.result.moved?.({
      bot_id: this.#bot.bot_id,
      cause: id,
      effects: caused.map((effect) => effect.id),
      ...(obstacle !== undefined && { obstacle }),
    });
  }
}

/** The failure of a hook, if that and evidence are all that the log records of it. */
function onlyFailureIn(caused: readonly ReplayEntry[]): ReturnType<typeof botFailed.in> {
  const [only, ...more] = caused.filter((entry) => !isEvidence(entry));
  return more.length === 0 && only ? botFailed.in(only) : undefined;
}
