/** Finds the name that somebody meant when they wrote another. */

/** Longer names are compared by their beginning. */
const MOST_CHARS = 60;
/** Names that begin with as many equal characters are alike. */
const ALIKE = 5;

/** The one of `names` that `written` most resembles; undefined if it resembles none. Equal apart
 *  from case and punctuation comes first, then the fewest typing errors, or the same beginning, or
 *  one name within the other. */
export function nearMiss(written: string, names: readonly string[]): string | undefined {
  const wanted = plain(written);
  if (wanted === "") return undefined;
  const same = names.find((name) => plain(name) === wanted);
  if (same !== undefined) return same;
  const distances = names.map((name) => {
    const known = plain(name);
    const isAlike = wanted.slice(0, ALIKE) === known.slice(0, ALIKE) && known.length >= ALIKE ||
      known.length > 2 && wanted.length > 2 && (wanted.includes(known) || known.includes(wanted));
    const errors = typingErrors(wanted, known);
    return { name, errors: isAlike ? Math.min(errors, 1) : errors, chars: known.length };
  });
  const [best] = distances
    .filter(({ errors, chars }) => errors <= Math.max(1, Math.min(chars, wanted.length) / 3))
    .sort((one, other) => one.errors - other.errors);
  return best?.name;
}

function plain(name: string): string {
  return name.slice(0, MOST_CHARS).toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** The number of characters to insert, remove, replace or swap with the next. The time grows with
 *  the product of the lengths. */
export function typingErrors(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = row[j - 1]! + Number(one[i - 1] !== other[j - 1]);
      const swaps = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = swaps ? before[j - 2]! + 1 : Infinity;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced, swapped));
    }
    [before, row] = [row, next];
  }
  return row[other.length]!;
}
