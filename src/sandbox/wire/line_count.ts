/** How many lines a source has, its last one, perhaps empty, included: as JavaScript or Python
 *  counts, whichever is more. */
export function lineCount(source: string): number {
  return 1 + (source.match(/\r\n?|[\n\u2028\u2029]/g)?.length ?? 0);
}
