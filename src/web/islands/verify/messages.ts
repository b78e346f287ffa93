/** What a page and its verifying Worker say to each other. */
import type { CheckName, Move, Report } from "../../../verify/report.ts";

/** The only message to the Worker. */
export interface Order {
  /** The export. */
  file: Blob;
  /** The Worker that runs bots, `guest_worker.ts`: its address, or its source. */
  guest: string | Blob;
  /** A receipt, as text. */
  receipt?: string | undefined;
  /** The server that the page comes from; undefined for a page from disk. */
  server?: { host: string; keys: readonly string[] } | undefined;
}

/** A message of the Worker: any number of `at`, then one of the others. */
export type News =
  /** A check has begun. In a replay, `moves` hooks have been met. */
  | { kind: "at"; check: CheckName; moves?: number }
  | { kind: "verified"; finding: Finding }
  /** There is nothing that could be verified; `why` is a sentence. */
  | { kind: "unusable"; why: string };

/** The result of a verification. */
export interface Finding {
  report: Report;
  /** The name of the channel when it was opened; "" if the file does not say. */
  name: string;
  moves: Move[];
  /** The first entries, and the one at fault. */
  entries: Shown[];
  /** Whether the server of this page has signed the log; undefined if the page comes from disk. */
  own?: boolean | undefined;
}

/** An entry for a page. `text` is its body as JSON, cut; undefined if it is withheld. */
export interface Shown {
  id: number;
  sender: string;
  ts: string;
  text?: string | undefined;
}
