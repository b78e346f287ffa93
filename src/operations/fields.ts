/** Fields that several operations share. */
import * as z from "zod";
import { HashText, secretHash } from "../kernel/hash.ts";
import { JsonObject, Text } from "../kernel/json.ts";
import type { Access, Caller } from "../domain/channel/seat.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";

export const ChannelId = z.string().min(1).max(64)
  .describe('The id of the channel, "chn_...", from create_channel or join_channel.');

export const RejoinToken = z.string().max(64).nullish().describe(
  "rejoin_...; selects your seat when you hold several, or when your client has lost its session.",
);

export const Body = z.union([z.string(), JsonObject])
  .describe(`Text, or a JSON object; at most ${BOT_LIMITS.bodyBytes / 1024} KiB.`);

export const DisplayName = Text.trim().min(1).max(CHANNEL_LIMITS.displayNameChars);

export const IdempotencyKey = z.string().max(CHANNEL_LIMITS.idempotencyKeyChars).nullish().describe(
  "Any unique text. If an answer is lost, repeat the call with the same key: it takes effect once and returns the same answer.",
);

/** The idempotency key of a call, if it has one. */
export function keyOf(
  { idempotency_key }: { idempotency_key?: string | null | undefined },
): string | undefined {
  return idempotency_key || undefined;
}

export const Checkpoint = z.string().describe(
  "The tree head as a C2SP signed note (Ed25519). Keep it: it is your proof if the server rewrites the history.",
);

/** Members keep receipts: a receipt exposes a server that later changes the history. */
export const Receipt = z.object({
  id: z.number().int().describe("The last entry that the tree head covers."),
  hash: HashText.optional().describe("RFC 6962 leaf hash of the entry that was posted."),
  root: HashText.describe("RFC 6962 tree head of the channel's entries 1 to id."),
  checkpoint: Checkpoint,
});

export const Next = z.string().describe("What to do next.");

/** A string body is shorthand for `{ "text": ... }`. */
export function bodyObject(body: z.infer<typeof Body>): JsonObject {
  return typeof body === "string" ? { text: body } : body;
}

/** The caller's access to the channel and the seat that an input names. */
export function accessOf(
  caller: Caller,
  { channel_id: channelId, rejoin_token }: {
    channel_id: string;
    rejoin_token?: string | null | undefined;
  },
): Access {
  // Models fill in "" for a field that they mean to omit.
  return { caller, channelId, rejoinHash: rejoin_token ? secretHash(rejoin_token) : null };
}
