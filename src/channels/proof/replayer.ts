/** Lets a verifier replay hooks in a sandbox. */
import type { HookJob } from "../../domain/bot/bot.ts";
import type { Exchange } from "../../domain/bot/evidence.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { FairKey } from "../../sandbox/pool/fair_queue.ts";
import type { Sandbox, WorkContext } from "../../sandbox/sandbox.ts";
import type { Replayer } from "../../verify/replayer.ts";
import type { BotsTime } from "../bots_time.ts";

/** Without a context, the verifier has the sandbox to itself. */
export function replayerOn(sandbox: Sandbox, context: WorkContext = {}): Replayer {
  return {
    inspect: (bot) => sandbox.inspect({ ...bot, again: true }, context),
    engine: (language) => sandbox.engine(language),
    async run(job, recorded) {
      const exchanges: Exchange[] = [];
      const exchanged = (exchange: Exchange) => void exchanges.push(exchange);
      const outcome = await sandbox.run(job, { ...context, recorded, exchanged });
      return { outcome, exchanges };
    },
  };
}

/** The limits of a verification on a shared sandbox. */
export interface Bounds {
  /** The principal whose turns and budget it uses. */
  key: FairKey;
  /** Ends the verification. */
  signal: AbortSignal;
  time: BotsTime;
  /** How long hosts may work for it, and how long it may take in all. */
  hookMs: number;
  withinMs: number;
}

/** A replayer that ends when its signal aborts, with `Refusal("TIMEOUT")`. When its time is up,
 *  every further result is one of having taken too long, which a verifier reports as unknown. */
export function replayerWithin(sandbox: Sandbox, bounds: Bounds): Replayer & Disposable {
  const { key, signal, time, hookMs, withinMs } = bounds;
  const { principal } = key;
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), withinMs);
  let remainingMs = hookMs;
  const worked = (ms: number) => {
    remainingMs -= ms;
    time.charge(principal, ms);
  };
  const replayer = replayerOn(sandbox, {
    key,
    signal: AbortSignal.any([signal, over.signal]),
    worked,
  });
  const bounded = async <T>(ask: () => Promise<T>, late: T): Promise<T> => {
    if (signal.aborted) throw new Refusal("TIMEOUT", "The call was cancelled. Try again.");
    if (over.signal.aborted || remainingMs <= 0 || time.waitMs(principal) > 0) return late;
    try {
      return await ask();
    } catch (error) {
      if (over.signal.aborted && !signal.aborted) return late;
      throw error;
    }
  };
  return {
    engine: (language) => replayer.engine(language),
    inspect: (bot) => bounded(() => replayer.inspect(bot), SLOW_SOURCE),
    run: (job: HookJob, recorded) => bounded(() => replayer.run(job, recorded), SLOW_HOOK),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

const SLOW_SOURCE = { kind: "rejected", message: "Loading the source took too long." } as const;
const SLOW_HOOK = { outcome: { kind: "killed" as const, after_ms: 0 }, exchanges: [] };
