/** The operation that deletes a channel. An admin's closes it and announces the deletion; whoever
 *  applies it then agrees, so that nobody has to wait for the announced time. */
import * as z from "zod";
import { deleteAgreed } from "../../announcements/members.ts";
import { DELETION_TEXT } from "../../announcements/operations.ts";
import { withAgreement } from "../../channel/deletion.ts";
import { CHANNEL_LIMITS } from "../../limits/channel.ts";
import { Refusal } from "../../../kernel/refusal.ts";
import { announced, channelOperation } from "./operation.ts";
import { close } from "./room.ts";

export const deleteChannel = channelOperation({
  schema: z.object({ type: z.literal("delete") }).meta({
    description:
      "Closes the channel and deletes it a day later, or once every member has exported it or " +
      "agrees by this operation.",
    brief: "in a day",
  }),
  open: "player",
  sealed: "player",
  apply(channel, { type }, supplies) {
    const { actor: { seat, admin }, now } = supplies;
    const who = seat?.player_id ?? "host";
    if (channel.deletion) {
      const agreed = withAgreement(channel, who);
      const drafts = agreed === channel ? [] : [deleteAgreed.draft({ by: who })];
      return { channel: agreed, drafts };
    }
    if (!admin) {
      throw new Refusal(
        "NOT_ADMIN",
        "Only an admin announces the deletion of a channel. To give up your seat, call leave_channel.",
      );
    }
    if (channel.sealed && !channel.closed && channel.bots.some(({ ended }) => !ended)) {
      throw new Refusal(
        "CHANNEL_SEALED",
        "This channel is sealed. Wait until its bots have ended or it is closed.",
      );
    }
    const closed = channel.closed
      ? { channel, drafts: [] }
      : close.apply(channel, { type: "close" }, supplies);
    const at = new Date(now.getTime() + CHANNEL_LIMITS.deletionMs).toISOString();
    const going = { ...closed.channel, deletion: { at, agreed: [who] } };
    return announced(going, { type, at, text: DELETION_TEXT }, supplies, closed.drafts);
  },
});
