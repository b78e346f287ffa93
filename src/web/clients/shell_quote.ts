/** A text as one word of a POSIX shell: unquoted if it has no special characters, else in single
 *  quotes. */
export function shellQuote(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
