/** Operations on slots and their invites. */
import * as z from "zod";
import { type Slot, slotFrom, withInvite, withSlot } from "../../channel/channel.ts";
import { BOT_LIMITS } from "../../limits/bot.ts";
import { CHANNEL_LIMITS } from "../../limits/channel.ts";
import { Refusal } from "../../../kernel/refusal.ts";
import { LabelText, SlotId, slotNamed } from "./named.ts";
import { announced, channelOperation } from "./operation.ts";

export const addSlot = channelOperation({
  schema: z.object({
    type: z.literal("add_slot"),
    kind: z.enum(["bot", "invite"]).meta({ about: "For a bot, or for a player." }),
    label: LabelText.optional(),
  }).describe("Adds a slot for a bot, or one for a player, with its invite."),
  open: "admin",
  // How many can play is part of the game that everybody entered.
  sealed: {
    refused: "This channel is sealed: it keeps the slots that it was created with. Create " +
      "another channel with more slots.",
  },
  apply(channel, { type, kind, label = "" }, supplies) {
    const { slots } = channel;
    if (slots.length >= BOT_LIMITS.slots) {
      throw new Refusal(
        "BAD_OP",
        `This channel has ${BOT_LIMITS.slots} slots, the maximum. Free one with yield_slot.`,
      );
    }
    const slot = slotFrom(`${kind}:${label}`, slots.length)!;
    const invite_hash = kind === "invite" ? supplies.inviteHash() : null;
    const { slot_id } = slot;
    const next = { ...channel, slots: [...slots, { ...slot, invite_hash }] };
    return announced(next, { type, kind, label: slot.label, slot_id }, supplies);
  },
});

/** An invite of a slot that nobody has taken. A sealed channel has no reason to refuse: who gets a
 *  free seat was the host's choice from the beginning. */
export const newInvite = channelOperation({
  schema: z.object({
    type: z.literal("new_invite"),
    slot_id: SlotId,
    expires_in_s: z.number().int().min(60).max(CHANNEL_LIMITS.inviteMaxS).optional()
      .meta({ about: "After how many seconds it is void; absent: never." }),
  }).meta({
    description: "Makes a new invite for a free slot, in place of its earlier one.",
    brief: "replaces a free slot's invite",
  }),
  open: "admin",
  sealed: "admin",
  apply(channel, { type, slot_id, expires_in_s }, supplies) {
    const slot = slotNamed(channel, slot_id);
    refuseUnlessFree(slot);
    const expires = expires_in_s === undefined
      ? undefined
      : new Date(supplies.now.getTime() + expires_in_s * 1_000).toISOString();
    const next = withSlot(channel, withInvite(slot, supplies.inviteHash(), expires));
    return announced(next, { type, slot_id, expires }, supplies);
  },
});

export const revokeInvite = channelOperation({
  schema: z.object({ type: z.literal("revoke_invite"), slot_id: SlotId })
    .describe("Makes the unused invite of a slot void."),
  open: "admin",
  sealed: "admin",
  apply(channel, op, supplies) {
    const slot = slotNamed(channel, op.slot_id);
    refuseUnlessFree(slot);
    if (slot.invite_hash === null) {
      throw new Refusal(
        "BAD_OP",
        `Slot ${op.slot_id} has no invite to revoke. To make one, use new_invite.`,
      );
    }
    return announced(withSlot(channel, withInvite(slot, null)), op, supplies);
  },
});

function refuseUnlessFree({ slot_id, kind, filled_by }: Slot): void {
  if (kind === "bot") {
    throw new Refusal(
      "BAD_OP",
      `Slot ${slot_id} is a bot slot. yield_slot makes it an invite slot.`,
    );
  }
  if (filled_by === null) return;
  throw new Refusal("BAD_OP", `${filled_by} has taken slot ${slot_id}, so its invite is used.`);
}
