/** Public randomness. */
import * as z from "zod";
import { announcement } from "./announcement.ts";

export const roundTold = announcement(
  "beacon",
  "A round of public randomness that the channel has named before.",
  {
    round: z.number().int(),
    /** Hex: whether the chain has signed it, anybody can check. */
    signature: z.string(),
  },
);
