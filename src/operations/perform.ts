/** Runs an operation for an endpoint: checks the input and returns an answer or a refusal. */
import type { Log } from "../kernel/log.ts";
import { Refusal } from "../kernel/refusal.ts";
import { complaint } from "./input/complaint.ts";
import { understood } from "./input/understood.ts";
import { type Answer, answerOf } from "./answer.ts";
import { admit, chargeGuess } from "./rate_guard.ts";
import type { Call, Operation } from "./operation.ts";

export type Performed =
  | { kind: "answered"; answer: Answer }
  | { kind: "refused"; refusal: Refusal };

/** The input of a call as its schema returns it, and the names of its unknown arguments. */
type Parsed =
  | { kind: "fits"; input: Record<string, unknown>; ignored: string[] }
  | { kind: "refused"; refusal: Refusal };

/** An operation and the input of one call. The input is parsed once, at its first use. */
export class Invocation {
  readonly operation: Operation;
  readonly #input: unknown;
  #parsed: Parsed | undefined;

  constructor(operation: Operation, input: unknown) {
    this.operation = operation;
    this.#input = input;
  }

  get parsed(): Parsed {
    return this.#parsed ??= parse(this.operation, this.#input);
  }
}

/** A refusal comes from the caller's arguments, or from a schema's transformation of them. */
function parse(operation: Operation, sent: unknown): Parsed {
  const { input: schema } = operation;
  try {
    const { input, ignored } = understood(operation, sent);
    const { data, error } = schema.safeParse(input);
    if (error) return { kind: "refused", refusal: complaint(schema, input, error) };
    return { kind: "fits", input: data, ignored };
  } catch (error) {
    if (error instanceof Refusal) return { kind: "refused", refusal: error };
    throw error;
  }
}

/** Never throws: see `attempt`. */
export async function perform(
  invocation: Invocation,
  call: Call,
  log: Log,
): Promise<Performed> {
  const { operation } = invocation;
  return await attempt(operation, call, log, async () => {
    const { parsed } = invocation;
    if (parsed.kind === "refused") throw parsed.refusal;
    const { input, ignored } = parsed;
    if (!call.waited) admit(operation, input, call);
    return answerOf(operation, input, await run(operation, call, input), ignored);
  });
}

/** Works for an operation and never throws: it logs a bug once and answers the caller with
 *  INTERNAL_ERROR. */
export async function attempt(
  { name }: Operation,
  call: Call,
  log: Log,
  work: () => Promise<Answer>,
): Promise<Performed> {
  try {
    return { kind: "answered", answer: await work() };
  } catch (error) {
    if (error instanceof Refusal) {
      chargeGuess(error, call);
      return { kind: "refused", refusal: error };
    }
    log("error", "operation_failed", {
      operation: name,
      error: error instanceof Error ? error.stack : String(error),
    });
    const text = "The server failed and has logged the error. Try again, or contact the operator.";
    return { kind: "refused", refusal: new Refusal("INTERNAL_ERROR", text) };
  }
}

/** A caller's reads run a few at a time, since many are cheap to request. A long poll waits outside
 *  of this limit, and a long-running operation has a queue of its own. */
async function run(
  operation: Operation,
  call: Call,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (operation.effects !== "reads" || operation.takesLong) return await operation.run(call, input);
  if (!call.waited) await operation.ready?.(call, input);
  const { caller, services } = call;
  return await services.turns.take(
    caller.principal,
    () => operation.run({ ...call, waited: true }, input),
  );
}

/** Takes a call's costs from its budgets and awaits the operation's `ready`. Returns whether it
 *  did: the caller then passes `waited` to `perform`. Leaves every refusal to `perform`. */
export async function whenReady(invocation: Invocation, call: Call): Promise<boolean> {
  const { operation } = invocation;
  if (!operation.ready) return false;
  try {
    const { parsed } = invocation;
    if (parsed.kind === "refused") return false;
    admit(operation, parsed.input, call);
    await operation.ready(call, parsed.input);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
