/** Operations on seats and their slots. */
import * as z from "zod";
import { withInvite, withSeat, withSlot } from "../../channel/channel.ts";
import { Refusal } from "../../../kernel/refusal.ts";
import { refuseIfSealed } from "./bots.ts";
import { SlotId, slotNamed } from "./named.ts";
import { announced, channelOperation } from "./operation.ts";
import { vacateSlot } from "./vacated.ts";

export const yieldSlot = channelOperation({
  schema: z.object({
    type: z.literal("yield_slot"),
    slot_id: SlotId,
    to: z.enum(["bot", "invite"]).default("invite").meta({ about: "What it becomes." }),
  }).meta({
    description:
      "Removes the member or bot of a slot, which gets a new invite, or becomes a bot slot.",
    brief: "empties a slot, for a new invite or a bot",
  }),
  open: "admin",
  sealed: "admin",
  apply(channel, op, supplies) {
    const slot = slotNamed(channel, op.slot_id);
    if (slot.kind === "bot" || op.to === "bot") refuseIfSealed(channel);
    if (channel.sealed && slot.filled_by !== null) {
      throw new Refusal(
        "CHANNEL_SEALED",
        `This channel is sealed: nobody can put ${slot.filled_by} out. Ask the player to call ` +
          "leave_channel, or to come back with its rejoin_token if it has lost its chat.",
      );
    }
    const emptied = vacateSlot(channel, slot, supplies);
    const inviteHash = op.to === "invite" ? supplies.inviteHash() : null;
    const free = { ...withInvite(slot, inviteHash), kind: op.to, filled_by: null };
    const next = withSlot(emptied.channel, free);
    return announced(next, op, supplies, emptied.drafts);
  },
});

export const setAdmin = channelOperation({
  schema: z.object({
    type: z.literal("set_admin"),
    slot_id: SlotId,
    admin: z.boolean().default(true).meta({ about: "false takes the right away." }),
  }).describe("Lets the member in a slot change the channel, or takes that right away."),
  open: "admin",
  sealed: "admin",
  apply(channel, op, supplies) {
    const slot = slotNamed(channel, op.slot_id);
    const seat = channel.seats.find((s) => s.slot_id === slot.slot_id);
    if (!seat) {
      throw new Refusal("BAD_OP", `Slot ${op.slot_id} has no member. Invite someone first.`);
    }
    const granted = { ...seat, admin: op.admin, admin_granted: op.admin };
    return announced(withSeat(channel, granted), op, supplies);
  },
});
