/** Changes by members and the host: an entry for each operation of `update_channel` that the server
 *  applied. */
import * as z from "zod";
import { HashText } from "../../kernel/hash.ts";
import { JsonValue } from "../../kernel/json.ts";
import { HookName } from "../bot/bot.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import type { Draft } from "../transcript/transcript.ts";
import { announcement } from "./announcement.ts";
import { LastCursor, Seed } from "./bots.ts";
import { ActorName, PlayerName } from "./members.ts";
import { Visibility } from "./opening.ts";

const slot_id = z.string();
/** The bot, named by its id, its slot or both. */
const where = { slot_id: slot_id.optional(), bot_id: z.string().optional() };

const reason = z.string().max(CHANNEL_LIMITS.reasonChars).optional();

const applied = <const T extends string, S extends z.ZodRawShape>(
  type: T,
  meaning: string,
  shape: S,
  rule: { afterClose?: true } = {},
  by = ActorName,
) =>
  announcement(
    `${type}_applied`,
    meaning,
    {
      op: z.strictObject({ type: z.literal(type), ...shape }),
      /** Who applied it. Absent in channels of earlier releases. */
      by: by.optional(),
    },
    rule,
  );

/** Who closes a channel that nobody uses. */
export const SERVER = "server";
const CloserName = z.string().regex(/^(?:host|server|p[1-9]\d*)$/);
export type CloserName = z.infer<typeof CloserName>;

/** The same text in every release: a verifier compares it. */
export const DELETION_TEXT =
  "This channel will be deleted at the time that is stated here, or once every member has exported " +
  "it or agrees. Until then export_channel gives you a file that anyone can verify elsewhere.";

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
  pause_bot: applied("pause_bot", "An admin paused a bot.", where),
  read_log: applied(
    "read_log",
    "An admin reads, from now on, what a bot prints, and what its state and its hooks measure.",
    { bot_id: z.string() },
  ),
  replace_state: applied("replace_state", "An admin replaced the state of a bot.", {
    bot_id: z.string(),
    state: JsonValue,
  }),
  emit_hook: applied("emit_hook", "An admin had a hook of a bot called, with these arguments.", {
    bot_id: z.string(),
    hook: HookName,
    args: z.array(JsonValue).max(CHANNEL_LIMITS.hookArgs),
  }),
  kick: applied("kick", "An admin removed the member whose departure was announced right before.", {
    player_id: PlayerName,
    reason,
  }),
  ban: applied(
    "ban",
    "An admin banned a member, whose departures were announced right before.",
    { player_id: PlayerName, reason },
  ),
  unban: applied("unban", "An admin lifted a ban.", { player_id: PlayerName }),
  mute: applied("mute", "An admin muted a member, or ended that.", {
    player_id: PlayerName,
    muted: z.boolean(),
  }),
  add_slot: applied("add_slot", "An admin added a slot.", {
    kind: z.enum(["bot", "invite"]),
    label: z.string().min(1).max(CHANNEL_LIMITS.labelChars),
    slot_id,
  }),
  new_invite: applied("new_invite", "An admin gave a free slot a new invite.", {
    slot_id,
    /** When the invite expires; absent if never. */
    expires: z.iso.datetime().optional(),
  }),
  revoke_invite: applied("revoke_invite", "An admin made a slot's unused invite void.", {
    slot_id,
  }),
  yield_slot: applied("yield_slot", "An admin freed a slot, for a bot or for a new invite.", {
    slot_id,
    to: z.enum(["bot", "invite"]),
  }),
  set_visibility: applied(
    "set_visibility",
    "An admin said who may know of the channel, or whether its free seats are open to all of them.",
    { visibility: Visibility.optional(), open_seats: z.boolean().optional() },
  ),
  set_spectators: applied(
    "set_spectators",
    "An admin said who may read without a seat, how many, how many entries behind, and whether they may speak.",
    {
      who: z.enum(["off", "link", "public"]),
      delay: z.number().int().min(0).max(CHANNEL_LIMITS.spectatorDelay),
      max: z.number().int().min(1).max(CHANNEL_LIMITS.spectators).optional(),
      /** Absent: they may not. */
      speak: z.literal(true).optional(),
    },
  ),
  close: applied(
    "close",
    "An admin, or the server after its warning, closed the channel: its bots' seeds, the key of salts.",
    {
      seeds: z.array(z.strictObject({ bot_id: z.string(), seed: Seed, cursor: LastCursor })),
      salts: z.string().regex(/^[0-9a-f]{64}$/),
    },
    {},
    CloserName,
  ),
  delete: applied(
    "delete",
    "An admin announced when the channel will be deleted, and how to export it until then.",
    { at: z.iso.datetime(), text: z.literal(DELETION_TEXT) },
    { afterClose: true },
  ),
};

/** An operation as it was applied: as the admin requested it, or with its results. */
export type Applied = {
  [T in keyof typeof applications]: Parameters<(typeof applications)[T]["draft"]>[0]["op"];
}[keyof typeof applications];

/** The entry of an applied operation, `<op>_applied`, in the form of the original server. */
export function appliedDraft(op: Applied, by: CloserName): Draft {
  const declared: { draft(said: { op: Applied; by?: CloserName | undefined }): Draft } =
    applications[op.type];
  // JSON drops undefined properties, and the hash covers what is stored.
  return declared.draft({ op: JSON.parse(JSON.stringify(op)), by });
}
