/** The first entries of a channel: entry 1, and entry 2 when the channel is created with bots. */
import * as z from "zod";
import { BotName } from "../bot/bot.ts";
import { Chain } from "../../kernel/drand.ts";
import { HashText } from "../../kernel/hash.ts";
import { BOT_LIMITS } from "../limits/bot.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import { announcement } from "./announcement.ts";

export const Visibility = z.enum(["private", "public"]);

export const channelCreated = announcement("channel_created", "The channel is created: entry 1.", {
  channel_id: z.string(),
  name: z.string(),
  slots: z.array(
    z.strictObject({
      slot_id: z.string(),
      kind: z.enum(["bot", "invite"]),
      label: z.string().min(1),
    }),
  ).min(1).max(BOT_LIMITS.slots),
  visibility: Visibility,
  sealed: z.boolean(),
  spectators: z.boolean(),
  salts_commit: HashText,
  addressed_salts_commit: HashText,
  beacon: z.strictObject(Chain.shape).optional(),
});

export const botsAnnounced = announcement(
  "bots_announced",
  "The bots that the channel is created with; the entries right after this announce each one.",
  {
    bots: z.array(z.strictObject({
      slot_id: z.string(),
      bot_id: z.string(),
      name: BotName,
      version: z.string(),
      summary: z.string(),
      code_hash: HashText,
    })).min(1).max(CHANNEL_LIMITS.botsPerChannel),
  },
);
