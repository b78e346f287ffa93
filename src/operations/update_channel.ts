/** Served as MCP tool `update_channel` and as `POST /update_channel`. */
import * as z from "zod";
import { ChannelOp } from "../domain/referee/operations/all.ts";
import { howItCloses } from "../domain/referee/sealed_close.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { BotView, botView, ChannelView, viewOf } from "../domain/channel/view.ts";
import { accessOf, ChannelId, Next, RejoinToken, SpectateToken } from "./fields.ts";
import { nextAfterChanging, nextAfterPlayersWord } from "./next_step.ts";
import { operation } from "./operation.ts";
import { botText, viewText } from "./view_text.ts";

export const updateChannel = operation({
  name: "update_channel",
  title: "Change a channel",
  description:
    "Change a channel you administer, by all of the operations or none; every member sees each. In a sealed channel, " +
    "any player's close is a request: it closes when all ask.",
  effects: "destroys",
  untrusted: ["view", "bots"],
  input: z.object({
    channel_id: ChannelId,
    ops: z.array(ChannelOp).min(1).max(CHANNEL_LIMITS.opsPerUpdate).meta({
      aka: "operations op operation updates changes",
    }),
    rejoin_token: RejoinToken,
  }),
  output: z.object({
    ok: z.literal(true),
    view: ChannelView,
    bots: z.array(BotView),
    invites: z.array(z.string()).describe(
      "New invites, in the order of the operations that made them. The server returns them only here.",
    ),
    spectate_token: SpectateToken.optional(),
    next: Next,
  }),
  short: ({ ok, view, bots, invites, spectate_token, next }) => ({
    ok,
    view: viewText(view),
    bots: bots.map(botText),
    invites,
    ...spectate_token !== undefined && { spectate_token },
    next,
  }),
  costs: ({ ops }) => ({ bots: ops.filter(({ type }) => type === "set_bot").length }),
  async run({ caller, services, signal }, input) {
    const { ops } = input;
    const { channel, invites, spectateToken } = await services.channels.update(
      accessOf(caller, input),
      ops,
      signal,
    );
    return {
      ok: true as const,
      view: viewOf(channel),
      bots: channel.bots.map((bot) => botView(bot)),
      invites,
      ...(spectateToken && { spectate_token: spectateToken }),
      next: ops.some(({ type }) => type === "close") && !channel.closed
        ? `You asked to close this channel, and everybody sees it. ${howItCloses(channel)}`
        : nextAfterPlayersWord(channel, ops) ?? nextAfterChanging(channel, invites.length),
    };
  },
});
