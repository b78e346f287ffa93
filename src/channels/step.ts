/** One step of a bot along its channel, between running it and storing what came of it. */
import type { BotMemory, HookName, HookOutcome } from "../domain/bot.ts";
import type { Channel } from "../domain/channel.ts";
import type { JsonObject } from "../domain/json.ts";
import { evidenceDrafts } from "../domain/referee.ts";
import type { Entry } from "../domain/transcript.ts";
import type { ChannelChange } from "./change.ts";

/** How far a bot came, and by what; its memory right after. */
export type Step =
  & { to: Entry; memory: BotMemory }
  & (
    | {
      kind: "ran";
      hook: HookName;
      outcome: HookOutcome;
      exchanges: JsonObject[];
      /** The memory if the hook had changed nothing. */
      before: BotMemory;
    }
    /** No entry up to here calls a hook. */
    | { kind: "passed" }
    /** The hook is not run: bots have spent what they may cause each other. */
    | { kind: "starved" }
  );

/** What is left to say of a hook that ran when its bot is gone, or another instance has run it, too: what it asked of
 *  the network has happened. */
export function overtaken(botId: string, step: Step, channel: Channel): ChannelChange<null> | null {
  const { exchanges, hook } = step.kind === "ran"
    ? step
    : { exchanges: [], hook: "on_init" as const };
  const drafts = evidenceDrafts(botId, step.to, hook, exchanges);
  return drafts.length > 0 ? { channel, drafts, answer: () => null } : null;
}

/** A hook's end in the form that can always be stored. */
export function unstorable(step: Step): Step {
  if (step.kind !== "ran") return step;
  const outcome: HookOutcome = { kind: "threw", message: "What it said can't be stored." };
  return { ...step, outcome, exchanges: [], memory: step.before };
}
