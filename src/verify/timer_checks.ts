/** The timers of one bot, as its replayed hooks set and clear them. */
import type { Entry, TimerChange } from "../domain/transcript/transcript.ts";
import { Wrong } from "./model/wrong.ts";

interface SetTimer {
  /** The entry whose hook cleared or reset it. */
  endedBy?: number;
}

const keyOf = (cause: number, name: string, dueMs: number) => `${cause} ${dueMs} ${name}`;

export class TimerChecks {
  readonly #botId: string;
  /** The timers that have not fired, by cause, due time and name. */
  readonly #set = new Map<string, SetTimer>();
  /** By name, the key of the running timer. */
  readonly #running = new Map<string, string>();

  constructor(botId: string) {
    this.#botId = botId;
  }

  /** Applies the timer changes of the hook that entry `cause` called. */
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

  /** Checks a timer that fires: a hook set it, it fires once and not early, and no hook that ran
   *  before has cleared it. `ranBefore`: whether the log shows, before the timer, that the hook
   *  called by an entry has run. */
  fire({ id, body, ts, cause }: Entry, ranBefore: (cause: number) => boolean): void {
    const name = String(body.name);
    const due = Date.parse(String(body.due));
    const key = keyOf(cause!, name, due);
    const timer = this.#set.get(key);
    if (!timer) throw new Wrong(`${this.#botId} set no such timer.`, id);
    if (Date.parse(ts) < due) throw new Wrong("The timer fired before it was due.", id);
    if (timer.endedBy !== undefined && ranBefore(timer.endedBy)) {
      throw new Wrong(`${this.#botId} had cleared this timer.`, id);
    }
    this.#set.delete(key);
  }
}
