/** Bots that come and go: two entries announce a bot, and one reveals its seed. */
import * as z from "zod";
import { BotLanguage, BotName, EngineParts, HookName, HOOKS, Import } from "../bot/bot.ts";
import { HashText } from "../../kernel/hash.ts";
import { JsonObject } from "../../kernel/json.ts";
import { announcement } from "./announcement.ts";

/** A bot's seed, 32 bytes as hex. */
export const Seed = z.string().regex(/^[0-9a-f]{64}$/);
/** The last entry that a bot had come past; null where it had ended, or came in the same change. */
export const LastCursor = z.number().int().nullable().optional();

export const botAttached = announcement(
  "bot:attach",
  "A bot comes: its source, engine and hosts, and what commits it to its seed.",
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
    /** The names of its sealed values, and what binds them. */
    env: z.array(z.string()).min(1).optional(),
    env_commit: HashText.optional(),
    seed_commit: HashText,
    beacon_round: z.number().int().optional(),
  },
  {},
  ({ env, env_commit }) => (env === undefined) === (env_commit === undefined),
);

export const botDescribed = announcement(
  "bot:manifest",
  "The manifest of the bot that came right before.",
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
  },
);

export const botDetached = announcement(
  "bot:detach",
  "A bot is taken out: its seed, and the last entry that it had come past.",
  {
    bot_id: z.string(),
    seed: Seed,
    cursor: LastCursor,
  },
);
