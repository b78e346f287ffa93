/** Served as MCP tool `leave_channel` and as `POST /leave_channel`. */
import * as z from "zod";
import { accessOf, ChannelId, Next, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

const LEFT = "Your seat is free and its rejoin_token no longer works";

export const leaveChannel = operation({
  name: "leave_channel",
  title: "Leave a channel",
  description: "Give up your seat for good: its rejoin token stops working.",
  effects: "destroys",
  needs: "seat",
  input: z.object({ channel_id: ChannelId, rejoin_token: RejoinToken }),
  output: z.object({ ok: z.literal(true).describe("You are out."), next: Next }),
  async run({ caller, services }, input) {
    const { closed } = await services.channels.leave(accessOf(caller, input));
    const next = closed
      ? `${LEFT}. The channel is closed, so nobody joins it any more.`
      : `${LEFT}: only a new invite brings you back.`;
    return { ok: true as const, next };
  },
});
