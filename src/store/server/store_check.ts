/** Whether the database takes what is written to it: one that answers may stand on a full disk. */
import { keys } from "../keys.ts";

/** As large as a small change, so that it does not fit where no change would. */
const PROBE_BYTES = 4 * 1024;

/** Writes a few KiB under a key of its own. Throws what the database throws. */
export async function checkStore(kv: Deno.Kv): Promise<true> {
  await kv.set(keys.probe(), new Uint8Array(PROBE_BYTES));
  return true;
}
