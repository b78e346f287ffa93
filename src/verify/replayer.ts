/** What a replay needs of whoever can run bots. */
import type { BotLanguage, HookJob, HookOutcome, Inspection } from "../domain/bot/bot.ts";
import type { EngineParts } from "../domain/bot/engine_id.ts";
import type { Exchange } from "../domain/bot/evidence.ts";
import { abortable } from "../kernel/abortable.ts";
import { Stopped } from "./report.ts";

/** The engines that run bots, with a network that answers what was recorded. */
export interface Replayer {
  /** The engine's id and parts; undefined where there is none for a language. */
  engine(
    language: HookJob["language"],
  ): Promise<{ engine: string; parts: EngineParts } | undefined>;
  /** What is found in a source. */
  inspect(
    bot: { source: string; language: BotLanguage; name: string },
  ): Promise<Inspection>;
  /** The hook's outcome, and what it asked of the network and was told. */
  run(
    job: HookJob,
    recorded: readonly Exchange[],
  ): Promise<{ outcome: HookOutcome; exchanges: Exchange[] }>;
}

/** The same, asking once of each engine, and of each source, however many bots there are of it. */
export function remembering(replayer: Replayer): Replayer {
  const engines = new Map<BotLanguage, ReturnType<Replayer["engine"]>>();
  const inspections = new Map<string, Promise<Inspection>>();
  return {
    engine: (language) => once(engines, language, () => replayer.engine(language)),
    inspect: (bot) => once(inspections, JSON.stringify(bot), () => replayer.inspect(bot)),
    run: (job, recorded) => replayer.run(job, recorded),
  };
}

function once<K, V>(known: Map<K, V>, key: K, find: () => V): V {
  if (!known.has(key)) known.set(key, find());
  return known.get(key)!;
}

/** The same until a signal is given: from then on every question ends with `Stopped`, also one that
 *  was asked before. */
export function until(replayer: Replayer, signal: AbortSignal | undefined): Replayer {
  if (!signal) return replayer;
  async function within<T>(ask: () => Promise<T>): Promise<T> {
    if (signal!.aborted) throw new Stopped();
    return await abortable(ask(), signal!, () => {
      throw new Stopped();
    });
  }
  return {
    engine: (language) => within(() => replayer.engine(language)),
    inspect: (bot) => within(() => replayer.inspect(bot)),
    run: (job, recorded) => within(() => replayer.run(job, recorded)),
  };
}
