/** Runs bots in the interpreter, each as if it were the first. The record of a run is outside of
 *  the interpreter, so bot code cannot change it, and only the record counts. A separate call
 *  compiles a source, before any code of the bot runs. */
import type {
  HookJob,
  HookName,
  HookOutcome,
  HookTrace,
  Inspection,
} from "../../../domain/bot/bot.ts";
import type { LeavingMember } from "../../../domain/bot/context_members.ts";
import type { NetAnswer, NetRequest } from "../../../domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../../domain/limits/bot.ts";
import { givenText, givenTexts } from "../given.ts";
import { inspectionOf } from "../inspection.ts";
import { type Ending, HookRun, Misuse } from "../hook_run.ts";
import { type Image, Machine, stop } from "./machine.ts";
import type { Outside } from "./wasi.ts";
import { type PreparedBot, PreparedBots, type Rejected } from "./prepared_bot.ts";

/** The fuel for compiling a source, or for loading it without a hook. Less than a hook's, because
 *  the author is waiting for the result. */
const LOADING_FUEL = BOT_LIMITS.pythonFuel / 3;

/** A command to boot.py and running.py. */
interface Job {
  kind: "compile" | "inspect" | "run";
  [field: string]: unknown;
}

/** Called for the messages of a call that compiles or inspects a source. */
interface Listener {
  code?(part: string): void;
  /** The source loads, but none of its classes is a bot. */
  refused?(): void;
}

const encoder = new TextEncoder();
const NO_REPLY = new Uint8Array();
const FULL = encoder.encode("full");

export class PythonGuest {
  #engine: Pick<Image, "engine" | "engine_parts">;
  #machine: Machine;
  #bots = new PreparedBots();
  #ask: (request: NetRequest) => NetAnswer;

  /** `ask` performs a network request and blocks until it has the answer. */
  constructor(image: Image, ask: (request: NetRequest) => NetAnswer) {
    const { engine, engine_parts } = image;
    this.#engine = { engine, engine_parts };
    this.#machine = new Machine(image);
    this.#ask = ask;
  }

  hook(job: HookJob): { outcome: HookOutcome; trace: HookTrace } {
    const bot = this.#prepared(job.source);
    if (!("code" in bot)) {
      return { outcome: { kind: "threw", ...bot }, trace: { log: [], fuel: 0 } };
    }
    const run = new HookRun(job);
    const ending = this.#play(run, {
      kind: "run",
      hook: job.hook,
      ...givenTexts(job),
      class_name: job.class_name,
      ...bot,
    });
    const { log } = run;
    return { outcome: run.outcome(ending), trace: { log, fuel: this.#machine.fuelUsed } };
  }

  /** Loads the source and finds the bot's class, without making an instance of it. */
  inspect(source: string, name: string | undefined, hooks: HookName[]): Inspection {
    const bot = this.#prepared(source);
    if (!("code" in bot)) return { kind: "rejected", ...bot };
    let refused = false;
    const job = { kind: "inspect", name, hooks, ...bot } as const;
    const ending = this.#play(new HookRun({ source }), job, { refused: () => refused = true });
    if (refused && ending.kind === "threw") {
      return { kind: "rejected", message: ending.message, line: ending.line };
    }
    const class_name = ending.kind === "done" && ending.texts[1]?.split(" ")[0] || "Bot";
    const facts = { class_name, imports: [], ...this.#engine };
    return inspectionOf(ending, { language: "python", ...facts }, source, hooks);
  }

  /** Prepares the machine for the next bot. */
  renew(): void {
    this.#machine.renew();
  }

  #prepared(source: string): PreparedBot | Rejected {
    const bytes = encoder.encode(source).length;
    if (bytes > BOT_LIMITS.botSourceBytes) {
      return {
        message: `The source is ${bytes} bytes; at most ${BOT_LIMITS.botSourceBytes} are allowed.`,
      };
    }
    return this.#bots.get(source, () => {
      let code = "";
      const job = { kind: "compile", source } as const;
      const ending = this.#play(new HookRun({ source }), job, { code: (part) => code += part });
      this.renew();
      if (ending.kind === "done") return { awaits: ending.texts[0] ?? "", code };
      if (ending.kind !== "threw") return { message: "Compiling the source takes too much work." };
      const { message, line } = ending;
      return message === TOO_DEEP ? { message: "The source nests too deeply." } : { message, line };
    });
  }

  #play(run: HookRun, job: Job, listener: Listener = {}): Ending {
    const outside: Outside = {
      nowMs: () => run.readClock(),
      fillRandom: (target) => run.fillRandom(target),
      answer: (message) => {
        let [word, ...values] = parsed(message);
        if (word === "refused") {
          listener.refused?.();
          [word, values] = ["settle", ["threw", ...values]];
        }
        if (word === "job") return encoder.encode(JSON.stringify(job));
        if (word === "net") return encoder.encode(givenText(this.#ask(requestOf(values[0]))));
        if (word === "print") return run.print(text(values[0])) ? FULL : NO_REPLY;
        if (word !== "code") return encoder.encode(accepted(run, text(word), values) ?? "");
        listener.code?.(text(values[0]));
        return NO_REPLY;
      },
    };
    const fuel = job.kind === "run" ? BOT_LIMITS.pythonFuel : LOADING_FUEL;
    const end = this.#machine.call(outside, fuel);
    if (end.kind === "out_of_budget") return run.outOfBudget();
    if (end.kind === "too_deep") run.settle("threw", TOO_DEEP, "");
    return run.ending(end.memoryIsFull, end.error);
  }
}

const KINDS = new Set(["bot", "system", "control"]);

type Handler = (run: HookRun, ...values: unknown[]) => string | undefined;

/** The handlers of the messages of context.py, by the member of `ctx`. Each returns undefined, or
 *  the reason for a refusal. */
const HANDLERS: Record<LeavingMember, Handler> = {
  post: (run, kind, body, to) =>
    KINDS.has(text(kind)) ? run.post(text(kind), text(body), text(to)) : "the kind is unknown",
  set_state: (run, state) => run.setState(text(state)),
  set_timer: (run, name, ms) => run.setTimer(text(name), typeof ms === "number" ? ms : NaN),
  clear_timer: (run, name) => run.setTimer(text(name), null),
  end: (run, result) => run.endWith(text(result)),
};

/** Handles a message. Returns undefined, or the reason for a refusal. */
function accepted(run: HookRun, word: string, values: unknown[]): string | undefined {
  if (word === "settle") {
    const [kind, first, second] = values;
    run.settle(text(kind), text(first), text(second));
    throw stop();
  }
  if (Object.hasOwn(HANDLERS, word)) return HANDLERS[word as LeavingMember](run, ...values);
}

function parsed(message: string): unknown[] {
  try {
    const value = JSON.parse(message);
    if (Array.isArray(value)) return value;
  } catch { /* Reported below. */ }
  throw new Misuse("it sent a malformed message");
}

/** The request that network.py makes. */
// deno-lint-ignore no-explicit-any
function requestOf(asked: any): NetRequest {
  if (asked?.kind === "tls") {
    return { kind: "tls", host: text(asked.host), port: Number(asked.port) };
  }
  const pairs: unknown[][] = Array.isArray(asked?.headers) ? asked.headers : [];
  return {
    kind: "fetch",
    method: asked?.method === "POST" ? "POST" : "GET",
    url: text(asked?.url),
    headers: pairs.map(([name, value]) => [text(name), text(value)]),
    body: typeof asked?.body === "string" ? asked.body : null,
    ...(asked?.redirect === "manual" && { redirect: "manual" }),
  };
}

/** Python's own message, for the cases that Python does not detect itself. */
const TOO_DEEP = "RecursionError: maximum recursion depth exceeded";

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
