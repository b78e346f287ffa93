/** The Tasks extension of 2026-07-28 (`io.modelcontextprotocol/tasks`, SEP-2663): a call that would
 *  wait answers with a task, and its client asks later what has become of it.
 *
 *  Nothing is stored: a task's id is the wait itself, encrypted for its principal. So any instance
 *  answers, a restart changes nothing, and to everybody else a task does not exist. It also means
 *  that a task cannot be cancelled but only forgotten, which the extension allows. */
import {
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { base64url } from "../kernel/base64url.ts";
import type { Log } from "../kernel/log.ts";
import type { Call } from "../operations/operation.ts";
import { askAgain, type PendingTicket, type PendingWait } from "../operations/pending_wait.ts";
import type { EnvVault } from "../store/channel/env_vault.ts";
import { type Message, takesTasks, TASKS_EXTENSION } from "./messages.ts";
import { type Offer, sentBy } from "./offer.ts";

interface Task {
  wait: PendingWait;
  /** Milliseconds since 1970. */
  createdMs: number;
}

/** What a task's id holds, encrypted. Its format may change with a release. */
const Claims = z.tuple([
  z.literal(1),
  z.string(),
  z.string(),
  z.string(),
  z.number(),
  z.number(),
  z.object({ id: z.number(), ms: z.number() }).nullable(),
  z.boolean(),
]);

/** The same for a wait for opponents. */
const TicketClaims = z.tuple([z.literal(2), z.string(), z.string(), z.number()]);

export class Tasks {
  readonly #vault: EnvVault;

  constructor(vault: EnvVault) {
    this.#vault = vault;
  }

  /** The id of a principal's task. */
  async idOf(principal: string, { wait, createdMs }: Task): Promise<string> {
    const claims = "ticketId" in wait
      ? [2, wait.operation, wait.ticketId, createdMs] satisfies z.infer<typeof TicketClaims>
      : turnClaims(wait, createdMs);
    const sealed = await this.#vault.seal(JSON.stringify(claims), contextOf(principal));
    return base64url(Uint8Array.fromBase64(sealed));
  }

  /** The task that an id names to a principal; null if none. */
  async open(principal: string, id: string): Promise<Task | null> {
    if (!/^[\w-]{40,600}$/.test(id) || id.length % 4 === 1) return null;
    const bytes = Uint8Array.fromBase64(id, { alphabet: "base64url" });
    if (base64url(bytes) !== id) return null;
    const text = await this.#vault.open(bytes.toBase64(), contextOf(principal));
    if (text === null) return null;
    const held: unknown = JSON.parse(text);
    const ofTicket = TicketClaims.safeParse(held).data;
    if (ofTicket) {
      const [, operation, ticketId, createdMs] = ofTicket;
      return { wait: { operation, ticketId }, createdMs };
    }
    const claims = Claims.safeParse(held).data;
    if (!claims) return null;
    const [, operation, channelId, playerId, cursor, createdMs, posted, receipt] = claims;
    const given = posted ?? undefined;
    const wait = { operation, channelId, playerId, cursor, posted: given, receipt };
    return { wait, createdMs };
  }
}

function turnClaims(
  wait: Exclude<PendingWait, PendingTicket>,
  createdMs: number,
): z.infer<typeof Claims> {
  const { operation, channelId, playerId, cursor, posted = null, receipt } = wait;
  return [1, operation, channelId, playerId, cursor, createdMs, posted, receipt];
}

function contextOf(principal: string): string {
  return `task/${principal}`;
}

/** One request, with everything that its handler needs. */
interface Exchange {
  server: Server;
  message: Message;
  offer: Offer;
  tasks: Tasks;
  callOf(meta: Record<string, unknown> | undefined, signal: AbortSignal): Call;
  log: Log;
}

const Named = z.looseObject({ taskId: z.string() });

/** `input_required` is no state of these tasks, so there is nothing to update. */
export const TASK_HANDLERS: Readonly<Record<string, (exchange: Exchange) => void>> = {
  "tasks/get": (exchange) => handle(exchange, "tasks/get", (task) => standingOf(exchange, task)),
  "tasks/update": (exchange) => handle(exchange, "tasks/update", () => Promise.resolve({})),
  "tasks/cancel": (exchange) => handle(exchange, "tasks/cancel", () => Promise.resolve({})),
};

/** The result that a waiting call answers with: its task. `content` is for clients that check every
 *  result of a tool, as the SDK does. */
export async function taskResult(tasks: Tasks, wait: PendingWait, call: Call) {
  const createdMs = call.services.now().getTime();
  const taskId = await tasks.idOf(call.caller.principal, { wait, createdMs });
  return { resultType: "task", content: [], ...working(taskId, createdMs, createdMs) };
}

interface Asked extends Task {
  taskId: string;
  call: Call;
}

function handle(
  { server, message, tasks, callOf }: Exchange,
  method: string,
  answer: (asked: Asked) => Promise<Record<string, unknown>>,
): void {
  server.setRequestHandler(method, { params: Named }, async ({ taskId }, { mcpReq }) => {
    if (!takesTasks(message.params)) throw undeclared();
    const call = callOf(mcpReq._meta, mcpReq.signal);
    const task = await tasks.open(call.caller.principal, taskId);
    if (!task) throw notFound("There is no such task. Call wait_for_turn to wait.");
    const age = call.services.now().getTime() - task.createdMs;
    if (age > HTTP_LIMITS.taskMs) {
      throw notFound("The task has expired. Call wait_for_turn to go on waiting.");
    }
    return await answer({ ...task, taskId, call });
  });
}

/** The state of a task, with the result of its call once the player is called or the time to wait
 *  is over. */
async function standingOf(
  { offer, log }: Exchange,
  { taskId, wait, createdMs, call }: Asked,
): Promise<Record<string, unknown>> {
  const { operation, performed, lasts } = await askAgain(wait, call, log);
  if (performed.kind === "refused" && PASSING.includes(performed.refusal.code)) {
    throw new ProtocolError(ProtocolErrorCode.InternalError, performed.refusal.message);
  }
  const nowMs = call.services.now().getTime();
  const state = working(taskId, createdMs, nowMs);
  if (lasts && nowMs - createdMs < HTTP_LIMITS.taskWaitMs) return state;
  const result = sentBy(offer, operation, performed);
  return {
    ...state,
    status: "completed",
    lastUpdatedAt: new Date(nowMs).toISOString(),
    result: { resultType: "complete", ...result },
  };
}

/** Refusals of one question, not of the wait. */
const PASSING = ["UNAVAILABLE", "INTERNAL_ERROR"];

/** A task that is not over. A young one is asked for often, and an old one rarely. */
function working(taskId: string, createdMs: number, nowMs: number) {
  const { taskMs, taskPollMs: [least, most] } = HTTP_LIMITS;
  const createdAt = new Date(createdMs).toISOString();
  return {
    taskId,
    status: "working",
    createdAt,
    lastUpdatedAt: createdAt,
    ttlMs: taskMs,
    pollIntervalMs: Math.min(Math.max(Math.round((nowMs - createdMs) / 10), least), most),
  };
}

/** The error for a client that wants to be notified of tasks and does not declare that it takes
 *  any; null for every other request. This server notifies nobody of tasks: clients ask. */
export function undeclaredListener({ id, method, params }: Message): Response | null {
  const listens = method === "subscriptions/listen" && Listening.safeParse(params).success;
  if (!listens || takesTasks(params)) return null;
  const { code, message, data } = undeclared();
  return Response.json({ jsonrpc: "2.0", id, error: { code, message, data } }, { status: 400 });
}
const Listening = z.object({ notifications: z.object({ taskIds: z.array(z.unknown()) }) });

function undeclared(): ProtocolError {
  const requiredCapabilities = { extensions: { [TASKS_EXTENSION]: {} } };
  return new MissingRequiredClientCapabilityError({ requiredCapabilities });
}

function notFound(text: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, text);
}
