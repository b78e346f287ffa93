/** A replayer for busy machines, where a sandbox host may not start in time: it retries. */
import { Refusal } from "../../src/kernel/refusal.ts";
import type { Replayer } from "../../src/verify/replayer.ts";

const TRIES = 60;

export function patient(replayer: Replayer): Replayer {
  return {
    engine: (language) => again(() => replayer.engine(language)),
    inspect: (bot) => again(() => replayer.inspect(bot)),
    run: (job, recorded) => again(() => replayer.run(job, recorded)),
  };
}

async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refusal) || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? 500));
    }
  }
}
