/** Served as MCP tool `post_message` and as `POST /post_message`. */
import * as z from "zod";
import { memberBody } from "../domain/transcript/body.ts";
import type { Entry } from "../domain/transcript/transcript.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import {
  accessOf,
  Body,
  bodyObject,
  ChannelId,
  IdempotencyKey,
  keyOf,
  Next,
  Receipt,
  RejoinToken,
} from "./fields.ts";
import { nextAfterPosting } from "./next_step.ts";
import { operation, type Services } from "./operation.ts";

/** The answer of every operation that posts. */
export const PostedOutput = z.object({
  msg_id: z.number().int(),
  ts: z.string(),
  receipt: Receipt,
  next: Next,
});

export async function postedOutput(
  { signer, reader }: Services,
  entry: Entry,
): Promise<z.input<typeof PostedOutput>> {
  const { id, ts, hash, root } = entry;
  const receipt = { id, hash, root: `sha256:${root}`, checkpoint: signer.checkpointAt(entry) };
  return {
    msg_id: id,
    ts,
    receipt,
    next: nextAfterPosting(await reader.botsWaitIn(entry.channel_id)),
  };
}

export const postMessage = operation({
  name: "post_message",
  title: "Post a message",
  description: "Post a message to a channel you have joined. Members and bots see it at once.",
  effects: "writes",
  input: z.object({
    channel_id: ChannelId,
    body: Body.transform((body) => memberBody(bodyObject(body))),
    kind: z.literal("user").default("user"),
    to: z.array(z.string().max(20)).min(1).max(BOT_LIMITS.slots).optional()
      .describe(
        "Ids of the players who may read the body; everyone if absent. Bots may always read it.",
      ),
    rejoin_token: RejoinToken,
    idempotency_key: IdempotencyKey,
  }),
  output: PostedOutput,
  costs: ({ body }) => ({ bytes: body.bytes }),
  async run({ caller, services }, input) {
    const { body, to } = input;
    const message = { body, to, key: keyOf(input) };
    const entry = await services.channels.post(accessOf(caller, input), message);
    return await postedOutput(services, entry);
  },
});
