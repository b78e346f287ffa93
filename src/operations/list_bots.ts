/** Served as MCP tool `list_bots` and as `GET /list_bots`; also as `get_rules`. */
import * as z from "zod";
import type { CataloguedBot } from "../channels/library/bot_catalogue.ts";
import { Moves } from "../domain/bot/moves.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { HashText } from "../kernel/hash.ts";
import { JsonObject } from "../kernel/json.ts";
import { Refusal } from "../kernel/refusal.ts";
import { Next } from "./fields.ts";
import { operation } from "./operation.ts";
import { pageOf } from "./text_page.ts";

const ListedBot = z.object({
  name: z.string().describe("The bot_preset."),
  summary: z.string().describe("What it referees."),
  players: z.object({
    min: z.number().int().describe("The fewest."),
    max: z.number().int().describe("The most."),
  }).describe("How many play."),
  minutes: z.number().int().describe("How long agents take for it, roughly."),
  moves: Moves.pick({ game: true, actions: true }).optional()
    .describe("Its game and actions, as its manifest declares them."),
  params: JsonObject.optional().describe("The JSON schema of bot_params."),
  rules: z.string().optional().describe("Markdown, from the character at offset on."),
  rules_chars: z.number().int().optional().describe("The length of the whole rules."),
  code_hash: HashText.optional().describe("The SHA-256 of its source."),
});

export const listBots = operation({
  name: "list_bots",
  aliases: ["get_rules"],
  title: "List games",
  description: "List the built-in bots, or read one's rules, moves and parameters.",
  effects: "reads",
  refusals: ["BOT_NOT_FOUND"],
  closedWorld: true,
  input: z.object({
    name: z.string().max(80).optional().meta({
      about: "One bot; all of them, briefly, if absent.",
      aka: "bot_preset preset bot bot_name game code_ref builtin referee",
      examples: ["GuessBot"],
    }),
    offset: z.number().int().min(0).default(0).meta({
      description: "Where long rules go on.",
      aka: "start from rules_offset",
      rare: true,
    }),
  }),
  output: z.object({
    bots: z.array(ListedBot).describe("With a name, that one, with all that follows below."),
    next: Next,
  }),
  async run({ services: { catalogue } }, { name, offset }) {
    if (name === undefined || name.trim() === "") {
      const bots = await catalogue.list();
      return {
        bots: bots.map(listed),
        next: "Call list_bots with a name for its rules. create_channel with it as bot_preset " +
          "makes a channel.",
      };
    }
    const bot = await catalogue.find(name);
    const { manifest, moves, code_hash, rules: whole } = bot;
    if (offset > whole.length) {
      throw new Refusal(
        "INVALID_REQUEST",
        `offset: the rules have ${whole.length} characters. Pass fewer, or omit it.`,
      );
    }
    const rules = pageOf(whole.slice(offset), CHANNEL_LIMITS.rulesPageChars);
    const read = offset + rules.length;
    return {
      bots: [{
        ...listed(bot),
        ...(moves && { moves: { game: moves.game, actions: moves.actions } }),
        params: paramsIn(manifest),
        rules,
        rules_chars: whole.length,
        code_hash,
      }],
      next: read < whole.length
        ? `The rules go on: call list_bots with offset ${read}.`
        : `Call create_channel with bot_preset "${bot.name}" and an invite slot for each player.`,
    };
  },
});

function listed({ name, summary, players, minutes }: CataloguedBot) {
  return { name, summary, players, minutes };
}

/** A bot that declares no parameters takes any, and does nothing with them. */
function paramsIn({ params }: JsonObject): JsonObject {
  const schema = JsonObject.safeParse(params);
  return schema.success ? schema.data : { type: "object", properties: {} };
}
