/** What a file or a server holds must not reach a terminal as more than text: no escape sequence,
 *  no other line, no change of direction. */

/** Control characters (those beyond ASCII, too), what has no width or turns the direction of
 *  writing, and line ends. */
const UNPLAIN = /[\p{C}\u2028\u2029]/gu;

/** A text as one line that is nothing but text. */
export function plainLine(text: string): string {
  return text.replace(UNPLAIN, "\uFFFD");
}

/** A value as JSON in lines, whose texts are escaped wherever a terminal could take them for more
 *  than text. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split("\n").map((line) =>
    line.replace(UNPLAIN, (unplain) =>
      // A character outside the basic plane is two units.
      Array.from({ length: unplain.length }, (_, i) => escaped(unplain.charCodeAt(i))).join(""))
  ).join("\n");
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
