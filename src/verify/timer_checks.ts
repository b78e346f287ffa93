/** The timers of one bot, as its hooks set and clear them when they are run again. */
import type { Entry, TimerChange } from "../domain/transcript/transcript.ts";
import { Wrong } from "./model/wrong.ts";

interface SetTimer {
  /** The entry whose hook cleared it or set it anew. */
  endedBy?: number;
}

const keyOf = (cause: number, name: string, dueMs: number) => `${cause} ${dueMs} ${name}`;

export class TimerChecks {
  readonly #botId: string;
  /** By the entry whose hook set it, its time and its name; without those that have come. */
  readonly #set = new Map<string, SetTimer>();
  /** The key of the one that is running under a name. */
  readonly #running = new Map<string, string>();

  constructor(botId: string) {
    this.#botId = botId;
  }

  /** What the hook that entry `cause` called has done to the timers. */
  change(cause: number, changes: readonly TimerChange[]): void {
    for (const { name, due_ms } of changes) {
      const running = this.#set.get(this.#running.get(name) ?? "");
      if (running) running.endedBy = cause;
      this.#running.delete(name);
      if (due_ms === null) continue;
      const key = keyOf(cause, name, due_ms);
      this.#set.set(key, {});
      this.#running.set(name, key);
    }
  }

  /** A timer comes: one that was set, once, not early, and not after a hook is known to have ended
   *  it. `toldBefore`: whether something that this bot's hooks said after an entry's call stands in
   *  the log before the timer. */
  come({ id, body, ts, cause }: Entry, toldBefore: (cause: number) => boolean): void {
    const name = String(body.name);
    const due = Date.parse(String(body.due));
    const key = keyOf(cause!, name, due);
    const timer = this.#set.get(key);
    if (!timer) throw new Wrong(`${this.#botId} has set no such timer.`, id);
    if (Date.parse(ts) < due) throw new Wrong("The timer came before it was due.", id);
    if (timer.endedBy !== undefined && toldBefore(timer.endedBy)) {
      throw new Wrong(`${this.#botId} had cleared this timer.`, id);
    }
    this.#set.delete(key);
  }
}
