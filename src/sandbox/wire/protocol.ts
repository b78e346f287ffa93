/** Every message between the server, a sandbox host and its Worker. A request and its answer are
 *  one JSON text each. Between processes the server sends a line `<nonce> <hosts> <text>`, and the
 *  host answers `<nonce> <text>`. `<hosts>` are those that a hook may ask, after a `!` when there
 *  is no room for their answers; for a hook that a record answers it is the record's length;
 *  `@<ms>` behind either is a deadline other than the host's usual one. The nonce is the server's,
 *  and of the host only the main thread knows it, which runs no bot code. Notices come before the
 *  answer, in lines of the same form. A line that does not parse here was forged, or is the empty
 *  text with which a host says that its Worker did not answer in time. */
import * as z from "zod";
import { Engine, EngineParts, HookOutcome, Inspection } from "../../domain/bot/bot.ts";
import type { BotLanguage, HookJob, HookName } from "../../domain/bot/bot.ts";
import { Exchange } from "../../domain/bot/evidence.ts";
import { boundedJson } from "../../domain/limits/bounded_json.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { Sealed } from "../../domain/bot/sealed.ts";
import { lineCount } from "./line_count.ts";

/** No honest request is longer: a source, a state, an entry, parameters and players at their
 *  limits, escaped, and the record of a hook. */
export const REQUEST_MAX_BYTES = 2 * 1024 * 1024 +
  BOT_LIMITS.netRequests * 2 * (BOT_LIMITS.netAnswerBytes + BOT_LIMITS.netRequestBytes);

/** The line that a host is sent. */
export function requestLine(nonce: string, request: Request): string {
  const time = isAgain(request) ? `@${AGAIN_MS}` : "";
  if (request.kind !== "run") return `${nonce} -${time} ${JSON.stringify(request)}\n`;
  const { recorded, mayAsk, ...rest } = request;
  const text = JSON.stringify(rest);
  if (!recorded) {
    const { net } = request.job;
    const full = net.length > 0 && mayAsk?.() === false ? "!" : "";
    return `${nonce} ${full}${net.join(",") || "-"} ${text}\n`;
  }
  const record = JSON.stringify(recorded);
  return `${nonce} =${record.length}${time} ${record}${text}\n`;
}

/** No honest line is longer: the posts and the state of one hook at their limits, in UTF-8 with its
 *  frame. Answers of the network are at most as long. */
export const ANSWER_MAX_BYTES = BOT_LIMITS.hookPosts * BOT_LIMITS.bodyBytes +
  BOT_LIMITS.botStateBytes +
  128 * 1024;

/** From the server, which its hosts trust: a request is not checked. */
export type Request =
  /** Asks which walls are open and which engine is loaded. */
  | { kind: "probe" }
  /** `hooks` are those to look for; `again`: a server has looked at it before. */
  | {
    kind: "inspect";
    source: string;
    language?: BotLanguage | undefined;
    name?: string | undefined;
    hooks: HookName[];
    again?: true | undefined;
  }
  /** With `recorded`, its network is what was recorded: see guest/recorded_calls.ts. `mayAsk` is
   *  that of `RunContext`. */
  | {
    kind: "run";
    job: HookJob;
    mayAsk?: (() => boolean) | undefined;
    recorded?: readonly Exchange[] | undefined;
  };

export const Answer = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("probed"),
    engine: Engine,
    engine_parts: EngineParts.optional(),
    /** Permissions that were not refused: must be empty. */
    open: z.array(z.string()),
  }),
  z.object({ kind: z.literal("inspected"), inspection: Inspection }),
  z.object({ kind: z.literal("ran"), outcome: HookOutcome }),
]);
export type Answer = z.infer<typeof Answer>;

/** A host's notices while a hook runs. */
const Notice = z.discriminatedUnion("kind", [
  /** The hook waits for the network from now on. */
  z.object({ kind: z.literal("waiting") }),
  /** It has its answers. */
  z.object({ kind: z.literal("resumed") }),
  /** The network has answered the hook. */
  z.object({ kind: z.literal("exchanged"), exchange: Exchange }),
]);
type Notice = z.infer<typeof Notice>;

const NOTICE = /^\{"kind":"(waiting|resumed|exchanged)"/;

/** Parses a notice; null when the text is none. Throws when it only looks like one. */
export function readNotice(text: string): Notice | null {
  return NOTICE.test(text) ? Notice.parse(JSON.parse(text)) : null;
}

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
    if (answer.kind !== "ran" || request.kind !== "run") return answer;
    return isHonest(answer.outcome, request.job) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Throws, or is false, where no guest of ours ends a hook so. */
function isHonest(outcome: HookOutcome, job: HookJob): boolean {
  const sealed = new Sealed(Object.values(job.env));
  if (outcome.kind === "killed") return false;
  if (outcome.kind === "threw") {
    return outcome.message.isWellFormed() && (outcome.line ?? 1) <= lineCount(job.source) &&
      sealed.withheld(outcome.message) === outcome.message;
  }
  if (outcome.kind !== "done") return true;
  const { posts, end, timers = [] } = outcome;
  // A state that the hook did not set counts for nothing, and may be older than today's rules.
  const state = outcome.state_set ? outcome.state : null;
  for (const post of posts) boundedJson(post.body, BOT_LIMITS.bodyBytes, "A body");
  boundedJson(end?.result ?? null, BOT_LIMITS.bodyBytes, "The result");
  boundedJson(state, BOT_LIMITS.botStateBytes, "The state");
  const names = timers.map(({ name }) => name);
  const players = job.players.map(({ player_id }) => player_id);
  const latestMs = job.now_ms + BOT_LIMITS.timerMaxMs;
  return names.every((name) => name !== "" && name.isWellFormed()) &&
    timers.every(({ due_ms }) => due_ms === null || due_ms >= job.now_ms && due_ms <= latestMs) &&
    posts.every(({ to }) => to === undefined || to.every((id) => players.includes(id))) &&
    !sealed.isInJson([posts.map(({ body }) => body), state, end ?? null, names]);
}

/** A hook that was within its time once, and ends by its work or by itself, also ends on a busy
 *  machine. */
const AGAIN_MS = 60_000;

function isAgain(request: Request): boolean {
  return request.kind === "run"
    ? request.recorded !== undefined
    : request.kind === "inspect" && request.again === true;
}

/** How long a request may take once its host has it: a hook as long as the operator says, a look at
 *  a source less; for a verifier's own machine to be slow, either has a minute when it is done
 *  again. */
export function deadlineOf(request: Request, hookTimeoutMs: number): number {
  if (isAgain(request)) return AGAIN_MS;
  return request.kind === "inspect"
    ? Math.min(CHANNEL_LIMITS.inspectMs, hookTimeoutMs)
    : hookTimeoutMs;
}
