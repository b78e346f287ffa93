/** Runs one hook of a bot in the sandbox, with the complete inputs of its job. */
import type { Bot, BotMemory, HookJob, HookOutcome, HookTrace } from "../../domain/bot/bot.ts";
import { type Bodies, evidenceOf, type Exchange } from "../../domain/bot/evidence.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { payerOf } from "../../domain/channel/principal.ts";
import { hookJob } from "../../domain/referee/hook_job.ts";
import { Sealed } from "../../domain/bot/sealed.ts";
import type { Entry } from "../../domain/transcript/transcript.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { BotLibrary } from "../library/bot_library.ts";
import type { BotsTime, Paying } from "../bots_time.ts";
import type { BotTraces } from "./bot_traces.ts";

const ENV_LOST: HookOutcome = {
  kind: "threw",
  message: "The sealed values of this bot can't be opened: the server's key is another one now. " +
    "Attach the bot again.",
};

const MODULES_LOST: HookOutcome = {
  kind: "threw",
  message: "This server has other releases of the modules that this bot imports than those with " +
    "which it was announced. Attach the bot again.",
};

/** Returns the outcome, the network exchanges as the channel announces them, and the bodies that
 *  they name. `paying` is the channel, which pays for the hook's time. */
export async function runHook(
  { sandbox, library, time, traces, mayAsk }: {
    sandbox: Sandbox;
    library: BotLibrary;
    time: BotsTime;
    traces: BotTraces;
    mayAsk?: (() => boolean) | undefined;
  },
  paying: Paying,
  bot: Bot,
  trigger: Entry,
  memory: BotMemory,
  call: Pick<HookJob, "hook" | "args">,
): Promise<{ outcome: HookOutcome; exchanges: JsonObject[]; bodies: Bodies }> {
  const bodies: Bodies = new Map();
  const env = await library.env(bot);
  if (!env) return { outcome: ENV_LOST, exchanges: [], bodies };
  const modules = await library.modules.of(bot.imports);
  if (!modules) return { outcome: MODULES_LOST, exchanges: [], bodies };
  const exchanges: Exchange[] = [];
  const source = await library.source(bot.code_hash);
  const job = hookJob(bot, memory, trigger, call, { source, modules, env });
  const { channel_id: channelId } = trigger;
  let ms = 0;
  const told: { trace?: HookTrace } = {};
  const outcome = await sandbox.run(job, {
    key: { principal: payerOf(paying.creator), channelId },
    worked(took) {
      ms += took;
      time.chargeHook(paying, took);
    },
    traced: (trace) => told.trace = trace,
    exchanged: (exchange) => void exchanges.push(exchange),
    mayAsk,
  });
  // Nobody looks for faults in a referee of this server, so its hooks need not outlive it.
  const maker = library.builtin(bot.code_hash) === undefined ? paying.creator : undefined;
  traces.note({ channelId, botId: bot.bot_id, maker }, {
    entry: trigger.id,
    hook: call.hook,
    ended: outcome.kind,
    ...("message" in outcome && { message: outcome.message }),
    ...("line" in outcome && { line: outcome.line }),
    ms,
    ...told.trace,
  });
  const sealed = new Sealed(Object.values(env));
  return { outcome, exchanges: exchanges.map((each) => evidenceOf(each, sealed, bodies)), bodies };
}
