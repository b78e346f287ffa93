/** Fields that several operations share. */
import * as z from "zod";
import { HashText, secretHash } from "../kernel/hash.ts";
import { JsonObject, Text } from "../kernel/json.ts";
import type { Access, Caller } from "../domain/channel/seat.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";

export const ChannelId = z.string().min(1).max(64)
  .describe('The channel, "chn_...", as create_channel or join_channel returned it.');

export const RejoinToken = z.string().max(64).nullish().describe(
  "rejoin_...; names your seat when you hold several, or when your chat lost its session.",
);

export const Body = z.union([z.string(), JsonObject])
  .describe(`Text, or a JSON object; at most ${BOT_LIMITS.bodyBytes / 1024} KiB.`);

export const DisplayName = Text.trim().min(1).max(CHANNEL_LIMITS.displayNameChars);

export const IdempotencyKey = z.string().max(CHANNEL_LIMITS.idempotencyKeyChars).nullish().describe(
  "Any unique text. Repeat a call with it when its answer was lost: it happens once and is answered the same.",
);

/** The key of a call, when there is one. */
export function keyOf(
  { idempotency_key }: { idempotency_key?: string | null | undefined },
): string | undefined {
  return idempotency_key || undefined;
}

export const Checkpoint = z.string().describe(
  "The tree head as a C2SP signed note (Ed25519): keep it to prove a rewritten history.",
);

/** What a member keeps to hold the server to the history it has shown. */
export const Receipt = z.object({
  id: z.number().int().describe("The last entry that the tree head counts."),
  hash: HashText.optional().describe("RFC 6962 leaf hash of the entry that was posted."),
  root: HashText.describe("RFC 6962 tree head of the channel's entries 1 to id."),
  checkpoint: Checkpoint,
});

export const Next = z.string().describe("What to do now.");

/** A string body is short for `{ "text": ... }`. */
export function bodyObject(body: z.infer<typeof Body>): JsonObject {
  return typeof body === "string" ? { text: body } : body;
}

/** A caller's access to the channel and the seat that an input names. */
export function accessOf(
  caller: Caller,
  { channel_id: channelId, rejoin_token }: {
    channel_id: string;
    rejoin_token?: string | null | undefined;
  },
): Access {
  // Models fill in "" where they mean nothing.
  return { caller, channelId, rejoinHash: rejoin_token ? secretHash(rejoin_token) : null };
}
