/** Served as MCP tool `get_channel_info` and as `GET /get_channel_info` and `GET /who`. */
import * as z from "zod";
import { awaitedRound } from "../domain/channel/beacon.ts";
import { BotView, botView, ChannelView, viewOf, YouView, youView } from "../domain/channel/view.ts";
import { StorageView, storageView } from "../domain/storage/storage_view.ts";
import { accessOf, ChannelId, Next, RejoinToken } from "./fields.ts";
import { nextInChannel } from "./next_step.ts";
import { operation } from "./operation.ts";

export const getChannelInfo = operation({
  name: "get_channel_info",
  aliases: ["who"],
  title: "Who is in a channel",
  description:
    "Show a channel's slots and the players who hold them, its bots as announced, and your own seat.",
  effects: "reads",
  untrustedFields: "the names and labels in view, and what bots say about themselves",
  input: z.object({ channel_id: ChannelId, rejoin_token: RejoinToken }),
  output: z.object({
    view: ChannelView,
    bots: z.array(BotView),
    bots_wait: z.object({
      entries: z.number().int().describe("How many messages the bots have yet to answer."),
      for_ms: z.number().int().describe("About how many milliseconds until the bots continue."),
    }).optional().describe(
      "Present while the bots are paused: the bots of the channel's creator have used up their time for now.",
    ),
    you: YouView,
    storage: StorageView.optional(),
    next: Next,
  }),
  async run({ caller, services }, input) {
    const { state, viewer } = await services.channels.look(accessOf(caller, input));
    const { channel } = state;
    const you = viewer.seat?.player_id ?? null;
    const turn = await services.reader.turn(state, you);
    const botsWait = services.reader.botsWait(state);
    const { closed } = channel;
    return {
      view: viewOf(channel),
      bots: channel.bots.map(botView),
      ...(botsWait && { bots_wait: botsWait }),
      you: youView(viewer),
      ...(viewer.admin && {
        storage: storageView(
          await services.channels.standing(state),
          channel.creator === caller.principal,
        ),
      }),
      next: nextInChannel({ you, turn, closed, awaits: awaitedRound(channel), botsWait }),
    };
  },
});
