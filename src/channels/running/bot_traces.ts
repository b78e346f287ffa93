/** What the latest hooks of each bot printed and cost, for the admins of its channel. The process
 *  that ran the hooks keeps it in memory: it is no part of a channel, and is gone with the
 *  process. */
import type { HookName, HookOutcome, HookTrace } from "../../domain/bot/bot.ts";

/** For each bot, its latest hooks, and in all of them at most so many characters; for the bots that
 *  ran last. */
const HOOKS = 20;
const LOG_CHARS = 16_384;
const BOTS = 1_000;

export interface HookRecord extends Partial<HookTrace> {
  /** The entry that called the hook. */
  entry: number;
  hook: HookName;
  ended: HookOutcome["kind"];
  message?: string | undefined;
  /** Of the source, counted from 1. */
  line?: number | undefined;
  /** The time of a host, without waits for the network. */
  ms: number;
}

export class BotTraces {
  /** In the order in which they ran last. */
  readonly #records = new Map<string, HookRecord[]>();

  note(channelId: string, botId: string, record: HookRecord): void {
    const key = `${channelId}/${botId}`;
    const records = this.#records.get(key) ?? [];
    records.push(record);
    while (records.length > HOOKS || records.length > 1 && charsOf(records) > LOG_CHARS) {
      records.shift();
    }
    this.#records.delete(key);
    this.#records.set(key, records);
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= BOTS) break;
      this.#records.delete(oldest);
    }
  }

  /** The latest hooks of a bot that this process ran, oldest first. */
  of(channelId: string, botId: string): readonly HookRecord[] {
    return this.#records.get(`${channelId}/${botId}`) ?? [];
  }
}

function charsOf(records: readonly HookRecord[]): number {
  return records.flatMap(({ log = [] }) => log).reduce((sum, { length }) => sum + length, 0);
}
