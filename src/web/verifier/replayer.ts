/** Runs bots again in a browser: JavaScript ones, in a Worker that is terminated when it is late.
 *  Their network answers from the record. There is no Python here. */
import { type HookOutcome, HOOKS, type Inspection } from "../../domain/bot/bot.ts";
import type { Exchange, NetAnswer, NetRequest } from "../../domain/bot/evidence.ts";
import { RecordedCalls } from "../../sandbox/host/recorded_calls.ts";
import { WorkerLink } from "../../sandbox/host/worker_link.ts";
import { plainSource } from "../../sandbox/plain_source.ts";
import type { Network } from "../../sandbox/wire/net_call.ts";
import {
  type Answer,
  deadlineOf,
  readAnswer,
  type Request,
  START_MS,
} from "../../sandbox/wire/protocol.ts";
import type { Replayer } from "../../verify/replayer.ts";

/** The words of a guest, or of the parser, whose native stack was full. A browser's is smaller than
 *  a server's, and that of an engine's machine may end first. */
const STACK_WORDS = /call stack|stack space|nests too deeply|^The engine stopped/;

/** `guest` is the address of `guest_worker.ts`, bundled. */
export function browserReplayer(guest: URL): Replayer {
  const guests = new Guests(guest);
  return {
    async engine(language) {
      if (language === "python") return undefined;
      const answer = await guests.ask({ kind: "probe" }, []);
      if (answer?.kind !== "probed") {
        throw new Error("This browser does not run the engine.");
      }
      const { engine, engine_parts: parts = {}, modules = [] } = answer;
      return { engine, parts, modules };
    },
    async inspect({ source, language, name, modules }) {
      const bot = { source: plainSource(source), language, name, modules };
      const answer = await guests.ask(
        { kind: "inspect", ...bot, hooks: [...HOOKS], again: true },
        [],
      );
      if (answer?.kind === "inspected") return answer.inspection;
      return { kind: "rejected", message: "Loading the source took too long." };
    },
    async run(given, recorded) {
      const exchanges: Exchange[] = [];
      const job = { ...given, source: plainSource(given.source) };
      const request: Request = { kind: "run", job, recorded };
      const answer = await guests.ask(
        request,
        recorded,
        (exchange) => exchanges.push(exchange),
      );
      if (answer?.kind === "ran") return { outcome: answer.outcome, exchanges };
      return { outcome: { kind: "killed", after_ms: START_MS }, exchanges };
    },
    strainedBy(failed: HookOutcome | Inspection) {
      const message = "message" in failed ? failed.message ?? "" : "";
      return STACK_WORDS.test(message) ? "the browser's stack is too small for them" : undefined;
    },
  };
}

/** The Worker, and another one after it was terminated. */
class Guests implements Network {
  readonly #address: URL;
  #link: WorkerLink | undefined;
  #calls = new RecordedCalls([], () => {});

  constructor(address: URL) {
    this.#address = address;
  }

  /** The answer; undefined if there was no honest one in time. */
  async ask(
    request: Request,
    recorded: readonly Exchange[],
    exchanged: (exchange: Exchange) => void = () => {},
  ): Promise<Answer | undefined> {
    this.#calls = new RecordedCalls(recorded, exchanged);
    const link = this.#link ??= new WorkerLink(new Worker(this.#address), this);
    const text = await link.ask(
      JSON.stringify(request),
      deadlineOf(request, START_MS),
    );
    const answer = text === undefined ? undefined : readAnswer(request, text);
    if (answer) return answer;
    link.terminate();
    this.#link = undefined;
    return undefined;
  }

  begin(): void {}

  perform(request: NetRequest): Promise<NetAnswer> {
    return this.#calls.perform(request);
  }
}
