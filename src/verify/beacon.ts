/** Public randomness: the log names each round before its time, the chain has signed each published
 *  round, and no hook drew from a round before the log published it. */
import { budgetSpent } from "../domain/announcements/hooks.ts";
import { roundPublished } from "../domain/announcements/randomness.ts";
import { namesRound, roundNamedIn } from "../domain/channel/beacon.ts";
import {
  type ChannelExport,
  type ExportedEntry,
  formatOf,
} from "../domain/proof/channel_export.ts";
import { Chain, chainHash, isSigned, QUICKNET, roundNamedAt, timeOf } from "../kernel/drand.ts";
import type { JsonObject } from "../kernel/json.ts";
import { type Check, Stopped } from "./report.ts";
import { Wrong } from "./model/wrong.ts";

/** An entry with a body that may be read. */
type Readable = ExportedEntry & { body: JsonObject };

/** The entry that publishes a round, and the round's signature. */
export interface PublishedRound {
  id: number;
  signature: string;
}

/** The rounds that entries publish, by number. Throws `Wrong` for a round published twice. */
export function publishedRounds(entries: readonly ExportedEntry[]): Map<number, PublishedRound> {
  const published = new Map<number, PublishedRound>();
  for (const entry of entries) {
    const body = roundPublished.in(entry);
    if (!body) continue;
    const { id } = entry;
    const round = Number(body.round);
    if (published.has(round)) throw new Wrong(`Round ${round} was published before.`, id);
    published.set(round, { id, signature: String(body.signature) });
  }
  return published;
}

/** `trusted`: hashes of the accepted chains; any other chain fails. Without it, drand's quicknet
 *  passes and any other chain is `unknown`. */
export async function checkBeacon(
  { format, entries }: ChannelExport,
  trusted?: readonly string[],
  signal?: AbortSignal,
): Promise<string | Check> {
  const chain = chainIn(entries);
  if (entries[0]?.body && format !== formatOf(chain !== undefined)) {
    throw new Wrong(
      `The entry names ${chain ? "a" : "no"} drand chain, unlike files of format ${format}.`,
      1,
    );
  }
  const published = publishedRounds(entries);
  const named = new Set<number>();
  let last: number | undefined;
  /** By entry, the round that the hooks it calls draw from. */
  const drawsFrom = entries.map((entry) => {
    if (!entry.body) return last;
    const readable = entry as Readable;
    checkNaming(chain, readable);
    last = roundNamedIn(readable) ?? last;
    if (last !== undefined) named.add(last);
    const body = roundPublished.in(entry);
    if (body && !named.has(Number(body.round))) {
      throw new Wrong("No earlier entry named this round.", entry.id);
    }
    return last;
  });
  if (!chain && trusted) {
    throw new Wrong(
      "The channel uses no public randomness, so it uses no chain that you trust.",
      1,
    );
  }
  if (!chain) return { check: "beacon", verdict: "unknown", text: UNBEACONED };
  for (const [round, { id, signature }] of published) {
    if (Date.parse(entries[id - 1]!.ts) < timeOf(chain, round)) {
      throw new Wrong(`The entry's time is before that of round ${round}.`, id);
    }
    if (!await isSigned(chain, round, signature)) {
      throw new Wrong(`The signature is not the chain's for round ${round}.`, id);
    }
    // Each check takes some milliseconds, and there may be many: yield to others on this thread.
    await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) throw new Stopped();
  }
  for (const entry of entries) {
    const { id, cause } = entry;
    // `bot:budget_spent` reports a hook that did not run, so nothing was drawn for it.
    if (cause === undefined || budgetSpent.in(entry)) continue;
    const round = drawsFrom[cause - 1];
    if (round === undefined || (published.get(round)?.id ?? Infinity) < id) continue;
    throw new Wrong(
      `The hook draws from round ${round}, which is not published before this entry.`,
      id,
    );
  }
  const missing = [...named].filter((round) => !published.has(round));
  const text = `${published.size} rounds, each named before its time and signed by ` +
    (chain.hash === QUICKNET.hash ? "drand's quicknet" : `chain ${chain.hash}`) +
    (missing.length > 0 ? `; not published yet: ${missing.join(", ")}` : "");
  if ((trusted ?? [QUICKNET.hash]).includes(chain.hash)) return text;
  const none = `You do not list chain ${chain.hash} as trusted`;
  if (trusted) throw new Wrong(`${none}.`, 1);
  return {
    check: "beacon",
    verdict: "unknown",
    text: `${text}. ${none}; pass it with --chain if you trust it`,
  };
}

const UNBEACONED =
  "unbeaconed: the server could try several timestamps for an entry until the dice suit it";

/** The chain that entry 1 names, if any. */
function chainIn([first]: readonly ExportedEntry[]): Chain | undefined {
  const beacon = first?.body?.beacon;
  if (beacon === undefined) return undefined;
  const { data } = Chain.safeParse(beacon);
  if (!data || chainHash(data) !== data.hash) {
    throw new Wrong("The fields of the drand chain do not match its hash.", 1);
  }
  return data;
}

function checkNaming(chain: Chain | undefined, entry: Readable): void {
  const { id, ts, body } = entry;
  const expected = chain && namesRound(entry) ? roundNamedAt(chain, ts) : undefined;
  if (roundNamedIn(entry) !== expected) {
    throw new Wrong(
      expected === undefined
        ? "The entry names a round, but the channel has no drand chain."
        : `The entry must name round ${expected}, not ${body.beacon_round}.`,
      id,
    );
  }
}
