/** The sandbox of a server that runs no bots: it refuses every bot and says why; everything else
 *  works. */
import { Refusal } from "../kernel/refusal.ts";
import type { Sandbox } from "./sandbox.ts";

/** Attached bots wait; asking again sooner would not help. */
const RETRY_AFTER_MS = 60_000;

/** `deliberate`: the operator wanted it so, and the server counts as ready. */
export function closedSandbox(reason: string, deliberate: boolean): Sandbox {
  const refuse = () => Promise.reject(new Refusal("UNAVAILABLE", reason, RETRY_AFTER_MS));
  return {
    inspect: refuse,
    run: refuse,
    engine: () => Promise.resolve(undefined),
    ready: () => Promise.resolve(deliberate),
    close: () => Promise.resolve(),
  };
}
