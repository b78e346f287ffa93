/** The sandbox of a server that runs no bots. It refuses every bot with a reason; the rest of the
 *  server works. */
import { Refusal } from "../kernel/refusal.ts";
import type { Sandbox } from "./sandbox.ts";

/** The hooks of attached bots wait this long, because an earlier retry cannot succeed. */
const RETRY_AFTER_MS = 60_000;

/** `deliberate`: the operator chose this, so the server counts as ready. */
export function closedSandbox(reason: string, deliberate: boolean): Sandbox {
  const refuse = () => Promise.reject(new Refusal("UNAVAILABLE", reason, RETRY_AFTER_MS));
  return {
    inspect: refuse,
    run: refuse,
    engine: () => Promise.resolve(undefined),
    ready: () => Promise.resolve(deliberate),
    figures: () => ({ pools: [], hooks: [], queues: [], requests: {} }),
    close: () => Promise.resolve(),
  };
}
