/** Operations of `update_channel` that change nothing of the channel: whether the caller's own list
 *  of channels shows it. They are no entry, so nobody else learns of them. */
import * as z from "zod";
import { ChannelOp } from "../domain/referee/operations/all.ts";

const Hide = z.object({ type: z.literal("hide") }).meta({
  description: "Leaves the channel out of your own list. Nobody else sees that.",
  brief: "from your own list, unseen",
});
const Unhide = z.object({ type: z.literal("unhide") }).meta({
  description: "Shows the channel in your own list again.",
});

/** Everything that `update_channel` does. */
export const UpdateOp = z.discriminatedUnion("type", [...ChannelOp.options, Hide, Unhide]).meta({
  aka: "op operation action",
  examples: [{ type: "rename", name: "New name" }],
  flat: true,
});
type UpdateOp = z.infer<typeof UpdateOp>;

/** The changes of the channel, and whether the caller wants it hidden from its own list from now
 *  on; undefined if the operations do not say so. */
export function withoutOwnList(
  ops: readonly UpdateOp[],
): { changes: ChannelOp[]; hidden: boolean | undefined } {
  const changes = ops.filter((op) => op.type !== "hide" && op.type !== "unhide") as ChannelOp[];
  const last = ops.findLast(({ type }) => type === "hide" || type === "unhide");
  return { changes, hidden: last && last.type === "hide" };
}
