/** A subscription to the events of a channel, whose receiver gets them by webhook. It is all that
 *  is stored of deliveries: what comes next follows from its cursor and from the channel. Pure. */
import * as z from "zod";
import { secretHash } from "../../kernel/hash.ts";
import { canonicalText, type Json } from "../../kernel/json.ts";
import type { EventLimits } from "../limits/events.ts";

/** A place between two events. */
export interface EventCursor {
  /** The entry up to which nothing is to be told any more. */
  entry: number;
  /** The call that was told last, for events that stand until somebody acts. */
  told?: string | undefined;
}

/** Why a receiver did not take a delivery, in the words of the Events extension. */
export const DeliveryError = z.enum([
  "connection_refused",
  "timeout",
  "tls_error",
  "http_4xx",
  "http_5xx",
  "challenge_failed",
]);
export type DeliveryError = z.infer<typeof DeliveryError>;

export const Subscription = z.object({
  id: z.string(),
  principal: z.string(),
  /** The grant of the access token that made or refreshed it. It ends with the grant. */
  grant_id: z.string(),
  /** How its owner found the seat, and the seat; null for a spectator. */
  conversation: z.string().nullable(),
  rejoin_hash: z.string().nullable(),
  player_id: z.string().nullable(),
  /** The hash of the seat's token when its owner was last seen. */
  seat_hash: z.string().optional(),
  name: z.string(),
  /** The channel, or the ticket of `match.found`. */
  channel_id: z.string(),
  /** The kinds of messages that are wanted; absent for all. */
  kinds: z.array(z.string()).optional(),
  url: z.string(),
  /** The signing secret, encrypted, and the one that it replaced. Times are milliseconds since
   *  1970. */
  secret: z.string(),
  secret_before: z.object({ sealed: z.string(), until: z.number() }).optional(),
  expires_at: z.number(),
  cursor: z.object({ entry: z.number().int(), told: z.string().optional() }),
  delivered_at: z.number().optional(),
  /** Present while deliveries fail. */
  failing: z.object({
    since: z.number(),
    tries: z.number().int(),
    next_at: z.number(),
    error: DeliveryError,
  }).optional(),
  /** Present once they have failed for too long, until its owner refreshes it. */
  suspended: z.literal(true).optional(),
  /** Until when one instance alone delivers. */
  held_until: z.number().optional(),
});
export type Subscription = z.infer<typeof Subscription>;

/** The id of a subscription. Equal ones have the same id, and their owner is a part of them. It
 *  only routes deliveries and gives no rights. */
export function subscriptionId(
  principal: string,
  url: string,
  name: string,
  args: Record<string, Json>,
): string {
  return `sub_${secretHash(canonicalText([principal, url, name, args])).slice(0, 32)}`;
}

/** The host that a receiver's URL names, the same for all its ports and forms. Limits count by
 *  it. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/\.+$/, "");
}

/** When a subscription ends, in milliseconds since 1970: as its owner suggests, within bounds, and
 *  not after its grant. */
export function expiryOf(
  suggestedMs: number | undefined,
  grantEnd: number,
  now: number,
  limits: EventLimits,
): number {
  const wanted = suggestedMs ?? limits.ttlMs;
  const ttl = Math.min(Math.max(wanted, limits.shortestTtlMs), limits.longestTtlMs);
  return Math.min(now + ttl, grantEnd);
}

/** The subscription after another failed attempt. */
export function afterFailure(
  subscription: Subscription,
  error: DeliveryError,
  now: number,
  limits: EventLimits,
): Subscription {
  const { since, tries } = subscription.failing ?? { since: now, tries: 0 };
  const pauseMs = Math.min(limits.firstRetryMs * 2 ** tries, limits.longestRetryMs);
  const failing = { since, tries: tries + 1, next_at: now + pauseMs, error };
  const over = now - since >= limits.givenUpAfterMs;
  return { ...subscription, failing, ...(over && { suspended: true as const }) };
}

/** A cursor as clients keep it. They do not look into it. */
export function cursorText({ entry, told }: EventCursor): string {
  return told === undefined ? String(entry) : `${entry}.${told}`;
}

/** The cursor in a text; null if no server of ours wrote it. */
export function cursorIn(text: string): EventCursor | null {
  const [, entry, told] = /^(\d{1,15})(?:\.([a-z_]{1,20}\.\d{0,15}))?$/.exec(text) ?? [];
  return entry === undefined ? null : { entry: Number(entry), told };
}
