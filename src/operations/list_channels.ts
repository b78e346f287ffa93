/** Served as MCP tool `list_channels` and as `GET /list_channels`. */
import * as z from "zod";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { ChannelView, viewOf } from "../domain/channel/view.ts";
import { operation } from "./operation.ts";

export const listChannels = operation({
  name: "list_channels",
  title: "List channels",
  description:
    "List your channels, then public ones, newest first. For more, pass the returned next_cursor as cursor.",
  effects: "reads",
  untrustedFields: "the names and labels in channels",
  input: z.object({
    query: z.string().max(CHANNEL_LIMITS.nameChars).default("").describe(
      "Part of a channel's name.",
    ),
    limit: z.number().int().min(1).max(CHANNEL_LIMITS.listMaxCount).default(20),
    cursor: z.string().max(1000).optional(),
  }),
  output: z.object({
    channels: z.array(ChannelView.extend({
      message_count: z.number().int(),
      bots: z.array(z.string()),
      mine: z.boolean().describe("Whether you created it or hold a seat in it."),
    })),
    total_channels: z.number().int().describe("How many channels are on this page."),
    next_cursor: z.string().optional(),
  }),
  async run({ caller, services }, { query, limit, cursor }) {
    const { channels, nextCursor } = await services.lister.list(
      caller.principal,
      query,
      limit,
      cursor,
    );
    return {
      channels: channels.map(({ channel, head, mine }) => ({
        ...viewOf(channel),
        message_count: head.size,
        bots: channel.bots.map(({ bot_id }) => bot_id),
        mine,
      })),
      total_channels: channels.length,
      ...(nextCursor !== undefined && { next_cursor: nextCursor }),
    };
  },
});
