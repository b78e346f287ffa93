/** Whether the database takes what is written to it: one that answers may stand on a disk that is full. */
import { keys } from "./keys.ts";

/** As large as a small change, so that it does not fit where no change would. */
const PROBE_BYTES = 4 * 1024;
/** A verdict is good for so long, however many ask. */
const FRESH_MS = 1_000;

/** A check that writes a few KiB under a key of its own, at most once a second; all who ask meanwhile share it. */
export function storeCheck(kv: Deno.Kv): () => Promise<boolean> {
  let last: { verdict: Promise<boolean>; at: number } | undefined;
  return () => {
    if (last === undefined || performance.now() - last.at >= FRESH_MS) {
      const verdict = kv.set(keys.probe(), new Uint8Array(PROBE_BYTES)).then(
        () => true,
        () => false,
      );
      last = { verdict, at: performance.now() };
      verdict.then(() => {
        // Counted from its answer: a slow database is not asked twice at a time.
        if (last?.verdict === verdict) last.at = performance.now();
      });
    }
    return last.verdict;
  };
}
