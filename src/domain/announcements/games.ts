/** What players of a game ask of the server about it. */
import * as z from "zod";
import { announcement } from "./announcement.ts";

const player_id = z.string().regex(/^p[1-9]\d*$/);

export const rematchAsked = announcement(
  "rematch_asked",
  "A player asks for another game with a bot that has ended; it begins once all of its players ask.",
  { player_id, bot_id: z.string() },
);

export const claimApplied = announcement(
  "claim_applied",
  "A player claims a game whose next move does not come; only the bot that gave the turn hears it.",
  {
    op: z.strictObject({
      type: z.literal("claim"),
      player_id,
      bot_id: z.string(),
      /** The message that gave the turn. */
      turn_id: z.number().int().positive(),
    }),
  },
  { kind: "control" },
);
