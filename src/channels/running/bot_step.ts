/** One step of a bot along its channel, from running a hook to storing the outcome. */
import { botEvidence } from "../../domain/announcements/hooks.ts";
import type { BotMemory, HookName, HookOutcome } from "../../domain/bot/bot.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import type { Bodies } from "../../domain/bot/evidence.ts";
import { canonicalText, type JsonObject } from "../../kernel/json.ts";
import { evidenceDrafts, UNSTORABLE } from "../../domain/referee/hook_entries.ts";
import type { Entry } from "../../domain/transcript/transcript.ts";
import type { ChannelChange } from "../writing/change.ts";
import type { ChannelRegistry } from "../writing/registry.ts";

/** A step from the bot's cursor to entry `to`, with the bot's memory before (`known`) and after
 *  it. */
export type BotStep =
  & { cursor: number; known: BotMemory; to: Entry; memory: BotMemory }
  & (
    | {
      kind: "ran";
      hook: HookName;
      outcome: HookOutcome;
      /** The announced network requests, and the bodies that they name. */
      exchanges: JsonObject[];
      bodies: Bodies;
      /** The memory after the step if the hook had changed nothing. */
      before: BotMemory;
    }
    /** No entry up to `to` calls a hook. */
    | { kind: "passed" }
    /** The hook does not run: bots have caused too many entries in a row. */
    | { kind: "starved" }
  );

/** The change that remains of a step when its bot is gone, or when another instance has run the
 *  same hook: the hook's network requests have happened and must be announced. */
export function remainderOf(
  botId: string,
  step: BotStep,
  channel: Channel,
): ChannelChange<null> | null {
  const { exchanges, hook } = step.kind === "ran"
    ? step
    : { exchanges: [], hook: "on_init" as const };
  const drafts = evidenceDrafts(botId, step.to, hook, exchanges);
  return drafts.length > 0 ? { channel, drafts, always: true, answer: () => null } : null;
}

const PAGE = 50;

/** Whether the evidence of a step whose commit failed is stored all the same, because only the
 *  database's answer was lost. The evidence must not be announced twice. */
export async function isEvidenceStored(
  registry: ChannelRegistry,
  channelId: string,
  botId: string,
  step: BotStep,
): Promise<boolean> {
  if (step.kind !== "ran" || step.exchanges.length === 0) return false;
  const exchanges = canonicalText(step.exchanges);
  for (let after = step.to.id;;) {
    const entries = await registry.entries(channelId, after, PAGE);
    const isIt = (entry: Entry) => {
      const evidence = entry.cause === step.to.id ? botEvidence.in(entry) : undefined;
      return evidence?.bot_id === botId && canonicalText(evidence.exchanges) === exchanges;
    };
    if (entries.some(isIt)) return true;
    if (entries.length < PAGE) return false;
    after = entries.at(-1)!.id;
  }
}

const UNSTORABLE_OUTCOME: HookOutcome = { kind: "threw", message: UNSTORABLE };

/** A step that can't be stored, without the part that may be the cause: first the hook's outcome,
 *  then its network requests. */
export function reducedStep(step: BotStep): BotStep {
  if (step.kind !== "ran") return step;
  if (step.outcome === UNSTORABLE_OUTCOME) return { ...step, exchanges: [] };
  return { ...step, outcome: UNSTORABLE_OUTCOME, memory: step.before };
}
