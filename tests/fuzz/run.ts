/** Draws inputs from a fixed seed, sends them in batches, and shrinks the one that breaks a
 *  promise. */
import fc from "fast-check";

/** Every run draws the same inputs. fast-check prints it, with the place of the input, when one is
 *  guilty. */
export const SEED = 20_261_125;
/** Sent at the same time, between two looks at the store. */
const BATCH = 50;
/** A failure is shown as small as it has become by then. */
const SHRINKING_MS = 30_000;

/** Sends `count` inputs in batches. `send` throws when a promise is broken; the guilty input is
 *  then looked for by sending each alone, and shrunk. */
export async function fuzz<T>(
  inputs: fc.Arbitrary<T>,
  count: number,
  send: (batch: readonly T[]) => Promise<void>,
  atOnce = BATCH,
): Promise<void> {
  const drawn = fc.sample(inputs, { seed: SEED, numRuns: count });
  for (let at = 0; at < count; at += atOnce) {
    const batch = drawn.slice(at, at + atOnce);
    try {
      await send(batch);
    } catch (error) {
      for (const [i, input] of batch.entries()) {
        if (await send([input]).then(() => true, () => false)) continue;
        // The same seed draws the same input at this place again, and knows how to make it smaller.
        const property = fc.asyncProperty(inputs, (input) => send([input]));
        await fc.assert(property, {
          seed: SEED,
          path: String(at + i),
          interruptAfterTimeLimit: SHRINKING_MS,
        });
      }
      throw error; // only together are they guilty
    }
  }
}
