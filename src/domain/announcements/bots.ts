/** Announcements of bots: two entries when a bot is attached, and one with its seed when it is
 *  removed. */
import * as z from "zod";
import { BotLanguage, BotName, EngineParts, HookName, HOOKS, Import } from "../bot/bot.ts";
import { HashText } from "../../kernel/hash.ts";
import { JsonObject } from "../../kernel/json.ts";
import { announcement } from "./announcement.ts";

/** A bot's seed, 32 bytes as hex. */
export const Seed = z.string().regex(/^[0-9a-f]{64}$/);
/** The last entry that the bot had processed; null when it had ended before, or was attached in the
 *  same change. */
export const LastCursor = z.number().int().nullable().optional();

export const botAttached = announcement(
  "bot:attach",
  "A bot is attached: its source, engine and hosts, and the commitment to its seed.",
  {
    bot_id: z.string(),
    name: BotName,
    version: z.string(),
    language: BotLanguage,
    class_name: z.string(),
    code_hash: HashText,
    manifest_hash: HashText,
    engine: z.string(),
    engine_parts: EngineParts.optional(),
    imports: z.array(z.strictObject(Import.shape)),
    net: z.union([z.literal("public"), z.array(z.string())]),
    /** Whether it hears addressed entries. Absent in logs of earlier releases, where every bot
     *  does. */
    private: z.boolean().optional(),
    /** The names of its sealed values, and a commitment to them. */
    env: z.array(z.string()).min(1).optional(),
    env_commit: HashText.optional(),
    seed_commit: HashText,
    beacon_round: z.number().int().optional(),
    /** The ended bot whose place it takes because all players asked, and the order in which it is
     *  given the players of that game. */
    rematch_of: z.string().optional(),
    seats: z.array(z.string()).min(1).optional(),
  },
  {},
  ({ env, env_commit, rematch_of, seats }) =>
    (env === undefined) === (env_commit === undefined) &&
    (rematch_of === undefined) === (seats === undefined),
);

export const botDescribed = announcement(
  "bot:manifest",
  "The manifest of the bot that the entry right before announced.",
  {
    bot_id: z.string(),
    manifest_excerpt: z.strictObject({
      name: z.string(),
      version: z.string(),
      summary: z.string(),
      hooks: z.array(HookName).max(HOOKS.length),
      params: JsonObject,
    }),
    manifest: JsonObject,
    /** The other bots in the channel that have not ended; absent if there is none. */
    beside: z.array(z.string()).min(1).optional(),
    /** Present if the channel is sealed: no other bot will come. */
    sealed: z.literal(true).optional(),
  },
);

export const botDetached = announcement(
  "bot:detach",
  "A bot is removed: its seed, and the last entry that it had processed.",
  {
    bot_id: z.string(),
    seed: Seed,
    cursor: LastCursor,
  },
);
