/** The moment of a channel that an address names. */
import { Refusal } from "../../kernel/refusal.ts";

/** The entry that `at` of a query names, or the last one without it. Throws INVALID_REQUEST for
 *  what is no entry between `first` and `last`, the ones that its reader may read. */
export function momentOf(
  at: string | undefined,
  { first, last }: { first: number; last: number },
): number {
  if (at === undefined) return last;
  const id = /^\d{1,15}$/.test(at) ? Number(at) : NaN;
  if (id >= first && id <= last) return id;
  const which = first <= last
    ? `the id of an entry that you may read: ${first} to ${last} at the moment`
    : "left out while there is no entry that you may read";
  throw new Refusal("INVALID_REQUEST", `at must be ${which}. Leave it out to see the newest.`);
}
