/** Posts signed messages to receivers that strangers name: the signature is that of Standard
 *  Webhooks, and every post has the protection of `public_request.ts`. */
import { EVENT_LIMITS } from "../domain/limits/events.ts";
import { keyed, utf8ToBytes } from "../kernel/hash.ts";
import { FetchFailure } from "./public_connection.ts";
import { type Answer, publicRequest, type PublicRequestOptions } from "./public_request.ts";

interface WebhookMessage {
  url: string;
  /** The same in every attempt, so that the receiver recognises a repetition. */
  id: string;
  subscriptionId: string;
  /** `whsec_` and base64. With several, the receiver may verify by any of them. */
  secrets: readonly string[];
  body: string;
}

/** The receiver's answer, its text cut to `EVENT_LIMITS.answerBytes`; or where the post failed. */
export type Posted =
  | { status: number; text: string }
  | { failed: "connection_refused" | "timeout" | "tls_error" };

export type PostWebhook = (message: WebhookMessage, signal?: AbortSignal) => Promise<Posted>;

const FAILED = {
  connection: "connection_refused",
  timeout: "timeout",
  tls: "tls_error",
} as const;

export function webhookPost(
  { now, withinMs = EVENT_LIMITS.attemptMs, ...options }:
    & Partial<PublicRequestOptions>
    & { now: () => Date },
): PostWebhook {
  const ask = publicRequest({ ...options, withinMs });
  return async (message, signal) => {
    const body = utf8ToBytes(message.body);
    const headers = { ...headersOf(message, now()), "content-type": "application/json" };
    try {
      return await ask(new URL(message.url), { method: "POST", headers, body }, read, signal);
    } catch (error) {
      if (error instanceof FetchFailure) return { failed: FAILED[error.at] };
      throw error;
    }
  };
}

function headersOf({ id, subscriptionId, secrets, body }: WebhookMessage, now: Date) {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": secrets.map((secret) => signature(secret, `${id}.${timestamp}.${body}`))
      .join(" "),
    "x-mcp-subscription-id": subscriptionId,
    "accept-encoding": "identity",
  };
}

function signature(secret: string, signed: string): string {
  return `v1,${keyed(secretBytes(secret)!, signed).toBase64()}`;
}

/** The bytes of a secret, `whsec_` and base64; null if the text is not one. */
export function secretBytes(secret: string): Uint8Array | null {
  const [, text] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  if (text === undefined) return null;
  try {
    const bytes = Uint8Array.fromBase64(text);
    const { fewestSecretBytes, mostSecretBytes } = EVENT_LIMITS;
    return bytes.length >= fewestSecretBytes && bytes.length <= mostSecretBytes ? bytes : null;
  } catch {
    return null;
  }
}

async function read({ status, chunks }: Answer): Promise<Posted> {
  const bytes = new Uint8Array(EVENT_LIMITS.answerBytes);
  let size = 0;
  for await (const chunk of chunks) {
    const fitting = chunk.subarray(0, bytes.length - size);
    bytes.set(fitting, size);
    size += fitting.length;
    if (size === bytes.length) break;
  }
  return { status, text: new TextDecoder().decode(bytes.subarray(0, size)) };
}
