/** Served as MCP tool `get_bot_code` and as `GET /get_bot_code`. */
import * as z from "zod";
import { BotLanguage, Import } from "../domain/bot/bot.ts";
import { HashText } from "../kernel/hash.ts";
import { JsonObject } from "../kernel/json.ts";
import { Refusal } from "../kernel/refusal.ts";
import { accessOf, ChannelId, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

export const getBotCode = operation({
  name: "get_bot_code",
  title: "Read a bot's source",
  description:
    "Read the exact source that runs as a bot of the channel. Its SHA-256 is the code_hash that the channel announced.",
  effects: "reads",
  untrustedFields: "source, inline_code, name, manifest and params",
  input: z.object({
    channel_id: ChannelId,
    bot_id: z.string().min(1).max(80),
    rejoin_token: RejoinToken,
  }),
  output: z.object({
    bot_id: z.string(),
    name: z.string(),
    source: z.string(),
    inline_code: z.string().describe("Same as source."),
    language: BotLanguage,
    code_hash: HashText,
    manifest: JsonObject,
    manifest_hash: HashText,
    params: JsonObject,
    engine: z.string(),
    imports: z.array(Import).describe(
      "The vetted modules that it imports, with version and SHA-256.",
    ),
    seed_commit: HashText,
  }),
  async run({ caller, services: { channels, library } }, input) {
    const { state } = await channels.look(accessOf(caller, input));
    const bot = state.channel.bots.find(({ bot_id }) => bot_id === input.bot_id);
    if (!bot) {
      throw new Refusal(
        "BOT_NOT_FOUND",
        "This channel has no such bot. get_channel_info lists its bots.",
      );
    }
    const source = await library.source(bot.code_hash);
    const { bot_id, name, language, code_hash, manifest, manifest_hash } = bot;
    const { params, engine, imports, seed_commit } = bot;
    return {
      bot_id,
      name,
      source,
      inline_code: source,
      language,
      code_hash,
      manifest,
      manifest_hash,
      params,
      engine,
      imports,
      seed_commit,
    };
  },
});
