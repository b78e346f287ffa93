/** Tries a bot's parameters: its constructor runs once with them before the bot is attached, so
 *  that it can refuse what a schema can't express, such as a range from 10 to 1. */
import type { Env, HookJob } from "../../domain/bot/bot.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { NO_HOOK, type RunContext, type Sandbox } from "../../sandbox/sandbox.ts";

/** What the constructor is given. It finds no state and no players, and no network. */
export interface Trial extends Pick<HookJob, "source" | "language" | "class_name" | "params"> {
  env: Env;
  now: Date;
}

/** Throws BOT_REJECTED, in the bot's own words, if the constructor throws. */
export async function tryParams(
  sandbox: Sandbox,
  { now, ...bot }: Trial,
  context: RunContext,
): Promise<void> {
  const outcome = await sandbox.run({
    ...bot,
    hook: NO_HOOK,
    args: [],
    state: null,
    players: [],
    timers: [],
    net: [],
    now_ms: now.getTime(),
    seed: "00".repeat(32),
  }, context);
  if (outcome.kind === "done") return;
  if (outcome.kind !== "threw") {
    const text = `The bot's constructor did not end: ${outcome.kind}. Correct the source.`;
    throw new Refusal("BOT_REJECTED", text);
  }
  const where = outcome.line === undefined ? "" : ` (line ${outcome.line} of its source)`;
  const text = outcome.message.replace(/[.\s]*$/, "");
  throw new Refusal(
    "BOT_REJECTED",
    `The bot refuses its parameters: ${text}${where}. Correct them.`,
  );
}
