/** Idempotency of calls. The caller gives a call a key of its own choice; the commit that performs
 *  the call also stores its result under the key, so nothing can come between the two. */
import * as z from "zod";
import { HashText, hashText, secretHash, utf8ToBytes } from "../../kernel/hash.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import { Refusal } from "../../kernel/refusal.ts";

/** The stored result of a call. */
export const Done = z.object({
  /** The entry that the call appended. */
  id: z.number().int(),
  /** The hash of the request. */
  request: HashText,
  /** In milliseconds since 1970. */
  expires_at: z.number(),
  /** For a channel's creation: why bots were not attached. */
  bot_errors: z.array(z.string()).optional(),
});
export type Done = z.infer<typeof Done>;

/** The id that a caller's key is stored under. It covers the principal, so the keys of different
 *  callers never collide. */
export function idempotencyId(principal: string, key: string): string {
  return secretHash(JSON.stringify([principal, key]));
}

/** The hash of a call's arguments, given as texts. */
export function requestHash(...args: string[]): HashText {
  return hashText(utf8ToBytes(JSON.stringify(args)));
}

export function doneNow(
  id: number,
  request: HashText,
  now: Date,
  more: Pick<Done, "bot_errors"> = {},
): Done {
  return { id, request, expires_at: now.getTime() + CHANNEL_LIMITS.idempotencyMs, ...more };
}

/** Refuses a call with a key that was used for a different call. */
export function refuseOtherRequest(done: Done, request: HashText): void {
  if (done.request === request) return;
  throw new Refusal(
    "INVALID_REQUEST",
    "This idempotency_key was already used for a different call. Reuse a key only to repeat " +
      "the same call; choose a new key for a new call.",
  );
}
