/** The interface to the processes that run bots. A caller can neither learn nor choose which
 *  process runs a hook. */
import type {
  BotLanguage,
  HookJob,
  HookName,
  HookOutcome,
  HookTrace,
  Import,
  Inspection,
  ModuleSource,
} from "../domain/bot/bot.ts";
import type { Exchange } from "../domain/bot/evidence.ts";
import type { SandboxFigures } from "./figures.ts";
import type { FairKey } from "./pool/fair_queue.ts";

/** No bot has a hook of this name, so a run of it only makes the instance. */
export const NO_HOOK = "" as HookName;

export interface BotSource {
  source: string;
  /** Detected from the source if undefined. */
  language?: BotLanguage | undefined;
  /** Chooses the class if the source has several classes and no default export. */
  name?: string | undefined;
  /** Modules that it imports, in place of those of this release. */
  modules?: readonly ModuleSource[] | undefined;
  /** The source was inspected before, when it was attached, or is the server's own. This inspection
   *  has a long deadline. */
  again?: true | undefined;
}

/** For whom the sandbox works, and the callback for the cost. */
export interface WorkContext {
  /** Principals take turns, and the channels of one principal share its turns, so that no principal
   *  can occupy all hosts. */
  key?: FairKey;
  /** Cancels waiting work, with `Refusal("TIMEOUT")`. Work that has begun continues to its end. */
  signal?: AbortSignal | undefined;
  /** Called with the milliseconds that a host worked, without waits for the network. */
  worked?: (ms: number) => void;
}

/** The same for a hook, and its use of the network. */
export interface RunContext extends WorkContext {
  /** Called after every exchange with the network, even if the hook fails later. */
  exchanged?: (exchange: Exchange) => void;
  /** Called when a host starts the hook: whether the channel has room to record network answers. If
   *  not, every request of the hook fails. */
  mayAsk?: (() => boolean) | undefined;
  /** Called when the hook has ended by itself: what it printed, and the work that it took. */
  traced?: ((trace: HookTrace) => void) | undefined;
  /** Replays the hook: its requests get these answers, in order, and reach no network. */
  recorded?: readonly Exchange[] | undefined;
}

/** An engine's id, and the parts that it is the hash of. */
export interface EngineFacts {
  engine: string;
  parts: Record<string, string>;
  /** The modules of this release that its bots may import. */
  modules?: readonly Import[];
}

export interface Sandbox {
  /** Parses and loads a source without running a hook. Throws `Refusal("UNAVAILABLE")` if no host
   *  is available, and `Refusal("RATE_LIMIT")` if too many requests wait for one. */
  inspect(bot: BotSource, context?: WorkContext): Promise<Inspection>;
  /** Runs one hook. A failure of the bot is an outcome, not an error; throws as `inspect` does. */
  run(job: HookJob, context?: RunContext): Promise<HookOutcome>;
  /** The engine that the announcements of bots name; undefined if the server does not run the
   *  language. */
  engine(language: BotLanguage): Promise<EngineFacts | undefined>;
  /** Whether a host is at work or answers now. */
  ready(): Promise<boolean>;
  /** What it has done since it was opened, and what it does now. */
  figures(): SandboxFigures;
  /** Ends every host process. Running hooks are abandoned and reject with
   *  `Refusal("UNAVAILABLE")`. */
  close(): Promise<void>;
}
