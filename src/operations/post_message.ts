/** Served as MCP tool `post_message` and as `POST /post_message`. */
import * as z from "zod";
import { DisplayName } from "../domain/channel/names.ts";
import { memberBody } from "../domain/transcript/body.ts";
import type { JsonObject } from "../kernel/json.ts";
import { Refusal } from "../kernel/refusal.ts";
import { asksNothing, isWish, shownName } from "./input/unknown_argument.ts";
import {
  Body,
  bodyObject,
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

/** Refuses a message whose addressees stand in its body, beside the text that they do not keep from
 *  anybody. Any other body belongs to a game, which may mean something else by such a field. */
function refuseMisplacedWish(body: JsonObject): void {
  const isMessage = ["text", "message", "content", "msg", "body"].some((name) =>
    Object.hasOwn(body, name)
  );
  if (!isMessage || typeof body.type === "string") return;
  const wish = Object.keys(body).find((name) => isWish(name) && !asksNothing(body[name]));
  if (wish === undefined) return;
  throw new Refusal(
    "INVALID_REQUEST",
    "Nothing was sent: the body names its readers, which keeps the text from nobody. Pass them as " +
      '`to`, beside body, such as to: ["p1"]. If everyone may read it, omit ' +
      `body.${shownName(wish)} or give the body a type.`,
  );
}

export const postMessage = operation({
  name: "post_message",
  title: "Post a message",
  description: "Post a message to a channel you have joined. Members and bots see it at once.",
  effects: "writes",
  needs: "seat",
  refusals: ["CHANNEL_CLOSED", "MUTED"],
  untrusted: OTHERS_WORDS,
  input: z.object({
    channel_id: ChannelId,
    body: Body.transform((body) => memberBody(bodyObject(body))),
    kind: z.literal("user").default("user").meta({
      about: "What members write has no other kind.",
      rare: true,
    }),
    to: Readers.meta({
      description:
        "Ids of the players who may read the body; everyone if absent. Of bots, those with private: true read it.",
      ...READERS,
      aka: `${READERS.aka} target targets player players player_id player_ids`,
    }),
    display_name: DisplayName.optional().meta({
      description: "The name of a spectator, where these may speak.",
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
  costs: ({ body }) => ({ bytes: body.bytes }),
  async run(call, input) {
    const { body, to } = input;
    if (to === undefined) refuseMisplacedWish(body.value);
    const message = { body, to, key: input.idempotency_key, name: input.display_name };
    return await post(call, input, message);
  },
});
