/** A wait without a call: an endpoint whose caller takes a handle keeps nothing open and nothing
 *  stored. It answers what the call would have answered whenever it is asked. */
import type * as z from "zod";
import { calledAnswer } from "./called_answer.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import type { Log } from "../kernel/log.ts";
import { Refusal } from "../kernel/refusal.ts";
import { operationNamed } from "./all.ts";
import { answerOf } from "./answer.ts";
import { accessOf } from "./fields.ts";
import { findMatch } from "./find_match.ts";
import type { Call, Operation } from "./operation.ts";
import { attempt, type Invocation, perform, type Performed } from "./perform.ts";
import { ticketAnswer, type TicketOutput } from "./ticket_answer.ts";

/** A wait for opponents: the ticket is stored, so its id is all there is to keep. */
export interface PendingTicket {
  operation: string;
  ticketId: string;
}

/** A wait of a seated player. */
interface PendingTurn {
  /** The name of the operation that was called. */
  operation: string;
  channelId: string;
  /** The seat that the call spoke for. */
  playerId: string;
  /** What the caller knew at its call: everything up to this entry. */
  cursor: number;
  /** The post that the call made, and its time in milliseconds since 1970. */
  posted?: { id: number; ms: number } | undefined;
  /** Whether the call asked for a receipt. */
  receipt: boolean;
}

export type PendingWait = PendingTurn | PendingTicket;

/** Performs a call. If it asks to wait, it waits only as long as bots usually need for an answer,
 *  and if its player is not called by then, the rest of the wait is returned. */
export async function performOrPend(
  invocation: Invocation,
  call: Call,
  log: Log,
): Promise<Performed | { kind: "pending"; wait: PendingWait }> {
  const { operation, parsed } = invocation;
  const waits = parsed.kind === "fits" && (operation.waitsMs?.(parsed.input) ?? 0) > 0;
  if (waits && operation === findMatch) {
    const performed = await perform(invocation, { ...call, patienceMs: 0 }, log);
    if (performed.kind === "refused") return performed;
    const { status, ticket } = performed.answer.output as z.output<typeof TicketOutput>;
    if (status !== "waiting") return performed;
    return { kind: "pending", wait: { operation: operation.name, ticketId: ticket } };
  }
  const input = waits ? parsed.input as unknown as Addressed : undefined;
  const playerId = input && await playerOf(call, input);
  if (!input || playerId === undefined) return await perform(invocation, call, log);
  const patienceMs = operation.effects === "reads" ? 0 : CHANNEL_LIMITS.settleMs;
  const performed = await perform(invocation, { ...call, patienceMs }, log);
  if (performed.kind === "refused") return performed;
  const { channel_id: channelId, cursor: known } = input;
  const { msg_id: id, ts, why } = performed.answer.output as Made;
  if (why === undefined) return performed; // it did not wait
  const posted = id === undefined ? undefined : { id, ms: Date.parse(ts!) };
  const access = { caller: call.caller, channelId, rejoinHash: null, playerId };
  const cursor = id === undefined ? known : Math.min(known ?? id, id);
  const { isCalled, since } = await call.services.turnWaiter.look(access, { cursor, posted });
  const receipt = input.receipt === true;
  const wait = { operation: operation.name, channelId, playerId, cursor: since, posted, receipt };
  if (!isCalled) return { kind: "pending", wait };
  // The player may have been called after the answer was made.
  const isLate = why === "timeout";
  return isLate ? (await askAgain(wait, call, log)).performed : performed;
}

/** What has become of a wait of the caller: the answer as of now, and whether there is still
 *  something to wait for. */
export async function askAgain(
  wait: PendingWait,
  call: Call,
  log: Log,
): Promise<{ operation: Operation; performed: Performed; lasts: boolean }> {
  const operation = operationNamed.get(wait.operation)!;
  return "ticketId" in wait
    ? await askForTicket(operation, wait, call, log)
    : await askForTurn(operation, wait, call, log);
}

async function askForTicket(
  operation: Operation,
  { ticketId }: PendingTicket,
  call: Call,
  log: Log,
) {
  const { caller, services } = call;
  let lasts = false;
  const performed = await attempt(operation, call, log, async () => {
    const made = await ticketAnswer(caller, services, await services.lobby.look(caller, ticketId));
    lasts = made.status === "waiting";
    return answerOf(operation, {}, made, []);
  });
  return { operation, performed, lasts };
}

async function askForTurn(
  operation: Operation,
  { channelId, playerId, cursor, posted, receipt }: PendingTurn,
  call: Call,
  log: Log,
) {
  const { caller, services } = call;
  const access = { caller, channelId, rejoinHash: null, playerId };
  let lasts = false;
  const performed = await attempt(operation, call, log, async () => {
    const look = () => services.turnWaiter.look(access, { cursor, posted });
    const reading = await services.turns.take(caller.principal, look);
    lasts = !reading.isCalled;
    const made = {
      ...posted && { msg_id: posted.id, ts: new Date(posted.ms).toISOString() },
      ...calledAnswer(services, channelId, reading),
    };
    return answerOf(operation, { receipt }, made, []);
  });
  return { operation, performed, lasts };
}

interface Addressed {
  channel_id: string;
  rejoin_token?: string | undefined;
  cursor?: number | undefined;
  receipt?: boolean | undefined;
}

/** What an answer may have. */
interface Made {
  msg_id?: number;
  ts?: string;
  why?: string;
}

/** The seat that a call speaks for; undefined for a spectator, and for a call that is refused. */
async function playerOf({ caller, services }: Call, input: Addressed): Promise<string | undefined> {
  try {
    const { viewer } = await services.channels.look(accessOf(caller, input));
    return viewer.seat?.player_id;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
