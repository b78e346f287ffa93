/** Draws inputs from a fixed seed, sends them in batches, and shrinks the one that breaks a
 *  promise. */
import fc from "fast-check";

/** With this seed every run draws the same inputs. If an input fails, fast-check prints the seed
 *  and the input's place. */
export const SEED = 20_261_125;
/** The number of inputs that are sent at once, between two checks of the store. */
const BATCH = 50;
/** The time limit of shrinking: the test then reports the smallest failing input so far. */
const SHRINKING_MS = 30_000;

/** Sends `count` inputs in batches. If `send` throws, `fuzz` sends each input alone to find the
 *  failing one, and shrinks it. */
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
        // The same seed draws the same input at this place again, and fast-check can shrink it.
        const property = fc.asyncProperty(inputs, (input) => send([input]));
        await fc.assert(property, {
          seed: SEED,
          path: String(at + i),
          interruptAfterTimeLimit: SHRINKING_MS,
        });
      }
      throw error; // the inputs fail only together
    }
  }
}
