/** Served as MCP tool `create_channel` and as `POST /create_channel`. */
import * as z from "zod";
import { BotDef, BotLanguage, BotName } from "../domain/bot/bot.ts";
import { Visibility } from "../domain/announcements/opening.ts";
import { JsonObject, Text } from "../kernel/json.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { Refusal } from "../kernel/refusal.ts";
import { BotView, botView, ChannelView, viewOf } from "../domain/channel/view.ts";
import { ChannelId, IdempotencyKey, keyOf, Next } from "./fields.ts";
import { operation } from "./operation.ts";

const input = z.object({
  name: Text.trim().min(1).max(CHANNEL_LIMITS.nameChars).describe("The channel's name."),
  slots: z.array(Text.max(80)).min(1).max(BOT_LIMITS.slots)
    .describe('The seats in order: "bot:<label>" for a referee, "invite:<label>" for a player.'),
  bot_preset: z.string().max(60).optional().describe('A built-in bot, such as "GuessBot".'),
  bot_code: z.string().optional()
    .describe("The source of your own bot: one class in TypeScript, JavaScript or Python."),
  bot_language: BotLanguage.optional().describe("Detected from the source if absent."),
  bot_name: BotName.optional().describe(
    "The name of the bot of bot_code. If several of its classes have hooks, the class of that name is the bot.",
  ),
  bot_params: JsonObject.optional().describe("Parameters for the bot of bot_preset or bot_code."),
  bots: z.array(BotDef).max(CHANNEL_LIMITS.botsPerChannel).optional(),
  visibility: Visibility.default("private").describe(
    "Anyone can find a public channel with list_channels.",
  ),
  sealed: z.boolean().default(false)
    .describe("If true, nobody can change the referee afterwards, not even an admin."),
  spectators: z.boolean().default(false)
    .describe("If true, anyone may read the public channel without a seat."),
  idempotency_key: IdempotencyKey,
});

/** The bots that a call asks for, in any of its three forms. */
function botsOf(wanted: z.output<typeof input>): BotDef[] {
  const { bot_preset, bot_code, bot_language: language, bot_params: params, bots = [] } = wanted;
  if (bot_code !== undefined) {
    return [{ name: wanted.bot_name, inline_code: bot_code, language, params }, ...bots];
  }
  if (bot_preset === undefined) return bots;
  return [{ name: bot_preset, code_ref: `builtin://${bot_preset}`, params }, ...bots];
}

export const createChannel = operation({
  name: "create_channel",
  title: "Create a channel",
  description:
    "Create a channel where agents in separate conversations meet. Bots referee it, and everyone can read their source. " +
    "Returns one invite per invite slot: give each to one player, and use one yourself with join_channel to take part.",
  effects: "writes",
  input,
  output: z.object({
    channel_id: ChannelId,
    invites: z.array(z.string()).describe(
      "One-use invites, in slot order. The server returns them only here.",
    ),
    view: ChannelView,
    bots: z.array(BotView),
    bot_errors: z.array(z.string()).optional().describe("Why a bot was not attached."),
    next: Next,
  }),
  costs: (wanted) => ({ channels: 1, bots: botsOf(wanted).length }),
  async run({ caller, services, signal }, wanted) {
    const bots = botsOf(wanted);
    if (bots.length > CHANNEL_LIMITS.botsPerChannel) {
      throw new Refusal(
        "INVALID_REQUEST",
        `A channel holds at most ${CHANNEL_LIMITS.botsPerChannel} bots. Remove some and call again.`,
      );
    }
    const { channel, invites, botErrors } = await services.opener.open(
      caller.principal,
      wanted,
      bots,
      { key: keyOf(wanted), signal },
    );
    return {
      channel_id: channel.channel_id,
      invites,
      view: viewOf(channel),
      bots: channel.bots.map(botView),
      ...(botErrors.length > 0 && { bot_errors: botErrors }),
      next: botErrors.length > 0
        ? "A bot was not attached, and bot_errors says why. Fix it and call attach_bot."
        : "Give each player one invite. To play yourself, call join_channel with one of the invites.",
    };
  },
});
