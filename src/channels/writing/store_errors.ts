/** Failures of the database as refusals. */
import type { Log } from "../../kernel/log.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { Oversize } from "../../store/commit_group.ts";

/** Runs a request to the store. Throws UNAVAILABLE when the database fails, so that the caller
 *  tries again: the request is not the cause. Throws TOO_LARGE when the request is too large for
 *  one commit, which no retry can change. */
export async function fromStore<T>(
  log: Log,
  channel: string,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Oversize) throw tooLarge();
    if (error instanceof Refusal) throw error; // see failing_kv.ts
    log("warn", "store_failed", { channel, error: String(error) });
    throw new Refusal("UNAVAILABLE", "The database is not available right now. Try again.", 250);
  }
}

export function tooLarge(): Refusal {
  return new Refusal(
    "TOO_LARGE",
    "This is too much to store in one call. Split it: fewer operations or shorter texts per call.",
  );
}
