/** The bytes that the store holds for a channel. */
import * as z from "zod";

/** The stored bytes of a channel without blobs, as far as they were counted. Records that older
 *  servers wrote count as 0 until they are written again. */
export const StoredBytes = z.object({
  /** The parts that only grow: entries, and results of calls with a key. */
  log: z.number().int(),
  /** The channel's record, its index records, its bots and their timers. */
  record: z.number().int(),
  /** Memories, by bot id. */
  memories: z.record(z.string(), z.number().int()),
});
export type StoredBytes = z.infer<typeof StoredBytes>;
