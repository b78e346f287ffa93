/** Where bots run. Whoever holds this interface can neither tell nor choose in which process a hook
 *  runs. */
import type { BotLanguage, HookJob, HookOutcome, Inspection } from "../domain/bot/bot.ts";
import type { Exchange } from "../domain/bot/evidence.ts";
import type { FairKey } from "./pool/fair_queue.ts";

export interface BotSource {
  source: string;
  /** Undefined: told from the source. */
  language?: BotLanguage;
  /** Breaks the tie when a source has several classes and no default export. */
  name?: string;
  /** It was looked at before, when it was attached: it has time enough now. */
  again?: true;
}

/** On whose behalf something is done, and who is told what it cost. */
export interface WorkContext {
  /** Principals take turns, then the channels of each: nobody can take all hosts. */
  key?: FairKey;
  /** Gives its turn up when it aborts, with `Refusal("TIMEOUT")`; what has begun goes on to its
   *  end. */
  signal?: AbortSignal;
  /** Told for how many milliseconds a host was at work; waits for the network are not counted. */
  worked?: (ms: number) => void;
}

/** The same of a hook, and who is told what it did outside. */
export interface RunContext extends WorkContext {
  /** Called for every exchange with the network when it is over, also of a hook that fails
   *  later. */
  exchanged?: (exchange: Exchange) => void;
  /** Asked when a host takes the hook: whether what the network answers can be kept. Where it
   *  can't, each request of the hook is answered with that. */
  mayAsk?: () => boolean;
  /** The hook is run again: nothing is reached, and what it asks is answered with this, in
   *  order. */
  recorded?: readonly Exchange[];
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
  /** Runs one hook. Whatever the bot does is an outcome; throws what `inspect` throws. */
  run(job: HookJob, context?: RunContext): Promise<HookOutcome>;
  /** What a bot's announcement names as its engine; undefined where there is none for the
   *  language. */
  engine(language: BotLanguage): Promise<EngineFacts | undefined>;
  /** Whether a host answers now. */
  ready(): Promise<boolean>;
  /** Ends every host process; hooks under way are abandoned and reject with
   *  `Refusal("UNAVAILABLE")`. */
  close(): Promise<void>;
}
