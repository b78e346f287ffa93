/** Operations on the channel as a whole. */
import * as z from "zod";
import { ChannelName } from "../../channel/names.ts";
import { askToClose } from "../sealed_close.ts";
import { announced, channelOperation } from "./operation.ts";
import { revealOf } from "./vacated.ts";

export const rename = channelOperation({
  schema: z.object({
    type: z.literal("rename"),
    name: ChannelName.meta({ digits: true, pattern: "\\S", aka: "title new_name" }),
  }),
  open: "admin",
  sealed: "admin",
  apply: (channel, op, supplies) => announced({ ...channel, name: op.name }, op, supplies),
});

export const close = channelOperation({
  schema: z.object({ type: z.literal("close") }).meta({
    description: "Closes the channel for good and reveals the seeds of its bots.",
    brief: "for good, revealing seeds",
  }),
  open: "admin",
  sealed: "player",
  apply(channel, { type }, supplies) {
    const { actor, now, head } = supplies;
    const asked = channel.sealed
      ? askToClose(channel, { ...actor, now, said: head.said ?? head.ts })
      : { channel, drafts: [], closes: true };
    if (!asked.closes) return asked;
    const { saltKey: salts } = supplies;
    const seeds = channel.bots.map((bot) => ({ bot_id: bot.bot_id, ...revealOf(bot, supplies) }));
    const closed = { ...asked.channel, closed: true };
    return announced(closed, { type, seeds, salts }, supplies, asked.drafts);
  },
});
