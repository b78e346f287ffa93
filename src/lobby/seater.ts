/** Seats the players of a match. A match is stored in the commit that pairs its tickets, and its
 *  channel is opened under an id that follows from it. So any instance can finish the work of one
 *  that died, and several that try at once open one channel. */
import type { ChannelOpener } from "../channels/writing/channel_opener.ts";
import { isGuest } from "../domain/channel/principal.ts";
import { LOBBY_LIMITS } from "../domain/limits/lobby.ts";
import type { Match, Ticket } from "../domain/lobby/ticket.ts";
import { secretHash } from "../kernel/hash.ts";
import type { Log } from "../kernel/log.ts";
import { Refusal, type RefusalCode } from "../kernel/refusal.ts";
import type { DerivedTokens } from "../channels/writing/tokens.ts";
import type { TicketStore } from "../store/lobby/ticket_store.ts";
import type { WishedGames } from "./wished_game.ts";

interface SeaterDeps {
  tickets: TicketStore;
  games: WishedGames;
  opener: ChannelOpener;
  derivedToken: DerivedTokens;
  /** Called with the id of each ticket that was seated, or could not be. */
  changed: (ticketId: string) => void;
  now: () => Date;
  log: Log;
}

/** Refusals that another attempt may not meet. The bot was accepted for each ticket, so that what
 *  rejects it now is more likely a busy machine. */
const PASSING: readonly RefusalCode[] = ["UNAVAILABLE", "RATE_LIMIT", "TIMEOUT", "BOT_REJECTED"];
/** Refusals that another payer may not meet. */
const OF_PAYER: readonly RefusalCode[] = ["TOO_LARGE", "RATE_LIMIT"];

export class Seater {
  readonly #deps: SeaterDeps;
  readonly #seating = new Map<string, Promise<void>>();

  constructor(deps: SeaterDeps) {
    this.#deps = deps;
  }

  /** The rejoin token of a ticket's seat, as long as nobody has rotated it. */
  rejoinToken(ticketId: string): string {
    return this.#deps.derivedToken("rejoin", "lobby", ticketId);
  }

  /** Opens the channel of a match, if that is not done yet. It stays to be done if that fails now:
   *  the database, the sandbox or a part of the program may do it later. */
  async seat(matchId: string): Promise<void> {
    const seating = this.#seating.get(matchId) ??
      this.#seat(matchId).finally(() => this.#seating.delete(matchId));
    this.#seating.set(matchId, seating);
    await seating;
  }

  /** Resolves once nothing is under way. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#seating.values());
  }

  async #seat(matchId: string): Promise<void> {
    const { tickets: store, changed, now, log } = this.#deps;
    const stored = await store.match(matchId);
    if (!stored) return;
    const { match } = stored;
    const tickets = await store.loadAll(match.ticket_ids) as Ticket[];
    let after: Ticket[];
    try {
      const channel_id = await this.#open(match, tickets);
      after = tickets.map((ticket, i) => {
        const player_id = `p${i + 1}`;
        return { ...ticket, state: { kind: "seated", channel_id, player_id } };
      });
    } catch (error) {
      const isLate = now().getTime() - match.made_at >= LOBBY_LIMITS.openMs;
      const isPassing = !(error instanceof Refusal) || PASSING.includes(error.code);
      log("warn", "match_not_seated", { match: matchId, error: String(error) });
      if (isPassing && !isLate) return;
      const why = error instanceof Refusal
        ? error.message.slice(0, 500).toWellFormed()
        : "INTERNAL_ERROR: The server failed and has logged the error. Try again.";
      after = tickets.map((ticket) => ({ ...ticket, state: { kind: "failed", why } }));
    }
    await store.settle(stored, after);
    for (const { ticket_id } of tickets) changed(ticket_id);
  }

  /** The id of the match's channel. The player who has waited longest pays for it, unless that one
   *  has no room left. */
  async #open(match: Match, tickets: readonly Ticket[]): Promise<string> {
    const { games, opener } = this.#deps;
    const terms = tickets.find(({ ticket_id }) => ticket_id === match.terms)!;
    const payers = tickets.toSorted((a, b) => a.created_at - b.created_at)
      .map(({ principal }) => principal);
    const bot = await games.botOf(terms, payers);
    const players = tickets.map(({ ticket_id, principal, conversation, display_name }) => ({
      caller: { principal, conversation },
      displayName: display_name,
      rejoinToken: this.rejoinToken(ticket_id),
    }));
    const rated = terms.rated && tickets.every(({ principal }) => !isGuest(principal));
    const wanted = {
      name: `${terms.bot_name}: a match`,
      slots: ["bot:referee", ...tickets.map((_, i) => `invite:seat ${i + 1}`)],
      visibility: "private" as const,
      sealed: true,
      spectators: false,
    };
    const options = { key: secretHash(match.match_id), paired: { rated, players } };
    for (const [i, payer] of payers.entries()) {
      try {
        return (await opener.openPaired(payer, wanted, bot, options)).channel_id;
      } catch (error) {
        const isLast = i === payers.length - 1;
        if (isLast || !(error instanceof Refusal) || !OF_PAYER.includes(error.code)) throw error;
      }
    }
    throw new Error("Cannot open a match: it has no players");
  }
}
