/** The number of a source's lines, its last one, perhaps empty, included: as JavaScript or Python
 *  counts them, the larger of the two. */
export function lineCount(source: string): number {
  return 1 + (source.match(/\r\n?|[\n\u2028\u2029]/g)?.length ?? 0);
}
