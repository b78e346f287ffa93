/** Operations on who knows of a channel, who may take its seats and who watches. What was said
 *  before more people may read stays with those who could read then (`spectators.ts`). In a sealed
 *  channel nobody changes them while something is played: who watches may matter to the players. */
import * as z from "zod";
import { Visibility } from "../../announcements/opening.ts";
import type { Channel } from "../../channel/channel.ts";
import { Delay, MostSpectators, SpectatorsBy, spectatorsBy } from "../../channel/spectators.ts";
import { Refusal } from "../../../kernel/refusal.ts";
import { announced, channelOperation } from "./operation.ts";

export const setVisibility = channelOperation({
  schema: z.object({
    type: z.literal("set_visibility"),
    visibility: Visibility.optional().meta({ about: "As create_channel takes it." }),
    open_seats: z.boolean().optional().meta({ about: "Whether they need no invite.", rare: true }),
  }).meta({
    description: "Says who knows of the channel, and whether its free seats need an invite.",
    brief: "",
  }),
  open: "admin",
  sealed: "admin",
  apply(channel, op, supplies) {
    refuseWhilePlayed(channel);
    const { visibility = channel.visibility, open_seats } = op;
    if (op.visibility === undefined && open_seats === undefined) {
      throw new Refusal("BAD_OP", "set_visibility: pass visibility, open_seats or both.");
    }
    const { open_seats: before, ...rest } = channel;
    const offers = open_seats ?? before ?? false;
    const next = { ...rest, visibility, ...(offers && { open_seats: true as const }) };
    return announced(next, op, supplies);
  },
});

export const setSpectators = channelOperation({
  schema: z.object({
    type: z.literal("set_spectators"),
    who: SpectatorsBy.meta({
      about: "As spectators of create_channel.",
      aka: "by spectators mode",
    }),
    delay: Delay.optional().meta({ description: "In messages.", rare: true }),
    max: MostSpectators.optional().meta({ about: "How many there may be.", rare: true }),
    speak: z.boolean().optional().meta({ description: "Whether they may speak.", rare: true }),
  }).meta({
    description:
      "Says who reads without a seat, how many, how far behind, and whether they may speak. " +
      "Absent: as before.",
    brief: "",
  }),
  open: "admin",
  sealed: "admin",
  apply(channel, op, supplies) {
    refuseWhilePlayed(channel);
    const { link_hash: _, speak: spoke = false, ...before } = channel.spectating ?? {};
    const { delay = before.delay ?? 0, max = before.max, speak: speaks = spoke } = op;
    refuseNewVoices(channel, { spoke, speaks });
    const speak = speaks && { speak: speaks };
    const spectating = {
      ...before,
      ...speak,
      delay,
      ...(max !== undefined && { max }),
      ...(op.who === "link" && { link_hash: supplies.spectateHash() }),
    };
    const next = { ...channel, spectators: op.who !== "off", spectating };
    const said = { type: op.type, who: spectatorsBy(next), delay, ...(max && { max }), ...speak };
    return announced(next, said, supplies);
  },
});

/** The players of a sealed channel joined under the word of entry 1 on who may speak to them. */
function refuseNewVoices(
  { sealed }: Channel,
  { spoke, speaks }: { spoke: boolean; speaks: boolean },
): void {
  if (!sealed || spoke || !speaks) return;
  throw new Refusal(
    "CHANNEL_SEALED",
    "This channel is sealed: spectators may speak only if it was created so. Create another one " +
      "with spectators_speak: true.",
  );
}

function refuseWhilePlayed({ sealed, bots }: Channel): void {
  if (!sealed || bots.every(({ ended }) => ended)) return;
  throw new Refusal(
    "CHANNEL_SEALED",
    "This channel is sealed: nobody can change who knows of it or watches. Wait until its bots " +
      "have ended.",
  );
}
