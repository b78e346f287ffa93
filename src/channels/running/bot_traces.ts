/** What the latest hooks of each bot printed and cost, for the admins of its channel. Hooks do not
 *  wait for it: it is noted in memory, and within seconds stored for other instances and for the
 *  time after a restart. A crash loses what was noted last. */
import { type HookRecord, latestHooks } from "../../domain/bot/hook_record.ts";
import { STORE_LIMITS } from "../../domain/limits/store.ts";
import type { Log } from "../../kernel/log.ts";
import type { TraceStore } from "../../store/channel/trace_store.ts";

/** The bots that ran last, whose hooks stay in memory. */
const BOTS = 1_000;
/** So often so many bots are written at most: a busy server's bots wait longer. */
const ROUND_MS = 1_000;
const ROUND = 50;

interface BotTracesDeps {
  store: TraceStore;
  /** Called with the bytes that a channel's maker pays for a hook: as many for each, and when it
   *  runs. What hooks print and cost may depend on words that others must not learn of. */
  counted: (maker: string, bytes: number) => void;
  log: Log;
}

interface Traced {
  channelId: string;
  botId: string;
  /** Who pays for what is stored; undefined: it stays in memory. */
  maker: string | undefined;
  hooks: HookRecord[];
}

export class BotTraces {
  readonly #deps: BotTracesDeps;
  /** In the order in which they ran last. */
  readonly #traced = new Map<string, Traced>();
  readonly #unwritten = new Map<string, Traced>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;

  constructor(deps: BotTracesDeps) {
    this.#deps = deps;
  }

  note({ channelId, botId, maker }: Omit<Traced, "hooks">, record: HookRecord): void {
    const key = `${channelId}/${botId}`;
    const hooks = latestHooks([...this.#traced.get(key)?.hooks ?? [], record]);
    const traced = { channelId, botId, maker, hooks };
    this.#traced.delete(key);
    this.#traced.set(key, traced);
    for (const oldest of this.#traced.keys()) {
      if (this.#traced.size <= BOTS) break;
      this.#traced.delete(oldest);
    }
    if (maker === undefined) return;
    this.#deps.counted(maker, STORE_LIMITS.tracedHookBytes);
    // Its place is that of the first unwritten hook.
    this.#unwritten.set(key, traced);
    this.#timer ??= setTimeout(() => this.#writing = this.#writeRound(), ROUND_MS);
  }

  /** The latest hooks of a bot, oldest first. */
  async of(channelId: string, botId: string): Promise<HookRecord[]> {
    const stored = await this.#deps.store.load(channelId, botId);
    const { hooks = [] } = this.#traced.get(`${channelId}/${botId}`) ?? {};
    return latestHooks([...stored, ...hooks]);
  }

  /** Writes what is not yet written. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    clearTimeout(this.#timer);
    for (const key of this.#unwritten.keys()) await this.#write(key);
  }

  async #writeRound(): Promise<void> {
    for (const key of [...this.#unwritten.keys()].slice(0, ROUND)) await this.#write(key);
    this.#timer = this.#unwritten.size > 0
      ? setTimeout(() => this.#writing = this.#writeRound(), ROUND_MS)
      : undefined;
  }

  /** Never rejects: without the log of a bot, everything goes on. */
  async #write(key: string): Promise<void> {
    const { store, log } = this.#deps;
    const { channelId, botId, hooks } = this.#unwritten.get(key)!;
    this.#unwritten.delete(key);
    try {
      await store.add(channelId, botId, hooks);
    } catch (error) {
      log("warn", "trace_unwritten", { channel: channelId, bot: botId, error: String(error) });
    }
  }
}
