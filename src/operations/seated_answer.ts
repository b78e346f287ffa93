/** The answer to a caller who has got a seat. */
import * as z from "zod";
import type { Channel, Seat } from "../domain/channel/channel.ts";
import { type Caller, isFound, seatsOf } from "../domain/channel/seat.ts";
import { BotView, botView, ChannelView, viewOf } from "../domain/channel/view.ts";
import type { Head } from "../domain/transcript/transcript.ts";
import { ChannelId, Next, Receipt } from "./fields.ts";
import { nextAfterJoining } from "./next_step.ts";
import type { Services } from "./operation.ts";
import { botText, viewText } from "./view_text.ts";

export const SeatedOutput = z.object({
  channel_id: ChannelId,
  slot_id: z.string().describe("The slot that you fill."),
  player_id: z.string().describe(
    "Your id in messages and to bots, for as long as you hold the seat.",
  ),
  rejoin_token: z.string().describe(
    "rejoin_...; brings you back to this seat from anywhere. Keep it to yourself.",
  ),
  your_seats: z.array(z.string()).optional().describe(
    "Your player ids in this channel, if you hold several seats here.",
  ),
  view: ChannelView,
  bots: z.array(BotView),
  receipt: Receipt.optional(),
  next: Next,
});
const PartOfOutput = SeatedOutput.partial();

interface Taken {
  channel: Channel;
  head: Head;
  seat: Seat;
}

/** `more` is added to `next`. */
export function seatedAnswer(
  caller: Caller,
  { reader, signer }: Services,
  { channel, head, seat }: Taken,
  ...more: string[]
) {
  const mine = seatsOf(channel, caller.principal).map(({ player_id }) => player_id);
  const admin = seat.admin || channel.creator === caller.principal;
  const how = howToSpeak(mine, seat, isFound(channel, caller, seat));
  return {
    channel_id: channel.channel_id,
    slot_id: seat.slot_id,
    player_id: seat.player_id,
    ...(mine.length > 1 && { your_seats: mine }),
    view: viewOf(channel),
    bots: channel.bots.map((bot) => botView(bot)),
    receipt: signer.receipt(channel.channel_id, head),
    next: nextAfterJoining(reader.situation({ channel, head }, { seat, admin }), how, ...more),
  };
}

/** The answer for a model. An answer that is about no seat has only some of it. */
export function shortSeated(
  { view, bots, receipt: _, ...seat }: z.output<typeof PartOfOutput>,
) {
  return {
    ...seat,
    ...(view && { view: viewText(view) }),
    ...(bots && { bots: bots.map(botText) }),
  };
}

/** How calls name the new seat, when its player must know: if the caller has others, or if the
 *  server can't find this one by the conversation. */
function howToSpeak(mine: readonly string[], { player_id }: Seat, found: boolean): string {
  const others = mine.filter((id) => id !== player_id).join(" and ");
  if (found) {
    return others &&
      `You also hold ${others}, from elsewhere: calls of this conversation speak for ${player_id}.`;
  }
  const reason = others
    ? `You also hold ${others}, and the server can't know for whom a call speaks`
    : "You have held another seat here, and a conversation of that time could call";
  const token = others ? `the rejoin_token of ${player_id} or of ${others}` : "this rejoin_token";
  return `${reason}: pass ${token} in every call.`;
}
