/** Where bots run. A caller of this interface can neither learn nor choose in which process a hook
 *  runs. */
import type { BotLanguage, HookJob, HookOutcome, Inspection } from "../domain/bot/bot.ts";
import type { Exchange } from "../domain/bot/evidence.ts";
import type { FairKey } from "./pool/fair_queue.ts";

export interface BotSource {
  source: string;
  /** Undefined: detected from the source. */
  language?: BotLanguage | undefined;
  /** Breaks the tie when a source has several classes and no default export. */
  name?: string | undefined;
  /** It was looked at before, when it was attached: it has time enough now. */
  again?: true | undefined;
}

/** The beneficiary of a piece of work, and the callback for its cost. */
export interface WorkContext {
  /** Principals take turns, then the channels of each: no principal can take all hosts. */
  key?: FairKey;
  /** Gives its turn up when it aborts, with `Refusal("TIMEOUT")`; work that has begun goes on to
   *  its end. */
  signal?: AbortSignal | undefined;
  /** Called with the milliseconds for which a host was at work, without waits for the network. */
  worked?: (ms: number) => void;
}

/** The same of a hook, and the callback for its calls of the network. */
export interface RunContext extends WorkContext {
  /** Called for every exchange with the network when it is over, also of a hook that fails
   *  later. */
  exchanged?: (exchange: Exchange) => void;
  /** Asked when a host takes the hook: whether what the network answers can be kept. Where it
   *  can't, each request of the hook is answered with that. */
  mayAsk?: (() => boolean) | undefined;
  /** The hook is run again: nothing is reached, and what it asks is answered with this, in
   *  order. */
  recorded?: readonly Exchange[] | undefined;
}

/** An engine's id, and what it is the hash of. */
export interface EngineFacts {
  engine: string;
  parts: Record<string, string>;
}

export interface Sandbox {
  /** Parses and loads a source, runs none of its hooks. Throws `Refusal("UNAVAILABLE")` when no
   *  host can be had, and `Refusal("RATE_LIMIT")` when too many wait for one. */
  inspect(bot: BotSource, context?: WorkContext): Promise<Inspection>;
  /** Runs one hook. All that the bot does is an outcome; throws as `inspect` does. */
  run(job: HookJob, context?: RunContext): Promise<HookOutcome>;
  /** The engine that a bot's announcement names; undefined where there is none for the language. */
  engine(language: BotLanguage): Promise<EngineFacts | undefined>;
  /** Whether a host answers now. */
  ready(): Promise<boolean>;
  /** Ends every host process; hooks under way are abandoned and reject with
   *  `Refusal("UNAVAILABLE")`. */
  close(): Promise<void>;
}
