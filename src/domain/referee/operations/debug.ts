/** What the admin of an unsealed channel may do to find the fault of a bot: see `debug_bot`. */
import * as z from "zod";
import { HookName } from "../../bot/bot.ts";
import { type Channel, withBot } from "../../channel/channel.ts";
import { boundedJson } from "../../limits/bounded_json.ts";
import { BOT_LIMITS } from "../../limits/bot.ts";
import { CHANNEL_LIMITS } from "../../limits/channel.ts";
import { type Json, JsonValue } from "../../../kernel/json.ts";
import { Refusal } from "../../../kernel/refusal.ts";
import { BotId, botNamed } from "./named.ts";
import { announced, channelOperation, nameOf } from "./operation.ts";

const SEALED = "This channel is sealed: nobody may look into its bots or change them before they " +
  "have ended. Try the bot in a channel that is not sealed.";

/** Each stands in an entry, which is as long as a message at most. */
const MAX_BYTES = BOT_LIMITS.bodyBytes - 1_024;

/** Who reads the log learns what the bot hides from players, so all members are told, once. */
export const readLog = channelOperation({
  schema: z.object({ type: z.literal("read_log"), bot_id: BotId }),
  open: "admin",
  sealed: { refused: SEALED },
  apply(channel, op, supplies) {
    const bot = botNamed(channel, op);
    const { log_readers = [] } = bot;
    const reader = nameOf(supplies.actor);
    if (log_readers.includes(reader)) return { channel, drafts: [] };
    return announced(
      withBot(channel, { ...bot, log_readers: [...log_readers, reader] }),
      op,
      supplies,
    );
  },
});

export const replaceState = channelOperation({
  schema: z.object({ type: z.literal("replace_state"), bot_id: BotId, state: JsonValue }),
  open: "admin",
  sealed: { refused: SEALED },
  apply(channel, op, supplies) {
    runningBot(channel, op);
    boundedJson(op.state, MAX_BYTES, "state");
    return announced(channel, op, supplies);
  },
});

export const emitHook = channelOperation({
  schema: z.object({
    type: z.literal("emit_hook"),
    bot_id: BotId,
    hook: HookName,
    args: z.array(JsonValue).max(CHANNEL_LIMITS.hookArgs).default([]),
  }),
  open: "admin",
  sealed: { refused: SEALED },
  apply(channel, op, supplies) {
    const bot = runningBot(channel, op);
    if (!bot.hooks.includes(op.hook)) {
      throw new Refusal(
        "BAD_OP",
        `${bot.bot_id} has no ${op.hook}. Name one of its hooks: ${bot.hooks.join(", ")}.`,
      );
    }
    const { fits, form } = ARGUMENTS[op.hook];
    if (!fits(op.args)) throw new Refusal("BAD_OP", `args: ${op.hook} takes ${form}. Pass these.`);
    boundedJson(op.args, MAX_BYTES, "args");
    return announced(channel, op, supplies);
  },
});

const isText = (value: Json | undefined) => typeof value === "string";

/** The arguments of each hook, as the server passes them. */
const ARGUMENTS: Record<HookName, { fits: (args: Json[]) => boolean; form: string }> = {
  on_init: { fits: (args) => args.length === 0, form: "no arguments, []" },
  on_join: { fits: (args) => args.length === 1 && isText(args[0]), form: 'a player id, ["p1"]' },
  on_leave: {
    fits: (args) => args.length > 0 && args.every(isText),
    form: 'a player id, a reason and who removed it, ["p1", "left", "p1"]',
  },
  on_timer: { fits: (args) => args.length === 1 && isText(args[0]), form: 'a name, ["move"]' },
  on_message: {
    fits: ([message, ...more]) =>
      more.length === 0 && typeof message === "object" && message !== null &&
      !Array.isArray(message),
    form: 'a message, [{ "kind": "user", "sender": "p1", "body": {…} }]',
  },
};

function runningBot(channel: Channel, op: { bot_id: string }) {
  const bot = botNamed(channel, op);
  if (bot.ended) throw new Refusal("BAD_OP", `${bot.bot_id} has ended. Name a bot that runs.`);
  return bot;
}
