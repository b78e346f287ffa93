/** A bot as the rest of the program knows it: a definition, a record in its channel, and jobs that
 *  each run one hook. The sandbox turns a `HookJob` into a `HookOutcome`; equal jobs give equal
 *  outcomes, byte for byte. */
import * as z from "zod";
import { cleanName } from "../../kernel/clean_name.ts";
import { HashText } from "../../kernel/hash.ts";
import { JsonObject, JsonValue, Text } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../limits/bot.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";

export const BotLanguage = z.enum(["javascript", "typescript", "python"]).meta({
  short: { js: "javascript", ts: "typescript", py: "python", python3: "python" },
});
export type BotLanguage = z.infer<typeof BotLanguage>;

export const HOOKS = ["on_init", "on_join", "on_message", "on_leave", "on_timer"] as const;
export const HookName = z.enum(HOOKS);
export type HookName = z.infer<typeof HookName>;

/** The bot's class name or a name that the caller gave; part of the bot id. */
export const BotName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, {
  error: "must be 1 to 40 letters, digits, _ or -, and begin with a letter",
}).meta({ examples: ["MyBot"] });

/** Secrets of a bot by name, such as the API key of a service that it calls. */
export const Env = z.record(
  z.string().regex(/^[A-Z_][A-Z0-9_]{0,39}$/, {
    error: "must be a name such as API_KEY: capitals, digits and _",
  }),
  Text.min(BOT_LIMITS.envValueMinChars).regex(/^\S[\s\S]*\S$/, {
    error: "must not begin or end with white space",
  }).refine((value) => new Set(value).size >= 6, {
    error: "must have at least 6 different characters: otherwise it can be guessed",
  }).regex(/\D/, { error: "must not consist of digits only: they can be guessed" })
    .meta({ examples: ["sk-a1b2c3d4e5f6g7h8"] }),
).refine((env) => Object.keys(env).length <= CHANNEL_LIMITS.envNames, {
  error: `must have at most ${CHANNEL_LIMITS.envNames} values`,
}).refine(
  (env) => new TextEncoder().encode(JSON.stringify(env)).length <= CHANNEL_LIMITS.envBytes,
  {
    error: `must have at most ${CHANNEL_LIMITS.envBytes} bytes in all`,
  },
);
export type Env = z.infer<typeof Env>;

/** A caller's definition of a bot: inline source or a reference to a built-in bot. */
export const BotDef = z.object({
  name: BotName.optional().meta({ about: "The name of its class if absent.", aka: "bot_name" }),
  version: Text.overwrite(cleanName).max(20).optional().meta({
    about: "What members are told of its version.",
    digits: true,
    examples: ["1.0"],
    rare: true,
  }),
  inline_code: z.string().optional()
    .meta({ about: "The source of one class.", aka: "code source source_code bot_code script" }),
  code_ref: z.string().max(80).optional().meta({
    about: "A built-in bot.",
    aka: "preset bot_preset ref builtin",
    examples: ["builtin://GuessBot"],
  }),
  language: BotLanguage.optional().meta({
    about: "Found in the source if absent.",
    aka: "bot_language lang",
    rare: true,
  }),
  slot: z.string().max(80).optional().meta({
    about: "The id or the label of its slot; the first free bot slot if absent.",
    aka: "slot_id",
    examples: ["s0"],
    rare: true,
  }),
  manifest: JsonObject.optional().meta({
    about: "Members that go before those of the class's manifest.",
    rare: true,
  }),
  params: JsonObject.optional().meta({
    about: "Its parameters, by name.",
    aka: "bot_params parameters config options",
  }),
  env: Env.optional().describe(
    `Secrets for ctx.env, each at least ${BOT_LIMITS.envValueMinChars} characters: stored ` +
      "encrypted, and only their names are announced.",
  ),
  env_redacted: Env.optional().meta({ description: "Another name for env.", rare: true }),
}).meta({
  description: "A bot: inline_code, or code_ref such as builtin://GuessBot.",
  text: "code_ref",
  examples: [{ code_ref: "builtin://GuessBot" }],
});
export type BotDef = z.infer<typeof BotDef>;

/** A vetted module that a bot imports. */
export const Import = z.object({
  name: z.string().describe("Such as lib:game."),
  version: z.string().describe("Its version."),
  hash: HashText.describe("SHA-256 of its source."),
});
export type Import = z.infer<typeof Import>;

/** The same with its source. */
export const ModuleSource = Import.extend({ source: z.string() });
export type ModuleSource = z.infer<typeof ModuleSource>;

/** Identifies all parts of an engine: see engine_id.ts. */
export const Engine = z.string().regex(/^(quickjs|cpython):sha256:[0-9a-f]{64}$/);

/** SHA-256 of each part of an engine, hex, by the name of the part. */
export const EngineParts = z.record(z.string().max(60), z.string().regex(/^[0-9a-f]{64}$/))
  .refine((parts) => Object.keys(parts).length <= 32, "must be at most 32 parts");

/** The sandbox's verdict on a bot's source. */
export const Inspection = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("accepted"),
    language: BotLanguage,
    class_name: z.string(),
    /** The hooks that its class has, and those that its source mentions and an instance may
     *  have. */
    hooks: z.array(HookName),
    /** `static manifest` of the class; {} when there is none. */
    manifest: JsonObject,
    imports: z.array(Import).max(16),
    engine: Engine,
    engine_parts: EngineParts.optional(),
  }),
  z.object({
    kind: z.literal("rejected"),
    message: z.string().max(5_000),
    line: z.number().int().optional(),
    /** Set when the source was read as JavaScript but looks like Python. */
    looks_like: z.literal("python").optional(),
  }),
]);
export type Inspection = z.infer<typeof Inspection>;

export const Player = z.object({
  player_id: z.string(),
  /** The name that the player chose. Names need not be unique. */
  display_name: z.string(),
  /** The label of the player's slot, which nobody can take without its invite. Labels need not be
   *  unique. Absent in records that were stored before labels existed. */
  label: z.string().optional(),
});
export type Player = z.infer<typeof Player>;

/** One run of one hook: everything that the guest can observe, so that a replay can provide the
 *  same. */
export const HookJob = z.object({
  source: z.string(),
  language: BotLanguage,
  class_name: z.string(),
  hook: HookName,
  /** The hook's arguments: none, a player id, a timer's name, or a message. */
  args: z.array(JsonValue),
  params: JsonObject,
  /** The state that the last `set_state` stored; null before the first call. */
  state: JsonValue,
  players: z.array(Player),
  /** The names of the timers that are set. */
  timers: z.array(z.string()),
  /** Sealed values by name. No outcome may contain one of them. */
  env: Env,
  /** The hosts that the bot may contact: `host`, `host:port`, `*.host`, or `*` alone for any public
   *  host. */
  net: z.array(z.string()),
  /** The guest's clock: the time of the triggering entry, in milliseconds since 1970. It does not
   *  advance. */
  now_ms: z.number().int(),
  /** The seed of all randomness in this hook: 32 bytes, hex. */
  seed: z.string().regex(/^[0-9a-f]{64}$/),
  /** The vetted modules that the source imports, as the bot's announcement names them. Modules that
   *  are not among them are those of this release. */
  modules: z.array(ModuleSource).optional(),
});
export type HookJob = z.infer<typeof HookJob>;

export const BotPost = z.object({
  kind: z.enum(["bot", "system", "control"]),
  body: JsonObject,
  /** The players who may read the body; everyone when absent. */
  to: z.array(z.string()).min(1).max(BOT_LIMITS.slots).optional(),
});
export type BotPost = z.infer<typeof BotPost>;

/** The latest time that a `Date` can represent. */
const MAX_TIME_MS = 8.64e15;
const FailureMessage = z.string().max(1_000);

/** The end of a hook. A failure is a value: the server announces it in the channel, and the hook
 *  has no other effect. */
export const HookOutcome = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("done"),
    posts: z.array(BotPost).max(BOT_LIMITS.hookPosts),
    state: JsonValue,
    /** Whether the hook called `set_state`. */
    state_set: z.boolean(),
    /** Present when the bot has ended for good. */
    end: z.object({ result: JsonValue }).optional(),
    /** Timers that the hook set, or cleared with null, in order; absent when there are none. */
    timers: z.array(z.object({
      name: z.string().max(BOT_LIMITS.timerNameChars),
      /** Milliseconds since 1970. */
      due_ms: z.number().int().min(0).max(MAX_TIME_MS).nullable(),
    })).min(1).max(BOT_LIMITS.timersPerBot * 2).optional(),
  }),
  /** The bot threw, or exceeded a limit of the API. The line is in the bot's source, counted from
   *  1. */
  z.object({
    kind: z.literal("threw"),
    message: FailureMessage,
    line: z.number().int().min(1).max(1_000_000).optional(),
  }),
  /** The message says what used the budget up, where that is known. */
  z.object({ kind: z.literal("out_of_budget"), message: FailureMessage.optional() }),
  z.object({ kind: z.literal("out_of_memory") }),
  /** The hook returned a promise that nothing can settle any more. */
  z.object({ kind: z.literal("never_settled") }),
  /** The watchdog killed the process that ran the hook. */
  z.object({ kind: z.literal("killed"), after_ms: z.number() }),
]);
export type HookOutcome = z.infer<typeof HookOutcome>;

/** What a run leaves for the bot's author alone: no entry and no proof has it. */
export const HookTrace = z.object({
  /** What the bot printed, a line each. */
  log: z.array(z.string().max(BOT_LIMITS.logLineChars)).max(BOT_LIMITS.logLines + 1),
  /** The work that the hook took, in the unit of its engine's budget. */
  fuel: z.number().int().min(0),
});
export type HookTrace = z.infer<typeof HookTrace>;

/** A bot as its channel records it. Its announcement makes it visible to every member. */
export const Bot = z.object({
  bot_id: z.string().describe("bot_<name>_<n>; its messages have the sender bot:<bot_id>."),
  slot_id: z.string().describe("The slot that it fills."),
  name: z.string().describe("The name of its class, or the one it was given."),
  version: z.string().describe("As whoever attached it named it."),
  summary: z.string().describe("What its author says of it."),
  language: BotLanguage.describe("Of its source."),
  class_name: z.string(),
  hooks: z.array(HookName).describe("The hooks that it has."),
  manifest: JsonObject.describe("What its class declares."),
  params: JsonObject.describe("The parameters that it got, defaults included."),
  code_hash: HashText.describe("SHA-256 of its exact source."),
  manifest_hash: HashText.describe("SHA-256 of the manifest's canonical JSON."),
  engine: z.string().describe("The identity of all that runs its source."),
  engine_parts: EngineParts.optional().describe(
    "The parts that engine is the hash of. get_channel_info shows them with proof: true.",
  ),
  imports: z.array(Import).default([]).describe("The vetted modules that it imports."),
  net: z.union([z.literal("public"), z.array(z.string())]).default([])
    .describe('The hosts that it may call; "public" for any public one.'),
  /** Absent in bots that were attached before announcements said so, which hear them. */
  private: z.boolean().optional().describe("Whether it hears messages to some players only."),
  /** Its sealed values: their names, a salted hash that commits to them, and their ciphertext. */
  env: z.object({ names: z.array(z.string()), commit: HashText, sealed: z.string() }).optional(),
  seed_commit: HashText.describe("The commitment to its seed, which is revealed when it ends."),
  rematch_of: z.string().optional().describe("In a rematch: the ended bot whose place it took."),
  seats: z.array(z.string()).optional().describe("In a rematch: the order of the players."),
  rematch_asked: z.array(z.string()).optional()
    .describe("The players who ask for another game, once it has ended."),
  kills: z.number().int().describe("How many of its latest hooks in a row were killed."),
  log_readers: z.array(z.string()).optional()
    .describe("The admins who have read its log, by debug_bot."),
  paused: z.boolean().optional().describe("Whether an admin has paused it."),
  ended: z.boolean().describe("Whether it has ended for good, so that no hook of it is called."),
});
export type Bot = z.infer<typeof Bot>;

/** A bot's private record. Each of its hooks rewrites it. */
export const BotMemory = z.object({
  /** 32 bytes, hex. The bot's announcement commits to it, and all randomness of the bot derives
   *  from it. */
  seed: z.string(),
  state: JsonValue,
  /** How many hooks have stored a state. */
  state_version: z.number().int(),
  /** The players in the channel at the bot's cursor. */
  players: z.array(Player),
  /** Its timers by name, as of the bot's cursor, with their due time in milliseconds since 1970. A
   *  due timer stays in the list until its hook has run. */
  timers: z.record(z.string(), z.number()).default({}),
  /** Hex. A digest of the salts of the addressed entries that the bot has read: only those who may
   *  read all of these entries can compute it. Empty while the bot has read no addressed entry. */
  blind: z.string().default(""),
  /** Present when the channel uses public randomness: the round that was named last, the entry that
   *  named it first, the number of entries of each voice since that entry, itself included, and the
   *  randomness, hex, once it is known. */
  beacon: z.object({
    round: z.number().int(),
    named_at: z.number().int(),
    said: z.record(z.string(), z.number().int()),
    randomness: z.string().optional(),
  }).optional(),
});
export type BotMemory = z.infer<typeof BotMemory>;
