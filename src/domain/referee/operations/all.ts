/** The operations of `update_channel` and `debug_bot`. To add one: declare it in this folder, its
 *  entry in `announcements/operations.ts`, and list both; `docs/seats.md` ("Powers") has the
 *  table. */
import * as z from "zod";
import type { Channel } from "../../channel/channel.ts";
import { type Change, channelClosed } from "../../channel/membership.ts";
import { Refusal } from "../../../kernel/refusal.ts";
import type { Viewer } from "../../channel/seat.ts";
import type { NewBot } from "../referee.ts";
import { setSpectators, setVisibility } from "./audience.ts";
import { pauseBot, removeBot, resumeBot, setBot } from "./bots.ts";
import { emitHook, readLog, replaceState } from "./debug.ts";
import { deleteChannel } from "./delete.ts";
import { ban, kick, mute, unban } from "./members.ts";
import type { ChannelOperation, Supplies, Who } from "./operation.ts";
import { claim, rematch, renameMe } from "./players.ts";
import { close, rename } from "./room.ts";
import { setAdmin, yieldSlot } from "./seats.ts";
import { addSlot, newInvite, revokeInvite } from "./slots.ts";

export const CHANNEL_OPERATIONS = {
  set_bot: setBot,
  remove_bot: removeBot,
  pause_bot: pauseBot,
  resume_bot: resumeBot,
  read_log: readLog,
  replace_state: replaceState,
  emit_hook: emitHook,
  kick,
  ban,
  unban,
  mute,
  yield_slot: yieldSlot,
  add_slot: addSlot,
  new_invite: newInvite,
  revoke_invite: revokeInvite,
  set_admin: setAdmin,
  rematch,
  claim,
  rename_me: renameMe,
  set_visibility: setVisibility,
  set_spectators: setSpectators,
  rename,
  close,
  delete: deleteChannel,
};

export const ChannelOp = z.discriminatedUnion("type", [
  setBot.schema,
  removeBot.schema,
  pauseBot.schema,
  resumeBot.schema,
  kick.schema,
  ban.schema,
  unban.schema,
  mute.schema,
  yieldSlot.schema,
  addSlot.schema,
  newInvite.schema,
  revokeInvite.schema,
  setAdmin.schema,
  rematch.schema,
  claim.schema,
  renameMe.schema,
  setVisibility.schema,
  setSpectators.schema,
  rename.schema,
  deleteChannel.schema,
  close.schema,
]);
export type ChannelOp = z.infer<typeof ChannelOp>;

/** Those of `debug_bot`. */
export type DebugOp = z.infer<
  typeof readLog.schema | typeof replaceState.schema | typeof emitHook.schema
>;
/** Any operation on a channel. */
export type AnyOp = ChannelOp | DebugOp;

/** What all operations of a call need. */
interface AllSupplies extends Omit<Supplies, "newBot"> {
  /** The bot of each `set_bot` and `rematch`, by its index in the list of operations. */
  newBots: ReadonlyMap<number, NewBot>;
}

/** Applies operations in order, all or none. */
export function applyOperations(
  channel: Channel,
  ops: readonly AnyOp[],
  { newBots, ...supplies }: AllSupplies,
): Change {
  return ops.reduce<Change>((before, op, i) => {
    if (before.channel.closed && op.type !== "delete") throw channelClosed();
    refuseSealed(before.channel, op);
    const { channel, drafts } = operationOf(op).apply(before.channel, op, {
      ...supplies,
      newBot: newBots.get(i),
    });
    return { channel, drafts: [...before.drafts, ...drafts] };
  }, { channel, drafts: [] });
}

/** Who may apply all of the operations in this channel. One that nobody may is for an admin, who
 *  hears the reason. */
export function whoMay(channel: Channel, ops: readonly AnyOp[]): Who {
  const all = ops.map((op) => operationOf(op)[channel.sealed ? "sealed" : "open"]);
  return all.every((who) => who === "player") ? "player" : "admin";
}

/** The operations that a viewer may apply in a channel, by its seat and by the channel's seal. */
export function powersIn(
  { sealed }: Pick<Channel, "sealed">,
  { seat, admin }: Viewer,
): ChannelOp["type"][] {
  const types = Object.keys(CHANNEL_OPERATIONS) as ChannelOp["type"][];
  return types.filter((type) => {
    const who = CHANNEL_OPERATIONS[type][sealed ? "sealed" : "open"];
    return who === "player" ? seat !== null || admin : who === "admin" && admin;
  });
}

/** Refuses an operation that nobody may apply in a sealed channel. */
export function refuseSealed({ sealed }: Channel, op: AnyOp): void {
  const who = operationOf(op).sealed;
  if (sealed && typeof who === "object") throw new Refusal("CHANNEL_SEALED", who.refused);
}

function operationOf(op: AnyOp): ChannelOperation {
  return CHANNEL_OPERATIONS[op.type];
}
