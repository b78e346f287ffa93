/** A sample entry of each kind that the server writes, drafted by its declaration. */
import type { Announced } from "../../../src/domain/announcements/all.ts";
import { botAttached, botDescribed, botDetached } from "../../../src/domain/announcements/bots.ts";
import {
  botEnded,
  botEvidence,
  botFailed,
  botPaused,
  budgetSpent,
  pausedText,
  SPENT_TEXT,
  timerDue,
} from "../../../src/domain/announcements/hooks.ts";
import { claimApplied, rematchAsked } from "../../../src/domain/announcements/games.ts";
import {
  closeAsked,
  deleteAgreed,
  memberJoined,
  memberLeft,
  memberRejoined,
  memberRenamed,
} from "../../../src/domain/announcements/members.ts";
import { botsAnnounced, channelCreated } from "../../../src/domain/announcements/opening.ts";
import { idleWarning, warningText } from "../../../src/domain/announcements/expiry.ts";
import { appliedDraft, DELETION_TEXT } from "../../../src/domain/announcements/operations.ts";
import { roundPublished } from "../../../src/domain/announcements/randomness.ts";
import { BOT_LIMITS } from "../../../src/domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../../../src/domain/limits/channel.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import type { Draft } from "../../../src/domain/transcript/transcript.ts";

const bot_id = "bot_Echo_0";
const seed = "5a".repeat(32);
const hash = `sha256:${"00".repeat(32)}` as const;
const player_id = "p1";
const slot_id = "s1";
const display_name = "Ada";
const named = { name: "Echo", version: "1" };
const caused = { cause: 4 };
const addressed = { ...caused, to: ["p1", "p2"] };
const kills = CHANNEL_LIMITS.killsBeforePause;

const DRAFTS: Readonly<Record<Announced["type"], Draft>> = {
  channel_created: channelCreated.draft({
    channel_id: "chn_1",
    name: "room",
    slots: [{ slot_id: "s0", kind: "bot", label: "echo" }, { slot_id, kind: "invite", label: "a" }],
    visibility: "private",
    sealed: false,
    spectators: false,
    salts_commit: hash,
    addressed_salts_commit: hash,
  }),
  bots_announced: botsAnnounced.draft({
    bots: [{ ...named, slot_id: "s0", bot_id, summary: "", code_hash: hash }],
  }),
  "bot:attach": botAttached.draft({
    ...named,
    bot_id,
    language: "typescript",
    class_name: "Echo",
    code_hash: hash,
    manifest_hash: hash,
    engine: "quickjs:sha256:00",
    imports: [],
    net: "public",
    seed_commit: hash,
  }),
  "bot:manifest": botDescribed.draft({
    bot_id,
    manifest_excerpt: { ...named, summary: "", hooks: ["on_message"], params: {} },
    manifest: {},
  }),
  "bot:detach": botDetached.draft({ bot_id, seed, cursor: null }),
  "bot:evidence": botEvidence.draft({
    bot_id,
    hook: "on_message",
    exchanges: [{
      request: { kind: "tls", host: "example.org", port: 443 },
      answer: { kind: "failed", reason: "timeout", message: "too late" },
    }],
  }, addressed),
  "bot:failed": botFailed.draft(
    { bot_id, hook: "on_init", reason: "threw", message: "no" },
    addressed,
  ),
  "bot:paused": botPaused.draft({ bot_id, kills, text: pausedText(kills) }, caused),
  "bot:budget_spent": budgetSpent.draft({
    bot_id,
    entries: BOT_LIMITS.chainedEntries,
    text: SPENT_TEXT,
  }, caused),
  "bot:end": botEnded.draft({ bot_id, result: null, seed }, caused),
  "bot:timer": timerDue.draft({ bot_id, name: "soon", due: "2026-11-23T12:00:00.000Z" }, caused),
  member_joined: memberJoined.draft({ player_id, slot_id, label: "a", display_name }),
  member_left: memberLeft.draft({
    player_id,
    slot_id,
    display_name,
    reason: "removed",
    by: "host",
  }),
  member_rejoined: memberRejoined.draft({ player_id, slot_id }),
  member_renamed: memberRenamed.draft({ player_id, display_name }),
  close_asked: closeAsked.draft({ player_id }),
  rematch_asked: rematchAsked.draft({ player_id, bot_id }),
  idle_warning: idleWarning.draft({
    at: "2026-03-01T12:00:00.000Z",
    text: warningText("2026-03-01T12:00:00.000Z"),
  }),
  beacon: roundPublished.draft({ round: 1, signature: "00" }),
  rename_applied: appliedDraft({ type: "rename", name: "hall" }, "host"),
  set_admin_applied: appliedDraft({ type: "set_admin", slot_id, admin: true }, "host"),
  set_bot_applied: appliedDraft({ type: "set_bot", bot: { ...named, code_hash: hash } }, "host"),
  remove_bot_applied: appliedDraft({ type: "remove_bot", bot_id }, "host"),
  pause_bot_applied: appliedDraft({ type: "pause_bot", bot_id }, "host"),
  read_log_applied: appliedDraft({ type: "read_log", bot_id }, "host"),
  replace_state_applied: appliedDraft({ type: "replace_state", bot_id, state: { n: 1 } }, "host"),
  emit_hook_applied: appliedDraft(
    { type: "emit_hook", bot_id, hook: "on_timer", args: ["soon"] },
    "host",
  ),
  kick_applied: appliedDraft({ type: "kick", player_id, reason: "spam" }, "host"),
  ban_applied: appliedDraft({ type: "ban", player_id }, "p2"),
  unban_applied: appliedDraft({ type: "unban", player_id }, "host"),
  mute_applied: appliedDraft({ type: "mute", player_id, muted: true }, "host"),
  add_slot_applied: appliedDraft({ type: "add_slot", kind: "invite", label: "b", slot_id }, "host"),
  new_invite_applied: appliedDraft({
    type: "new_invite",
    slot_id,
    expires: "2026-11-23T12:00:00.000Z",
  }, "host"),
  revoke_invite_applied: appliedDraft({ type: "revoke_invite", slot_id }, "host"),
  resume_bot_applied: appliedDraft({ type: "resume_bot", bot_id }, "host"),
  yield_slot_applied: appliedDraft({ type: "yield_slot", slot_id, to: "bot" }, "host"),
  claim_applied: claimApplied.draft({
    op: { type: "claim", player_id, bot_id, turn_id: 7 },
  }),
  set_visibility_applied: appliedDraft({ type: "set_visibility", visibility: "public" }, "host"),
  set_spectators_applied: appliedDraft({ type: "set_spectators", who: "link", delay: 4 }, "host"),
  delete_agreed: deleteAgreed.draft({ by: "p1" }),
  delete_applied: appliedDraft(
    { type: "delete", at: "2026-01-02T00:00:00.000Z", text: DELETION_TEXT },
    "host",
  ),
  close_applied: appliedDraft({ type: "close", seeds: [{ bot_id, seed }], salts: seed }, "host"),
};

type EntrySample = Omit<Draft, "body"> & { body: JsonObject };

export const ENTRY_SAMPLES = Object.fromEntries(
  Object.entries(DRAFTS).map((
    [type, { body, ...place }],
  ) => [type, { ...place, body: body.value }]),
) as Readonly<Record<Announced["type"], EntrySample>>;
