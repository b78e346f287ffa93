/** A refusal: a caller's mistake, answered as `CODE: text`, where the text says what is wrong and
 *  what to do. A bot's failure is a value, and any other throw is a bug: refusals alone reach the
 *  caller as they are. */

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
  "MUTED", // of the promised wire; nothing mutes a member yet
  "TOO_LARGE",
  "RATE_LIMIT",
  "TIMEOUT",
  "UNAVAILABLE",
  "INTERNAL_ERROR",
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Thrown for a caller's mistake. `text` says what is wrong and the way out, without the code. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly code: RefusalCode,
    readonly text: string,
    /** When trying again makes sense, in milliseconds from now. */
    readonly retryAfterMs?: number,
  ) {
    super(`${code}: ${text}`);
  }
}

/** The refusal that a step throws; undefined when it throws none. */
export function refusalIn(step: () => void): Refusal | undefined {
  try {
    step();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
