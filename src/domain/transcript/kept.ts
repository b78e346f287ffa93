/** What the store keeps of a channel, in bytes. */
import * as z from "zod";

/** What is kept of a channel, blobs aside, as far as it was counted: what older servers wrote
 *  counts as nothing until it is written again. */
export const Kept = z.object({
  /** What only grows: entries, and what came of calls with a key. */
  log: z.number().int(),
  /** The record, its ways and its bots. */
  record: z.number().int(),
  timers: z.number().int(),
  /** Memories, by bot. */
  memories: z.record(z.string(), z.number().int()),
});
export type Kept = z.infer<typeof Kept>;
