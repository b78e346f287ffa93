/** Who plays whom. Pure: the same tickets and the same time give the same match. */
import { LOBBY_LIMITS } from "../limits/lobby.ts";
import type { Ticket } from "./ticket.ts";

/** Whether two tickets may sit in one channel now. Whose parameters are played is a matter of
 *  `groupFor`. */
export function mayPair(a: Ticket, b: Ticket, nowMs: number): boolean {
  if (a.pool !== b.pool || a.principal === b.principal) return false;
  return distance(a, b, nowMs) <= LOBBY_LIMITS.uneven;
}

/** How uneven the game of two tickets would be, less what the longer wait of the two makes up
 *  for. */
function distance(a: Ticket, b: Ticket, nowMs: number): number {
  const waitedMs = Math.max(0, nowMs - Math.min(a.created_at, b.created_at));
  return unevenness(a.rating, b.rating) - LOBBY_LIMITS.unevenPerSecond * waitedMs / 1_000;
}

/** How much the skills shown in one game vary, in the model of the ratings (its `beta`). */
const BETA = 25 / 6;

/** How uneven a game would be: the difference of two ratings by the standard deviation of what it
 *  decides, so that the stronger should win with the probability of the normal distribution at this
 *  value. 0 without ratings. Uncertain ratings say little, and make no game uneven. */
function unevenness(a: Ticket["rating"], b: Ticket["rating"]): number {
  if (!a || !b) return 0;
  return Math.abs(a.mu - b.mu) / Math.hypot(BETA, BETA, a.sigma, b.sigma);
}

/** Whether a ticket plays the game of `terms`. */
function plays(ticket: Ticket, terms: Ticket, nowMs: number): boolean {
  if (ticket.code_hash !== terms.code_hash) return false;
  return ticket.params_hash === terms.params_hash ||
    ticket.any_params && nowMs - ticket.created_at >= LOBBY_LIMITS.widenMs;
}

interface Group {
  /** The ticket whose game is played. */
  terms: Ticket;
  /** As many as that game wants, the seeker among them. */
  tickets: Ticket[];
}

/** The match for a seeker among waiting tickets; null if there is none yet. The most even game
 *  comes first, and a wait makes up for an uneven one; without ratings, those that wait longest
 *  come first. The seeker's own game goes before others. A challenge needs the one who made it. */
export function groupFor(seeker: Ticket, waiting: readonly Ticket[], nowMs: number): Group | null {
  const others = waiting
    .filter(({ ticket_id }) => ticket_id !== seeker.ticket_id)
    .toSorted((a, b) =>
      distance(seeker, a, nowMs) - distance(seeker, b, nowMs) ||
      a.created_at - b.created_at || (a.ticket_id < b.ticket_id ? -1 : 1)
    );
  const tried = new Set<string>();
  for (const terms of [seeker, ...others]) {
    if (tried.has(terms.params_hash) || !plays(seeker, terms, nowMs)) continue;
    tried.add(terms.params_hash);
    const tickets = groupOn(terms, seeker, others, nowMs);
    if (!tickets) continue;
    const { params_hash } = terms;
    return { terms: tickets.find((each) => each.params_hash === params_hash)!, tickets };
  }
  return null;
}

function groupOn(
  terms: Ticket,
  seeker: Ticket,
  others: readonly Ticket[],
  nowMs: number,
): Ticket[] | null {
  const group = [seeker];
  const fits = (ticket: Ticket) =>
    plays(ticket, terms, nowMs) && group.every((each) => mayPair(each, ticket, nowMs));
  const owners = others.filter(({ challenge }) => challenge?.owner);
  for (const ticket of [...owners, ...others.filter((each) => !owners.includes(each))]) {
    if (group.length === terms.players) break;
    if (fits(ticket)) group.push(ticket);
  }
  const isChallenged = !seeker.challenge || group.some(({ challenge }) => challenge?.owner);
  const isWanted = group.some(({ params_hash }) => params_hash === terms.params_hash);
  return group.length === terms.players && isChallenged && isWanted ? group : null;
}
