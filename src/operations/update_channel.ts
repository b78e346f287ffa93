/** Served as MCP tool `update_channel` and as `POST /update_channel`. */
import * as z from "zod";
import { howItCloses } from "../domain/referee/sealed_close.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { BotView, botView, ChannelView, viewOf } from "../domain/channel/view.ts";
import { accessOf, ChannelId, Next, RejoinToken, SpectateToken } from "./fields.ts";
import { nextAfterChanging, nextAfterPlayersWord } from "./next_step.ts";
import { operation } from "./operation.ts";
import { UpdateOp, withoutOwnList } from "./own_list.ts";
import { botText, viewText } from "./view_text.ts";

export const updateChannel = operation({
  name: "update_channel",
  title: "Change a channel",
  description:
    "Change a channel you administer, by all of the operations or none. A sealed one closes when all " +
    "players ask.",
  effects: "destroys",
  needs: "admin",
  refusals: ["BAD_OP", "BOT_NOT_FOUND", "BOT_REJECTED", "CHANNEL_CLOSED", "CHANNEL_SEALED"],
  untrusted: ["view", "bots"],
  input: z.object({
    channel_id: ChannelId,
    ops: z.array(UpdateOp).min(1).max(CHANNEL_LIMITS.opsPerUpdate).meta({
      about: "Applied in order: all of them, or none if one is refused.",
      aka: "operations op operation updates changes",
    }),
    rejoin_token: RejoinToken,
  }),
  output: z.object({
    ok: z.literal(true).describe("All operations are applied."),
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
    const access = accessOf(caller, input);
    const { changes, hidden } = withoutOwnList(ops);
    const { channels } = services;
    const { channel, invites, spectateToken } = changes.length > 0
      ? await channels.update(access, changes, signal)
      : { channel: await channels.ofMember(access), invites: [], spectateToken: undefined };
    if (hidden !== undefined) await services.lister.hide(caller.principal, channel, hidden);
    return {
      ok: true as const,
      view: viewOf(channel),
      bots: channel.bots.map((bot) => botView(bot)),
      invites,
      ...(spectateToken && { spectate_token: spectateToken }),
      next: changes.length === 0
        ? hidden ? HIDDEN : SHOWN
        : ops.some(({ type }) => type === "close") && !channel.closed
        ? `You asked to close this channel, and everybody sees it. ${howItCloses(channel)}`
        : nextAfterPlayersWord(channel, ops) ?? nextAfterChanging(channel, invites.length),
    };
  },
});

const HIDDEN =
  "Your list_channels leaves this channel out from now on, and nobody else sees that. " +
  "With hidden: true it lists what you have hidden; unhide shows the channel again.";
const SHOWN = "Your list_channels shows this channel again. Nobody else sees that.";
