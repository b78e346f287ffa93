/** Makes untrusted text safe for a terminal: it can contain no escape sequence, start no new line
 *  and change no writing direction. */

/** Control characters (also those beyond ASCII), zero-width and direction-changing characters, and
 *  line separators. */
const UNPLAIN = /[\p{C}\u2028\u2029]/gu;

/** A text as one line, with every unsafe character replaced. */
export function plainLine(text: string): string {
  return text.replace(UNPLAIN, "\uFFFD");
}

/** A value as JSON with this indent, and every unsafe character escaped. It parses to the same
 *  value. An indent of 0 makes one line. */
export function plainJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).split("\n").map((line) =>
    line.replace(UNPLAIN, (unplain) =>
      // A character outside the Basic Multilingual Plane takes two UTF-16 code units.
      Array.from({ length: unplain.length }, (_, i) => escaped(unplain.charCodeAt(i))).join(""))
  ).join("\n");
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
