/** One step of a bot along its channel, between running it and storing what came of it. */
import { botEvidence } from "../../domain/announcements/hooks.ts";
import type { BotMemory, HookName, HookOutcome } from "../../domain/bot/bot.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import type { Bodies } from "../../domain/bot/evidence.ts";
import { canonicalText, type JsonObject } from "../../kernel/json.ts";
import { evidenceDrafts, UNSTORABLE } from "../../domain/referee/hook_entries.ts";
import type { Entry } from "../../domain/transcript/transcript.ts";
import type { ChannelChange } from "../writing/change.ts";
import type { ChannelRegistry } from "../writing/registry.ts";

/** How far a bot came from its cursor, and by what; its memory at the cursor and right after the
 *  step. */
export type BotStep =
  & { cursor: number; known: BotMemory; to: Entry; memory: BotMemory }
  & (
    | {
      kind: "ran";
      hook: HookName;
      outcome: HookOutcome;
      /** What the channel is told of its requests, and the bytes that this names. */
      exchanges: JsonObject[];
      bodies: Bodies;
      /** The memory if the hook had changed nothing. */
      before: BotMemory;
    }
    /** No entry up to here calls a hook. */
    | { kind: "passed" }
    /** The hook is not run: bots have spent what they may cause each other. */
    | { kind: "starved" }
  );

/** What is left to say of a hook that ran when its bot is gone, or another instance has run it,
 *  too: what it asked of the network has happened. */
export function overtaken(
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

/** Whether a step that seemed not to be stored was stored all the same, the answer of the database
 *  lost: then it must not be told again what the step asked of the network. */
export async function wasTold(
  registry: ChannelRegistry,
  channelId: string,
  botId: string,
  step: BotStep,
): Promise<boolean> {
  if (step.kind !== "ran" || step.exchanges.length === 0) return false;
  const told = canonicalText(step.exchanges);
  for (let after = step.to.id;;) {
    const entries = await registry.entries(channelId, after, PAGE);
    const isIt = (entry: Entry) => {
      const evidence = entry.cause === step.to.id ? botEvidence.in(entry) : undefined;
      return evidence?.bot_id === botId && canonicalText(evidence.exchanges) === told;
    };
    if (entries.some(isIt)) return true;
    if (entries.length < PAGE) return false;
    after = entries.at(-1)!.id;
  }
}

const CAN_BE_STORED: HookOutcome = { kind: "threw", message: UNSTORABLE };

/** A step that can't be stored as it is, less what may be the reason: what its hook said, then what
 *  it asked. */
export function reduced(step: BotStep): BotStep {
  if (step.kind !== "ran") return step;
  if (step.outcome === CAN_BE_STORED) return { ...step, exchanges: [] };
  return { ...step, outcome: CAN_BE_STORED, memory: step.before };
}
