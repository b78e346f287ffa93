/** Refusals: errors that reach the caller unchanged, as `CODE: text`. The text says what is wrong
 *  and what the caller can do. A bot's failure is a value instead, and any other error is a bug. */

export const REFUSAL_CODES = [
  "INVALID_REQUEST",
  "INVITE_INVALID",
  "REJOIN_TOKEN_INVALID",
  "SLOT_ALREADY_FILLED",
  "CHANNEL_NOT_FOUND",
  "NOT_MEMBER",
  "SEAT_AMBIGUOUS",
  "NOT_ADMIN",
  "BAD_OP",
  "BOT_NOT_FOUND",
  "BOT_REJECTED",
  "CHANNEL_CLOSED",
  "CHANNEL_SEALED",
  "MUTED",
  "TOO_LARGE",
  "RATE_LIMIT",
  "TIMEOUT",
  "UNAVAILABLE",
  "INTERNAL_ERROR",
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Thrown to refuse a call. `text` says what is wrong and what the caller can do, without the
 *  code. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly code: RefusalCode,
    readonly text: string,
    /** When a retry makes sense, in milliseconds from now. */
    readonly retryAfterMs?: number,
  ) {
    super(`${code}: ${text}`);
  }
}

/** The refusal that `step` throws; undefined if it throws none. Any other error passes through. */
export function refusalIn(step: () => void): Refusal | undefined {
  try {
    step();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
