/** What an operation answers: whole for a program, short for a model. Models pay for every byte
 *  that they read, so an answer has a receipt only if its caller asked for it or if the operation
 *  shows it. An endpoint with a place that no model reads puts every receipt there. */
import type * as z from "zod";
import type { Receipt } from "./fields.ts";
import type { Operation } from "./operation.ts";

export interface Answer {
  /** The whole answer, for a program. */
  output: Record<string, unknown>;
  /** The answer for a model, which stands alone: some members of the whole one, shortened. */
  short(): Record<string, unknown>;
  /** The receipt, if the operation makes one. */
  receipt: z.infer<typeof Receipt> | undefined;
}

/** The answer to a call with this input. `made` is what the operation's `run` returned, always with
 *  its receipt; `ignored` are the arguments that it does not have. */
export function answerOf(
  operation: Operation,
  input: Record<string, unknown>,
  made: Record<string, unknown>,
  ignored: readonly string[],
): Answer {
  const { receipt, ...rest } = made;
  const asked = receipt !== undefined && input.receipt === true;
  const shown = asked || (operation.showsReceipt?.(made) ?? false);
  const output = { ...shown ? made : rest, ...ignored.length > 0 && { ignored } };
  return {
    output,
    short: () => {
      if (!operation.short) return output;
      const { ignored } = output;
      return { ...operation.short(output), ...asked && { receipt }, ...ignored && { ignored } };
    },
    receipt: receipt as z.infer<typeof Receipt> | undefined,
  };
}
