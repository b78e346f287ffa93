/** Every message between the server, a sandbox host and its Worker.
 *  A request and its answer are one JSON text each. Between processes it is a line `<nonce> <text>`: the nonce is
 *  the server's, and of the host only the main thread knows it, which runs no bot code. What does not parse here was
 *  forged, or is the empty text with which a host says that its Worker did not answer in time. */
import * as z from "zod";
import { HookOutcome, Inspection } from "../domain/bot.ts";
import type { BotLanguage, HookJob, HookName } from "../domain/bot.ts";
import { boundedJson } from "../domain/json.ts";
import { LIMITS } from "../domain/limits.ts";

/** No honest request is longer: a source, a state, an entry, parameters and players at their limits, escaped. */
export const REQUEST_MAX_BYTES = 2 * 1024 * 1024;

/** No honest answer is longer: the posts and the state of one hook at their limits, in UTF-8 with its frame. */
export const ANSWER_MAX_BYTES = LIMITS.hookPosts * LIMITS.bodyBytes + LIMITS.botStateBytes +
  64 * 1024;

/** From the server, which its hosts trust: a request is not checked. */
export type Request =
  /** Asks which walls are open and which engine is loaded. */
  | { kind: "probe" }
  /** `hooks` are those to look for. */
  | { kind: "inspect"; source: string; language?: BotLanguage; name?: string; hooks: HookName[] }
  | { kind: "run"; job: HookJob };

export const Answer = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("probed"),
    engine: z.string().regex(/^quickjs:sha256:[0-9a-f]{64}$/),
    /** Permissions that were not refused: must be empty. */
    open: z.array(z.string()),
  }),
  z.object({ kind: z.literal("inspected"), inspection: Inspection }),
  z.object({ kind: z.literal("ran"), outcome: HookOutcome }),
]);
export type Answer = z.infer<typeof Answer>;

const ANSWER_TO = { probe: "probed", inspect: "inspected", run: "ran" } as const satisfies Record<
  Request["kind"],
  Answer["kind"]
>;

/** Parses the answer to a request and holds it to the limits again, as if its sender were the bot.
 *  Undefined: forged. */
export function readAnswer(request: Request, text: string): Answer | undefined {
  try {
    const answer = Answer.parse(JSON.parse(text));
    if (answer.kind !== ANSWER_TO[request.kind]) return undefined;
    if (answer.kind === "ran" && answer.outcome.kind === "done") {
      for (const post of answer.outcome.posts) boundedJson(post.body, LIMITS.bodyBytes, "A body");
      boundedJson(answer.outcome.end ?? null, LIMITS.bodyBytes + 100, "The result");
      boundedJson(answer.outcome.state, LIMITS.botStateBytes, "The state");
    }
    return answer;
  } catch {
    return undefined;
  }
}

/** How long a request may take once its host has it: a hook as long as the operator says, a look at a source less. */
export function deadlineOf({ kind }: Request, hookTimeoutMs: number): number {
  return kind === "inspect" ? Math.min(LIMITS.inspectMs, hookTimeoutMs) : hookTimeoutMs;
}
