/** What only the database can fail. */
import type { Log } from "../../kernel/log.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { Oversize } from "../../store/commit_group.ts";

/** Asks the store. Throws UNAVAILABLE when the database fails, for the caller to try again: nothing
 *  that was asked of it is the reason. Throws TOO_LARGE for what can't be stored at once, however
 *  often it is tried. */
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
