/** Served as MCP tool `get_bot_code` and as `GET /get_bot_code`. */
import * as z from "zod";
import type { ModuleSources } from "../channels/library/module_sources.ts";
import { Bot, Import } from "../domain/bot/bot.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { HashText } from "../kernel/hash.ts";
import { Refusal } from "../kernel/refusal.ts";
import { accessOf, BOT_ID, ChannelId, Next, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";
import { pageOf } from "./text_page.ts";

const NEXT = "Compare the SHA-256 of source with code_hash, here and in the bot's announcement.";

export const getBotCode = operation({
  name: "get_bot_code",
  title: "Read a bot's source",
  description: "Read the exact source of a bot. Its SHA-256 is the announced code_hash.",
  effects: "reads",
  needs: "reading",
  refusals: ["BOT_NOT_FOUND"],
  untrusted: ["source", "name", "manifest", "params"],
  input: z.object({
    channel_id: ChannelId,
    bot_id: z.string().min(1).max(80).meta({ about: BOT_ID, form: "bot", aka: "bot" }),
    offset: z.number().int().min(0).default(0).meta({
      description: "Where a long source goes on.",
      aka: "start from source_offset",
    }),
    module: z.string().max(80).optional().meta({
      description: "Of a bot that imports it, such as lib:game: that source instead.",
      aka: "import lib",
    }),
    rejoin_token: RejoinToken,
  }),
  output: z.object({
    bot_id: Bot.shape.bot_id,
    name: Bot.shape.name,
    source: z.string().describe(
      "The source, or that of the module, from the character at offset on.",
    ),
    inline_code: z.string().optional().describe("Same as source."),
    source_chars: z.number().int().describe("The length of the whole source."),
    language: Bot.shape.language,
    code_hash: HashText.describe("SHA-256 of the whole source, or of the module's."),
    manifest: Bot.shape.manifest,
    manifest_hash: Bot.shape.manifest_hash,
    params: Bot.shape.params,
    engine: Bot.shape.engine,
    imports: z.array(Import).describe(
      "The vetted modules that it imports, with version and SHA-256.",
    ),
    seed_commit: Bot.shape.seed_commit,
    next: Next,
  }),
  earlierNames: { source: "inline_code" },
  short({ bot_id, name, source, source_chars, language, code_hash, params, imports, next }) {
    const page = pageOf(source, CHANNEL_LIMITS.sourcePageChars);
    const offset = source_chars - source.length;
    return {
      bot_id,
      name,
      source: page,
      source_chars,
      language,
      code_hash,
      ...Object.keys(params).length > 0 && { params },
      ...imports.length > 0 && { imports },
      next: page.length < source.length
        ? `The source goes on: call get_bot_code with offset ${offset + page.length}.`
        : next,
    };
  },
  async run({ caller, services: { channels, library } }, input) {
    const { state } = await channels.look(accessOf(caller, input));
    const bot = state.channel.bots.find(({ bot_id }) => bot_id === input.bot_id);
    if (!bot) {
      throw new Refusal(
        "BOT_NOT_FOUND",
        "This channel has no such bot. get_channel_info lists its bots.",
      );
    }
    const { source, hash } = input.module === undefined
      ? { source: await library.source(bot.code_hash), hash: bot.code_hash }
      : await moduleOf(bot, input.module, library.modules);
    if (input.offset > source.length) {
      throw new Refusal(
        "INVALID_REQUEST",
        `offset: the source has ${source.length} characters. Pass fewer, or 0 for all of it.`,
      );
    }
    const { bot_id, name, language, manifest, manifest_hash } = bot;
    const { params, engine, imports, seed_commit } = bot;
    return {
      bot_id,
      name,
      source: source.slice(input.offset),
      source_chars: source.length,
      language,
      code_hash: hash,
      manifest,
      manifest_hash,
      params,
      engine,
      imports,
      seed_commit,
      next: input.offset === 0 ? NEXT : `Put the parts of source together. ${NEXT}`,
    };
  },
});

/** The source of a module that a bot imports, with the hash that its announcement names. */
async function moduleOf(
  { imports }: Bot,
  name: string,
  modules: ModuleSources,
): Promise<{ source: string; hash: HashText }> {
  const wanted = imports.find((each) => each.name === name || each.name === `lib:${name}`);
  if (!wanted) {
    const names = imports.map((each) => each.name).join(", ");
    throw new Refusal(
      "INVALID_REQUEST",
      `module: this bot imports ${names || "none"}. ${names ? "Pass one of these" : "Omit it"}.`,
    );
  }
  const source = await modules.source(wanted);
  if (source !== undefined) return { source, hash: wanted.hash };
  throw new Refusal(
    "UNAVAILABLE",
    `This server has another ${wanted.name} than the one with which the bot was announced. An ` +
      "export of the time when it was attached has its source.",
  );
}
