/** Served as MCP tool `leave_channel` and as `POST /leave_channel`. */
import * as z from "zod";
import { accessOf, ChannelId, Next, RejoinToken } from "./fields.ts";
import { operation } from "./operation.ts";

const NEXT =
  "Your seat is free and its rejoin_token no longer works: only a new invite brings you back.";

export const leaveChannel = operation({
  name: "leave_channel",
  title: "Leave a channel",
  description: "Give up your seat for good: its rejoin token stops working.",
  effects: "destroys",
  input: z.object({ channel_id: ChannelId, rejoin_token: RejoinToken }),
  output: z.object({ ok: z.literal(true), next: Next }),
  async run({ caller, services }, input) {
    await services.channels.leave(accessOf(caller, input));
    return { ok: true as const, next: NEXT };
  },
});
