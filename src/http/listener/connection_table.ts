/** The open connections, with a limit in total and per address. At a limit, the connection that has
 *  been idle longest is closed, and first those that never carried a request. So idle connections
 *  keep no client out. */
import type { Connection } from "./connection.ts";

export class ConnectionTable {
  readonly #open = new Set<Connection>();
  readonly #countOf = new Map<string, number>();
  /** Idle connections that never carried a request, those that became idle first in front. */
  readonly #unused = new Set<Connection>();
  /** The other idle connections, in the same order. */
  readonly #keptAlive = new Set<Connection>();

  get size(): number {
    return this.#open.size;
  }

  add(connection: Connection): void {
    const { address } = connection;
    this.#open.add(connection);
    this.#countOf.set(address, (this.#countOf.get(address) ?? 0) + 1);
    this.markIdle(connection);
  }

  /** Removes a connection, if the table has it. */
  remove(connection: Connection): void {
    if (!this.#open.delete(connection)) return;
    this.markBusy(connection);
    const count = this.#countOf.get(connection.address)! - 1;
    if (count > 0) this.#countOf.set(connection.address, count);
    else this.#countOf.delete(connection.address);
  }

  /** Call it when a connection has no open request any more. */
  markIdle(connection: Connection): void {
    if (!this.#open.has(connection)) return;
    (connection.used ? this.#keptAlive : this.#unused).add(connection);
  }

  /** Call it when a connection has an open request. */
  markBusy(connection: Connection): void {
    this.#unused.delete(connection);
    this.#keptAlive.delete(connection);
  }

  /** Ends idle connections until one more has room. Returns false if too many have open
   *  requests. */
  makeRoom(address: string, most: number, mostOfAddress: number): boolean {
    while ((this.#countOf.get(address) ?? 0) >= mostOfAddress) {
      if (!this.#endOne((other) => other.address === address)) return false;
    }
    return this.shrinkTo(most - 1);
  }

  /** Ends idle connections until at most `most` are open. Returns false if too many have open
   *  requests. */
  shrinkTo(most: number): boolean {
    while (this.#open.size > most) {
      if (!this.#endOne(() => true)) return false;
    }
    return true;
  }

  /** Ends the connections whose peer has kept the server waiting for too long. */
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
    const chosen = this.#unused.values().find(fits) ?? this.#keptAlive.values().find(fits);
    if (chosen) this.#end(chosen);
    return chosen !== undefined;
  }

  #end(connection: Connection): void {
    this.remove(connection);
    connection.end();
  }
}
