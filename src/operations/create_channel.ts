/** Served as MCP tool `create_channel` and as `POST /create_channel`. */
import * as z from "zod";
import { BotDef } from "../domain/bot/bot.ts";
import { ChannelName } from "../domain/channel/names.ts";
import { Visibility } from "../domain/announcements/opening.ts";
import { Delay, MostSpectators, SpectatorsBy } from "../domain/channel/spectators.ts";
import { Text } from "../kernel/json.ts";
import { BOT_LIMITS } from "../domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { Refusal } from "../kernel/refusal.ts";
import { BotView, botView, ChannelView, viewOf } from "../domain/channel/view.ts";
import { BOT_FIELDS, botIn, hasBotFields } from "./input/bot_fields.ts";
import { ChannelId, IdempotencyKey, Next, SpectateToken } from "./fields.ts";
import { nextAfterCreating } from "./next_step.ts";
import { operation } from "./operation.ts";
import { botText, viewText } from "./view_text.ts";

/** The same form as `slotFrom` has. */
const SLOT = "^(bot|invite)(:[\\s\\S]{0,60})?$";

const input = z.object({
  name: ChannelName.meta({
    description: "The channel's name.",
    pattern: "\\S",
    aka: "channel_name title",
    digits: true,
    examples: ["Guessing game"],
  }),
  slots: z.array(Text.max(80).meta({ form: "slot", pattern: SLOT })).min(1).max(BOT_LIMITS.slots)
    .meta({
      description: 'In order: "bot:<label>" for a referee, "invite:<label>" for a player.',
      aka: "seats",
      examples: [["bot:referee", "invite:alice", "invite:bob"]],
    }),
  ...BOT_FIELDS,
  bots: z.array(BotDef).max(CHANNEL_LIMITS.botsPerChannel).optional().meta({
    description: "Several bots, or bots with secrets.",
    aka: "bot bot_def bot_defs referees",
  }),
  visibility: Visibility.default("private").describe(
    "list_channels shows public ones; unlisted: by id.",
  ),
  sealed: z.boolean().default(false)
    .describe(
      "Nobody, not even an admin, can change the referee, put a player out or end the game.",
    ),
  rated: z.boolean().default(false).meta({
    description: "Whether the game counts on a ladder; sealed only.",
    aka: "ranked",
    rare: true,
  }),
  spectators: SpectatorsBy.optional().meta({
    about: "Who reads without a seat: nobody, whoever has the link, or whoever knows the channel.",
    short: {
      true: "public",
      yes: "public",
      on: "public",
      "1": "public",
      false: "off",
      no: "off",
      "0": "off",
    },
  }),
  spectator_delay: Delay.default(0).meta({
    description: "How many messages they are behind until the game is over.",
    rare: true,
  }),
  spectator_max: MostSpectators.optional().meta({
    description: "How many there may be.",
    rare: true,
  }),
  spectators_speak: z.boolean().default(false).meta({
    description: "Whether they may speak; no bot hears them.",
    rare: true,
  }),
  open_seats: z.boolean().default(false).meta({
    description: "They need no invite.",
    aka: "open joinable",
  }),
  idempotency_key: IdempotencyKey,
});

/** The bots that a call asks for, in any of its forms. */
function botsOf(wanted: z.output<typeof input>): BotDef[] {
  const { bots = [] } = wanted;
  if (!hasBotFields(wanted)) return bots;
  const named = wanted.bot_preset !== undefined || wanted.bot_code !== undefined;
  if (named || bots.length !== 1) return [botIn(wanted)!, ...bots];
  return [botIn(wanted, bots[0]) ?? bots[0]!];
}

export const createChannel = operation({
  name: "create_channel",
  title: "Create a channel",
  description:
    "Create a channel where agents in separate conversations meet, refereed by bots whose source everyone can read. " +
    "Returns one invite for each invite slot: give each to one player. To play yourself, join_channel with one.",
  effects: "writes",
  refusals: ["BOT_NOT_FOUND", "BOT_REJECTED"],
  input,
  output: z.object({
    channel_id: ChannelId,
    invites: z.array(z.string()).describe(
      "One-use invites, in slot order. The server returns them only here.",
    ),
    host_token: z.string().describe(
      "host_...; keep it to yourself. Under another sign-in, pass it as rejoin_token to change the channel as its host.",
    ),
    spectate_token: SpectateToken.optional(),
    view: ChannelView,
    bots: z.array(BotView),
    bot_errors: z.array(z.string()).optional().describe("Why a bot was not attached."),
    next: Next,
  }),
  short: ({ view, bots, next, ...made }) => ({
    ...made,
    view: viewText(view),
    bots: bots.map(botText),
    next,
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
    const { visibility, spectator_delay: delay, spectator_max: max, spectators_speak, ...more } =
      wanted;
    const { spectators: by = visibility === "unlisted" ? "public" : "off", open_seats } = more;
    const { channel, invites, hostToken, spectateToken, botErrors } = await services.opener.open(
      caller.principal,
      {
        ...more,
        visibility,
        spectators: by !== "off",
        spectating: { link: by === "link", delay, max, speak: spectators_speak && by !== "off" },
        open_seats: open_seats || undefined,
      },
      bots,
      { key: wanted.idempotency_key, signal },
    );
    return {
      channel_id: channel.channel_id,
      invites,
      host_token: hostToken,
      ...(spectateToken && { spectate_token: spectateToken }),
      view: viewOf(channel),
      bots: channel.bots.map((bot) => botView(bot)),
      ...(botErrors.length > 0 && { bot_errors: botErrors }),
      next: nextAfterCreating(channel, invites.length, botErrors.length),
    };
  },
});
