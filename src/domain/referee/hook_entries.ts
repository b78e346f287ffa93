/** What a channel is told of a hook: what it asked of the network, what it said or how it failed,
 *  and that its bot is done. Follows from the hook's end alone, so that a replay comes to the same
 *  bytes. */
import type { AnnouncedExchange } from "../bot/announced_exchange.ts";
import { botEnded, botEvidence, botFailed } from "../announcements/hooks.ts";
import type { BotMemory, HookName, HookOutcome } from "../bot/bot.ts";
import { concatBytes, derive, type HashText, hashText, hexToBytes } from "../../kernel/hash.ts";
import { canonicalBytes, type JsonObject } from "../../kernel/json.ts";
import { bodyOf } from "../transcript/body.ts";
import type { Draft, Entry } from "../transcript/transcript.ts";

/** Why a hook failed that ran well, and whose end the database would not take. */
export const UNSTORABLE = "What it said can't be stored.";

/** What a channel is told of what a hook asked of the network, before it is told what came of it.
 *  What a hook asks may repeat what it was told: it is for the same players, and whoever told
 *  it. */
export function evidenceDrafts(
  bot_id: string,
  trigger: Entry,
  hook: HookName,
  exchanges: JsonObject[],
): Draft[] {
  if (exchanges.length === 0) return [];
  const said = { bot_id, hook, exchanges: exchanges as AnnouncedExchange[] };
  return [botEvidence.draft(said, { ...audienceOf(trigger), cause: trigger.id })];
}

/** Who is told of a hook what may repeat what called it: for everyone, nothing. */
export function audienceOf({ to, sender }: Pick<Entry, "to" | "sender">): Pick<Draft, "to"> {
  return to ? { to: [...new Set([...to, sender])] } : {};
}

/** Binds what a bot remembers without telling it: who knows the bot's seed, once it is revealed,
 *  and may read all that the bot was told, can check it. */
function stateHash(
  { seed, state, blind }: Pick<BotMemory, "seed" | "state" | "blind">,
): HashText {
  const key = derive(hexToBytes(seed), hexToBytes(blind), "mcp-multiplayer/state");
  return hashText(concatBytes(key, canonicalBytes(state)));
}

/** What a channel is told of a hook that ended: the bot's posts, with the state that `memory` holds
 *  after it, or its failure and nothing else. */
export function draftsFrom(
  bot_id: string,
  trigger: Entry,
  hook: HookName,
  outcome: HookOutcome,
  memory: BotMemory,
): Draft[] {
  const cause = trigger.id;
  if (outcome.kind === "done") {
    if (outcome.posts.length === 0) return [];
    const facts = { bot_id, state_version: memory.state_version, state_hash: stateHash(memory) };
    return outcome.posts.map((post) => ({
      sender: `bot:${bot_id}`,
      kind: post.kind,
      body: bodyOf({ ...post.body, ...facts }),
      ...(post.to && { to: post.to }),
      cause,
    }));
  }
  const { kind: reason, ...details } = outcome;
  const said = { bot_id, hook, reason, ...details };
  // An error may quote what the hook was told.
  return [botFailed.draft(said, { ...audienceOf(trigger), cause })];
}

/** What the channel is told of a bot that said it is done: its seed, so that anyone may check what
 *  it dealt. */
export function endDraft(
  bot_id: string,
  outcome: HookOutcome,
  trigger: Pick<Entry, "id">,
  seed: string,
): Draft[] {
  if (outcome.kind !== "done" || !outcome.end) return [];
  return [botEnded.draft({ bot_id, result: outcome.end.result, seed }, { cause: trigger.id })];
}
