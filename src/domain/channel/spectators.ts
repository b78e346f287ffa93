/** Who reads a channel without a seat, and how much of it. Pure. */
import * as z from "zod";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import type { Channel } from "./channel.ts";
import { isOver } from "./listed.ts";

/** Nobody; whoever has the link's token; or whoever knows of the channel. */
export const SpectatorsBy = z.enum(["off", "link", "public"]);
export type SpectatorsBy = z.infer<typeof SpectatorsBy>;

/** How many entries spectators are behind while something is played. */
export const Delay = z.number().int().min(0).max(CHANNEL_LIMITS.spectatorDelay);
/** The most spectators at a time. */
export const MostSpectators = z.number().int().min(1).max(CHANNEL_LIMITS.spectators);

type Watched = Pick<Channel, "visibility" | "spectators" | "spectating" | "closed" | "bots">;

export function spectatorsBy({ spectators, spectating }: Watched): SpectatorsBy {
  if (!spectators) return "off";
  return spectating?.link_hash === undefined ? "public" : "link";
}

/** How wide the circle of those is who may read without a seat: nobody, those with the link, those
 *  who know the id, everyone. */
function width(channel: Watched): number {
  const by = spectatorsBy(channel);
  if (by === "link") return 1;
  if (by === "off" || channel.visibility === "private") return 0;
  return channel.visibility === "unlisted" ? 2 : 3;
}

/** The entries that spectators may read of a log of `size`: those after `after`, up to `end`, at
 *  least 1. While something is played they are `delay` entries behind. */
export function shownToSpectators(
  channel: Watched,
  size: number,
): { after: number; end: number } {
  const { after = 0, delay = 0, shown = 0 } = channel.spectating ?? {};
  const end = isOver(channel) ? size : Math.max(1, after, shown, size - delay);
  return { after, end: Math.min(end, size) };
}

/** The channel after a change at a log of `size`. What was said before more people may read stays
 *  with those who could read then, and nothing that spectators have seen is taken from them. */
export function keepingShown(before: Watched, after: Channel, size: number): Channel {
  if (before === after || !after.spectators) return after;
  const { spectating } = after;
  if (width(after) > width(before)) {
    return { ...after, spectating: { ...spectating, after: size } };
  }
  if (width(before) === 0) return after;
  const shown = shownToSpectators(before, size).end;
  return shownToSpectators(after, size).end >= shown
    ? after
    : { ...after, spectating: { ...spectating, shown } };
}
