/** Runs an operation for a door: checks the input, and sorts what comes out into an answer or a
 *  refusal. */
import * as z from "zod";
import type { Log } from "../kernel/log.ts";
import { Refusal } from "../kernel/refusal.ts";
import { admit, chargeGuess } from "./rate_guard.ts";
import type { Call, Operation } from "./operation.ts";

export type Performed =
  | { kind: "answered"; output: Record<string, unknown> }
  | { kind: "refused"; refusal: Refusal };

/** Never throws: a bug is logged here, once, and reads INTERNAL_ERROR to the caller. */
export async function perform(
  operation: Operation,
  input: unknown,
  call: Call,
  log: Log,
): Promise<Performed> {
  try {
    const parsed = operation.input.safeParse(input ?? {});
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
    const text = "The server made a mistake; it is logged. Try again, or tell the operator.";
    return { kind: "refused", refusal: new Refusal("INTERNAL_ERROR", text) };
  }
}

/** A caller's reads are done few at a time: many are cheap to ask for. What waits for news waits
 *  outside of that, and what takes long has a line of its own. */
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

/** Awaits what makes an operation ready, and tells in the call that it was. A refusal is left to
 *  `perform`; a call that waited is admitted already. */
export async function whenReady(operation: Operation, input: unknown, call: Call): Promise<Call> {
  const parsed = operation.ready && operation.input.safeParse(input ?? {});
  if (!parsed?.success) return call;
  try {
    admit(operation, parsed.data, call);
    await operation.ready?.(call, parsed.data);
    return { ...call, waited: true };
  } catch (error) {
    if (error instanceof Refusal) return call;
    throw error;
  }
}

/** Names the first fields that do not fit, without repeating their values. */
function invalid(error: z.ZodError): Refusal {
  const told = error.issues.slice(0, 3).map(({ path, message }) =>
    path.length > 0 ? `${path.join(".")}: ${message}` : message
  );
  return new Refusal("INVALID_REQUEST", `${told.join("; ")}. Correct this and call again.`);
}
