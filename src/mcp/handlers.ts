/** The handlers of the MCP methods. The endpoint builds a server for every request, so that server
 *  needs only the handler of the method that the request calls. */
import {
  type CompleteRequest,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
} from "@modelcontextprotocol/server";
import type { Log } from "../kernel/log.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Call } from "../operations/operation.ts";
import { type Invocation, perform } from "../operations/perform.ts";
import { performOrPend } from "../operations/pending_wait.ts";
import { EVENT_HANDLERS } from "./events.ts";
import { type Message, takesTasks } from "./messages.ts";
import { type Offer, offers, sentBy } from "./offer.ts";
import { fencedLine } from "./untrusted_text.ts";
import { withProgress } from "./progress.ts";
import { getPrompt, type PromptDeps, PROMPTS } from "./prompts.ts";
import { type Documents, listResources, readResource, TEMPLATES } from "./resources.ts";
import { SKILL_HANDLERS } from "./skills/skills.ts";
import { TASK_HANDLERS, taskResult, type Tasks } from "./tasks.ts";
import { resultOf } from "./tools.ts";

/** One request, with everything that its handler needs. */
interface Exchange extends Omit<PromptDeps, "manifestOf">, Documents {
  era: "modern" | "legacy";
  server: Server;
  offer: Offer;
  tasks: Tasks;
  message: Message;
  log: Log;
  /** The grant of the caller's token. */
  grantId: string;
  progressMs: number;
  /** Whether the endpoint has already awaited the called operation's `ready`. */
  waited: boolean;
  /** If present, the called tool answers with this refusal. */
  refusal: Refusal | undefined;
  callOf(meta: Record<string, unknown> | undefined, signal: AbortSignal): Call;
}

const COMPLETIONS = 100;

const PROMPT_LIST = { prompts: PROMPTS };
const TEMPLATE_LIST = { resourceTemplates: TEMPLATES };

const HANDLERS: Readonly<Record<string, (exchange: Exchange) => void>> = {
  ...TASK_HANDLERS,
  "tools/list": ({ server, offer: { tools } }) =>
    server.setRequestHandler("tools/list", () => ({ tools })),
  "tools/call": (
    { era, server, offer, tasks, message, callOf, waited, refusal, progressMs, log },
  ) =>
    server.setRequestHandler("tools/call", async ({ params }, ctx) => {
      const invocation = message.call?.invocation;
      if (!invocation || !offers(offer, params.name)) {
        const text = offer.unknownTool(params.name);
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, text);
      }
      const { operation } = invocation;
      if (refusal) return resultOf(operation, { kind: "refused", refusal });
      const call = { ...callOf(ctx.mcpReq._meta, ctx.mcpReq.signal), waited };
      if (era === "modern" && operation.waitsMs && takesTasks(message.params)) {
        const performed = await performOrPend(invocation, call, log);
        return performed.kind === "pending"
          ? await taskResult(tasks, performed.wait, call)
          : sentBy(offer, operation, performed);
      }
      const run = () => perform(invocation, call, log);
      const performed = mayWait(invocation) && !waited
        ? await withProgress(ctx, progressMs, run)
        : await run();
      return sentBy(offer, operation, performed);
    }),
  "prompts/list": ({ server }) => server.setRequestHandler("prompts/list", () => PROMPT_LIST),
  "prompts/get": ({ server, callOf, log, ...shared }) =>
    server.setRequestHandler("prompts/get", async ({ params }, { mcpReq }) => {
      const call = callOf(mcpReq._meta, mcpReq.signal);
      const { caller: { principal }, services: { library } } = call;
      const manifestOf = (preset: string) => library.manifestOf(preset, principal, mcpReq.signal);
      const prompt = () => getPrompt(params.name, params.arguments, { ...shared, manifestOf });
      return await readInTurn(log, call, prompt);
    }),
  "resources/templates/list": ({ server }) =>
    server.setRequestHandler("resources/templates/list", () => TEMPLATE_LIST),
  "resources/list": ({ server, callOf, log }) =>
    server.setRequestHandler("resources/list", async ({ params }, { mcpReq }) => {
      const call = callOf(mcpReq._meta, mcpReq.signal);
      return await readInTurn(log, call, () => listResources(call, params?.cursor));
    }),
  "resources/read": ({ server, callOf, guide, boardApp, log }) =>
    server.setRequestHandler("resources/read", async ({ params }, { mcpReq }) => {
      const call = callOf(mcpReq._meta, mcpReq.signal);
      return await readInTurn(log, call, () => readResource(params.uri, call, { guide, boardApp }));
    }),
  "completion/complete": ({ server, callOf, presets, log }) =>
    server.setRequestHandler("completion/complete", async ({ params }, { mcpReq }) => {
      const call = callOf(mcpReq._meta, mcpReq.signal);
      const known = await readInTurn(log, call, () => suggestions(params, call, presets));
      const matching = known.filter((value) =>
        value.toLowerCase().startsWith(params.argument.value.toLowerCase())
      );
      const values = matching.slice(0, COMPLETIONS);
      return { completion: { values, hasMore: matching.length > values.length } };
    }),
  ...EVENT_HANDLERS,
  ...SKILL_HANDLERS,
};

/** Installs the handler of the method that the message calls, if there is one. */
export function install(exchange: Exchange): void {
  const { offer, message: { method } } = exchange;
  if (method === null || !Object.hasOwn(HANDLERS, method)) return;
  if (!offer.whole && !/^(tools|tasks)\//.test(method)) return;
  // The extension has no form in the protocols of 2025.
  if (exchange.era === "legacy" && Object.hasOwn(TASK_HANDLERS, method)) return;
  HANDLERS[method]!(exchange);
}

/** Whether a call may wait for others. */
function mayWait({ operation, parsed }: Invocation): boolean {
  return operation.ready !== undefined ||
    parsed.kind === "fits" && (operation.waitsMs?.(parsed.input) ?? 0) > 0;
}

/** All known values of an argument; none for an argument that has no such list. */
async function suggestions(
  { ref, argument }: CompleteRequest["params"],
  { caller, services }: Call,
  presets: readonly string[],
): Promise<readonly string[]> {
  const isGame = ref.type === "ref/prompt" && ref.name === "start_game" && argument.name === "game";
  if (isGame) return presets;
  const isChannel = ref.type === "ref/prompt"
    ? ref.name === "judge" && argument.name === "channel"
    : ref.uri === TEMPLATES[0]!.uriTemplate && argument.name === "channel_id";
  if (!isChannel) return [];
  const { channels } = await services.lister.mine(caller.principal, COMPLETIONS);
  return channels.map(({ channel_id }) => channel_id);
}

/** Runs a read in the caller's turn. A refusal becomes a protocol error. A bug becomes one with a
 *  fixed text, because the SDK would send the bug's own message to the client. */
async function readInTurn<T>(
  log: Log,
  { caller, services }: Call,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await services.turns.take(caller.principal, read);
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    if (error instanceof Refusal) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, fencedLine(error.message));
    }
    log("error", "request_failed", { error: error instanceof Error ? error.stack : String(error) });
    const text = "INTERNAL_ERROR: The server failed and has logged the error. Try again.";
    throw new ProtocolError(ProtocolErrorCode.InternalError, text);
  }
}
