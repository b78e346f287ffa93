/** The interface through which a replay runs bots. */
import type {
  BotLanguage,
  HookJob,
  HookOutcome,
  Import,
  Inspection,
  ModuleSource,
} from "../domain/bot/bot.ts";
import type { EngineParts } from "../domain/bot/engine_id.ts";
import type { Exchange } from "../domain/bot/evidence.ts";
import { abortable } from "../kernel/abortable.ts";
import { Stopped } from "./report.ts";

/** Engines that run bots, with a network that answers from a record. */
export interface Replayer {
  /** The engine's id and parts, and the modules of its release; undefined when there is no engine
   *  for the language. */
  engine(
    language: HookJob["language"],
  ): Promise<
    { engine: string; parts: EngineParts; modules?: readonly Import[] } | undefined
  >;
  /** Inspects a source, as the server does before it attaches a bot. */
  inspect(
    bot: {
      source: string;
      language: BotLanguage;
      name: string;
      /** The modules that it imports; absent: those of the engine's release. */
      modules?: ModuleSource[];
    },
  ): Promise<Inspection>;
  /** Runs a hook. Returns its outcome, and its network requests with the answers. */
  run(
    job: HookJob,
    recorded: readonly Exchange[],
  ): Promise<{ outcome: HookOutcome; exchanges: Exchange[] }>;
  /** Why a failure may be that of this machine, not of the source; undefined if it can't be. A
   *  machine without this function has room for all that a server's has. */
  strainedBy?(failed: HookOutcome | Inspection): string | undefined;
}

/** The same replayer with a cache: it looks up each engine and inspects each source once. */
export function caching(replayer: Replayer): Replayer {
  const engines = new Map<BotLanguage, ReturnType<Replayer["engine"]>>();
  const inspections = new Map<string, Promise<Inspection>>();
  return {
    engine: (language) => once(engines, language, () => replayer.engine(language)),
    inspect: (bot) => once(inspections, JSON.stringify(bot), () => replayer.inspect(bot)),
    run: (job, recorded) => replayer.run(job, recorded),
    strainedBy: (failed) => replayer.strainedBy?.(failed),
  };
}

function once<K, V>(known: Map<K, V>, key: K, find: () => V): V {
  if (!known.has(key)) known.set(key, find());
  return known.get(key)!;
}

/** The same replayer until `signal` aborts: from then on every call rejects with `Stopped`, also a
 *  pending one. */
export function until(replayer: Replayer, signal: AbortSignal | undefined): Replayer {
  if (!signal) return replayer;
  async function within<T>(call: () => Promise<T>): Promise<T> {
    if (signal!.aborted) throw new Stopped();
    return await abortable(call(), signal!, () => {
      throw new Stopped();
    });
  }
  return {
    engine: (language) => within(() => replayer.engine(language)),
    inspect: (bot) => within(() => replayer.inspect(bot)),
    run: (job, recorded) => within(() => replayer.run(job, recorded)),
    strainedBy: (failed) => replayer.strainedBy?.(failed),
  };
}
