/** What admins changed: each operation of `update_channel` that was applied, with what it was. */
import * as z from "zod";
import { HashText } from "../../kernel/hash.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import type { Draft } from "../transcript/transcript.ts";
import { announcement } from "./announcement.ts";
import { LastCursor, Seed } from "./bots.ts";

const slot_id = z.string();
/** A bot, by its id, its slot or both. */
const where = { slot_id: slot_id.optional(), bot_id: z.string().optional() };

const applied = <const T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  announcement(`${type}_applied`, { op: z.strictObject({ type: z.literal(type), ...shape }) });

export const applications = {
  rename: applied("rename", {
    name: z.string().min(1).max(CHANNEL_LIMITS.nameChars).refine((name) => name === name.trim()),
  }),
  set_admin: applied("set_admin", { slot_id, admin: z.boolean() }),
  /** Comes right after what announces the bot. */
  set_bot: applied("set_bot", {
    slot_id: slot_id.optional(),
    bot: z.strictObject({ name: z.string(), version: z.string(), code_hash: HashText }),
  }),
  remove_bot: applied("remove_bot", where),
  resume_bot: applied("resume_bot", where),
  yield_slot: applied("yield_slot", { slot_id, to: z.enum(["bot", "invite"]) }),
  /** Reveals the seed of every bot, and the key of the salts of what is for everyone. */
  close: applied("close", {
    seeds: z.array(z.strictObject({ bot_id: z.string(), seed: Seed, cursor: LastCursor })),
    salts: z.string().regex(/^[0-9a-f]{64}$/),
  }),
};

/** An operation as it was applied: as it was asked for, or with what came of it. */
export type Applied = {
  [T in keyof typeof applications]: Parameters<(typeof applications)[T]["draft"]>[0]["op"];
}[keyof typeof applications];

/** The original's form: `<op>_applied` with the operation. */
export function appliedDraft(op: Applied): Draft {
  const declared: { draft(said: { op: Applied }): Draft } = applications[op.type];
  // Stored is what JSON has: nothing of what was left out.
  return declared.draft({ op: JSON.parse(JSON.stringify(op)) });
}
