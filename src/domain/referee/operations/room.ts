/** Operations on the channel as a whole. */
import * as z from "zod";
import { ChannelName } from "../../channel/names.ts";
import { closeChannel } from "../closing.ts";
import { goesOn } from "../idle.ts";
import { askToClose } from "../sealed_close.ts";
import { announced, channelOperation, nameOf } from "./operation.ts";

export const rename = channelOperation({
  schema: z.object({
    type: z.literal("rename"),
    name: ChannelName.meta({
      about: "The new name.",
      digits: true,
      pattern: "\\S",
      aka: "title new_name",
    }),
  }).describe("Gives the channel another name."),
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
  apply(channel, _, supplies) {
    const { actor, now, head } = supplies;
    const silence = { said: head.said ?? head.ts, goesOn: goesOn({ channel, head }, now) };
    const asked = channel.sealed
      ? askToClose(channel, { ...actor, now, ...silence })
      : { channel, drafts: [], closes: true };
    if (!asked.closes) return asked;
    const closed = closeChannel(asked.channel, nameOf(actor), supplies);
    return { ...closed, drafts: [...asked.drafts, ...closed.drafts] };
  },
});
