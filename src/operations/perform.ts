/** Runs an operation for an endpoint: checks the input and returns an answer or a refusal. */
import * as z from "zod";
import type { Log } from "../kernel/log.ts";
import { Refusal } from "../kernel/refusal.ts";
import { admit, chargeGuess } from "./rate_guard.ts";
import type { Call, Operation } from "./operation.ts";

export type Performed =
  | { kind: "answered"; output: Record<string, unknown> }
  | { kind: "refused"; refusal: Refusal };

/** An operation and the input of one call. The input is parsed once, at its first use. */
export class Invocation {
  readonly operation: Operation;
  readonly #input: unknown;
  #parsed: z.ZodSafeParseResult<Record<string, unknown>> | undefined;

  constructor(operation: Operation, input: unknown) {
    this.operation = operation;
    this.#input = input;
  }

  get parsed(): z.ZodSafeParseResult<Record<string, unknown>> {
    return this.#parsed ??= this.operation.input.safeParse(this.#input ?? {});
  }
}

/** Never throws: it logs a bug once and answers the caller with INTERNAL_ERROR. */
export async function perform(
  invocation: Invocation,
  call: Call,
  log: Log,
): Promise<Performed> {
  const { operation } = invocation;
  try {
    const { parsed } = invocation;
    if (!parsed.success) return { kind: "refused", refusal: invalid(parsed.error) };
    if (!call.waited) admit(operation, parsed.data, call);
    return { kind: "answered", output: await run(operation, call, parsed.data) };
  } catch (error) {
    if (error instanceof Refusal) {
      chargeGuess(error, call);
      return { kind: "refused", refusal: error };
    }
    log("error", "operation_failed", {
      operation: operation.name,
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
  const { parsed } = invocation;
  if (!parsed.success) return false;
  try {
    admit(operation, parsed.data, call);
    await operation.ready(call, parsed.data);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Names the first invalid fields, without repeating their values. */
function invalid(error: z.ZodError): Refusal {
  const problems = error.issues.slice(0, 3).map(({ path, message }) =>
    path.length > 0 ? `${path.join(".")}: ${message}` : message
  );
  return new Refusal("INVALID_REQUEST", `${problems.join("; ")}. Correct this and call again.`);
}
