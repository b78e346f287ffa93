/** The short form of a bot in a call: `bot_preset` or `bot_code`, and what goes with them. */
import * as z from "zod";
import { type BotDef, BotLanguage, BotName } from "../../domain/bot/bot.ts";
import { JsonObject } from "../../kernel/json.ts";
import { Refusal } from "../../kernel/refusal.ts";

export const BOT_FIELDS = {
  bot_preset: z.string().max(80).optional().meta({
    description: 'A built-in bot, such as "GuessBot".',
    aka: "preset referee builtin code_ref bot_ref preset_name",
    examples: ["GuessBot"],
  }),
  bot_code: z.string().optional().meta({
    description: "Your own bot: the source of one class in TypeScript, JavaScript or Python.",
    aka: "code source source_code inline_code script bot_source",
  }),
  bot_language: BotLanguage.optional().meta({
    description: "The language of bot_code. Detected from the source if absent.",
    aka: "language lang",
    rare: true,
  }),
  bot_name: BotName.optional().meta({
    description:
      "The name of the bot. If several classes of bot_code have hooks, the class of that name is the bot.",
    rare: true,
  }),
  bot_params: JsonObject.optional().meta({
    description: "Parameters of that bot.",
    aka: "params parameters config options settings game_params",
  }),
};

type BotFields = z.output<z.ZodObject<typeof BOT_FIELDS>>;

/** The one bot that the fields describe, each from one place; undefined if they describe none. The
 *  fields add to `bot`. Throws INVALID_REQUEST if two of them disagree, or have no bot. */
export function botIn(fields: BotFields, bot: BotDef = {}): BotDef | undefined {
  const { bot_preset, bot_code, bot_language, bot_name, bot_params } = fields;
  const sources = namesOf({
    bot_preset,
    bot_code,
    "bot.code_ref": bot.code_ref,
    "bot.inline_code": bot.inline_code,
  });
  if (sources.length > 1) {
    throw refused(`${listed(sources)} each name a bot. Pass one of them for each bot.`);
  }
  const more = namesOf({ bot_language, bot_name, bot_params });
  if (sources.length === 0) {
    if (more.length === 0) return undefined;
    throw refused(
      `The call has no bot for ${listed(more)}. Pass bot_preset, such as "GuessBot", or bot_code.`,
    );
  }
  const isBuiltin = bot_preset !== undefined || bot.code_ref !== undefined;
  if (isBuiltin && bot_language !== undefined) {
    throw refused("bot_language goes with bot_code: a built-in bot has its own. Omit it.");
  }
  const twice = namesOf({
    bot_language: bot.language && bot_language,
    bot_name: bot.name && bot_name,
    bot_params: bot.params && bot_params,
  });
  if (twice.length > 0) throw refused(`Pass ${listed(twice)} once: the bot has its own.`);
  return defined({
    ...bot,
    inline_code: bot_code ?? bot.inline_code,
    code_ref: bot_preset ?? bot.code_ref,
    language: bot_language ?? bot.language,
    name: bot_name ?? bot.name,
    params: bot_params ?? bot.params,
  });
}

/** Whether the call describes a bot by these fields. */
export function hasBotFields(fields: BotFields): boolean {
  return Object.keys(BOT_FIELDS).some((name) => fields[name as keyof BotFields] !== undefined);
}

function namesOf(fields: Record<string, unknown>): string[] {
  return Object.keys(fields).filter((name) => fields[name] !== undefined);
}

function listed(names: readonly string[]): string {
  return names.join(" and ");
}

function defined(bot: BotDef): BotDef {
  return Object.fromEntries(Object.entries(bot).filter(([, value]) => value !== undefined));
}

function refused(text: string): Refusal {
  return new Refusal("INVALID_REQUEST", text);
}
