/** What a bot is to the rest of the program: a definition, a record in its channel, and one hook run as a job.
 *  The sandbox turns a `HookJob` into a `HookOutcome`; equal jobs give equal outcomes, byte for byte. */
import * as z from "zod";
import { HashText } from "./hash.ts";
import { JsonObject, JsonValue, Text } from "./json.ts";
import { LIMITS } from "./limits.ts";

export const BotLanguage = z.enum(["javascript", "typescript"]);
export type BotLanguage = z.infer<typeof BotLanguage>;

export const HOOKS = ["on_init", "on_join", "on_message", "on_leave"] as const;
export const HookName = z.enum(HOOKS);
export type HookName = z.infer<typeof HookName>;

/** A class name or a name given by a caller; it becomes part of the bot id. */
export const BotName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, {
  error: "must be 1 to 40 letters, digits, _ or -, a letter first",
});

/** How a caller defines a bot, inline or by reference to a built-in one. */
export const BotDef = z.strictObject({
  name: BotName.optional(),
  version: Text.max(20).optional(),
  inline_code: z.string().optional(),
  code_ref: z.string().max(80).optional(),
  language: BotLanguage.optional(),
  slot: z.string().max(80).optional(),
  manifest: JsonObject.optional(),
  params: JsonObject.optional(),
}).describe("A bot: inline_code or code_ref (builtin://GuessBot), with its parameters.");
export type BotDef = z.infer<typeof BotDef>;

/** What the sandbox found in a bot's source. */
export const Inspection = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("accepted"),
    language: BotLanguage,
    class_name: z.string(),
    /** Those its class has, and those its source names and an instance may have. */
    hooks: z.array(HookName),
    /** `static manifest` of the class, {} when it has none. */
    manifest: JsonObject,
  }),
  z.object({ kind: z.literal("rejected"), message: z.string(), line: z.number().int().optional() }),
]);
export type Inspection = z.infer<typeof Inspection>;

export const Player = z.object({ player_id: z.string(), display_name: z.string() });
export type Player = z.infer<typeof Player>;

/** One run of one hook: everything the guest can observe, so that a replay can give it the same. */
export const HookJob = z.object({
  source: z.string(),
  language: BotLanguage,
  class_name: z.string(),
  hook: HookName,
  /** The hook's arguments: none, a player id, or a message. */
  args: z.array(JsonValue),
  params: JsonObject,
  /** What the last hook left with set_state; null before the first. */
  state: JsonValue,
  players: z.array(Player),
  /** The guest's clock: the triggering entry's time, in milliseconds since 1970. It does not advance. */
  now_ms: z.number().int(),
  /** Where all randomness of this hook comes from: 32 bytes as hex. */
  seed: z.string().regex(/^[0-9a-f]{64}$/),
});
export type HookJob = z.infer<typeof HookJob>;

export const BotPost = z.object({
  kind: z.enum(["bot", "system", "control"]),
  body: JsonObject,
  /** The players who may read the body; everyone when absent. */
  to: z.array(z.string()).min(1).max(LIMITS.slots).optional(),
});
export type BotPost = z.infer<typeof BotPost>;

/** How a hook ended. A failure is a value: it is told to the channel, and nothing else of the hook counts. */
export const HookOutcome = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("done"),
    posts: z.array(BotPost).max(LIMITS.hookPosts),
    state: JsonValue,
    /** Whether set_state was called. */
    state_set: z.boolean(),
    /** Present when the bot said that it is done for good. */
    end: z.object({ result: JsonValue }).optional(),
  }),
  /** The bot threw or broke a limit of the API; the line is the bot's own, counted from 1. */
  z.object({
    kind: z.literal("threw"),
    message: z.string(),
    line: z.number().int().optional(),
  }),
  z.object({ kind: z.literal("out_of_budget") }),
  z.object({ kind: z.literal("out_of_memory") }),
  /** The hook returned a promise that nothing can settle any more. */
  z.object({ kind: z.literal("never_settled") }),
  /** The watchdog had to end the process that ran it. */
  z.object({ kind: z.literal("killed"), after_ms: z.number() }),
]);
export type HookOutcome = z.infer<typeof HookOutcome>;

/** A bot as its channel knows it: announced, so visible to every member. */
export const Bot = z.object({
  bot_id: z.string(),
  slot_id: z.string(),
  name: z.string(),
  version: z.string(),
  summary: z.string(),
  language: BotLanguage,
  class_name: z.string(),
  hooks: z.array(HookName),
  manifest: JsonObject,
  params: JsonObject,
  code_hash: HashText,
  manifest_hash: HashText,
  engine: z.string(),
  seed_commit: HashText,
  /** How many of its last hooks, in a row, had to be killed. */
  kills: z.number().int(),
  /** Whether it said that it is done: it is called no more, its seed is revealed. */
  ended: z.boolean(),
});
export type Bot = z.infer<typeof Bot>;

/** A bot's private record, rewritten by each of its hooks. */
export const BotMemory = z.object({
  /** 32 bytes as hex; committed at attach, the root of all the bot's randomness. */
  seed: z.string(),
  state: JsonValue,
  /** How many hooks have set the state. */
  state_version: z.number().int(),
  /** Who sat in the channel at the bot's cursor. */
  players: z.array(Player),
});
export type BotMemory = z.infer<typeof BotMemory>;
