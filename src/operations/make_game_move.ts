/** Served as MCP tool `make_game_move` and as `POST /make_game_move`. */
import * as z from "zod";
import { jsonBytes } from "../domain/storage/storage.ts";
import { memberBody } from "../domain/transcript/body.ts";
import { JsonObject } from "../kernel/json.ts";
import {
  ChannelId,
  IdempotencyKey,
  READERS,
  Readers,
  ReceiptAsked,
  RejoinToken,
} from "./fields.ts";
import { operation } from "./operation.ts";
import { isAtEnd, OTHERS_WORDS, shortCalled } from "./called_answer.ts";
import { post, PostedOutput, WAITING } from "./posted_answer.ts";

export const makeGameMove = operation({
  name: "make_game_move",
  title: "Make a game move",
  description:
    'Make a move in the channel\'s game, for example game "guess", action "guess", value 42. ' +
    "With wait_ms 45000 the answer is the verdict, and then your next turn.",
  effects: "writes",
  needs: "seat",
  refusals: ["CHANNEL_CLOSED", "MUTED"],
  untrusted: OTHERS_WORDS,
  input: z.object({
    channel_id: ChannelId,
    game: z.string().min(1).max(60).meta({
      about: "The game, as the bot's manifest and wait_for_turn name it.",
      aka: "game_name",
      digits: true,
      examples: ["guess"],
    }),
    action: z.string().min(1).max(60).meta({
      about: "The kind of move, as legal_moves name it.",
      aka: "move_type action_name",
      digits: true,
      examples: ["guess"],
    }),
    value: z.union([z.number(), z.string(), JsonObject]).optional().meta({
      about: "What the action needs besides; absent if it needs nothing.",
      aka:
        "values move amount number guess bet card answer payload args arguments params parameters data details",
      json: true,
      examples: [42],
    }),
    answers: z.number().int().min(1).optional().meta({
      description: "The message that gave you the turn: a move for an earlier turn is refused.",
    }),
    to: Readers.meta({
      description:
        "Only for moves that the referee wants in private: ids of the players who may read them; you alone if absent.",
      ...READERS,
      refereed: true,
      rare: true,
    }),
    ...WAITING,
    receipt: ReceiptAsked,
    rejoin_token: RejoinToken,
    idempotency_key: IdempotencyKey,
  }),
  output: PostedOutput,
  short: shortCalled,
  waitsMs: ({ wait_ms = 0 }) => wait_ms,
  showsReceipt: isAtEnd,
  costs: ({ value = null }) => ({ bytes: jsonBytes(value) }),
  async run(call, input) {
    const { game, action, value, answers, to } = input;
    const body = {
      type: "move",
      game,
      action,
      ...(value !== undefined && { value }),
      ...(answers !== undefined && { answers }),
    };
    return await post(call, input, { body: memberBody(body), to, move: { game, action } });
  },
});
