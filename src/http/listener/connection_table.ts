/** The open connections, within a number in all and of one address. When a number is reached, the
 *  connection that has been idle longest is closed, one that never carried a request first: so idle
 *  connections keep no client out. */
import type { Connection } from "./connection.ts";

export class ConnectionTable {
  readonly #open = new Set<Connection>();
  readonly #countOf = new Map<string, number>();
  /** Those without an open request, in the order in which they came to rest. */
  readonly #unused = new Set<Connection>();
  readonly #kept = new Set<Connection>();

  get size(): number {
    return this.#open.size;
  }

  add(connection: Connection): void {
    const { address } = connection;
    this.#open.add(connection);
    this.#countOf.set(address, (this.#countOf.get(address) ?? 0) + 1);
    this.rests(connection);
  }

  /** Takes a connection out, if it is in. */
  remove(connection: Connection): void {
    if (!this.#open.delete(connection)) return;
    this.works(connection);
    const count = this.#countOf.get(connection.address)! - 1;
    if (count > 0) this.#countOf.set(connection.address, count);
    else this.#countOf.delete(connection.address);
  }

  /** A connection has no open request any more. */
  rests(connection: Connection): void {
    if (!this.#open.has(connection)) return;
    (connection.used ? this.#kept : this.#unused).add(connection);
  }

  /** A connection has an open request. */
  works(connection: Connection): void {
    this.#unused.delete(connection);
    this.#kept.delete(connection);
  }

  /** Whether one more has room, after resting connections have been ended for it. */
  makeRoom(address: string, most: number, mostOfAddress: number): boolean {
    while ((this.#countOf.get(address) ?? 0) >= mostOfAddress) {
      if (!this.#endOne((other) => other.address === address)) return false;
    }
    return this.shrinkTo(most - 1);
  }

  /** Ends resting connections until no more than `most` are open. False when too many have open
   *  requests. */
  shrinkTo(most: number): boolean {
    while (this.#open.size > most) {
      if (!this.#endOne(() => true)) return false;
    }
    return true;
  }

  /** Ends those that have kept the server waiting for too long. */
  endOverdue(nowMs: number): void {
    for (const connection of this.#open) {
      if (connection.overdue(nowMs)) this.#end(connection);
    }
  }

  /** Ends all of them at once. */
  endAll(): void {
    for (const connection of this.#open) this.#end(connection);
  }

  /** Lets each finish its open requests. Resolves when all are closed. */
  async shutdown(): Promise<void> {
    await Promise.all([...this.#open].map((connection) => connection.shutdown()));
  }

  #endOne(fits: (connection: Connection) => boolean): boolean {
    const chosen = this.#unused.values().find(fits) ?? this.#kept.values().find(fits);
    if (chosen) this.#end(chosen);
    return chosen !== undefined;
  }

  #end(connection: Connection): void {
    this.remove(connection);
    connection.end();
  }
}
