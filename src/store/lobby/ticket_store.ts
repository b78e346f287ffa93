/** Tickets and matches in Deno KV. A waiting ticket is stored twice: by its id, and in its pool.
 *  Whatever takes it out of the pool checks that it is still there, in the same commit that says
 *  what became of it. So a ticket is paired, given up or expired once, whatever instances try, and
 *  whenever one of them dies. Nothing here counts for storage: tickets are few for each principal,
 *  and all of them expire. */
import { LOBBY_LIMITS } from "../../domain/limits/lobby.ts";
import { Match, Ticket } from "../../domain/lobby/ticket.ts";
import { HeadWatch } from "../channel/head_watch.ts";
import { decode, encode } from "../codec.ts";
import { keys } from "../keys.ts";

/** The most keys that Deno KV reads in one request. */
const MAX_READS = 10;

/** A match as read. */
interface StoredMatch {
  match: Match;
  version: string;
}

export class TicketStore {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  async load(id: string): Promise<Ticket | null> {
    return (await this.loadAll([id]))[0]!;
  }

  /** The tickets with these ids, in order; null for one that does not exist. */
  async loadAll(ids: readonly string[]): Promise<(Ticket | null)[]> {
    const read = await this.#kv.getMany<unknown[]>(ids.map((id) => keys.ticket(id)));
    return read.map(({ value }) => value === null ? null : decode(Ticket, value));
  }

  /** The ticket that a principal got for a wish; `version` is that of the place where it is
   *  found. */
  async found(
    principal: string,
    wish: string,
  ): Promise<{ ticket: Ticket | null; version: string | null }> {
    const { value, versionstamp } = await this.#kv.get<string>(keys.ticketOf(principal, wish));
    return { ticket: value === null ? null : await this.load(value), version: versionstamp };
  }

  /** How many tickets of a principal wait. */
  async countWaiting(principal: string): Promise<number> {
    const ids: string[] = [];
    for await (const { value } of this.#kv.list<string>({ prefix: keys.ticketsOf(principal) })) {
      ids.push(value);
    }
    let count = 0;
    for (let at = 0; at < ids.length; at += MAX_READS) {
      const tickets = await this.loadAll(ids.slice(at, at + MAX_READS));
      count += tickets.filter((ticket) => ticket?.state.kind === "waiting").length;
    }
    return count;
  }

  /** The id of the ticket that made a challenge (SHA-256 hex of its code). */
  async challenger(hash: string): Promise<string | null> {
    return (await this.#kv.get<string>(keys.challenge(hash))).value;
  }

  /** Stores a waiting ticket in the place that `found` has read. Returns false if that has changed
   *  since. */
  async add(ticket: Ticket, version: string | null, seenUntil: number): Promise<boolean> {
    const { ticket_id, principal, wish, challenge, created_at, expires_at } = ticket;
    const lifetime = { expireIn: expires_at - created_at + LOBBY_LIMITS.keptMs };
    const place = keys.ticketOf(principal, wish);
    const atomic = this.#kv.atomic().check({ key: place, versionstamp: version })
      .set(place, ticket_id, lifetime)
      .set(keys.ticket(ticket_id), encode(ticket), lifetime)
      .set(keys.ticketSeen(ticket_id), seenUntil, lifetime)
      .set(poolKey(ticket), encode(ticket), lifetime);
    if (challenge?.owner) atomic.set(keys.challenge(challenge.hash), ticket_id, lifetime);
    return (await atomic.commit()).ok;
  }

  /** Until when each of the tickets stays without another call. */
  async seenUntil(tickets: readonly Ticket[]): Promise<number[]> {
    const seen: number[] = [];
    for (let at = 0; at < tickets.length; at += MAX_READS) {
      const some = tickets.slice(at, at + MAX_READS);
      const read = await this.#kv.getMany<number[]>(
        some.map(({ ticket_id }) => keys.ticketSeen(ticket_id)),
      );
      seen.push(...read.map(({ value }) => value ?? 0));
    }
    return seen;
  }

  async keepUntil({ ticket_id, expires_at, created_at }: Ticket, until: number): Promise<void> {
    const lifetime = { expireIn: expires_at - created_at + LOBBY_LIMITS.keptMs };
    await this.#kv.set(keys.ticketSeen(ticket_id), until, lifetime);
  }

  /** The waiting tickets of a pool, at most `limit`: those with these parameters, oldest first, or
   *  with any. */
  async waiting(pool: string, paramsHash: string | undefined, limit: number): Promise<Ticket[]> {
    const prefix = paramsHash === undefined
      ? keys.waitingIn(pool)
      : keys.waitingFor(pool, paramsHash);
    return await Array.fromAsync(
      this.#kv.list({ prefix }, { limit }),
      ({ value }) => decode(Ticket, value),
    );
  }

  async *allWaiting(): AsyncGenerator<Ticket> {
    const prefix = keys.waitingTickets();
    for await (const { value } of this.#kv.list({ prefix })) yield decode(Ticket, value);
  }

  /** Takes a ticket out of its pool for good. Returns whether it was still there. */
  async end(ticket: Ticket, state: Ticket["state"]): Promise<boolean> {
    return await this.#takeOut([ticket], () => state, null);
  }

  /** Pairs tickets. Returns whether all of them were still waiting. */
  async pair(tickets: readonly Ticket[], match: Match): Promise<boolean> {
    const { match_id } = match;
    return await this.#takeOut(tickets, () => ({ kind: "paired", match_id }), match);
  }

  async #takeOut(
    tickets: readonly Ticket[],
    stateOf: (ticket: Ticket) => Ticket["state"],
    match: Match | null,
  ): Promise<boolean> {
    const places = await this.#kv.getMany<unknown[]>(tickets.map(poolKey));
    if (places.some(({ versionstamp }) => versionstamp === null)) return false;
    const atomic = this.#kv.atomic();
    for (const [i, ticket] of tickets.entries()) {
      const { key, versionstamp } = places[i]!;
      atomic.check({ key, versionstamp }).delete(key);
      this.#set(atomic, { ...ticket, state: stateOf(ticket) });
    }
    if (match) atomic.set(keys.match(match.match_id), encode(match));
    return (await atomic.commit()).ok;
  }

  #set(atomic: Deno.AtomicOperation, ticket: Ticket): void {
    const { ticket_id, challenge } = ticket;
    const lifetime = { expireIn: LOBBY_LIMITS.keptMs };
    atomic.set(keys.ticket(ticket_id), encode(ticket), lifetime);
    if (challenge?.owner) atomic.delete(keys.challenge(challenge.hash));
  }

  /** A match whose channel is not known to be open; null if there is none any more. */
  async match(id: string): Promise<StoredMatch | null> {
    const { value, versionstamp } = await this.#kv.get(keys.match(id));
    return versionstamp === null ? null : { match: decode(Match, value), version: versionstamp };
  }

  async *matches(): AsyncGenerator<Match> {
    for await (const { value } of this.#kv.list({ prefix: keys.matches() })) {
      yield decode(Match, value);
    }
  }

  /** Says what became of the tickets of a match, and ends it. Returns whether this call did. */
  async settle({ match, version }: StoredMatch, tickets: readonly Ticket[]): Promise<boolean> {
    const key = keys.match(match.match_id);
    const atomic = this.#kv.atomic().check({ key, versionstamp: version }).delete(key);
    for (const ticket of tickets) this.#set(atomic, ticket);
    return (await atomic.commit()).ok;
  }
}

/** Watches tickets for changes by any process. */
export function ticketWatch(deps: Omit<ConstructorParameters<typeof HeadWatch>[0], "keyOf">) {
  return new HeadWatch({ ...deps, keyOf: keys.ticket });
}

function poolKey({ pool, params_hash, created_at, ticket_id }: Ticket): Deno.KvKey {
  return keys.waitingTicket(pool, params_hash, created_at, ticket_id);
}
