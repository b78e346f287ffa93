/** A channel's slots, bots and settings, as its members or its spectators see them. */
import { type BotView, botView, type ChannelView, viewOf } from "../../domain/channel/view.ts";
import type { Viewer } from "../../domain/channel/seat.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import type { Presence } from "../presence.ts";
import type { ShownChannels } from "../shown.ts";

export interface Sight {
  view: ChannelView;
  bots: BotView[];
}

/** What a viewer sees of a channel that `ShownChannels` has shown to it. */
export async function sightOf(
  { shown, presence }: { shown: ShownChannels; presence: Presence },
  { channel }: Pick<StoredChannel, "channel">,
  { seat, admin }: Viewer,
): Promise<Sight> {
  // Who is here is for those who are here.
  const isInside = seat !== null || admin;
  const seen = isInside ? await presence.minutes(channel.channel_id) : undefined;
  const view = viewOf(channel, seen, shown.watching(channel));
  return { view, bots: channel.bots.map((bot) => botView(bot)) };
}
