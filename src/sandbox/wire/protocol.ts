/** The messages between the server, a sandbox host and its Worker. A request is one JSON text, and
 *  so is its answer. The server sends a host the line `<nonce> <hosts> <text>`, and the host
 *  answers `<nonce> <text>`. `<hosts>` is one of:
 *  - the hosts that the hook may reach, separated by commas, or `-` for none; preceded by `!` if
 *    the channel has no room to record their answers;
 *  - for a replayed hook, `=<n>`: the first n characters of the text are its record, as JSON.
 *  After either, `@<ms>` sets a deadline other than the host's usual one.
 *  The server chooses the nonce; in the host only the main thread knows it, which runs no bot code.
 *  Notices precede the answer, in lines of the same form. A text that does not parse here is a
 *  forgery, except the empty text: it reports that the Worker did not answer in time. */
import * as z from "zod";
import {
  Engine,
  EngineParts,
  HookOutcome,
  HookTrace,
  Import,
  Inspection,
} from "../../domain/bot/bot.ts";
import type { BotLanguage, HookJob, HookName, ModuleSource } from "../../domain/bot/bot.ts";
import { Exchange } from "../../domain/bot/evidence.ts";
import { boundedJson } from "../../domain/limits/bounded_json.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { Sealed } from "../../domain/bot/sealed.ts";
import { lineCount } from "./line_count.ts";

/** The longest honest request: a source, a state, an entry, parameters, players and modules at
 *  their limits, escaped, and the record of a hook. */
export const REQUEST_MAX_BYTES = 2 * 1024 * 1024 +
  6 * CHANNEL_LIMITS.modulesBytes +
  BOT_LIMITS.netRequests * 2 * (BOT_LIMITS.netAnswerBytes + BOT_LIMITS.netRequestBytes);

/** The line that sends a request to a host. */
export function requestLine(nonce: string, request: Request): string {
  const ownMs = ownDeadlineOf(request);
  const time = ownMs === undefined ? "" : `@${ownMs}`;
  if (request.kind !== "run") return `${nonce} -${time} ${JSON.stringify(request)}\n`;
  const { recorded, mayAsk, first: _, ...rest } = request;
  const text = JSON.stringify(rest);
  if (!recorded) {
    const { net } = request.job;
    const full = net.length > 0 && mayAsk?.() === false ? "!" : "";
    return `${nonce} ${full}${net.join(",") || "-"}${time} ${text}\n`;
  }
  const record = JSON.stringify(recorded);
  return `${nonce} =${record.length}${time} ${record}${text}\n`;
}

/** The longest honest line of a host: the posts and the state of one hook at their limits, in UTF-8
 *  with the surrounding JSON. A network answer is no longer. */
export const ANSWER_MAX_BYTES = BOT_LIMITS.hookPosts * BOT_LIMITS.bodyBytes +
  BOT_LIMITS.botStateBytes +
  128 * 1024;

/** A request of the server. Hosts trust the server, so they do not check it. */
export type Request =
  /** Asks for the engine, and for walls that are open. */
  | { kind: "probe" }
  /** `hooks` are the hooks to look for; `again`: a server has inspected the source before. As in a
   *  job, `modules` are only those that the host does not have. */
  | {
    kind: "inspect";
    source: string;
    language?: BotLanguage | undefined;
    name?: string | undefined;
    modules?: readonly ModuleSource[] | undefined;
    hooks: HookName[];
    again?: true | undefined;
  }
  /** `recorded` replays the network: see host/recorded_calls.ts. `mayAsk` is that of
   *  `RunContext`. `first`: the server's own test of a new host. */
  | {
    kind: "run";
    job: HookJob;
    mayAsk?: (() => boolean) | undefined;
    recorded?: readonly Exchange[] | undefined;
    first?: true | undefined;
  };

export const Answer = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("probed"),
    engine: Engine,
    engine_parts: EngineParts.optional(),
    /** The permissions that the host or its Worker has against the rules; must be empty. */
    open: z.array(z.string()),
    /** The modules of its release, if whoever asks has no other way to know them. */
    modules: z.array(Import).optional(),
  }),
  z.object({ kind: z.literal("inspected"), inspection: Inspection }),
  z.object({ kind: z.literal("ran"), outcome: HookOutcome, trace: HookTrace }),
]);
export type Answer = z.infer<typeof Answer>;

/** A host's notices while a hook runs. */
const Notice = z.discriminatedUnion("kind", [
  /** The hook begins to wait for the network. */
  z.object({ kind: z.literal("waiting") }),
  /** The hook has all pending answers. */
  z.object({ kind: z.literal("resumed") }),
  /** One network request and its answer. */
  z.object({ kind: z.literal("exchanged"), exchange: Exchange }),
]);
type Notice = z.infer<typeof Notice>;

const NOTICE = /^\{"kind":"(waiting|resumed|exchanged)"/;

/** Parses a notice; null if the text is not a notice. Throws if the notice is malformed. */
export function readNotice(text: string): Notice | null {
  return NOTICE.test(text) ? Notice.parse(JSON.parse(text)) : null;
}

const ANSWER_TO = { probe: "probed", inspect: "inspected", run: "ran" } as const satisfies Record<
  Request["kind"],
  Answer["kind"]
>;

/** Parses the answer to a request and checks all limits again, because the sender may be
 *  compromised. Undefined if the answer is a forgery. */
export function readAnswer(request: Request, text: string): Answer | undefined {
  try {
    const answer = Answer.parse(JSON.parse(text));
    if (answer.kind !== ANSWER_TO[request.kind]) return undefined;
    if (answer.kind !== "ran" || request.kind !== "run") return answer;
    const { outcome, trace } = answer;
    return isHonest(outcome, request.job) && isHonestLog(trace, request.job) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an honest guest can end a hook with this outcome. Throws in some cases instead of
 *  returning false. */
function isHonest(outcome: HookOutcome, job: HookJob): boolean {
  const sealed = new Sealed(Object.values(job.env));
  if (outcome.kind === "killed") return false;
  if (outcome.kind === "threw") {
    return outcome.message.isWellFormed() && (outcome.line ?? 1) <= lineCount(job.source) &&
      sealed.withheld(outcome.message) === outcome.message;
  }
  if (outcome.kind !== "done") return true;
  const { posts, end, timers = [] } = outcome;
  // A state that the hook did not set is ignored, and may predate today's limits.
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

function isHonestLog({ log }: HookTrace, job: HookJob): boolean {
  const sealed = new Sealed(Object.values(job.env));
  return log.every((line) => line.isWellFormed() && sealed.withheld(line) === line);
}

/** The deadline for repeated work. The work was within its time before, so it also ends on a busy
 *  machine: by itself, or by its fuel. */
const AGAIN_MS = 60_000;

/** The deadline of a host's first answer, and of its first hook, which is the server's own test. A
 *  start takes a second or two, but most of a minute on a machine that is busy enough. A host that
 *  is merely slow must not be given up: its language might have no other. */
export const START_MS = 60_000;

/** The deadline of a request that does not have the usual one. */
function ownDeadlineOf(request: Request): number | undefined {
  if (request.kind === "inspect") return request.again && AGAIN_MS;
  if (request.kind === "probe") return undefined;
  if (request.recorded) return AGAIN_MS;
  return request.first && START_MS;
}

/** How long a request may take once a host has it, in milliseconds: the operator's setting for a
 *  hook, and less for an inspection. Repeated work and the test of a new host have a minute,
 *  because the machine may be slow. */
export function deadlineOf(request: Request, hookTimeoutMs: number): number {
  const ownMs = ownDeadlineOf(request);
  if (ownMs !== undefined) return ownMs;
  return request.kind === "inspect"
    ? Math.min(CHANNEL_LIMITS.inspectMs, hookTimeoutMs)
    : hookTimeoutMs;
}
