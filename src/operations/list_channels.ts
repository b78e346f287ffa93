/** Served as MCP tool `list_channels` and as `GET /list_channels`. */
import * as z from "zod";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import type { Wanted } from "../domain/channel/listed.ts";
import { ChannelView, viewOf } from "../domain/channel/view.ts";
import { Text } from "../kernel/json.ts";
import { Next } from "./fields.ts";
import { operation } from "./operation.ts";
import { viewText } from "./view_text.ts";

export const listChannels = operation({
  name: "list_channels",
  title: "List channels",
  description: "List your channels, then public ones, newest first.",
  effects: "reads",
  untrusted: ["channels"],
  input: z.object({
    query: z.string().max(CHANNEL_LIMITS.nameChars).default("").meta({
      description: "Part of a channel's name.",
      aka: "q search name filter",
      digits: true,
    }),
    game: Text.max(CHANNEL_LIMITS.listedGameChars).optional().meta({
      description: "A bot or game.",
      aka: "bot bot_preset bot_name preset game_name",
      digits: true,
    }),
    open: z.boolean().default(false).meta({
      description: "With a seat for you.",
      aka: "joinable open_seats free",
    }),
    ended: z.boolean().default(false).meta({
      description: "Whether ended ones are listed, too.",
      aka: "closed include_ended all over finished",
      rare: true,
    }),
    hidden: z.boolean().default(false).meta({
      description: "Only your own ones that you have hidden.",
      aka: "show_hidden include_hidden archived",
      rare: true,
    }),
    limit: z.number().int().min(1).max(CHANNEL_LIMITS.listMaxCount).default(20).meta({
      about: "How many channels at most.",
      rare: true,
    }),
    cursor: z.string().max(1000).optional().meta({
      about: "The next_cursor of the page before.",
      aka: "next_cursor page_token",
      digits: true,
    }),
  }),
  output: z.object({
    channels: z.array(ChannelView.extend({
      message_count: z.number().int().describe("How many messages it has."),
      bots: z.array(z.string()).describe("The ids of its bots."),
      free_seats: z.number().int().optional().describe("How many seats you could choose from."),
      mine: z.boolean().describe("Whether you created it or hold a seat in it."),
    })).describe("Newest first: yours, then public ones."),
    total_channels: z.number().int().describe("How many channels are on this page."),
    next_cursor: z.string().optional().describe("Present if there may be more."),
    next: Next,
  }),
  short: ({ channels, ...rest }) => ({
    channels: channels.map(({ channel_id, message_count, bots, mine, free_seats, ...view }) => ({
      channel_id,
      ...viewText(view),
      message_count,
      ...free_seats !== undefined && { free_seats },
      ...bots.length > 0 && { bots },
      mine,
    })),
    ...rest,
  }),
  async run({ caller: { principal }, services }, { limit, cursor, ...wanted }) {
    const { channels, nextCursor, cut } = await services.lister.list(
      principal,
      wanted,
      limit,
      cursor,
    );
    return {
      channels: channels.map(({ channel, head, mine, freeSeats }) => ({
        ...viewOf(channel),
        message_count: head.size,
        bots: channel.bots.map(({ bot_id }) => bot_id),
        ...(freeSeats > 0 && { free_seats: freeSeats }),
        mine,
      })),
      total_channels: channels.length,
      ...(nextCursor !== undefined && { next_cursor: nextCursor }),
      next: sentences(
        cut ? CUT : "",
        nextCursor !== undefined
          ? "There may be more: call list_channels with next_cursor as cursor."
          : channels.length > 0 && wanted.hidden
          ? "To show one again, call update_channel with unhide."
          : channels.length > 0
          ? "get_channel_info shows one of them."
          : isNarrow(wanted)
          ? "No channel that you may see fits: list all of them without query, game, open and hidden, or call create_channel."
          : "There is none: call create_channel, or join_channel with an invite.",
        channels.length === 0
          ? ""
          : channels.some(({ freeSeats }) => freeSeats > 0)
          ? "To take one of its free_seats, call join_channel with its channel_id."
          : "To take a seat, call join_channel with an invite.",
      ),
    };
  },
});

const CUT = `Only the newest ${CHANNEL_LIMITS.listScanned} channels were searched.`;

function isNarrow({ query, game, open, hidden }: Wanted): boolean {
  return query !== "" || game !== undefined || open || hidden;
}

function sentences(...all: string[]): string {
  return all.filter((each) => each !== "").join(" ");
}
