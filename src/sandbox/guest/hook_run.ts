/** One run of bot code: supplies its time and randomness, enforces its limits, and records its
 *  posts, timers and state. The record is outside of the bot's machine, so bot code cannot change
 *  it, and only the record counts. */
import type { BotPost, HookJob, HookOutcome } from "../../domain/bot/bot.ts";
import type { Json } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { boundedJson, isJsonObject } from "./bounded_json.ts";
import { lineCount } from "../wire/line_count.ts";
import { Sealed } from "../../domain/bot/sealed.ts";
import { SeedStream } from "./seed_stream.ts";

/** The file name of bot code in the guest's stack traces. */
export const BOT_FILE = "bot";

const MESSAGE_CHARS = 500;
/** The characters of one print that a guest passes on: more than a log holds, so that a sealed
 *  value that is cut in half at their end is never shown. */
export const LONGEST_PRINT = 2 * BOT_LIMITS.logChars;
const LOG_IS_FULL = "The log of this hook is full.";

/** Only a loop reads the clock this often. */
const MANY_CLOCK_READS = 1_000;
const TIME_STANDS_STILL = "Time stands still within a hook, so a loop that waits for it never " +
  "ends: set a timer with ctx.set_timer(name, ms), and go on in on_timer(name).";

/** The id of a player, who may have left. */
const PLAYER_ID = /^p[1-9]\d{0,8}$/;

/** The engine was stopped, for a reason in our own words or the guest's. All other errors are the
 *  host's: their messages depend on its release, so a channel never contains them. */
export class Misuse extends Error {}

/** V8's messages for native engine code that recursed too deeply. It overflowed the stack of the
 *  process, or the machine's own stack, which is at the start of the machine's memory. */
const STACK_IS_FULL = /call stack|out of bounds/;
const TOO_DEEP = "RangeError: Maximum call stack size exceeded";

/** How bot code ended. `texts` are the prelude's results of an inspection. */
export type Ending =
  | { kind: "done"; texts: string[] }
  | { kind: "threw"; message: string; line?: number | undefined }
  | { kind: "out_of_budget"; message?: string }
  | { kind: "out_of_memory" | "never_settled" };

/** The fields of a job that a run needs. */
type RecordedJob = Pick<
  HookJob,
  "source" | "now_ms" | "seed" | "state" | "players" | "timers" | "env"
>;

/** For code that runs outside of a hook. Its seed need not be secret. */
const NO_JOB: RecordedJob = {
  source: "",
  now_ms: 0,
  seed: "00".repeat(32),
  state: null,
  players: [],
  timers: [],
  env: {},
};

/** Python's message for a failure without an exception: no memory was left to create one. */
const NO_ERROR = /^SystemError: .* without setting an exception$/s;

export class HookRun {
  readonly nowMs: number;
  readonly posts: BotPost[] = [];
  /** What the bot has printed. It is no part of the outcome. */
  readonly log: string[] = [];
  #logChars = 0;
  #state: Json;
  #stateSet = false;
  #end: { result: Json } | undefined;
  /** The timers before the hook; and those that the hook set, with null for a cleared one. */
  #timersBefore: readonly string[];
  #timers = new Map<string, number | null>();
  #cryptoBytes: SeedStream;
  #mathBytes: SeedStream;
  #players: readonly string[];
  #sealed: Sealed;
  #reported: Ending | undefined;
  #hasReturned = false;
  #threwNull = false;
  #brokenLimit: string | undefined;
  #source: string;
  #clockReads = 0;

  constructor(job: Partial<RecordedJob> = {}) {
    const { source, now_ms, seed, state, players, timers, env } = { ...NO_JOB, ...job };
    this.#source = source;
    this.nowMs = now_ms;
    this.#timersBefore = timers;
    this.#players = players.map(({ player_id }) => player_id);
    this.#sealed = new Sealed(Object.values(env));
    this.#state = state;
    this.#cryptoBytes = new SeedStream(seed, "crypto");
    this.#mathBytes = new SeedStream(seed, "math");
  }

  /** The time of the hook; counts the guest's reads. */
  readClock(): number {
    this.#clockReads++;
    return this.nowMs;
  }

  /** The end of a run that used all its fuel. */
  outOfBudget(): Ending {
    const kind = "out_of_budget";
    return this.#clockReads < MANY_CLOCK_READS ? { kind } : { kind, message: TIME_STANDS_STILL };
  }

  /** Whether nothing that bot code still does can change the ending. */
  get over(): boolean {
    return this.#reported !== undefined;
  }

  fillRandom(target: Uint8Array): void {
    this.#cryptoBytes.fill(target);
  }

  /** The next bytes for Math.random, from another stream than those of `crypto`. */
  numberBytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(256);
    this.#mathBytes.fill(bytes);
    return bytes;
  }

  /** Adds a post. `to` is a JSON list of player ids, or "" for everyone. Returns undefined, or the
   *  reason for a refusal: the run has then failed, even if the bot catches the error. */
  post(kind: string, body: string, to: string): string | undefined {
    return this.#accept(() => {
      if (this.posts.length >= BOT_LIMITS.hookPosts) {
        throw new RangeError(`a hook may post at most ${BOT_LIMITS.hookPosts} times`);
      }
      const value = this.#open(boundedJson(body, BOT_LIMITS.bodyBytes, "the body"), "the body");
      if (!isJsonObject(value)) throw new TypeError("the body must be a JSON object or a string");
      const post = { kind: kind as BotPost["kind"], body: value };
      if (to === "") return void this.posts.push(post);
      const present = this.#addressees(to);
      if (present.length > 0) this.posts.push({ ...post, to: present });
    });
  }

  /** Adds to the log. Returns whether it is full, so that nothing more is taken. */
  print(text: string): boolean {
    if (this.#logIsFull) return true;
    // Withhold before cutting, as in `settle`.
    for (const line of this.#sealed.withheld(text).slice(0, BOT_LIMITS.logChars).split("\n")) {
      const shown = line.slice(0, BOT_LIMITS.logLineChars).toWellFormed();
      this.log.push(shown);
      this.#logChars += shown.length;
      if (this.#logIsFull) {
        this.log.push(LOG_IS_FULL);
        return true;
      }
    }
    return false;
  }

  get #logIsFull(): boolean {
    return this.log.length >= BOT_LIMITS.logLines || this.#logChars >= BOT_LIMITS.logChars;
  }

  #addressees(text: string): string[] {
    const to = boundedJson(text, BOT_LIMITS.bodyBytes, "to");
    const isId = (id: Json): id is string =>
      typeof id === "string" && (PLAYER_ID.test(id) || this.#players.includes(id));
    if (Array.isArray(to) && to.every(isId)) {
      return [...new Set(to)].filter((id) => this.#players.includes(id));
    }
    throw new TypeError('to must be a list of player ids such as "p1", as ctx.players() has them');
  }

  /** Sets the state. Returns as `post` does. */
  setState(state: string): string | undefined {
    return this.#accept(() => {
      // A state may contain no sealed value, because it is stored unencrypted. A bot finds its
      // sealed values in every hook.
      this.#state = this.#open(
        boundedJson(state, BOT_LIMITS.botStateBytes, "the state"),
        "the state",
      );
      this.#stateSet = true;
    });
  }

  /** Ends the bot with a result. Returns as `post` does. */
  endWith(result: string): string | undefined {
    return this.#accept(() => {
      const value = boundedJson(result, BOT_LIMITS.bodyBytes, "the result");
      this.#end = { result: this.#open(value, "the result") };
    });
  }

  /** Sets or replaces the timer of a name, due `ms` milliseconds after this hook's time; null
   *  clears it. Returns as `post` does. */
  setTimer(name: string, ms: number | null): string | undefined {
    return this.#accept(() => {
      const isName = name.length > 0 && name.length <= BOT_LIMITS.timerNameChars &&
        name.isWellFormed();
      if (!isName || name === "__proto__") {
        throw new RangeError(`a timer's name must be 1 to ${BOT_LIMITS.timerNameChars} characters`);
      }
      if (ms !== null && !(ms >= 0 && ms <= BOT_LIMITS.timerMaxMs)) {
        throw new RangeError(`a timer must be 0 to ${BOT_LIMITS.timerMaxMs} milliseconds ahead`);
      }
      this.#open(name, "a timer's name");
      this.#timers.delete(name);
      this.#timers.set(name, ms === null ? null : this.nowMs + Math.ceil(ms));
      const unchanged = this.#timersBefore.filter((known) => !this.#timers.has(known)).length;
      const set = [...this.#timers.values()].filter((due) => due !== null).length;
      const timers = unchanged + set;
      if (timers > BOT_LIMITS.timersPerBot || this.#timers.size > BOT_LIMITS.timersPerBot * 2) {
        throw new RangeError(`a bot may have at most ${BOT_LIMITS.timersPerBot} timers`);
      }
    });
  }

  /** Returns the value. Throws if it contains a sealed value. */
  #open<T extends Json>(value: T, what: string): T {
    if (!this.#sealed.isInJson(value)) return value;
    throw new Error(`${what} contains a sealed value of ctx.env`);
  }

  #accept(take: () => void): string | undefined {
    if (this.#brokenLimit !== undefined) return this.#brokenLimit;
    try {
      take();
      return undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return this.#brokenLimit = cut(this.#sealed.withheld(message));
    }
  }

  /** Records the ending that the prelude reports. Only the first report counts. */
  settle(kind: string, first: string, second: string): void {
    if (kind === "done") this.#reported ??= { kind, texts: [first, second] };
    else if (kind === "returned") this.#hasReturned = true;
    else if (kind === "out_of_memory") this.#reported ??= { kind };
    else {
      this.#threwNull = (kind === "threw_null" || NO_ERROR.test(first)) && !this.#reported;
      // Withhold before cutting: a sealed value that was cut in half would not be recognised.
      const message = cut(this.#sealed.withheld(first));
      this.#reported ??= { kind: "threw", message, line: this.#line(second) };
    }
  }

  /** Called once no work is left: a hook that has returned is then done. */
  finish(): void {
    if (this.#hasReturned) this.#reported ??= { kind: "done", texts: [] };
  }

  /** The bot's innermost line in a trace with frames like `at on_message (bot:3:12)`. Undefined if
   *  the source has no such line, because a bot can write the trace itself. */
  #line(trace: string): number | undefined {
    const line = Number(new RegExp(`\\b${BOT_FILE}:(\\d{1,6})\\b`).exec(trace)?.[1]);
    return line >= 1 && line <= lineCount(this.#source) ? line : undefined;
  }

  /** Whether the bot threw null, or the engine did where no memory was left for an error. */
  get threwNull(): boolean {
    return this.#threwNull;
  }

  /** The ending, once no bot code runs any more: a broken limit first, then the prelude's report,
   *  then the engine's. `crash` is the error that the engine threw, if any. */
  ending(memoryIsFull: boolean, crash: unknown): Ending {
    if (this.#brokenLimit !== undefined) {
      const line = this.#reported?.kind === "threw" ? this.#reported.line : undefined;
      return { kind: "threw", message: this.#brokenLimit, line };
    }
    if (this.#reported && !(memoryIsFull && this.#threwNull)) return this.#reported;
    if (memoryIsFull) return { kind: "out_of_memory" };
    if (crash === undefined) return { kind: "never_settled" };
    if (STACK_IS_FULL.test(messageOf(crash))) return { kind: "threw", message: TOO_DEEP };
    const message = crash instanceof Misuse ? `: ${this.#sealed.withheld(crash.message)}` : ".";
    return { kind: "threw", message: cut(`The engine stopped${message}`) };
  }

  /** The outcome for the server. */
  outcome(ending: Ending): HookOutcome {
    if (ending.kind !== "done") return ending;
    const timers = [...this.#timers].map(([name, due_ms]) => ({ name, due_ms }));
    return {
      kind: "done",
      posts: this.posts,
      state: this.#state,
      state_set: this.#stateSet,
      ...(this.#end && { end: this.#end }),
      ...(timers.length > 0 && { timers }),
    };
  }
}

export function messageOf(error: unknown): string {
  return cut(error instanceof Error ? error.message : String(error));
}

function cut(message: string): string {
  return message.slice(0, MESSAGE_CHARS).toWellFormed();
}
