/** The storage use of a channel as its admins see it. */
import * as z from "zod";
import type { StorageStanding } from "./storage.ts";

const Usage = z.object({
  bytes: z.number().int().describe("How many are stored."),
  limit: z.number().int().nullable().describe("Null when there is no limit."),
});

export const StorageView = z.object({
  channel: Usage.describe("In this channel."),
  yours: Usage.optional().describe(
    "In all channels that you created; present when you created this one.",
  ),
}).describe(
  "For admins: how much is stored. Beyond the limit, the server refuses posts with TOO_LARGE.",
);
export type StorageView = z.infer<typeof StorageView>;

/** `isMaker`: whether the admin created the channel. Other admins do not see the use of the
 *  creator's other channels. */
export function storageView({ channel, maker }: StorageStanding, isMaker: boolean): StorageView {
  const usage = ({ bytes, limit }: StorageStanding["maker"]) => ({
    bytes,
    limit: Number.isFinite(limit) ? limit : null,
  });
  return { channel: usage(channel), ...(isMaker && { yours: usage(maker) }) };
}
