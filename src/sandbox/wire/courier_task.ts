/** The tasks that the main thread of a host sends to a courier, and their results. */
import type { Certificate } from "../../domain/bot/evidence.ts";

export type CourierTask =
  /** One request and its response. The main thread decides about redirects. */
  | {
    kind: "fetch";
    method: "GET" | "POST";
    url: string;
    headers: [string, string][];
    body: Uint8Array<ArrayBuffer> | null;
  }
  | { kind: "tls"; host: string; port: number };

export type CourierResult =
  | {
    kind: "fetched";
    status: number;
    headers: [string, string][];
    body: Uint8Array<ArrayBuffer>;
  }
  /** A redirect. */
  | { kind: "moved"; status: number; location: string }
  | { kind: "certified"; verified: boolean; error?: string; chain: Certificate[] }
  | { kind: "failed"; why: CourierFailure };

/** The reason for a failure. Deno's own message is not passed on, because it may contain addresses
 *  and file names. */
export type CourierFailure =
  | "private"
  | "denied"
  | "unknown"
  | "untrusted"
  | "expired"
  | "misnamed"
  | "large"
  | "broken"
  | "unreachable";

/** The response headers that a bot gets: those that describe the body. Others vary between equal
 *  responses. */
export const BODY_HEADERS = [
  "content-language",
  "content-type",
  "date",
  "etag",
  "last-modified",
  "location",
  "retry-after",
];

/** The statuses of responses that lead elsewhere, if they say where. */
export const REDIRECTS = [301, 302, 303, 307, 308];

/** The first message to a courier. */
export interface CourierSetup {
  /** For tests: additional PEM certificates to trust. */
  caCerts: string[];
}

/** The reasons by the texts of Deno's errors; the first match counts. Tests fail if Deno changes
 *  the texts. */
const MEANINGS: [text: RegExp, why: CourierFailure][] = [
  // Bots cannot use addresses as hosts, so this address is the result of a DNS lookup.
  [/Requires net access to "[\d.]+:/, "private"],
  [/Requires net access|Requests to port \d+ are blocked/, "denied"],
  [/certificate expired|peer certificate: Expired/, "expired"],
  [/not valid for|NotValidForName/, "misnamed"],
  [/peer certificate/, "untrusted"],
  [/dns error|ENOTFOUND|EAI_/, "unknown"],
];

export function failureOf(error: unknown): CourierFailure {
  const { cause, message } = error instanceof Error ? error : new Error();
  // Without the URL, which could contain any of these texts.
  const why = cause instanceof Error ? cause.message.replace(/for url \(\S*\)/, "") : "";
  const text = `${message} ${why}`;
  return MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? "unreachable";
}
