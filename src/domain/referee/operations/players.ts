/** What players may do without an admin, in a sealed channel too. */
import * as z from "zod";
import { memberRenamed } from "../../announcements/members.ts";
import { type Seat, withSeat } from "../../channel/channel.ts";
import { freeName } from "../../channel/free_name.ts";
import { DisplayName } from "../../channel/names.ts";
import type { Viewer } from "../../channel/seat.ts";
import { Refusal } from "../../../kernel/refusal.ts";
import { claimGame } from "../claim.ts";
import { askForRematch, rematchBot } from "../rematch.ts";
import { BotId } from "./named.ts";
import { channelOperation } from "./operation.ts";

export const rematch = channelOperation({
  schema: z.object({ type: z.literal("rematch"), bot_id: BotId.optional() }).meta({
    description: "Asks for another game with a bot that has ended: it begins when all players ask.",
    brief: "the game again, once all ask",
  }),
  open: "player",
  sealed: "player",
  apply(channel, { bot_id }, { actor, head, newBot }) {
    const { player_id: player } = seatOf(actor);
    const bot = rematchBot(channel, bot_id);
    return askForRematch({ channel, head }, { bot, player, again: newBot });
  },
});

export const claim = channelOperation({
  schema: z.object({ type: z.literal("claim") }).meta({
    description: "Claims the game when those who have the turn stay silent for a day.",
    brief: "the game of a silent opponent",
  }),
  open: "player",
  sealed: "player",
  apply: (channel, _, { actor, head, now }) =>
    claimGame({ channel, head }, seatOf(actor).player_id, now),
});

export const renameMe = channelOperation({
  schema: z.object({
    type: z.literal("rename_me"),
    display_name: DisplayName.meta({ about: "The new name.", aka: "name", pattern: "\\S" }),
  })
    .meta({ description: "Changes your own name.", brief: "your own name" }),
  open: "player",
  sealed: "player",
  apply(channel, { display_name }, { actor }) {
    const { player_id, slot_id } = seatOf(actor);
    const seat = channel.seats.find((each) => each.player_id === player_id)!;
    const slot = channel.slots.find((each) => each.slot_id === slot_id)!;
    const free = freeName(channel.seats, display_name, slot, player_id);
    if (free !== display_name) {
      throw new Refusal(
        "BAD_OP",
        `Another player here has this name, or one that reads the same. "${free}" is free.`,
      );
    }
    if (seat.display_name === display_name) return { channel, drafts: [] };
    return {
      channel: withSeat(channel, { ...seat, display_name }),
      drafts: [memberRenamed.draft({ player_id, display_name })],
    };
  },
});

function seatOf({ seat }: Viewer): Seat {
  if (seat) return seat;
  throw new Refusal("NOT_MEMBER", "Only a player may do this: call join_channel with an invite.");
}
