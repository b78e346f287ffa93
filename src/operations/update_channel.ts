/** Served as MCP tool `update_channel` and as `POST /update_channel`. */
import * as z from "zod";
import { ChannelOp } from "../domain/referee/administration.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { BotView, botView, ChannelView, viewOf } from "../domain/channel/view.ts";
import { accessOf, ChannelId, Next, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

export const updateChannel = operation({
  name: "update_channel",
  title: "Change a channel",
  description:
    "Change a channel you administer: set_bot, remove_bot, resume_bot, yield_slot, set_admin, rename, close. " +
    "The server applies all operations or none, and every member sees each.",
  effects: "destroys",
  untrustedFields: "the names and labels in view, and what bots say about themselves",
  input: z.object({
    channel_id: ChannelId,
    ops: z.array(ChannelOp).min(1).max(CHANNEL_LIMITS.opsPerUpdate),
    rejoin_token: RejoinToken,
  }),
  output: z.object({
    ok: z.literal(true),
    view: ChannelView,
    bots: z.array(BotView),
    invites: z.array(z.string()).describe(
      "New invites, in the order of the yield_slot operations. The server returns them only here.",
    ),
    next: Next,
  }),
  costs: ({ ops }) => ({ bots: ops.filter(({ type }) => type === "set_bot").length }),
  async run({ caller, services, signal }, input) {
    const { channel, invites } = await services.channels.update(
      accessOf(caller, input),
      input.ops,
      signal,
    );
    return {
      ok: true as const,
      view: viewOf(channel),
      bots: channel.bots.map(botView),
      invites,
      next: invites.length > 0
        ? "Give each new invite to one player: the server returns invites only here. All members see the changes."
        : "All members see the changes. You see them with sync_messages.",
    };
  },
});
