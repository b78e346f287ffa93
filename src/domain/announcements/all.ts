/** All kinds of entries that the server itself writes. */
import * as z from "zod";
import type { JsonObject } from "../../kernel/json.ts";
import type { EntryKind } from "../transcript/transcript.ts";
import type { Rule } from "./announcement.ts";
import { botAttached, botDescribed, botDetached } from "./bots.ts";
import { idleWarning } from "./expiry.ts";
import { claimApplied, rematchAsked } from "./games.ts";
import { botEnded, botEvidence, botFailed, botPaused, budgetSpent, timerDue } from "./hooks.ts";
import {
  closeAsked,
  deleteAgreed,
  memberJoined,
  memberLeft,
  memberRejoined,
  memberRenamed,
} from "./members.ts";
import { botsAnnounced, channelCreated } from "./opening.ts";
import { applications } from "./operations.ts";
import { roundPublished } from "./randomness.ts";

export const ANNOUNCEMENTS = [
  channelCreated,
  botsAnnounced,
  botAttached,
  botDescribed,
  botDetached,
  botEvidence,
  botFailed,
  botPaused,
  budgetSpent,
  botEnded,
  timerDue,
  memberJoined,
  memberLeft,
  memberRejoined,
  memberRenamed,
  closeAsked,
  rematchAsked,
  deleteAgreed,
  idleWarning,
  roundPublished,
  applications.rename,
  applications.set_admin,
  applications.set_bot,
  applications.remove_bot,
  applications.pause_bot,
  applications.read_log,
  applications.replace_state,
  applications.emit_hook,
  applications.resume_bot,
  applications.kick,
  applications.ban,
  applications.unban,
  applications.mute,
  applications.yield_slot,
  applications.add_slot,
  applications.new_invite,
  applications.revoke_invite,
  claimApplied,
  applications.set_visibility,
  applications.set_spectators,
  applications.close,
  applications.delete,
] as const;

export type Announced = z.output<(typeof ANNOUNCEMENTS)[number]["Body"]>;

const BY_TYPE: ReadonlyMap<string, (typeof ANNOUNCEMENTS)[number]> = new Map(
  ANNOUNCEMENTS.map((declared) => [declared.type, declared]),
);

/** The body of an entry of the server, with the rule for its place in the log; undefined when the
 *  server writes no such entry. */
export function announcedIn(
  { body, kind }: { body?: JsonObject | undefined; kind: EntryKind },
): { body: Announced; rule: Rule } | undefined {
  const declared = BY_TYPE.get(String(body?.type));
  if (!declared || typeof body?.type !== "string" || declared.rule.kind !== kind) return undefined;
  const { data } = (declared.Body as z.ZodType<Announced>).safeParse(body);
  return data && { body: data, rule: declared.rule };
}
