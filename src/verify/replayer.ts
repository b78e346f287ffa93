/** What a replay needs of whoever can run bots. */
import type { BotLanguage, HookJob, HookOutcome, Inspection } from "../domain/bot.ts";
import type { EngineParts } from "../domain/engine_id.ts";
import type { Exchange } from "../domain/evidence.ts";

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
