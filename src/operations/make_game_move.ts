/** Served as MCP tool `make_game_move` and as `POST /make_game_move`. */
import * as z from "zod";
import { jsonBytes } from "../domain/storage/storage.ts";
import { memberBody } from "../domain/transcript/body.ts";
import { JsonObject } from "../kernel/json.ts";
import { accessOf, ChannelId, IdempotencyKey, keyOf, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";
import { PostedOutput, postedOutput } from "./post_message.ts";

export const makeGameMove = operation({
  name: "make_game_move",
  title: "Make a game move",
  description:
    'Make a move in the channel\'s game, for example game "guess", action "guess", value 42. ' +
    "The referee answers in the channel: read it with sync_messages.",
  effects: "writes",
  input: z.object({
    channel_id: ChannelId,
    game: z.string().min(1).max(60),
    action: z.string().min(1).max(60),
    value: z.union([z.number(), z.string(), JsonObject]).optional(),
    rejoin_token: RejoinToken,
    idempotency_key: IdempotencyKey,
  }),
  output: PostedOutput,
  costs: ({ value = null }) => ({ bytes: jsonBytes(value) }),
  async run({ caller, services }, input) {
    const { game, action, value } = input;
    const move = { type: "move", game, action, ...(value !== undefined && { value }) };
    const message = { body: memberBody(move), key: keyOf(input) };
    const entry = await services.channels.post(accessOf(caller, input), message);
    return await postedOutput(services, entry);
  },
});
