/** A text as one word of a POSIX shell: bare where no shell sees anything in it, else in single
 *  quotes. */
export function shellQuote(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
