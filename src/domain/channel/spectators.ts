/** Who reads a channel without a seat, how much of it, and what such a reader may say. Pure. */
import * as z from "zod";
import { Refusal } from "../../kernel/refusal.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import { type Body, memberBody } from "../transcript/body.ts";
import type { Head } from "../transcript/transcript.ts";
import type { Channel } from "./channel.ts";
import { freeName } from "./free_name.ts";
import { isOver } from "./listed.ts";
import type { Change } from "./membership.ts";

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
 *  least 1. While something is played they are `delay` entries behind. What they say themselves
 *  does not count, since otherwise they could talk until they have caught up. */
export function shownToSpectators(
  channel: Watched,
  size: number,
): { after: number; end: number } {
  const { after = 0, delay = 0, shown = 0, words = [] } = channel.spectating ?? {};
  let behind = size - delay;
  for (const word of words.toReversed()) if (word > behind && word <= size) behind--;
  const end = isOver(channel) ? size : Math.max(1, after, shown, behind);
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

/** The body of what a spectator says. Nobody who sits in a channel can have such a name. */
export const SpectatorWords = z.strictObject({
  name: z.string().regex(/^.+ \(spectator\)$/),
  text: z.string().min(1),
});

/** What somebody says under a name. */
interface Saying {
  sender: string;
  body: Body;
  to?: readonly string[] | undefined;
  name?: string | undefined;
}

/** The entry of what a spectator says: text for everyone, under a name that says what it is. */
export function spectatorSays(
  { channel, head }: { channel: Channel; head: Head },
  { sender, body: { value }, to, name = "guest" }: Saying,
): Change {
  const { text, ...more } = value;
  if (to || typeof text !== "string" || text === "" || Object.keys(more).length > 0) {
    throw new Refusal(
      "INVALID_REQUEST",
      "You watch this channel, so you can say text to everyone, and nothing else: pass body as " +
        "text and leave out to. To play, call join_channel.",
    );
  }
  const free = freeName(channel.seats, name, { label: name, slot_id: "spectator" });
  const body = memberBody({ name: `${free} (spectator)`, text });
  return { channel: withWord(channel, head), drafts: [{ sender, kind: "user", body }] };
}

/** The channel after the next entry, which is a spectator's. As long as spectators are behind, it
 *  remembers which of the entries that they can't see yet are their own. */
function withWord(channel: Channel, { size }: Head): Channel {
  const { spectating } = channel;
  if (!spectating?.delay || isOver(channel)) return channel;
  const { end } = shownToSpectators(channel, size);
  const unseen = (spectating.words ?? []).filter((id) => id > end);
  if (unseen.length >= CHANNEL_LIMITS.spectatorWords) {
    throw new Refusal(
      "RATE_LIMIT",
      "Spectators have said much that they can't see yet. Wait until the game goes on.",
      60_000,
    );
  }
  return { ...channel, spectating: { ...spectating, words: [...unseen, size + 1] } };
}
