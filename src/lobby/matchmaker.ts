/** Pairs waiting tickets. Instances that share a database pair from the same pools: each reads a
 *  pool, decides by `groupFor`, and commits only if every ticket is still in it. */
import { setTimeout as pause } from "node:timers/promises";
import { LOBBY_LIMITS } from "../domain/limits/lobby.ts";
import { Turns } from "../domain/limits/turns.ts";
import { groupFor } from "../domain/lobby/pairing.ts";
import type { Match, Ticket } from "../domain/lobby/ticket.ts";
import { base64url } from "../kernel/base64url.ts";
import type { RandomBytes } from "../kernel/random_bytes.ts";
import type { TicketStore } from "../store/lobby/ticket_store.ts";
import type { Seater } from "./seater.ts";

interface MatchmakerDeps {
  tickets: TicketStore;
  seater: Seater;
  /** Called with the id of each ticket that left its pool. */
  changed: (ticketId: string) => void;
  now: () => Date;
  randomBytes: RandomBytes;
}

/** A pause before the next attempt, longer at each: other instances aim at the same tickets. */
const PAUSE_MS = 20;

export class Matchmaker {
  readonly #deps: MatchmakerDeps;
  /** One attempt at a time in each pool: tickets of this process do not compete. */
  readonly #ofPool = new Turns(1);

  constructor(deps: MatchmakerDeps) {
    this.#deps = deps;
  }

  /** Pairs a ticket if there are opponents for it, and seats the players. */
  async pair(ticket: Ticket): Promise<void> {
    const match = await this.#ofPool.take(ticket.pool, () => this.#pair(ticket));
    if (match) await this.#deps.seater.seat(match.match_id);
  }

  /** Ends a ticket that nobody has asked for, or that has waited as long as any may. Returns
   *  whether it has ended, by this or another call. */
  async expire(ticket: Ticket, seenUntil: number): Promise<boolean> {
    const now = this.#deps.now().getTime();
    const isWanted = ticket.challenge?.owner || now < seenUntil;
    if (now < ticket.expires_at && isWanted) return false;
    await this.end(ticket, { kind: "expired" });
    return true;
  }

  /** Takes a ticket out of its pool. Returns whether it was still there. */
  async end(ticket: Ticket, state: Ticket["state"]): Promise<boolean> {
    const hasEnded = await this.#deps.tickets.end(ticket, state);
    if (hasEnded) this.#deps.changed(ticket.ticket_id);
    return hasEnded;
  }

  async #pair(ticket: Ticket): Promise<Match | null> {
    const { tickets: store, changed, now, randomBytes } = this.#deps;
    for (let attempt = 0; attempt < LOBBY_LIMITS.attempts; attempt++) {
      const newest = attempt === 0 ? ticket : await store.load(ticket.ticket_id);
      if (newest?.state.kind !== "waiting") return null;
      const group = await this.#groupFor(newest);
      if (!group) return null;
      const match: Match = {
        match_id: base64url(randomBytes(16)),
        ticket_ids: this.#seatOrder(group.tickets).map(({ ticket_id }) => ticket_id),
        terms: group.terms.ticket_id,
        made_at: now().getTime(),
      };
      if (await store.pair(group.tickets, match)) {
        for (const ticket_id of match.ticket_ids) changed(ticket_id);
        return match;
      }
      await pause(Math.ceil(PAUSE_MS * (attempt + 1) * randomBytes(1)[0]! / 256));
    }
    return null;
  }

  /** The group for a ticket, all of whose owners still want it. */
  async #groupFor(ticket: Ticket) {
    const { tickets: store, now } = this.#deps;
    const { pool, params_hash } = ticket;
    const { looked } = LOBBY_LIMITS;
    for (const same of [params_hash, undefined]) {
      let waiting = await store.waiting(pool, same, looked);
      for (;;) {
        const group = groupFor(ticket, waiting, now().getTime());
        if (!group) break;
        const seen = await store.seenUntil(group.tickets);
        const gone = new Set<string>();
        for (const [i, each] of group.tickets.entries()) {
          if (await this.expire(each, seen[i]!)) gone.add(each.ticket_id);
        }
        if (gone.size === 0) return group;
        if (gone.has(ticket.ticket_id)) return null;
        waiting = waiting.filter(({ ticket_id }) => !gone.has(ticket_id));
      }
    }
    return null;
  }

  /** By lot, so that nobody gets the first move for waiting. */
  #seatOrder(tickets: readonly Ticket[]): Ticket[] {
    return tickets
      .map((ticket) => ({ ticket, lot: this.#deps.randomBytes(8).toHex() }))
      .toSorted((a, b) => a.lot < b.lot ? -1 : 1)
      .map(({ ticket }) => ticket);
  }
}
