/** Public randomness: rounds were named ahead, are signed by their chain, and nothing drew from one
 *  before it was told. */
import { budgetSpent } from "../domain/announcements/hooks.ts";
import { roundTold } from "../domain/announcements/randomness.ts";
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

/** The entry that tells a round, and the signature that it tells. */
export interface Told {
  id: number;
  signature: string;
}

/** The rounds that entries tell. Throws `Wrong` for one that is told twice. */
export function toldRounds(entries: readonly ExportedEntry[]): Map<number, Told> {
  const told = new Map<number, Told>();
  for (const entry of entries) {
    const body = roundTold.in(entry);
    if (!body) continue;
    const { id } = entry;
    const round = Number(body.round);
    if (told.has(round)) throw new Wrong(`Round ${round} is told twice.`, id);
    told.set(round, { id, signature: String(body.signature) });
  }
  return told;
}

/** `trusted`: hashes of the chains that count; without them, drand's quicknet alone does, and
 *  others are not refused. */
export async function checkBeacon(
  { format, entries }: ChannelExport,
  trusted?: readonly string[],
  signal?: AbortSignal,
): Promise<string | Check> {
  const chain = chainIn(entries);
  if (entries[0]?.body && format !== formatOf(chain !== undefined)) {
    throw new Wrong(`${chain ? "It names a chain" : "It names no chain"}, unlike ${format}.`, 1);
  }
  const told = toldRounds(entries);
  const named = new Set<number>();
  let last: number | undefined;
  /** By entry, the round that hooks which it calls draw from. */
  const drawsFrom = entries.map((entry) => {
    if (!entry.body) return last;
    const readable = entry as Readable;
    checkNaming(chain, readable);
    last = roundNamedIn(readable) ?? last;
    if (last !== undefined) named.add(last);
    const body = roundTold.in(entry);
    if (body && !named.has(Number(body.round))) {
      throw new Wrong("It tells a round that nothing has named.", entry.id);
    }
    return last;
  });
  if (!chain && trusted) throw new Wrong("It uses no public randomness, of no chain.", 1);
  if (!chain) return { check: "beacon", verdict: "unknown", text: UNBEACONED };
  for (const [round, { id, signature }] of told) {
    if (Date.parse(entries[id - 1]!.ts) < timeOf(chain, round)) {
      throw new Wrong(`Its time is earlier than that of round ${round}.`, id);
    }
    if (!await isSigned(chain, round, signature)) {
      throw new Wrong(`The chain has not signed this for round ${round}.`, id);
    }
    // Each takes some milliseconds, and there may be many: whoever shares the thread has a turn.
    await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) throw new Stopped();
  }
  for (const entry of entries) {
    const { id, cause } = entry;
    // What tells that a hook is not run draws from nothing.
    if (cause === undefined || budgetSpent.in(entry)) continue;
    const round = drawsFrom[cause - 1];
    if (round === undefined || (told.get(round)?.id ?? Infinity) < id) continue;
    throw new Wrong(`Round ${round}, which it draws from, was not told yet.`, id);
  }
  const missing = [...named].filter((round) => !told.has(round));
  const text = `${told.size} rounds, each named ahead and signed by ` +
    (chain.hash === QUICKNET.hash ? "drand's quicknet" : `chain ${chain.hash}`) +
    (missing.length > 0 ? `; not told yet: ${missing.join(", ")}` : "");
  if ((trusted ?? [QUICKNET.hash]).includes(chain.hash)) return text;
  const none = `It is chain ${chain.hash}, which is none that you trust`;
  if (trusted) throw new Wrong(`${none}.`, 1);
  return { check: "beacon", verdict: "unknown", text: `${text}. ${none}: name it if you do` };
}

const UNBEACONED =
  "unbeaconed: the server could try a few times of an entry until the dice suit it";

/** The chain that entry 1 names; undefined where it names none. */
function chainIn([first]: readonly ExportedEntry[]): Chain | undefined {
  const beacon = first?.body?.beacon;
  if (beacon === undefined) return undefined;
  const { data } = Chain.safeParse(beacon);
  if (!data || chainHash(data) !== data.hash) {
    throw new Wrong("The chain it names has another hash.", 1);
  }
  return data;
}

function checkNaming(chain: Chain | undefined, entry: Readable): void {
  const { id, ts, body } = entry;
  const expected = chain && namesRound(entry) ? roundNamedAt(chain, ts) : undefined;
  if (roundNamedIn(entry) !== expected) {
    throw new Wrong(
      expected === undefined
        ? "It names a round, and there is no chain."
        : `It names round ${body.beacon_round}, and round ${expected} was to come.`,
      id,
    );
  }
}
