/** Served as MCP tool `get_channel_info` and as `GET /get_channel_info` and `GET /who`. */
import * as z from "zod";
import { BotView, botView, ChannelView, YouView, youView } from "../domain/channel/view.ts";
import { sightOf } from "../channels/reading/sight.ts";
import { StorageView, storageView } from "../domain/storage/storage_view.ts";
import { accessOf, ChannelId, Next, RejoinToken } from "./fields.ts";
import { nextInChannel } from "./next_step.ts";
import { operation } from "./operation.ts";
import { describedBot, viewText } from "./view_text.ts";

const EnginesAsked = z.boolean().default(false).meta({
  description: "Whether bots have the hashes of their engines' parts.",
  rare: true,
});

export const getChannelInfo = operation({
  name: "get_channel_info",
  aliases: ["who"],
  title: "Who is in a channel",
  description: "Show a channel's slots and players, its bots and their moves, and your own seat.",
  effects: "reads",
  needs: "reading",
  untrusted: ["view", "bots"],
  input: z.object({ channel_id: ChannelId, proof: EnginesAsked, rejoin_token: RejoinToken }),
  output: z.object({
    view: ChannelView,
    bots: z.array(BotView),
    bots_wait: z.object({
      entries: z.number().int().describe("How many messages the bots have yet to answer."),
      for_ms: z.number().int().describe("About how many milliseconds until the bots continue."),
    }).optional().describe(
      "Present while the bots are paused: the bots of the channel's creator have used up their time for now.",
    ),
    closes_at: z.string().optional().describe(
      "When the server closes the channel unless a member does something in it.",
    ),
    you: YouView,
    storage: StorageView.optional(),
    next: Next,
  }),
  short: ({ view, bots, ...rest }) => ({
    view: viewText(view),
    bots: bots.map(describedBot),
    ...rest,
  }),
  async run({ caller, services }, input) {
    const { state, viewer } = await services.channels.look(accessOf(caller, input));
    const { channel, head } = state;
    const situation = services.reader.situation(state, viewer);
    const { botsWait } = situation;
    const { view } = await sightOf(services, state, viewer);
    return {
      view,
      bots: channel.bots.map((bot) => botView(bot, input)),
      ...(botsWait && { bots_wait: botsWait }),
      ...(!channel.closed && head.idle?.closes_at && { closes_at: head.idle.closes_at }),
      you: youView(viewer),
      ...(viewer.admin && {
        storage: storageView(
          await services.channels.standing(state),
          channel.creator === caller.principal,
        ),
      }),
      next: nextInChannel(situation),
    };
  },
});
