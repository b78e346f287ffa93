/** Runs the referee again: every hook that the transcript calls for, in the same engine, with the
 *  same inputs, and compares what it says, byte for byte, with what the log holds. */
import { botEvidence, botFailed, timerDue } from "../domain/announcements/hooks.ts";
import type { BotMemory, Player } from "../domain/bot/bot.ts";
import {
  freshMemory,
  memoryAfter,
  memoryDrawn,
  memoryPast,
  memoryTold,
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
import { hexToBytes } from "../kernel/hash.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import { hookFor } from "../domain/referee/referee.ts";
import { Sealed } from "../domain/bot/sealed.ts";
import { type Entry, isAnswered } from "../domain/transcript/transcript.ts";
import { type AnnouncedBot, announcedBots, asBot } from "./announced_bots.ts";
import { type Told, toldRounds } from "./beacon.ts";
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
import { remembering, type Replayer } from "./replayer.ts";
import { Stopped } from "./report.ts";
import { Wrong } from "./model/wrong.ts";
import { TimerChecks } from "./timer_checks.ts";

const endedFull = (reason: unknown) => reason === "out_of_memory";

export interface Replayed {
  /** Hooks that were run again with equal results. */
  replayed: number;
  /** Hooks that could not be, and why, in the order in which the reasons came up. */
  unknown: Map<string, number>;
}

/** An entry whose body this viewer may read, with its salt. */
type Readable = Entry & { salt: string };

const NO_ENV = new Sealed([]);

/** Replays every bot. Throws `Wrong` with the first entry that an honest referee would not have
 *  made. `result` counts what was done so far. */
export async function replay(
  file: ChannelExport,
  leaves: readonly Uint8Array[],
  replayer: Replayer,
  result: Replayed,
  signal?: AbortSignal,
): Promise<void> {
  const entries = withRoots(file.entries, leaves);
  const rounds = toldRounds(file.entries);
  const announced = announcedBots(file);
  const players = playersBefore(announced.map(({ from }) => from), entries);
  const effects = effectsByBot(entries);
  const stage = { file, rounds, replayer: remembering(replayer), result };
  const bots = announced.map((bot) =>
    new BotReplay(stage, bot, players.get(bot.from)!, effects.get(bot.bot_id) ?? [])
  );
  for (const bot of bots) await bot.prepare();
  // All bots entry by entry: what follows a forged entry differs, too, and the first is to be
  // named.
  for (const [entry, present] of metBy(bots, entries)) {
    for (const bot of present) await bot.meet(entry);
    // Few entries call a hook: whoever shares the thread has a turn all the same.
    if (entry.id % 256 === 0) await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) throw new Stopped();
  }
}

/** Each entry with the bots that meet it: those that are there, and those that are told of again
 *  when they are gone. */
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

/** What the replays of all bots of a file have in common. */
interface Stage {
  file: ChannelExport;
  rounds: ReadonlyMap<number, Told>;
  replayer: Replayer;
  result: Replayed;
}

class BotReplay {
  readonly #stage: Stage;
  readonly #bot: AnnouncedBot;
  #memory: BotMemory;
  /** Why nothing can be said of this bot's hooks any more. */
  #lost: string | undefined;
  readonly #timers: TimerChecks;
  /** What the bot caused, by the entry that caused it. */
  readonly #effects = new Map<number, ReplayEntry[]>();
  /** What was told again of a hook that two instances ran: what the slower one asked, and nothing
   *  else. */
  readonly #again = new Map<number, ReplayEntry[]>();
  /** The first thing that each hook said, as far as the log was met, and the last entry that called
   *  one of them. */
  readonly #firstSaid: Iterator<[number, ReplayEntry[]], undefined>;
  #nextSaid: [number, ReplayEntry[]] | undefined;
  #toldTo = 0;

  /** `effects`: what this bot caused, in order. */
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
    this.#firstSaid = this.#effects.entries();
    this.#nextSaid = this.#firstSaid.next().value;
  }

  /** The first entry that it meets. */
  get from(): number {
    return this.#bot.from;
  }

  /** The entry after which nothing calls it. */
  get goneAt(): number {
    return this.#bot.reveals[0]?.id ?? Infinity;
  }

  /** Entries after that one to which it is said to have said something. */
  metLate(): number[] {
    const called = new Set([...this.#effects.keys(), ...this.#again.keys()]);
    return [...called].filter((id) => id > this.goneAt);
  }

  async prepare(): Promise<void> {
    const { file, replayer } = this.#stage;
    this.#lost = await obstacleTo(this.#bot, replayer) ??
      await checkAnnounced(this.#bot, file.sources, replayer);
  }

  /** Comes past an entry: runs the hook that it calls, if it calls one. */
  async meet(entry: ReplayEntry): Promise<void> {
    const { cursor, bot_id } = this.#bot;
    const caused = this.#effects.get(entry.id) ?? [];
    for (const _ of this.#again.get(entry.id) ?? []) {
      this.#skip("two instances of the server ran them, and both asked the network");
    }
    if (entry.id > cursor) {
      if (entry.body) this.#checkTimer(entry as Entry);
      if (!caused[0]) return this.#missed(entry);
      throw new Wrong(
        `${bot_id} had come to entry ${cursor}: it can't have said this.`,
        caused[0].id,
      );
    }
    if (entry.body) return await this.#pass(entry as Readable, caused);
    const called = entry.sender !== `bot:${bot_id}` && isAnswered(entry) &&
      this.#bot.hooks.includes("on_message");
    if (!called) return this.#refuseAny(caused, entry);
    this.#lose("it was told something that you may not read");
  }

  #refuseAny([said]: ReplayEntry[], { id }: ReplayEntry): void {
    if (said) throw new Wrong(`No hook of ${this.#bot.bot_id} is called by entry ${id}.`, said.id);
  }

  /** Notes a hook that was not run because the bot was taken out, or the channel closed, before it
   *  came to that. */
  #missed(entry: ReplayEntry): void {
    const { removedAt = 0 } = this.#bot;
    if (this.#lost || entry.id >= removedAt || !isAnswered(entry)) return;
    if (!entry.body || hookFor(asBot(this.#bot), entry as Entry)) {
      this.#skip("the bot was gone before they were called");
    }
  }

  async #pass(entry: Readable, caused: ReplayEntry[]): Promise<void> {
    const { bot_id } = this.#bot;
    this.#checkTimer(entry);
    this.#memory = memoryPast(this.#memory, bot_id, entry, true);
    const call = isAnswered(entry) ? hookFor(asBot(this.#bot), entry) : null;
    if (!call) return this.#refuseAny(caused, entry);
    if (this.#lost) return this.#skip(this.#lost);
    this.#draw(entry);
    this.#memory = memoryTold(this.#memory, entry, () => hexToBytes(entry.salt));
    const failure = onlyFailureIn(caused);
    if (failure?.reason === "killed") return this.#skip("a clock had to end it");
    const recorded = this.#recorded(caused);
    if (!recorded) {
      return this.#lose("what it was told by the network is not all on record");
    }
    const source = this.#stage.file.sources[this.#bot.code_hash]!;
    const job = hookJob(this.#bot, this.#memory, entry, call, { source, env: {} });
    const { outcome, exchanges } = await this.#stage.replayer.run(job, recorded);
    if (outcome.kind === "killed") return this.#lose("it took too long here");
    if (failure?.message === UNSTORABLE && outcome.kind === "done") {
      return this.#skip("the database did not take what they said");
    }
    if (
      failure && endedFull(failure.reason) !== endedFull(outcome.kind) && outcome.kind !== "done"
    ) {
      // Failed all the same: at which allocation it met the end is not the referee's doing.
      return this.#skip("its memory was full");
    }
    const before = this.#memory;
    this.#memory = memoryAfter(before, outcome);
    const { timers = [] } = outcome.kind === "done" ? outcome : {};
    this.#timers.change(entry.id, timers);
    const told = exchanges.map((exchange) => evidenceOf(exchange, NO_ENV, new Map()));
    const drafts = [
      ...evidenceDrafts(bot_id, entry, call.hook, told),
      ...draftsFrom(bot_id, entry, call.hook, outcome, this.#memory),
      ...endDraft(bot_id, outcome, entry, before.seed),
    ];
    compare(bot_id, entry, drafts, caused);
    this.#stage.result.replayed++;
  }

  /** Takes the randomness of the round that was named last. */
  #draw({ id }: Entry): void {
    const { beacon } = this.#memory;
    if (!beacon || beacon.randomness !== undefined) return;
    const told = this.#stage.rounds.get(beacon.round);
    if (!told) {
      throw new Wrong(`${this.#bot.bot_id} answered this before round ${beacon.round} came.`, id);
    }
    this.#memory = memoryDrawn(this.#memory, told.signature);
  }

  #checkTimer(entry: Entry): void {
    if (timerDue.in(entry)?.bot_id !== this.#bot.bot_id || this.#lost) return;
    this.#timers.come(entry, (cause) => this.#toldBefore(entry.id) >= cause);
  }

  /** The last entry that called a hook of which something stands in the log before entry `id`. */
  #toldBefore(id: number): number {
    for (; this.#nextSaid; this.#nextSaid = this.#firstSaid.next().value) {
      const [calledBy, [first]] = this.#nextSaid;
      if (first!.id >= id) break;
      this.#toldTo = Math.max(this.#toldTo, calledBy);
    }
    return this.#toldTo;
  }

  #recorded(caused: ReplayEntry[]): Exchange[] | undefined {
    const evidence = caused.find(isEvidence);
    if (!evidence) return [];
    const told = botEvidence.in(evidence)?.exchanges ?? [];
    // One that is refused is told, too.
    if (told.length > BOT_LIMITS.netRequests + 1) {
      throw new Wrong("No hook may ask so often.", evidence.id);
    }
    const exchanges = told.map((each) => exchangeFrom(each, this.#stage.file.evidence));
    return exchanges.includes(undefined) ? undefined : exchanges as Exchange[];
  }

  #skip(why: string): void {
    const { unknown } = this.#stage.result;
    unknown.set(why, (unknown.get(why) ?? 0) + 1);
  }

  /** From here on the bot's state is not known. */
  #lose(why: string): void {
    this.#lost ??= why;
    this.#skip(this.#lost);
  }
}

/** The failure that is all that is told of a hook, beside what it asked of the network. */
function onlyFailureIn(caused: readonly ReplayEntry[]): ReturnType<typeof botFailed.in> {
  const [only, ...more] = caused.filter((entry) => !isEvidence(entry));
  return more.length === 0 && only ? botFailed.in(only) : undefined;
}
