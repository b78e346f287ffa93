/** The job of one hook. The server runs it and a verifier builds it again from the transcript,
 *  both by this function, so that what a hook is called with can't differ between the two. */
import type { Bot, BotMemory, HookJob } from "../bot/bot.ts";
import { jobNet } from "../bot/bot_network.ts";
import { hookSeed } from "./referee.ts";
import type { Entry } from "../transcript/transcript.ts";

/** What is not in the transcript as it stands: the source that a hash names, and the bot's
 *  sealed values. */
type JobInputs = Pick<HookJob, "source" | "env">;

/** What entry `trigger` has a hook of a bot called with, `memory` being what the bot remembers
 *  at that moment. */
export function hookJob(
  bot: Pick<Bot, "bot_id" | "language" | "class_name" | "params" | "net">,
  memory: BotMemory,
  trigger: Entry,
  { hook, args }: Pick<HookJob, "hook" | "args">,
  { source, env }: JobInputs,
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
  };
}
