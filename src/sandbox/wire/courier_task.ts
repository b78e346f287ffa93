/** The tasks that the main thread of a host gives a courier, and the results. */
import type { Certificate } from "../../domain/bot/evidence.ts";

export type CourierTask =
  /** One request and its answer: redirects are the main thread's to judge. */
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
  /** Where the answer redirects to. */
  | { kind: "moved"; status: number; location: string }
  | { kind: "certified"; verified: boolean; error?: string; chain: Certificate[] }
  | { kind: "failed"; why: CourierFailure };

/** The reason for a missing answer. Deno's own message is left out: it may name addresses and
 *  files. */
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

/** Sent by the main thread before any task. */
export interface CourierSetup {
  /** For tests: PEM certificates to trust besides the usual ones. */
  caCerts: string[];
}

/** The reasons behind Deno's errors, by their texts; the first that fits counts. The tests notice
 *  when Deno changes them. */
const MEANINGS: [text: RegExp, why: CourierFailure][] = [
  // No host name is an address: that is what it resolved to.
  [/Requires net access to "[\d.]+:/, "private"],
  [/Requires net access|Requests to port \d+ are blocked/, "denied"],
  [/certificate expired|peer certificate: Expired/, "expired"],
  [/not valid for|NotValidForName/, "misnamed"],
  [/peer certificate/, "untrusted"],
  [/dns error|ENOTFOUND|EAI_/, "unknown"],
];

export function failureOf(error: unknown): CourierFailure {
  const { cause, message } = error instanceof Error ? error : new Error();
  // Without the URL, which could hold any of these words.
  const why = cause instanceof Error ? cause.message.replace(/for url \(\S*\)/, "") : "";
  const text = `${message} ${why}`;
  return MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? "unreachable";
}
