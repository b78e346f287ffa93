/** The lobby: seekers get tickets, and the tickets are paired. A ticket outlives the call that made
 *  it: the same wish of the same seeker finds it again. */
import { setTimeout as pause } from "node:timers/promises";
import type { ChannelService } from "../channels/writing/channel_service.ts";
import type { BotLibrary } from "../channels/library/bot_library.ts";
import type { Waiters } from "../channels/reading/waiters.ts";
import type { Wait } from "../channels/reading/until.ts";
import { type DerivedTokens, newToken } from "../channels/writing/tokens.ts";
import { inviteInvalid } from "../domain/channel/membership.ts";
import { isGuest } from "../domain/channel/principal.ts";
import type { Access, Caller } from "../domain/channel/seat.ts";
import { LOBBY_LIMITS } from "../domain/limits/lobby.ts";
import type { RateLimiter } from "../domain/limits/rate_limit.ts";
import { Turns } from "../domain/limits/turns.ts";
import { poolOf, type Ticket } from "../domain/lobby/ticket.ts";
import { type HashText, secretHash } from "../kernel/hash.ts";
import { canonicalText, type JsonObject } from "../kernel/json.ts";
import type { RandomBytes } from "../kernel/random_bytes.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { TicketStore } from "../store/lobby/ticket_store.ts";
import type { Caretaker } from "./caretaker.ts";
import type { Matchmaker } from "./matchmaker.ts";
import type { Seater } from "./seater.ts";
import type { WishedBot, WishedGames } from "./wished_game.ts";

interface LobbyDeps {
  tickets: TicketStore;
  games: WishedGames;
  matchmaker: Matchmaker;
  seater: Seater;
  caretaker: Caretaker;
  channels: ChannelService;
  library: BotLibrary;
  waiters: Waiters;
  derivedToken: DerivedTokens;
  /** The rating of somebody who signed in, in games of a source. */
  ratingOf: (principal: string, codeHash: string) => Promise<NonNullable<Ticket["rating"]>>;
  /** Absent when nothing is limited. */
  limiter?: RateLimiter | undefined;
  now: () => Date;
  randomBytes: RandomBytes;
}

/** What a caller asks for. */
interface Wish {
  /** A built-in bot, in any spelling. */
  preset?: string | undefined;
  codeHash?: HashText | undefined;
  params?: JsonObject | undefined;
  anyParams: boolean;
  rated: boolean;
  /** The caller's name for the others. The ticket keeps the one that it was made with. */
  displayName?: string | undefined;
  /** "new" to make a challenge, or the code of one. */
  challenge?: string | undefined;
}

export class Lobby {
  readonly #deps: LobbyDeps;
  /** A principal's tickets are counted and stored one after the other, or many calls at once would
   *  all find room. */
  readonly #making = new Turns(1);

  constructor(deps: LobbyDeps) {
    this.#deps = deps;
  }

  /** The caller's ticket for a wish: the one that it has, or a new one. */
  async seek(caller: Caller, wish: Wish, signal: AbortSignal): Promise<Ticket> {
    const { principal } = caller;
    return await this.#making.take(principal, async () => {
      const place = this.#placeOf(caller, wish);
      const { ticket, version } = await this.#deps.tickets.found(principal, place);
      if (ticket) {
        const known = await this.#advance(ticket);
        if (await this.#stands(known)) return known;
      }
      return await this.#make(caller, wish, { place, version, signal });
    });
  }

  /** The ticket of that id. Throws INVALID_REQUEST if the caller has none. */
  async look(caller: Pick<Caller, "principal">, ticketId: string): Promise<Ticket> {
    return await this.#advance(await this.#own(caller, ticketId));
  }

  /** The ticket of that id as it stands, without counting as a call for it. */
  async peek(caller: Pick<Caller, "principal">, ticketId: string): Promise<Ticket> {
    return await this.#own(caller, ticketId);
  }

  /** Gives up a ticket that waits. One that is paired stays so. */
  async cancel(caller: Caller, ticketId: string): Promise<Ticket> {
    const ticket = await this.#own(caller, ticketId);
    await this.#deps.matchmaker.end(ticket, { kind: "cancelled" });
    return await this.look(caller, ticketId);
  }

  /** Gives up the ticket of a wish, if there is one. */
  async cancelWish(caller: Caller, wish: Wish): Promise<Ticket> {
    const place = this.#placeOf(caller, wish);
    const { ticket } = await this.#deps.tickets.found(caller.principal, place);
    if (!ticket) throw noTicket();
    return await this.cancel(caller, ticket.ticket_id);
  }

  /** The ticket once it waits no more, or when the time to wait is over. */
  async wait(ticket: Ticket, { timeoutMs, signal }: Wait): Promise<Ticket> {
    if (!isOpen(ticket) || timeoutMs === 0) return ticket;
    const { waiters } = this.#deps;
    const { ticket_id, principal } = ticket;
    const endsAt = performance.now() + timeoutMs;
    let woken = new AbortController();
    const unregister = waiters.register(ticket_id, () => woken.abort());
    try {
      for (;;) {
        const newest = await this.look({ principal }, ticket_id);
        const restMs = endsAt - performance.now();
        if (!isOpen(newest) || restMs <= 0 || signal.aborted || waiters.closed) return newest;
        const over = AbortSignal.any([woken.signal, signal]);
        const ms = Math.min(restMs, this.#nextLookMs(newest));
        await pause(ms, undefined, { signal: over }).catch(() => {});
        woken = new AbortController();
      }
    } finally {
      unregister();
    }
  }

  /** Keeps a ticket that waits until a time, without another call for it. Does nothing for a ticket
   *  that is over, or that the caller has not. */
  async keepUntil(
    { principal }: Pick<Caller, "principal">,
    ticketId: string,
    until: number,
  ): Promise<void> {
    const { tickets } = this.#deps;
    const ticket = await tickets.load(ticketId);
    if (ticket?.principal !== principal || ticket.state.kind !== "waiting") return;
    await tickets.keepUntil(ticket, Math.max(this.#now + LOBBY_LIMITS.idleMs, until));
  }

  /** The code of a challenge that the ticket has made. */
  challengeOf({ principal, ticket_id, challenge, state }: Ticket): string | undefined {
    if (!challenge?.owner || state.kind !== "waiting") return undefined;
    return this.#challengeCode(principal, ticket_id);
  }

  rejoinToken({ ticket_id }: Ticket): string {
    return this.#deps.seater.rejoinToken(ticket_id);
  }

  get #now(): number {
    return this.#deps.now().getTime();
  }

  #challengeCode(principal: string, ticketId: string): string {
    return this.#deps.derivedToken("challenge", principal, ticketId);
  }

  /** SHA-256 hex of who seeks what: equal wishes of one seeker share a ticket. */
  #placeOf({ principal: _, conversation }: Caller, wish: Wish): string {
    const { params = {}, anyParams, rated, challenge = null } = wish;
    const code = challenge === null || challenge === "new" ? challenge : secretHash(challenge);
    if (code !== null && code !== "new") return secretHash(canonicalText([conversation, code]));
    const bot = this.#botOf(wish);
    const named = "preset" in bot ? bot.preset : bot.codeHash;
    return secretHash(canonicalText([conversation, named, params, anyParams, rated, code]));
  }

  #botOf({ preset, codeHash }: Wish): WishedBot {
    if (preset !== undefined && codeHash === undefined) {
      return { preset: this.#deps.library.presetNamed(preset) };
    }
    if (codeHash !== undefined && preset === undefined) return { codeHash };
    throw new Refusal(
      "INVALID_REQUEST",
      "Say which game: pass bot_preset, such as " +
        `"${
          this.#deps.library.presets[0]
        }", or code_hash, or the challenge that somebody gave you.`,
    );
  }

  async #make(
    caller: Caller,
    wish: Wish,
    { place, version, signal }: { place: string; version: string | null; signal: AbortSignal },
  ): Promise<Ticket> {
    const { tickets, games, limiter, caretaker, randomBytes, ratingOf } = this.#deps;
    const { principal, conversation } = caller;
    const ticket_id = newToken("ticket", randomBytes);
    const { rated } = wish;
    const created_at = this.#now;
    const accepts = wish.challenge !== undefined && wish.challenge !== "new";
    const terms = accepts ? await this.#accepted(caller, wish) : await games.game(
      principal,
      this.#botOf(wish),
      // Games of guests are not ranked.
      { params: wish.params ?? {}, rated: rated && !isGuest(principal) },
      signal,
    );
    await this.#refuseMany(principal);
    const { retryAfterMs = 0 } = limiter?.take("channels", principal) ?? {};
    if (retryAfterMs > 0) {
      const text = "You have looked for too many games. Wait before you try again.";
      throw new Refusal("RATE_LIMIT", text, retryAfterMs);
    }
    const made = wish.challenge === "new"
      ? { hash: secretHash(this.#challengeCode(principal, ticket_id)), owner: true }
      : undefined;
    // Whoever makes or accepts a challenge has chosen the opponent.
    const isPaired = rated && !isGuest(principal) && wish.challenge === undefined;
    const rating = isPaired ? await ratingOf(principal, terms.code_hash) : undefined;
    const { displayName } = wish;
    const own = {
      ticket_id,
      principal,
      conversation,
      ...(displayName !== undefined && { display_name: displayName }),
      wish: place,
      created_at,
      state: { kind: "waiting" as const },
    };
    const unpooled = {
      any_params: !accepts && !made && wish.anyParams,
      rated,
      ...(rating && { rating }),
      ...(made && { challenge: made }),
      expires_at: created_at + LOBBY_LIMITS.ticketMs,
      ...terms,
      ...own,
    };
    const ticket: Ticket = { ...unpooled, pool: poolOf(unpooled, isGuest(principal)) };
    const seenUntil = created_at + LOBBY_LIMITS.idleMs;
    if (!await tickets.add(ticket, version, seenUntil)) {
      // The same call has come to another instance at the same time.
      const { ticket: other } = await tickets.found(principal, place);
      if (other) return await this.#advance(other);
      throw new Refusal("UNAVAILABLE", "The ticket can't be stored right now. Try again.", 250);
    }
    caretaker.start();
    return await this.#advance(ticket);
  }

  /** The terms of a challenge. Throws INVITE_INVALID if it is not open, as for one that never
   *  was. */
  async #accepted({ principal }: Caller, wish: Wish) {
    const { tickets, library } = this.#deps;
    const hash = secretHash(wish.challenge!);
    const id = await tickets.challenger(hash);
    const owner = id === null ? null : await tickets.load(id);
    if (owner?.state.kind !== "waiting" || owner.expires_at <= this.#now) throw inviteInvalid();
    if (owner.principal === principal) {
      throw new Refusal(
        "INVALID_REQUEST",
        "challenge: this is your own. Give it to the one whom you challenge, and wait with your " +
          "ticket.",
      );
    }
    const isOther =
      wish.preset !== undefined && library.presetNamed(wish.preset) !== owner.preset ||
      wish.codeHash !== undefined && wish.codeHash !== owner.code_hash;
    if (isOther) {
      throw new Refusal(
        "INVALID_REQUEST",
        `The challenge is to ${owner.bot_name}. Pass challenge alone to accept it.`,
      );
    }
    if (owner.rated && isGuest(principal) !== isGuest(owner.principal)) {
      throw new Refusal(
        "INVALID_REQUEST",
        "The challenge is rated, and guests and people who signed in do not meet in rated games. " +
          "Sign in, or ask for a challenge that is not rated.",
      );
    }
    const { code_hash, bot_name, preset, params, params_hash, players, rated, expires_at } = owner;
    return {
      code_hash,
      bot_name,
      ...(preset !== undefined && { preset }),
      params,
      params_hash,
      players,
      rated,
      expires_at,
      challenge: { hash, owner: false },
    };
  }

  async #refuseMany(principal: string): Promise<void> {
    const { waitingTickets } = LOBBY_LIMITS;
    if (await this.#deps.tickets.countWaiting(principal) < waitingTickets) return;
    throw new Refusal(
      "RATE_LIMIT",
      `You wait for ${waitingTickets} games already. Cancel one: call find_match with its ticket and ` +
        "cancel.",
      LOBBY_LIMITS.idleMs,
    );
  }

  async #own({ principal }: Pick<Caller, "principal">, ticketId: string): Promise<Ticket> {
    const ticket = await this.#deps.tickets.load(ticketId);
    if (ticket?.principal === principal) return ticket;
    throw noTicket();
  }

  /** Takes a ticket as far as it goes now, because its owner asks for it. */
  async #advance(ticket: Ticket): Promise<Ticket> {
    const { tickets, matchmaker, seater } = this.#deps;
    const { state, ticket_id } = ticket;
    if (state.kind === "waiting") {
      const [seen] = await tickets.seenUntil([ticket]);
      if (!await matchmaker.expire(ticket, seen!) && !await this.#endTaken(ticket)) {
        const until = this.#now + LOBBY_LIMITS.idleMs;
        if (until - seen! > LOBBY_LIMITS.lookAgainMs) await tickets.keepUntil(ticket, until);
        await matchmaker.pair(ticket);
      }
    } else if (state.kind === "paired") {
      const stored = await tickets.match(state.match_id);
      const isLeft = stored && this.#now - stored.match.made_at >= LOBBY_LIMITS.takeoverMs;
      if (isLeft) await seater.seat(state.match_id);
    } else return ticket;
    return (await tickets.load(ticket_id))!;
  }

  /** Ends the ticket of one who accepted a challenge that is no longer open. */
  async #endTaken(ticket: Ticket): Promise<boolean> {
    const { tickets, matchmaker } = this.#deps;
    const { challenge } = ticket;
    if (!challenge || challenge.owner) return false;
    if (await tickets.challenger(challenge.hash) !== null) return false;
    await matchmaker.end(ticket, { kind: "taken" });
    return true;
  }

  /** Whether a ticket is still the answer to its wish: it waits, or its game goes on. */
  async #stands(ticket: Ticket): Promise<boolean> {
    const { state, principal } = ticket;
    if (isOpen(ticket)) return true;
    if (state.kind !== "seated") return false;
    try {
      const { state: { channel } } = await this.#deps.channels.look(accessOf(ticket, principal)!);
      return !channel.closed && channel.bots.some(({ ended }) => !ended);
    } catch (error) {
      if (error instanceof Refusal && error.code !== "UNAVAILABLE") return false;
      throw error;
    }
  }

  /** When a ticket may have become another without a change of the store. */
  #nextLookMs({ state, any_params, rating, created_at }: Ticket): number {
    const { lookAgainMs, lookRatedMs, widenMs, takeoverMs } = LOBBY_LIMITS;
    if (state.kind === "paired") return takeoverMs;
    if (rating) return lookRatedMs;
    const untilWide = created_at + widenMs - this.#now;
    return any_params && untilWide > 0 ? Math.min(untilWide, lookAgainMs) : lookAgainMs;
  }
}

/** Whether a ticket waits for opponents or for its seat. */
export function isOpen({ state }: Ticket): boolean {
  return state.kind === "waiting" || state.kind === "paired";
}

/** The access to the seat of a ticket; undefined if it has none. */
export function accessOf(
  { state }: Ticket,
  principal: string,
  conversation: string | null = null,
): Access | undefined {
  if (state.kind !== "seated") return undefined;
  const { channel_id: channelId, player_id: playerId } = state;
  return { caller: { principal, conversation }, channelId, rejoinHash: null, playerId };
}

export function noTicket(): Refusal {
  return new Refusal(
    "INVALID_REQUEST",
    "You have no such ticket, or it is over. Call find_match with the game that you look for.",
  );
}
