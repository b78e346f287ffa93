/** What each code of a refusal means, in one sentence. The refusal itself says what happened and
 *  what to do. */
import type { PROBLEM_STATUS } from "../problem.ts";

export const CODE_MEANINGS: Readonly<Record<keyof typeof PROBLEM_STATUS, string>> = {
  INVALID_REQUEST: "An argument is missing, is wrong, or does not go with another one.",
  INVITE_INVALID: "The invite or challenge has expired, was revoked or replaced, or never was one.",
  REJOIN_TOKEN_INVALID: "The token is that of no seat: it was replaced, or its seat given up.",
  SLOT_ALREADY_FILLED: "Somebody has used the invite, or sits in the slot.",
  CHANNEL_NOT_FOUND: "No channel has this id, or it is private and the caller has no seat in it.",
  NOT_MEMBER: "The caller has no seat in the channel, has lost it, or is banned.",
  SEAT_AMBIGUOUS:
    "The caller has several seats, and the call does not say for which one it speaks.",
  NOT_ADMIN: "Only an admin of the channel may do it.",
  BAD_OP: "The channel as it stands does not allow the operation.",
  BOT_NOT_FOUND: "No bot has this name or id.",
  BOT_REJECTED: "The bot can't run: its source, its manifest or its parameters are wrong.",
  CHANNEL_CLOSED: "The channel is closed, so it can only be read.",
  CHANNEL_SEALED: "The channel is sealed, so nobody may do it.",
  MUTED: "An admin has muted the caller in the channel.",
  TOO_LARGE: "A message, a request or what is stored would go beyond a limit.",
  RATE_LIMIT: "There were too many calls, bots, bytes or wrong guesses for now.",
  TIMEOUT: "The caller gave up before its turn came.",
  UNAVAILABLE: "The database, the sandbox or something else that the call needs does not answer.",
  INTERNAL_ERROR: "The server has a fault, and has logged it.",
  UNAUTHORIZED: "The request has no access token.",
  INVALID_TOKEN: "The access token has expired, was revoked, or never was one.",
  INSUFFICIENT_SCOPE: "The access token may only watch.",
  ORIGIN_NOT_ALLOWED: "The request comes from a page that may not call this server.",
  NOT_FOUND: "The server has nothing at this path.",
  METHOD_NOT_ALLOWED: "The path exists, but not with this method.",
  REQUEST_TIMEOUT: "The body of the request took too long to arrive.",
  URI_TOO_LONG: "The URL is too long.",
  UNSUPPORTED_MEDIA_TYPE: "The body is compressed, or of a type that the path does not read.",
  HOST_NOT_SERVED: "The request names a host that this server does not serve.",
};
