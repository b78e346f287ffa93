/** Announcements of members who join, leave and rejoin. */
import * as z from "zod";
import { announcement } from "./announcement.ts";

export const PlayerName = z.string().regex(/^p[1-9]\d*$/);
const player_id = PlayerName;
const slot_id = z.string();

/** Who did something to others: a player, or the host, who needs no seat. */
export const ActorName = z.string().regex(/^(?:host|p[1-9]\d*)$/);
export type ActorName = z.infer<typeof ActorName>;

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

/** Why a player is gone: by its own word, or because an admin freed its slot or banned it. */
export const LeaveReason = z.enum(["left", "removed", "banned"]);
export type LeaveReason = z.infer<typeof LeaveReason>;

export const memberLeft = announcement("member_left", "A player leaves or is removed.", {
  player_id,
  slot_id,
  display_name: z.string(),
  /** Absent in channels of earlier releases. */
  reason: LeaveReason.optional(),
  /** By whose word; the player itself if it left. Absent in channels of earlier releases. */
  by: ActorName.optional(),
}, AFTER_CLOSE);

export const memberRenamed = announcement("member_renamed", "A player changes its own name.", {
  player_id,
  display_name: z.string().min(1),
});

export const closeAsked = announcement(
  "close_asked",
  "A player of a sealed channel asks to close it, which counts until that player says something.",
  { player_id },
);

export const deleteAgreed = announcement(
  "delete_agreed",
  "A player, or the host without a seat, agrees to the announced deletion of the channel.",
  { by: ActorName },
  AFTER_CLOSE,
);

export const memberRejoined = announcement(
  "member_rejoined",
  "Another principal has taken over the seat with its rejoin token.",
  { player_id, slot_id },
  AFTER_CLOSE,
);
