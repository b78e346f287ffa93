/** Served as MCP tool `attach_bot` and as `POST /attach_bot`. */
import * as z from "zod";
import { Bot, BotDef } from "../domain/bot/bot.ts";
import { ChannelView, viewOf } from "../domain/channel/view.ts";
import { Refusal } from "../kernel/refusal.ts";
import { BOT_FIELDS, botIn } from "./input/bot_fields.ts";
import { accessOf, ChannelId, Next, RejoinToken } from "./fields.ts";
import { nextAfterAttaching } from "./next_step.ts";
import { operation } from "./operation.ts";

export const attachBot = operation({
  name: "attach_bot",
  title: "Attach a bot",
  description:
    "Attach a bot to a channel you administer. All members see the hash of its source before it runs.",
  effects: "writes",
  needs: "admin",
  refusals: ["BAD_OP", "BOT_NOT_FOUND", "BOT_REJECTED", "CHANNEL_CLOSED", "CHANNEL_SEALED"],
  untrusted: ["view"],
  input: z.object({
    channel_id: ChannelId,
    ...BOT_FIELDS,
    bot: BotDef.optional().meta({ aka: "bot_def bots" }),
    rejoin_token: RejoinToken,
  }),
  output: z.object({
    bot_id: Bot.shape.bot_id,
    code_hash: Bot.shape.code_hash,
    manifest_hash: Bot.shape.manifest_hash,
    view: ChannelView,
    next: Next,
  }),
  short: ({ bot_id, code_hash, next }) => ({ bot_id, code_hash, next }),
  costs: () => ({ bots: 1 }),
  async run({ caller, services, signal }, input) {
    const wanted = botIn(input, input.bot);
    if (!wanted) {
      throw new Refusal(
        "INVALID_REQUEST",
        'The call names no bot. Pass bot_preset, such as "GuessBot", or the source as bot_code.',
      );
    }
    const { bot, channel } = await services.channels.attach(
      accessOf(caller, input),
      wanted,
      signal,
    );
    const { bot_id, code_hash, manifest_hash } = bot;
    return {
      bot_id,
      code_hash,
      manifest_hash,
      view: viewOf(channel),
      next: nextAfterAttaching(bot, channel),
    };
  },
});
