/** For verbs that go on for long: a server that is away may be starting anew. */
import { EXIT, Failure } from "./exit_codes.ts";
import type { Output } from "./output.ts";

/** How often a server that is away is asked again, and how long the pauses become. */
const MOST_TRIES = 8;
const MOST_PAUSE_MS = 15_000;

/** Calls again while the server is away. */
export async function patiently<T>(out: Output, call: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await call();
    } catch (error) {
      const isAway = error instanceof Failure && error.exit === EXIT.unreachable;
      if (!isAway || tries === MOST_TRIES) throw error;
      if (tries === 1) out.note(`${error.message} Trying again …`);
      const pauseMs = Math.min(MOST_PAUSE_MS, 500 * 2 ** tries);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
