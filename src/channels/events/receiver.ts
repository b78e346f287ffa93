/** Receivers of deliveries: which URLs may be named, and the proof that a receiver wants
 *  deliveries. Without it, anybody could have this server flood a site. */
import { timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { DeliveryError } from "../../domain/channel/subscription.ts";
import type { EventLimits } from "../../domain/limits/events.ts";
import { base64url } from "../../kernel/base64url.ts";
import { utf8ToBytes } from "../../kernel/hash.ts";
import type { RandomBytes } from "../../kernel/random_bytes.ts";
import type { Posted, PostWebhook } from "../../outbound/webhook.ts";
import { EventRefusal } from "./event_refusal.ts";

/** The URL of a receiver in its normal form. Refuses what no public receiver can have; the address
 *  itself is checked at each post. */
export function receiverUrl(text: string, { urlChars }: EventLimits): string {
  const url = URL.parse(text);
  const problem = text.length > urlChars
    ? `it has more than ${urlChars} characters`
    : url?.protocol !== "https:"
    ? "it is no https URL"
    : url.username !== "" || url.password !== ""
    ? "it holds a name or a password"
    : isIP(url.hostname) !== 0 || url.hostname.startsWith("[")
    ? "its host is an address instead of a name"
    : null;
  if (url === null || problem !== null) {
    throw new EventRefusal(
      "invalid",
      `delivery.url: ${problem}. Give a public address such as https://hooks.example.com/mcp.`,
    );
  }
  url.hash = "";
  return url.href;
}

/** Why a post counts as failed; null for an answer of success. */
export function failureIn(posted: Posted): DeliveryError | null {
  if ("failed" in posted) return posted.failed;
  if (posted.status >= 200 && posted.status < 300) return null;
  return posted.status >= 500 ? "http_5xx" : "http_4xx";
}

/** Posts a challenge to a receiver. Null if it returns it, else why it does not. */
export async function challenge(
  { post, randomBytes }: { post: PostWebhook; randomBytes: RandomBytes },
  { url, secret, subscriptionId }: { url: string; secret: string; subscriptionId: string },
): Promise<DeliveryError | null> {
  const nonce = base64url(randomBytes(32));
  const posted = await post({
    url,
    id: `msg_verification_${randomBytes(12).toHex()}`,
    subscriptionId,
    secrets: [secret],
    body: JSON.stringify({ type: "verification", challenge: nonce }),
  });
  if ("status" in posted && posted.status >= 300 && posted.status < 400) return "challenge_failed";
  const failure = failureIn(posted);
  if (failure !== null || !("text" in posted)) return failure;
  const echo = utf8ToBytes(echoIn(posted.text));
  const expected = utf8ToBytes(nonce);
  const isEcho = echo.length === expected.length && timingSafeEqual(echo, expected);
  return isEcho ? null : "challenge_failed";
}

function echoIn(text: string): string {
  try {
    const { challenge } = JSON.parse(text) as { challenge: unknown };
    return typeof challenge === "string" ? challenge : "";
  } catch {
    return "";
  }
}
