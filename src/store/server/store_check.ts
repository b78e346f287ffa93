/** Checks that the database accepts writes: one that answers reads may be on a full disk. */
import { keys } from "../keys.ts";

/** As large as a small change, so that the probe fails where a change would. */
const PROBE_BYTES = 4 * 1024;

/** Writes `PROBE_BYTES` under a separate key. Throws the database's error. */
export async function checkStore(kv: Deno.Kv): Promise<true> {
  await kv.set(keys.probe(), new Uint8Array(PROBE_BYTES));
  return true;
}
