/** Runs the channels' bots. A bot is a reader with a stored cursor: for each entry after it, one
 *  hook runs; then its posts, its new state and its cursor are committed together. A crash or
 *  another instance in between costs only a run, so hooks run at least once, and a network request
 *  may happen twice; but the entries of a hook are stored exactly once. Bots take turns by the
 *  principals that created their channels, then by channel, also for work left over at a start. The
 *  bots of a principal whose budget is spent wait until it has time again. */
import type { Bot, BotMemory } from "../../domain/bot/bot.ts";
import {
  memoryAfterEntry,
  memoryAfterHook,
  memoryAfterReading,
} from "../../domain/referee/bot_memory.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { payerOf } from "../../domain/channel/principal.ts";
import { SHARED_WORK } from "../../domain/limits/work.ts";
import type { Log } from "../../kernel/log.ts";
import { draftsFrom, evidenceDrafts } from "../../domain/referee/hook_entries.ts";
import { afterHook, chainSpent, hookFor, isPaused } from "../../domain/referee/referee.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { EVIDENCE_BYTES, noRoomFor, totalBytes } from "../../domain/storage/storage.ts";
import { withTimers } from "../../domain/referee/timers.ts";
import { type Entry, isAnswered, saltOf } from "../../domain/transcript/transcript.ts";
import { FairQueue, type Hold, Shares } from "../../sandbox/pool/fair_queue.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { ChannelStore, StoredChannel } from "../../store/channel/channel_store.ts";
import type { BotLibrary } from "../library/bot_library.ts";
import type { BotsTime, Paying } from "../bots_time.ts";
import type { BotTraces } from "./bot_traces.ts";
import { fromStore } from "../writing/store_errors.ts";
import type { ChannelRegistry } from "../writing/registry.ts";
import { runHook } from "./run_hook.ts";
import { withRandomness } from "./randomness.ts";
import { type BotStep, isEvidenceStored, reducedStep, remainderOf } from "./bot_step.ts";

const PAGE = 50;
/** A timer's delay has at most 31 bits; a longer wait is checked again. */
const LONGEST_TIMEOUT_MS = 60_000;
const RETRY_MS = 500;
/** The longest backoff after failures of a bot's step; each failure doubles it. */
const LONGEST_RETRY_MS = 8_000;
/** Only small states stay in memory between posts: reading one again costs less than holding many
 *  large ones. */
const MAX_CACHED = 500;
const CACHED_CHARS = 2_048;

interface DispatcherDeps {
  registry: ChannelRegistry;
  store: ChannelStore;
  library: BotLibrary;
  sandbox: Sandbox;
  time: BotsTime;
  traces: BotTraces;
  log: Log;
}

/** A bot that has work to do, or may have. */
interface Pump {
  readonly channelId: string;
  readonly botId: string;
  /** For whom it takes turns: the creator of the channel, or that creator's sealed channels. */
  readonly principal: string;
  readonly paying: Paying;
  readonly key: string;
  /** Whether the bot was woken during its step: it checks for work once more before it rests. */
  isWokenAgain: boolean;
  /** How many times in a row the bot's step has failed. */
  failures: number;
}

/** A bot's memory as of a cursor: stale as soon as the stored cursor differs. */
interface CachedMemory {
  cursor: number;
  memory: BotMemory;
}

export class Dispatcher {
  readonly #deps: DispatcherDeps;
  /** The bots that work, wait for their turn or wait for a retry, by channel and bot. */
  readonly #pumps = new Map<string, Pump>();
  readonly #turns = new FairQueue<Pump>(
    { held: SHARED_WORK.stepsPerPrincipal, waiting: Infinity, waitingPerPrincipal: Infinity },
    new Shares(SHARED_WORK.stepsPerPrincipal),
  );
  readonly #working = new Set<Promise<void>>();
  /** Principals whose budget is spent, with the timers that resume their bots. */
  readonly #spent = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #cache = new Map<string, CachedMemory>();
  /** Steps whose commit failed. A retry must not repeat the hook's network requests, and they must
   *  be announced even if the bot is removed in the meantime. */
  readonly #unstored = new Map<string, BotStep>();
  readonly #retries = new Set<ReturnType<typeof setTimeout>>();
  #closed = false;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  /** Starts each bot of a channel that has entries to process and is not at work already. */
  wake({ channel, head }: Pick<StoredChannel, "channel" | "head">): void {
    if (this.#closed) return;
    this.#deps.time.note({ channel, head });
    for (const [botId, cursor] of Object.entries(head.cursors)) {
      if (cursor < head.size) this.#start(channel, botId);
    }
  }

  /** Resumes the work that a stop or a crash interrupted. */
  async resume(): Promise<void> {
    for await (const channelId of this.#deps.store.pending()) {
      this.wake(await this.#deps.registry.load(channelId));
    }
  }

  /** Starts no more steps and waits until the running hooks are committed. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of [...this.#retries, ...this.#spent.values()]) clearTimeout(timer);
    this.#turns.clear();
    await Promise.all(this.#working);
  }

  #start({ channel_id: channelId, creator, sealed }: Channel, botId: string): void {
    if (this.#closed) return;
    const key = `${channelId}/${botId}`;
    const known = this.#pumps.get(key);
    if (known) {
      known.isWokenAgain = true;
      return;
    }
    const payer = payerOf(creator);
    // Sealed channels take turns of their own, since they go on when the creator's time is spent.
    const principal = sealed ? `sealed:${payer}` : payer;
    const paying = { channel_id: channelId, creator, sealed };
    const pump = { channelId, botId, principal, paying, key, isWokenAgain: false, failures: 0 };
    this.#pumps.set(key, pump);
    this.#turns.wait(pump, pump);
    this.#serve();
  }

  /** Starts the bots whose turn it is, up to the limit of concurrent steps. */
  #serve(): void {
    while (!this.#closed && this.#working.size < SHARED_WORK.steps) {
      const next = this.#turns.next();
      if (!next) return;
      const { turn: pump, hold } = next;
      if (this.#isSpent(pump)) {
        if (pump.paying.sealed) this.#later(pump, this.#deps.time.hookWaitMs(pump.paying));
        else this.#turns.wait(pump, pump);
        hold.release();
        continue;
      }
      const work = this.#work(pump, hold).finally(() => {
        this.#working.delete(work);
        this.#serve();
      });
      this.#working.add(work);
    }
  }

  /** Whether nobody can pay for a bot's hooks now. Then all bots of its principal are skipped until
   *  there is time again, but for those of sealed channels, each of which has a reserve. */
  #isSpent({ principal, paying }: Pump): boolean {
    if (this.#spent.has(principal)) return true;
    const waitMs = this.#deps.time.hookWaitMs(paying);
    if (waitMs === 0 || paying.sealed) return waitMs > 0;
    this.#turns.setPaused(principal, true);
    const timer = setTimeout(() => {
      this.#spent.delete(principal);
      this.#turns.setPaused(principal, false);
      this.#serve();
    }, Math.min(waitMs, LONGEST_TIMEOUT_MS));
    this.#spent.set(principal, timer);
    return true;
  }

  /** Runs steps of a bot until it has no work left or others wait for their turn. Never rejects. */
  async #work(pump: Pump, hold: Hold): Promise<void> {
    const { key } = pump;
    let hasMore = false;
    let failure: { error: unknown } | undefined;
    try {
      do {
        pump.isWokenAgain = false;
        hasMore = await this.#advance(pump);
        pump.failures = 0;
      } while (hasMore && this.#mayGoOn(pump));
    } catch (error) {
      failure = { error };
    }
    this.#trim(key);
    hold.release();
    if (this.#closed) return;
    if (failure) this.#tryAgain(pump, failure.error);
    else if (hasMore || pump.isWokenAgain) this.#turns.wait(pump, pump);
    else this.#pumps.delete(key);
  }

  #mayGoOn(pump: Pump): boolean {
    const isAwaited = this.#turns.demand > 0 || this.#turns.waitingOf(pump.principal) > 0;
    return !this.#closed && !isAwaited && !this.#isSpent(pump);
  }

  /** Makes a bot whose step has failed wait out its backoff, even if it is woken before. */
  #tryAgain(pump: Pump, error: unknown): void {
    const { channelId, botId } = pump;
    const expected = error instanceof Refusal;
    this.#deps.log(expected ? "warn" : "error", "hook_postponed", {
      channel: channelId,
      bot: botId,
      error: String(error),
    });
    const retryMs = (expected && error.retryAfterMs) || RETRY_MS;
    const waitMs = Math.min(retryMs * 2 ** pump.failures++, LONGEST_RETRY_MS);
    this.#later(pump, Math.max(retryMs, waitMs));
  }

  /** Makes a bot wait for its turn after a while. */
  #later(pump: Pump, ms: number): void {
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      this.#turns.wait(pump, pump);
      this.#serve();
    }, Math.min(ms, LONGEST_TIMEOUT_MS));
    this.#retries.add(timer);
  }

  /** Performs one step of a bot. Returns whether there was one: more may follow. */
  async #advance({ channelId, botId, key }: Pump): Promise<boolean> {
    const unstored = this.#unstored.get(key);
    const step = unstored ?? await this.#next(channelId, botId, key);
    if (!step) return false;
    let committed: CachedMemory | null = null;
    if (!unstored || !await isEvidenceStored(this.#deps.registry, channelId, botId, step)) {
      try {
        committed = await this.#commit(botId, channelId, step);
      } catch (error) {
        const isFull = error instanceof Refusal && error.code === "TOO_LARGE";
        // An unavailable database recovers, so retry the same step; any other failure would repeat
        // forever.
        const retried = error instanceof Refusal && !isFull ? step : reducedStep(step);
        if (step.kind === "ran") this.#unstored.set(key, retried);
        if (isFull && retried !== step) return true;
        throw error;
      }
    }
    this.#unstored.delete(key);
    if (committed) this.#cache.set(key, committed);
    else this.#cache.delete(key);
    return true;
  }

  /** Drops the cached memory of a bot that stops working, when it is too large or too many are
   *  cached. */
  #trim(key: string): void {
    const state = JSON.stringify(this.#cache.get(key)?.memory.state ?? null);
    const large = state.length > CACHED_CHARS;
    if (large || this.#cache.size > MAX_CACHED) this.#cache.delete(key);
  }

  /** Runs the next step of a bot; null when the bot has nothing to do. */
  async #next(channelId: string, botId: string, key: string): Promise<BotStep | null> {
    const { registry } = this.#deps;
    const { channel, head, secret } = await registry.known(channelId);
    const cursor = head.cursors[botId];
    const bot = channel.bots.find((b) => b.bot_id === botId);
    if (!bot || isPaused(bot) || cursor === undefined || cursor >= head.size) return null;
    const entries = await registry.entries(channelId, cursor, PAGE);
    const known = await this.#memoryAt(cursor, channelId, botId, key);
    return await this.#step(bot, entries, secret, { cursor, known }, channel);
  }

  async #memoryAt(
    cursor: number,
    channelId: string,
    botId: string,
    key: string,
  ): Promise<BotMemory> {
    const cached = this.#cache.get(key);
    if (cached?.cursor === cursor) return cached.memory;
    const memory = await this.#deps.store.memory(channelId, botId);
    if (!memory) throw new Error(`Cannot run ${botId}: its memory is missing`);
    return memory;
  }

  /** Skips the entries that call no hook, up to the first that does, and runs that hook. Null when
   *  the first entry calls a hook that waits for a round of public randomness. */
  async #step(
    bot: Bot,
    entries: readonly Entry[],
    secret: Uint8Array,
    from: Pick<BotStep, "cursor" | "known">,
    channel: Channel,
  ): Promise<BotStep | null> {
    let memory = from.known;
    let passed: BotStep | null = null;
    for (const to of entries) {
      memory = memoryAfterEntry(memory, bot, to);
      const call = hookFor(bot, to);
      if (!call) {
        passed = { ...from, kind: "passed", to, memory };
        continue;
      }
      if (!isAnswered(to)) return { ...from, kind: "starved", to, memory };
      const drawn = await withRandomness(this.#deps.registry, channel, memory);
      if (!drawn) return passed;
      memory = memoryAfterReading(drawn, to, () => saltOf(secret, to));
      const mayAsk = bot.net.length > 0 ? await this.#roomFor(channel) : undefined;
      const run = await runHook(
        { ...this.#deps, mayAsk },
        channel,
        bot,
        to,
        memory,
        call,
      );
      const after = memoryAfterHook(memory, run.outcome);
      return { ...from, kind: "ran", to, memory: after, before: memory, hook: call.hook, ...run };
    }
    return passed;
  }

  /** Returns a check of whether the channel has room for everything that the network may answer to
   *  a hook. */
  async #roomFor({ channel_id: channelId, creator: maker }: Channel): Promise<() => boolean> {
    const { registry, store: { ledger }, log } = this.#deps;
    const accounts = await fromStore(log, channelId, () => ledger.accounts({ channelId, maker }));
    const { head } = await registry.known(channelId);
    return () => {
      const standing = ledger.standing(maker, accounts, totalBytes(head.kept));
      return noRoomFor(EVIDENCE_BYTES, standing) === undefined;
    };
  }

  /** Commits a step together with the cursor that it advances. Null when another instance has
   *  advanced the cursor in the meantime, or when the bot is gone: the step then has no effect,
   *  except that its network requests are announced. */
  async #commit(bot_id: string, channelId: string, step: BotStep): Promise<CachedMemory | null> {
    const { cursor, known, memory, to } = step;
    const { registry, library, log } = this.#deps;
    if (step.kind === "ran" && step.bodies.size > 0) {
      const { creator: maker } = (await registry.known(channelId)).channel;
      // Evidence for some players is counted with its entry.
      const holder = to.to ? undefined : { channelId, maker };
      await fromStore(log, channelId, () => library.storeEvidence(step.bodies, holder));
    }
    return await registry.write<CachedMemory | null>(
      channelId,
      ({ channel: before, head }) => {
        if (head.cursors[bot_id] !== cursor) return remainderOf(bot_id, step, before);
        // A hook that ran when an admin paused the bot still counts, and nothing after it.
        const bot = before.bots.find((each) => each.bot_id === bot_id);
        if (step.kind !== "ran" && bot && isPaused(bot)) return null;
        let { timers } = head;
        let channel = before;
        const drafts = [];
        // No longer news once a member has posted.
        const isNews = step.kind === "starved" && !head.chain_spent && !isAnswered(head);
        if (isNews) drafts.push(chainSpent(bot_id, to.id));
        if (step.kind === "ran") {
          const { hook, outcome, exchanges } = step;
          const after = afterHook(channel, bot_id, outcome, to, memory.seed);
          channel = after.channel;
          drafts.push(...evidenceDrafts(bot_id, to, hook, exchanges));
          drafts.push(...draftsFrom(bot_id, to, hook, outcome, memory));
          drafts.push(...after.drafts);
          const set = outcome.kind === "done" ? outcome.timers : undefined;
          if (set) timers = withTimers(timers, bot_id, set, to.id);
        }
        return {
          channel,
          drafts,
          ...(isNews && { chainSpent: true as const }),
          timers,
          always: step.kind !== "ran" || step.outcome.kind !== "done",
          advance: { botId: bot_id, to: to.id },
          memories: memory === known ? undefined : new Map([[bot_id, memory]]),
          answer: ({ head }) => ({ cursor: head.cursors[bot_id]!, memory }),
        };
      },
    );
  }
}
