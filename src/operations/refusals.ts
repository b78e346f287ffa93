/** The codes of the refusals that an operation may give. Documents and `/openapi.json` name them,
 *  and the tests hold every refused call of theirs against this list. */
import { REFUSAL_CODES, type RefusalCode } from "../kernel/refusal.ts";
import type { Operation } from "./operation.ts";

/** Any call may get one of these. */
export const OF_ANY_CALL: readonly RefusalCode[] = [
  "INVALID_REQUEST",
  "TOO_LARGE",
  "RATE_LIMIT",
  "TIMEOUT",
  "UNAVAILABLE",
  "INTERNAL_ERROR",
];

/** A call that names a channel may get these, too, by what it needs there. */
const OF_A_CHANNEL: readonly RefusalCode[] = [
  "CHANNEL_NOT_FOUND",
  "NOT_MEMBER",
  "SEAT_AMBIGUOUS",
  "REJOIN_TOKEN_INVALID",
];
const BY_NEED: Record<NonNullable<Operation["needs"]>, readonly RefusalCode[]> = {
  reading: OF_A_CHANNEL,
  seat: OF_A_CHANNEL,
  admin: [...OF_A_CHANNEL, "NOT_ADMIN"],
};

/** All codes of an operation, in the order of `REFUSAL_CODES`. */
export function refusalsOf({ needs, refusals = [] }: Operation): RefusalCode[] {
  const codes = new Set([...OF_ANY_CALL, ...needs ? BY_NEED[needs] : [], ...refusals]);
  return REFUSAL_CODES.filter((code) => codes.has(code));
}
