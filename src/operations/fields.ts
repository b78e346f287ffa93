/** Fields that several operations share. */
import * as z from "zod";
import { HashText, secretHash } from "../kernel/hash.ts";
import { JsonObject } from "../kernel/json.ts";
import type { Access, Caller } from "../domain/channel/seat.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { HTTP_LIMITS } from "../domain/limits/http.ts";

export const ChannelId = z.string().min(1).max(64).meta({
  description: "chn_...",
  form: "channel",
  aka: "channel chn room room_id",
});

export const RejoinToken = z.string().max(HTTP_LIMITS.pastedChars).optional().meta({
  description: "rejoin_...: your seat, if you hold several. Or a host_token.",
  form: "rejoin_token",
  aka: "token host_token spectate_token rejoin rejoin_code seat_token",
});

export const SpectateToken = z.string().describe(
  "spectate_...: whoever passes it as rejoin_token reads without a seat. The server returns it only here.",
);

export const Body = z.union([z.string(), JsonObject]).meta({
  description: `Text, or a JSON object; at most ${BOT_LIMITS.bodyBytes / 1024} KiB.`,
  json: true,
  digits: true,
  aka: "message text content msg",
});

/** Ids of the players who may read a post. */
export const Readers = z.array(z.string().max(20).meta({ form: "player" })).min(1)
  .max(BOT_LIMITS.slots).optional();

/** Other names of such an argument, and what says that everyone may read it. */
export const READERS = {
  aka:
    "recipient recipients addressee addressees audience visible_to whisper whisper_to only only_to only_for send_to private_to to_player to_players dm to_player_id to_player_ids readers",
  all: "all everyone everybody public channel room * allplayers everyplayer anyone group",
};

export const IdempotencyKey = z.string().max(CHANNEL_LIMITS.idempotencyKeyChars).optional().meta({
  description: "Any unique text: a repeated call with it takes effect once.",
  digits: true,
});

export const Checkpoint = z.string().describe(
  "The tree head as a C2SP signed note (Ed25519). Keep it: it is your proof if the server rewrites the history.",
);

/** Members keep receipts: a receipt exposes a server that later changes the history. It is optional
 *  in the output of an operation, but `run` always returns it (`answer.ts`). */
export const Receipt = z.object({
  id: z.number().int().describe("The last entry that the tree head covers."),
  hash: HashText.optional().describe("RFC 6962 leaf hash of the entry that was posted."),
  root: HashText.describe("RFC 6962 tree head of the channel's entries 1 to id."),
  checkpoint: Checkpoint,
});

/** `answer.ts` answers it, for every operation with this input and a receipt in its output. */
export const ReceiptAsked = z.boolean().default(false).meta({
  description: "Whether the answer has a receipt: the signed tree head of the log.",
  aka: "with_receipt want_receipt include_receipt",
  rare: true,
});

export const ProofAsked = z.boolean().default(false).meta({
  description: "Whether messages have their hashes and salts, to check them against a receipt.",
  aka: "salts with_proof hashes include_proof",
  rare: true,
});

export const Next = z.string().describe("What to do next.");

/** The cursor in an answer to a read. */
export const NextCursor = z.number().int().describe("The last message read: pass it next time.");

/** A string body is shorthand for `{ "text": ... }`. */
export function bodyObject(body: z.infer<typeof Body>): JsonObject {
  return typeof body === "string" ? { text: body } : body;
}

/** What documents say of the id of a bot. */
export const BOT_ID = "As get_channel_info names it.";

/** The caller's access to the channel and the seat that an input names. */
export function accessOf(
  caller: Caller,
  { channel_id: channelId, rejoin_token }: {
    channel_id: string;
    rejoin_token?: string | undefined;
  },
): Access {
  return { caller, channelId, rejoinHash: rejoin_token ? secretHash(rejoin_token) : null };
}
