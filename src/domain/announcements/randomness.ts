/** The announcement of public randomness. */
import * as z from "zod";
import { announcement } from "./announcement.ts";

export const roundPublished = announcement(
  "beacon",
  "The signature of a round of public randomness that an earlier entry has named.",
  {
    round: z.number().int(),
    /** Hex. Anybody can check that the chain has signed it. */
    signature: z.string(),
  },
);
