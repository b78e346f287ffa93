/** The answer of every operation that waits until its caller is called. */
import * as z from "zod";
import type { CalledReading } from "../channels/reading/turn_waiter.ts";
import { withoutView } from "../domain/board/text_of.ts";
import { shortMessage, shortMessages } from "../domain/channel/short_message.ts";
import { Message } from "../domain/channel/visibility.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { SYSTEM } from "../domain/transcript/transcript.ts";
import { JsonObject, JsonValue } from "../kernel/json.ts";
import { Next, NextCursor, Receipt } from "./fields.ts";
import { nextWhenCalled, type PostedBefore } from "./next_step.ts";
import type { Services } from "./operation.ts";

const WHYS = [
  "your_turn",
  "addressed",
  "over",
  "closed",
  "removed",
  "stuck",
  "timeout",
] as const;

/** A message without what the answer says by itself. The server's own entries are short here, too,
 *  and boards are text: several hosts give models the structured answer in place of its text. */
const CalledMessage = Message.omit({ channel_id: true, cause: true, hash: true }).extend({
  body: JsonObject.nullable().describe(
    "null if you may not read it. That of an entry of the server is short.",
  ),
});
type CalledMessage = z.infer<typeof CalledMessage>;

export const CalledOutput = z.object({
  why: z.enum(WHYS).describe(
    "your_turn: you have the turn. addressed: somebody wrote to you. over: the game has ended. " +
      "closed: the channel is. removed: you are out of it. stuck: the referee can't go on until " +
      "somebody else acts. timeout: nothing of it until now.",
  ),
  messages: z.array(CalledMessage)
    .describe("What came since the cursor: the newest, as many as fit."),
  omitted: z.number().int().optional().describe("How many messages before these are not shown."),
  position: JsonValue.optional().describe("How things stand, as the bot says it."),
  game: z.string().optional().describe("The game of the moves, for make_game_move."),
  legal_moves: JsonValue.optional().describe("Each can be passed to make_game_move as it is."),
  ranges: JsonValue.optional().describe("By action: the lowest and the highest value."),
  answers: z.number().int().optional().describe("The message that gave you the turn."),
  cursor: NextCursor,
  receipt: Receipt.optional(),
  next: Next,
});
/** The fields that other players and bots write. */
export const OTHERS_WORDS = ["messages", "position", "legal_moves", "ranges"];
type CalledOutput = z.input<typeof CalledOutput>;

/** How long to wait: an argument of calls that wait. */
export const WaitMs = z.number().int().min(0).max(CHANNEL_LIMITS.syncTimeoutMs);

/** The caller's cursor: an argument of calls that wait. */
export const WaitCursor = z.number().int().min(0).optional().meta({
  description: "The cursor of your last answer; absent: your own last message.",
  aka: "since after since_id after_id last_id last_msg_id last_seen",
});

/** `posted`: what the caller has posted in the same call, if that is a matter for `next`. */
export function calledAnswer(
  { signer }: Services,
  channelId: string,
  reading: CalledReading,
  posted?: PostedBefore,
) {
  const { why, messages, omitted, cursor, answers, position, moves, head } = reading;
  const { legal_moves, ranges } = reading;
  return {
    why,
    messages: messages.flatMap((message) => calledMessage(message) ?? []),
    ...(omitted > 0 && { omitted }),
    ...(position !== undefined && { position }),
    ...(moves && { game: moves.game }),
    ...(legal_moves !== undefined && { legal_moves }),
    ...(ranges !== undefined && { ranges }),
    ...(answers !== undefined && { answers }),
    cursor,
    ...(head && { receipt: signer.receipt(channelId, head) }),
    next: nextWhenCalled(reading, posted),
  } satisfies CalledOutput;
}

function calledMessage({ id, sender, kind, body, ts, to, withheld }: Message) {
  const message: CalledMessage = {
    id,
    sender,
    kind,
    body,
    ts,
    ...(to && { to }),
    ...(withheld && { withheld }),
  };
  if (sender.startsWith("bot:") && body) return { ...message, body: withoutView(body) };
  if (sender !== SYSTEM) return message;
  const short = shortMessage(message);
  return short && "body" in short ? { ...message, body: short.body } : null;
}

/** A post that did not wait has only some of it. */
type PartOfAnswer = { [Name in keyof CalledOutput]?: CalledOutput[Name] | undefined } & {
  ts?: string;
};

/** The answer for a model, without what it does not need for its next step. */
export function shortCalled({ messages, receipt: _, ts: __, ...rest }: PartOfAnswer) {
  return {
    ...rest,
    ...(messages && { messages: shortMessages(messages, rest.legal_moves !== undefined) }),
  };
}

/** Whether an answer is about the end, so that its receipt covers the whole game. */
export function isAtEnd({ why }: PartOfAnswer): boolean {
  return why === "over" || why === "closed";
}
