/** Refusals of event methods, in the terms of the Events extension, which has error codes of its
 *  own. The text says what is wrong and what the caller can do. */
import type { DeliveryError } from "../../domain/channel/subscription.ts";

export type EventRefusalKind =
  | "invalid"
  | "not_found"
  | "forbidden"
  | "exhausted"
  | "unsupported"
  | "callback";

export class EventRefusal extends Error {
  override readonly name = "EventRefusal";
  constructor(
    readonly kind: EventRefusalKind,
    message: string,
    readonly data: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

export function receiverRefused(reason: DeliveryError): EventRefusal {
  return new EventRefusal(
    "callback",
    `The receiver did not prove that it wants deliveries (${reason}). It has to answer the post ` +
      'of {"type":"verification","challenge":…} with status 200 and {"challenge":…}.',
    { reason },
  );
}
