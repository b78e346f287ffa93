/** The address of a channel as of one of its entries. `query` is what the channel's addresses
 *  need. */
export function momentAddress(
  { address, query }: { address: string; query: string },
  at: number,
): string {
  return `${address}/replay?at=${at}${query.replace("?", "&")}`;
}
