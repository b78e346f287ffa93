/** Calls that happen once, however often they are sent. A caller gives such a call a key of its own
 *  choice; what came of it is remembered in the very commit that does it, so that nothing can come
 *  between the two. */
import * as z from "zod";
import { HashText, hashText, secretHash, utf8ToBytes } from "../../kernel/hash.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import { Refusal } from "../../kernel/refusal.ts";

/** What came of a call. */
export const Done = z.object({
  /** The entry that it appended. */
  id: z.number().int(),
  /** What it asked for. */
  request: HashText,
  /** In milliseconds since 1970. */
  expires_at: z.number(),
  /** Of a creation: why bots were not attached. */
  bot_errors: z.array(z.string()).optional(),
});
export type Done = z.infer<typeof Done>;

/** Under what a caller's key is remembered: nobody meets another's. */
export function idempotencyId(principal: string, key: string): string {
  return secretHash(JSON.stringify([principal, key]));
}

/** Hash of what a call asks for, given as texts. */
export function requestHash(...asked: string[]): HashText {
  return hashText(utf8ToBytes(JSON.stringify(asked)));
}

export function doneNow(
  id: number,
  request: HashText,
  now: Date,
  more: Pick<Done, "bot_errors"> = {},
): Done {
  return { id, request, expires_at: now.getTime() + CHANNEL_LIMITS.idempotencyMs, ...more };
}

/** Throws when a key that stood for one call is given to another. */
export function refuseOtherRequest(done: Done, request: HashText): void {
  if (done.request === request) return;
  throw new Refusal(
    "INVALID_REQUEST",
    "This idempotency_key was already used for a different call. Reuse a key only to repeat " +
      "the same call; choose a new key for a new call.",
  );
}
