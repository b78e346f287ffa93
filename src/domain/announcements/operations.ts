/** Changes by admins: one entry for each operation of `update_channel` that the server applied. */
import * as z from "zod";
import { HashText } from "../../kernel/hash.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import type { Draft } from "../transcript/transcript.ts";
import { announcement } from "./announcement.ts";
import { LastCursor, Seed } from "./bots.ts";

const slot_id = z.string();
/** The bot, named by its id, its slot or both. */
const where = { slot_id: slot_id.optional(), bot_id: z.string().optional() };

const applied = <const T extends string, S extends z.ZodRawShape>(
  type: T,
  meaning: string,
  shape: S,
) =>
  announcement(`${type}_applied`, meaning, {
    op: z.strictObject({ type: z.literal(type), ...shape }),
  });

export const applications = {
  rename: applied("rename", "An admin renamed the channel.", {
    name: z.string().min(1).max(CHANNEL_LIMITS.nameChars).refine((name) => name === name.trim()),
  }),
  set_admin: applied("set_admin", "An admin made a member an admin, or took that right away.", {
    slot_id,
    admin: z.boolean(),
  }),
  set_bot: applied("set_bot", "An admin attached the bot that was announced right before.", {
    slot_id: slot_id.optional(),
    bot: z.strictObject({ name: z.string(), version: z.string(), code_hash: HashText }),
  }),
  remove_bot: applied("remove_bot", "An admin removed a bot.", where),
  resume_bot: applied("resume_bot", "An admin resumed a bot that was paused.", where),
  yield_slot: applied("yield_slot", "An admin freed a slot, for a bot or for a new invite.", {
    slot_id,
    to: z.enum(["bot", "invite"]),
  }),
  close: applied(
    "close",
    "An admin closed the channel: its bots' seeds, and the key of the salts of open entries.",
    {
      seeds: z.array(z.strictObject({ bot_id: z.string(), seed: Seed, cursor: LastCursor })),
      salts: z.string().regex(/^[0-9a-f]{64}$/),
    },
  ),
};

/** An operation as it was applied: as the admin requested it, or with its results. */
export type Applied = {
  [T in keyof typeof applications]: Parameters<(typeof applications)[T]["draft"]>[0]["op"];
}[keyof typeof applications];

/** The entry of an applied operation, `<op>_applied`, in the form of the original server. */
export function appliedDraft(op: Applied): Draft {
  const declared: { draft(said: { op: Applied }): Draft } = applications[op.type];
  // JSON drops undefined properties, and the hash covers what is stored.
  return declared.draft({ op: JSON.parse(JSON.stringify(op)) });
}
