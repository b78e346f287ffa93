/** What the server itself says in a channel: the form of each, and who may read it. A list of `domain/`'s drafts. */
import * as z from "zod";
import type { ExportedEntry } from "../domain/channel_export.ts";
import { HashText } from "../domain/hash.ts";
import { Attach, Manifest } from "./announced_bots.ts";

const bot_id = z.string();
const player_id = z.string();
const slot_id = z.string();
const seed = z.string();
const cursor = z.number().int().nullable().optional();
const REASONS = ["threw", "out_of_budget", "out_of_memory", "never_settled", "killed"] as const;

interface Rule {
  kind: "system" | "control";
  /** Whether a hook has caused it. */
  caused: boolean;
  /** Whether it may be for some alone. */
  addressed?: true;
}
const SYSTEM: Rule = { kind: "system", caused: false };
const CAUSED: Rule = { kind: "system", caused: true };
const CONTROL: Rule = { kind: "control", caused: true };
const ADDRESSED: Rule = { ...CONTROL, addressed: true };

const op = <T extends string>(name: T) =>
  z.strictObject({
    type: z.literal(`${name}_applied`),
    op: z.looseObject({ type: z.literal(name) }),
  });

/** Nothing more stands in them: a reader takes whatever does for the server's word. */
const SystemBody = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("channel_created"),
    channel_id: z.string(),
    name: z.string(),
    slots: z.array(z.strictObject({ slot_id, kind: z.string(), label: z.string() })),
    visibility: z.string(),
    sealed: z.boolean(),
    spectators: z.boolean(),
    salts_commit: HashText,
    addressed_salts_commit: HashText,
    beacon: z.unknown().optional(),
  }),
  z.strictObject({
    type: z.literal("bots_announced"),
    bots: z.array(z.strictObject({
      bot_id,
      slot_id,
      name: z.string(),
      version: z.string(),
      summary: z.string(),
      code_hash: HashText,
    })),
  }),
  z.strictObject({
    ...Attach.shape,
    type: z.literal("bot:attach"),
    env_commit: HashText.optional(),
  }),
  z.strictObject({ ...Manifest.shape, type: z.literal("bot:manifest"), bot_id }),
  z.strictObject({ type: z.literal("bot:detach"), bot_id, seed, cursor }),
  z.strictObject({ type: z.literal("bot:end"), bot_id, result: z.unknown(), seed }),
  z.strictObject({
    type: z.literal("bot:failed"),
    bot_id,
    hook: z.string(),
    reason: z.enum(REASONS),
    message: z.string().optional(),
    line: z.number().optional(),
    after_ms: z.number().optional(),
  }),
  z.strictObject({
    type: z.literal("bot:evidence"),
    bot_id,
    hook: z.string(),
    exchanges: z.array(z.looseObject({})).min(1),
  }),
  z.strictObject({ type: z.literal("bot:paused"), bot_id, kills: z.number(), text: z.string() }),
  z.strictObject({
    type: z.literal("bot:budget_spent"),
    bot_id,
    entries: z.number(),
    text: z.string(),
  }),
  z.strictObject({
    type: z.literal("bot:timer"),
    bot_id,
    name: z.string(),
    due: z.iso.datetime(),
  }),
  z.strictObject({
    type: z.literal("member_joined"),
    player_id,
    slot_id,
    label: z.string().optional(),
    display_name: z.string(),
    entropy: z.string().optional(),
    beacon_round: z.number().optional(),
  }),
  z.strictObject({ type: z.literal("member_left"), player_id, slot_id, display_name: z.string() }),
  z.strictObject({ type: z.literal("member_rejoined"), player_id, slot_id }),
  z.strictObject({ type: z.literal("beacon"), round: z.number().int(), signature: z.string() }),
  z.strictObject({
    type: z.literal("close_applied"),
    op: z.strictObject({
      type: z.literal("close"),
      seeds: z.array(z.strictObject({ bot_id, seed, cursor })),
      salts: z.string(),
    }),
  }),
  op("rename"),
  op("set_admin"),
  op("set_bot"),
  op("remove_bot"),
  op("resume_bot"),
  op("yield_slot"),
]);
export type SystemBody = z.infer<typeof SystemBody>;

const RULES: Partial<Record<SystemBody["type"], Rule>> = {
  "bot:end": CAUSED,
  "bot:timer": CAUSED,
  "bot:failed": ADDRESSED,
  "bot:evidence": ADDRESSED,
  "bot:paused": CONTROL,
  "bot:budget_spent": CONTROL,
};

/** What the server says in an entry of its own; undefined for what it never says. */
export function systemBodyIn(
  { body, kind }: Pick<ExportedEntry, "body" | "kind">,
): { body: SystemBody; rule: Rule } | undefined {
  const { data } = SystemBody.safeParse(body);
  if (!data) return undefined;
  const rule = RULES[data.type] ?? SYSTEM;
  return rule.kind === kind ? { body: data, rule } : undefined;
}
