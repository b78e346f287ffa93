/** Served as MCP tool `leave_channel` and as `POST /leave_channel`. */
import * as z from "zod";
import { ChannelId, rejoinHashOf, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

export const leaveChannel = operation({
  name: "leave_channel",
  title: "Leave a channel",
  description:
    "Give up your seat for good: its rejoin token is void, its slot is free for a new invite.",
  effects: "destroys",
  input: z.object({ channel_id: ChannelId, rejoin_token: RejoinToken }),
  output: z.object({ ok: z.literal(true) }),
  async run({ caller, services }, input) {
    await services.channels.leave(caller, input.channel_id, rejoinHashOf(input));
    return { ok: true as const };
  },
});
