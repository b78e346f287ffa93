/** What only the database can fail. */
import type { Log } from "../domain/log.ts";
import { Refusal } from "../domain/refusal.ts";

/** Asks the store. Throws UNAVAILABLE when the database fails, for the caller to try again: nothing that was asked of
 *  it is the reason. */
export async function fromStore<T>(
  log: Log,
  channel: string,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    log("warn", "store_failed", { channel, error: String(error) });
    throw new Refusal("UNAVAILABLE", "The store can't be asked right now. Try again.", 250);
  }
}
