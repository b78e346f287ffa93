/** Served as MCP tool `get_channel_info` and as `GET /get_channel_info` and `GET /who`. */
import * as z from "zod";
import { BotView, botView, ChannelView, viewOf, YouView, youView } from "../domain/view.ts";
import { ChannelId, rejoinHashOf, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

export const getChannelInfo = operation({
  name: "get_channel_info",
  aliases: ["who"],
  title: "Who is in a channel",
  description:
    "The channel's slots and who fills them, its bots as announced, and who you are in it.",
  effects: "reads",
  input: z.object({ channel_id: ChannelId, rejoin_token: RejoinToken }),
  output: z.object({ view: ChannelView, bots: z.array(BotView), you: YouView }),
  async run({ caller, services }, input) {
    const { state, viewer } = await services.channels.look(
      caller,
      input.channel_id,
      rejoinHashOf(input),
    );
    const { channel } = state;
    return { view: viewOf(channel), bots: channel.bots.map(botView), you: youView(viewer) };
  },
});
