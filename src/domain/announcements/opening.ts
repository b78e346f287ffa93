/** The first entries of a channel: entry 1, and entry 2 when the channel is created with bots. */
import * as z from "zod";
import { BotName } from "../bot/bot.ts";
import { Chain } from "../../kernel/drand.ts";
import { HashText } from "../../kernel/hash.ts";
import { BOT_LIMITS } from "../limits/bot.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import { announcement } from "./announcement.ts";

/** Who may know of a channel: its members, whoever knows its id, or everyone who lists channels. */
export const Visibility = z.enum(["private", "unlisted", "public"]);
export type Visibility = z.infer<typeof Visibility>;

export const IdleRule = z.strictObject({
  warned_after_ms: z.number().int().positive(),
  closed_after_ms: z.number().int().positive(),
});

export const channelCreated = announcement(
  "channel_created",
  "The channel is created: entry 1.",
  {
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
    /** Present where they need a link, are behind, are limited in number, or may speak. */
    spectating: z.strictObject({
      by: z.literal("link").optional(),
      delay: z.number().int().min(1).max(CHANNEL_LIMITS.spectatorDelay).optional(),
      max: z.number().int().min(1).max(CHANNEL_LIMITS.spectators).optional(),
      speak: z.literal(true).optional(),
    }).optional(),
    /** Whether whoever knows of the channel may take a free seat without an invite. Absent: no. */
    open_seats: z.literal(true).optional(),
    /** How long nobody must have said anything in a sealed channel before it may be closed while
     *  its bots have not ended. Absent in other channels, and in those of earlier releases. */
    quiet_ms: z.number().int().positive().optional(),
    /** Whether the games of its bot count on a ladder. Absent in other channels. */
    rated: z.literal(true).optional(),
    /** Present if the server opened the channel for players whom it paired: it has no host, and is
     *  sealed. Whether it is rated. */
    match: z.strictObject({ rated: z.boolean() }).optional(),
    /** How long the players who have the turn must have said nothing before another one may claim
     *  the game. Absent in channels of earlier releases. */
    claim_ms: z.number().int().positive().optional(),
    /** Present if the server closes the channel when no member does anything: how long that must
     *  last before it warns, and how much later at least it closes it. */
    idle: IdleRule.optional(),
    salts_commit: HashText,
    addressed_salts_commit: HashText,
    beacon: z.strictObject(Chain.shape).optional(),
  },
  {},
  ({ rated = false, sealed, match }) =>
    (!rated || sealed) && (match === undefined || match.rated === rated),
);

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
