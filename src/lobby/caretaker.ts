/** Looks after tickets that no call waits for: pairs those whose wish has widened, ends those that
 *  nobody asks for any more, and finishes the matches of an instance that died. */
import { LOBBY_LIMITS } from "../domain/limits/lobby.ts";
import type { Ticket } from "../domain/lobby/ticket.ts";
import type { Log } from "../kernel/log.ts";
import type { TicketStore } from "../store/lobby/ticket_store.ts";
import type { Matchmaker } from "./matchmaker.ts";
import type { Seater } from "./seater.ts";

interface CaretakerDeps {
  tickets: TicketStore;
  matchmaker: Matchmaker;
  seater: Seater;
  /** Whether other processes may write to the same database. */
  shared: boolean;
  now: () => Date;
  log: Log;
}

export class Caretaker {
  readonly #deps: CaretakerDeps;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> | undefined;
  /** Whether a ticket was made since the last look began. */
  #goesOn = false;
  #closed = false;

  constructor(deps: CaretakerDeps) {
    this.#deps = deps;
  }

  /** Looks again after a while, and goes on as long as there is something to look after. */
  start(): void {
    this.#goesOn = true;
    if (this.#closed || this.#timer !== undefined || this.#looking) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.look();
    }, LOBBY_LIMITS.lookAgainMs);
  }

  /** Looks now. Never rejects. */
  async look(): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#looking ??= this.#lookOnce();
    await this.#looking;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #lookOnce(): Promise<void> {
    this.#goesOn = this.#deps.shared;
    const isLeft = await this.#look().catch((error) => {
      this.#deps.log("warn", "tickets_unread", { error: String(error) });
      return true;
    });
    this.#looking = undefined;
    if (isLeft || this.#goesOn) this.start();
  }

  /** Returns whether anything is left to look after. */
  async #look(): Promise<boolean> {
    const { tickets: store, matchmaker, seater, now, log } = this.#deps;
    let isLeft = false;
    for await (const { match_id, made_at } of store.matches()) {
      if (this.#closed) return true;
      isLeft = true;
      if (now().getTime() - made_at < LOBBY_LIMITS.takeoverMs) continue;
      await seater.seat(match_id).catch((error) => {
        log("warn", "match_not_seated", { match: match_id, error: String(error) });
      });
    }
    const waiting = await Array.fromAsync(store.allWaiting());
    const seen = await store.seenUntil(waiting);
    const tried = new Set<string>();
    for (const [i, ticket] of waiting.entries()) {
      if (this.#closed) return true;
      if (await matchmaker.expire(ticket, seen[i]!)) continue;
      isLeft = true;
      const wish = `${ticket.pool} ${ticket.params_hash}`;
      if (tried.has(wish) && !this.#hasWidened(ticket)) continue;
      tried.add(wish);
      await matchmaker.pair(ticket);
    }
    return isLeft;
  }

  #hasWidened({ any_params, rating, created_at }: Ticket): boolean {
    const waitedMs = this.#deps.now().getTime() - created_at;
    return rating !== undefined || any_params && waitedMs >= LOBBY_LIMITS.widenMs;
  }
}
