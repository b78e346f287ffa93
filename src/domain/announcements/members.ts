/** Members that come and go. */
import * as z from "zod";
import { announcement } from "./announcement.ts";

const player_id = z.string().regex(/^p[1-9]\d*$/);
const slot_id = z.string();
const AFTER_CLOSE = { afterClose: true };

export const memberJoined = announcement("member_joined", "A player takes a slot.", {
  player_id,
  slot_id,
  /** The slot's, which nobody fills without its invite. */
  label: z.string(),
  /** What the player wants to be called. */
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
  "Another principal has taken the seat, with its token.",
  { player_id, slot_id },
  AFTER_CLOSE,
);
