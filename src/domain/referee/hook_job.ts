/** The job of one hook. The server runs it, and a verifier rebuilds it from the transcript. Both
 *  use this function, so that the inputs of a hook can't differ between the two. */
import type { Bot, BotMemory, HookJob, ModuleSource } from "../bot/bot.ts";
import { jobNet } from "../bot/bot_network.ts";
import { hookSeed } from "./referee.ts";
import type { Entry } from "../transcript/transcript.ts";

/** The inputs that the transcript names but does not contain: the source and the modules that it
 *  imports, which it names by hash, and the bot's sealed values. */
type JobInputs = Pick<HookJob, "source" | "env"> & { modules: ModuleSource[] };

/** The job of a hook that entry `trigger` calls. `memory` is the bot's memory at that moment. */
export function hookJob(
  bot: Pick<Bot, "bot_id" | "language" | "class_name" | "params" | "net">,
  memory: BotMemory,
  trigger: Entry,
  { hook, args }: Pick<HookJob, "hook" | "args">,
  { source, modules, env }: JobInputs,
): HookJob {
  return {
    source,
    language: bot.language,
    class_name: bot.class_name,
    hook,
    args,
    params: bot.params,
    state: memory.state,
    players: memory.players.map(({ player_id, display_name, label }) => ({
      player_id,
      display_name,
      ...(label !== undefined && { label }),
    })),
    timers: Object.keys(memory.timers).sort(),
    env,
    net: jobNet(bot.net),
    now_ms: Date.parse(trigger.ts),
    seed: hookSeed(memory, bot.bot_id, trigger),
    ...(modules.length > 0 && { modules }),
  };
}
