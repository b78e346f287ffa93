/** Announcements of members who join, leave and rejoin. */
import * as z from "zod";
import { announcement } from "./announcement.ts";

const player_id = z.string().regex(/^p[1-9]\d*$/);
const slot_id = z.string();
const AFTER_CLOSE = { afterClose: true };

export const memberJoined = announcement("member_joined", "A player takes a slot.", {
  player_id,
  slot_id,
  /** The label of the slot, which nobody can take without its invite. */
  label: z.string(),
  /** The name that the player chose. */
  display_name: z.string().min(1),
  entropy: z.string().min(1).optional(),
  beacon_round: z.number().int().optional(),
});

export const memberLeft = announcement("member_left", "A player leaves.", {
  player_id,
  slot_id,
  display_name: z.string(),
}, AFTER_CLOSE);

export const memberRejoined = announcement(
  "member_rejoined",
  "Another principal has taken over the seat with its rejoin token.",
  { player_id, slot_id },
  AFTER_CLOSE,
);
