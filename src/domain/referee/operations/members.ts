/** Operations against members: what a room needs to keep its peace. A sealed channel refuses each
 *  one that could change a result. */
import * as z from "zod";
import { type Channel, MOST_BANNED, type Seat, withSeat } from "../../channel/channel.ts";
import { type Change, giveUpSeat } from "../../channel/membership.ts";
import { surelyWatches } from "../../channel/muted.ts";
import { gameOf } from "../../channel/turn.ts";
import { Refusal } from "../../../kernel/refusal.ts";
import { PlayerId, playerNamed, ReasonText } from "./named.ts";
import { announced, channelOperation, nameOf, type Supplies } from "./operation.ts";

const SEALED = {
  refused: "This channel is sealed: nobody can put a player out. Ask the player to call " +
    "leave_channel.",
};

export const kick = channelOperation({
  schema: z.object({
    type: z.literal("kick"),
    player_id: PlayerId,
    reason: ReasonText.optional(),
  }).describe("Removes a member. Its slot is free, without an invite."),
  open: "admin",
  sealed: SEALED,
  apply(channel, op, supplies) {
    const seat = playerNamed(channel, op.player_id);
    refuseOwn(channel, seat, supplies);
    const { channel: next, drafts } = giveUpSeat(channel, seat, "removed", nameOf(supplies.actor));
    return announced(next, op, supplies, drafts);
  },
});

export const ban = channelOperation({
  schema: z.object({
    type: z.literal("ban"),
    player_id: PlayerId,
    reason: ReasonText.optional(),
  }).meta({
    description: "Removes a member from all of its seats, and lets its sign-in take none again.",
    brief: "kicks for good",
  }),
  open: "admin",
  sealed: SEALED,
  apply(channel, op, supplies) {
    const { principal } = playerNamed(channel, op.player_id);
    const seats = channel.seats.filter((seat) => seat.principal === principal);
    for (const seat of seats) refuseOwn(channel, seat, supplies);
    const { banned = [] } = channel;
    if (banned.length >= MOST_BANNED) {
      throw new Refusal("BAD_OP", `${MOST_BANNED} are banned, the maximum. Lift a ban with unban.`);
    }
    const by = nameOf(supplies.actor);
    const { channel: without, drafts } = seats.reduce<Change>((before, seat) => {
      const { channel, drafts } = giveUpSeat(before.channel, seat, "banned", by);
      return { channel, drafts: [...before.drafts, ...drafts] };
    }, { channel, drafts: [] });
    const players = seats.map(({ player_id }) => player_id);
    const next = { ...without, banned: [...banned, { principal, players }] };
    return announced(next, op, supplies, drafts);
  },
});

export const unban = channelOperation({
  schema: z.object({ type: z.literal("unban"), player_id: PlayerId })
    .describe("Lifts a ban. To come back, the player needs a new invite."),
  open: "admin",
  sealed: "admin",
  apply(channel, op, supplies) {
    const { banned = [] } = channel;
    const left = banned.filter(({ players }) => !players.includes(op.player_id));
    if (left.length === banned.length) {
      throw new Refusal(
        "BAD_OP",
        `${op.player_id} is not banned from this channel. Check the player_id.`,
      );
    }
    return announced({ ...channel, banned: left }, op, supplies);
  },
});

export const mute = channelOperation({
  schema: z.object({
    type: z.literal("mute"),
    player_id: PlayerId,
    muted: z.boolean().default(true).meta({ about: "false accepts its posts again." }),
  }).meta({
    description: "Refuses the posts of a member who plays no game, or accepts them again.",
    brief: "of one who plays no game",
  }),
  open: "admin",
  sealed: "admin",
  apply(channel, op, supplies) {
    const { muted: _, ...seat } = playerNamed(channel, op.player_id);
    if (op.muted) refusePlayer(channel, seat, supplies);
    return announced(withSeat(channel, { ...seat, ...op.muted && { muted: true } }), op, supplies);
  },
});

/** Refuses to mute a player of a game, whose posts are its moves. In a sealed channel it has to be
 *  sure that the member plays none. */
function refusePlayer(channel: Channel, { player_id }: Seat, { head }: Supplies): void {
  const state = { channel, head };
  if (channel.sealed && !surelyWatches(state, player_id)) {
    throw new Refusal(
      "CHANNEL_SEALED",
      `This channel is sealed: ${player_id} plays, or may come to play, so nobody can mute it. ` +
        "Wait until the bots have ended.",
    );
  }
  if (!gameOf(state, player_id)?.plays) return;
  throw new Refusal(
    "BAD_OP",
    `${player_id} plays a game, and its posts are its moves. Wait for the end, or kick it, which ` +
      "abandons the game.",
  );
}

/** Nobody puts out its own sign-in, nor the host. */
function refuseOwn(channel: Channel, seat: Seat, { actor }: Supplies): void {
  const { player_id, principal } = seat;
  if (principal === (actor.seat?.principal ?? channel.creator)) {
    throw new Refusal(
      "BAD_OP",
      `${player_id} is a seat of your own. To give it up, call leave_channel.`,
    );
  }
  if (principal !== channel.creator) return;
  throw new Refusal(
    "BAD_OP",
    `${player_id} is a seat of the host, whom nobody can put out. Name another one.`,
  );
}
