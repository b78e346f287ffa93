/** The answer about a ticket: it waits, its player has a seat, or it is over. */
import * as z from "zod";
import { isGuest } from "../domain/channel/principal.ts";
import type { Caller } from "../domain/channel/seat.ts";
import { LOBBY_LIMITS } from "../domain/limits/lobby.ts";
import type { Ticket } from "../domain/lobby/ticket.ts";
import { secretHash } from "../kernel/hash.ts";
import { accessOf } from "../lobby/lobby.ts";
import { Next } from "./fields.ts";
import { UNRANKED } from "./next_step.ts";
import type { Services } from "./operation.ts";
import { seatedAnswer, SeatedOutput, shortSeated } from "./seated_answer.ts";

export const TicketOutput = SeatedOutput.partial().extend({
  status: z.enum(["waiting", "matched", "cancelled", "expired", "failed"]).describe(
    "matched: you have a seat, and the answer is that of join_channel. failed: the channel could " +
      "not be opened.",
  ),
  ticket: z.string().describe("ticket_...; the same call finds it again, too."),
  challenge: z.string().optional().describe("challenge_...; for the one whom you challenge."),
  expires_at: z.string().optional().describe("When a waiting ticket ends at the latest."),
  next: Next,
});
type TicketOutput = z.input<typeof TicketOutput>;

/** The seat of a ticket; null if it has none. */
async function seatOfTicket(
  caller: Caller,
  { channels }: Services,
  ticket: Ticket,
) {
  const access = accessOf(ticket, caller.principal, caller.conversation);
  if (!access) return null;
  const { state: { channel, head }, viewer } = await channels.look(access);
  return { channel, head, seat: viewer.seat! };
}

export async function ticketAnswer(
  caller: Caller,
  services: Services,
  ticket: Ticket,
): Promise<TicketOutput> {
  const { lobby } = services;
  const named = { ticket: ticket.ticket_id };
  const taken = await seatOfTicket(caller, services, ticket);
  if (taken) {
    const token = lobby.rejoinToken(ticket);
    return {
      status: "matched",
      ...named,
      ...seatedAnswer(caller, services, taken, isUnranked(ticket) ? UNRANKED : ""),
      ...(taken.seat.rejoin_hash === secretHash(token) && { rejoin_token: token }),
    };
  }
  const { kind } = ticket.state;
  const isWaiting = kind === "waiting" || kind === "paired";
  const challenge = lobby.challengeOf(ticket);
  return {
    status: isWaiting ? "waiting" : kind === "cancelled" || kind === "expired" ? kind : "failed",
    ...named,
    ...(challenge !== undefined && { challenge }),
    ...(isWaiting && { expires_at: new Date(ticket.expires_at).toISOString() }),
    next: nextOf(ticket, challenge !== undefined),
  };
}

/** The answer for a model. */
export function shortTicket({ expires_at: _, ...answer }: z.output<typeof TicketOutput>) {
  return shortSeated(answer);
}

const IDLE_MINUTES = LOBBY_LIMITS.idleMs / 60_000;

/** Whether the owner asks for a rated game and can have none. */
function isUnranked({ rated, principal }: Ticket): boolean {
  return rated && isGuest(principal);
}

function nextOf(ticket: Ticket, challenges: boolean): string {
  const { state } = ticket;
  const again = "Call find_match with this ticket and timeout_ms 45000";
  const unranked = isUnranked(ticket) ? ` ${UNRANKED}` : "";
  switch (state.kind) {
    case "waiting":
      return challenges
        ? "Give the challenge to the one whom you challenge: who passes it to find_match plays " +
          `against you. ${again} to wait.${unranked}`
        : `Nobody yet. ${again} to wait; without a call the ticket ends in ${IDLE_MINUTES} ` +
          `minutes.${unranked}`;
    case "paired":
      return `You are paired, and the channel is about to open. ${again}.`;
    case "cancelled":
      return "The ticket is cancelled. Call find_match with a game to look for another.";
    case "expired":
      return "The ticket has expired. Call find_match with the game to look again.";
    case "taken":
      return "The challenge is over: somebody else took it, or it was given up.";
    case "failed":
      return `You were paired, but the channel could not be opened: ${state.why}`;
    case "seated":
      return "";
  }
}
