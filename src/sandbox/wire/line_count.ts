/** The number of lines of a source, with its last, possibly empty one: the larger of the counts of
 *  JavaScript and Python. */
export function lineCount(source: string): number {
  return 1 + (source.match(/\r\n?|[\n\u2028\u2029]/g)?.length ?? 0);
}
