/** The entries that announce a hook: its network requests, its posts or its failure, and the end of
 *  its bot. They follow from the hook's outcome alone, so that a replay produces the same bytes. */
import type { AnnouncedExchange } from "../bot/announced_exchange.ts";
import { botEnded, botEvidence, botFailed } from "../announcements/hooks.ts";
import type { BotMemory, HookName, HookOutcome } from "../bot/bot.ts";
import { concatBytes, derive, type HashText, hashText, hexToBytes } from "../../kernel/hash.ts";
import { canonicalBytes, type JsonObject } from "../../kernel/json.ts";
import { bodyOf } from "../transcript/body.ts";
import type { Draft, Entry } from "../transcript/transcript.ts";

/** The failure of a hook that succeeded, but whose outcome the database did not accept. */
export const UNSTORABLE = "What it said can't be stored.";

/** Announces the network requests of a hook, before its outcome. A request may repeat what the hook
 *  read, so only the readers of the triggering entry may read the announcement. */
export function evidenceDrafts(
  bot_id: string,
  trigger: Entry,
  hook: HookName,
  exchanges: JsonObject[],
): Draft[] {
  if (exchanges.length === 0) return [];
  const body = { bot_id, hook, exchanges: exchanges as AnnouncedExchange[] };
  return [botEvidence.draft(body, { ...audienceOf(trigger), cause: trigger.id })];
}

/** The audience of an announcement that may repeat the content of the triggering entry: the same
 *  readers. Empty when everyone may read that entry. */
export function audienceOf({ to, sender }: Pick<Entry, "to" | "sender">): Pick<Draft, "to"> {
  return to ? { to: [...new Set([...to, sender])] } : {};
}

/** A commitment to a bot's state that does not reveal it. Anyone who knows the bot's seed, once it
 *  is revealed, and may read all that the bot has read can check it. */
function stateHash(
  { seed, state, blind }: Pick<BotMemory, "seed" | "state" | "blind">,
): HashText {
  const key = derive(hexToBytes(seed), hexToBytes(blind), "mcp-multiplayer/state");
  return hashText(concatBytes(key, canonicalBytes(state)));
}

/** The entries of a finished hook: the bot's posts, with a commitment to the state that `memory`
 *  holds after the hook, or only its failure. */
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
  const body = { bot_id, hook, reason, ...details };
  // An error message may quote what the hook read.
  return [botFailed.draft(body, { ...audienceOf(trigger), cause })];
}

/** Announces that a bot has ended, and reveals its seed, so that anyone can check the bot's
 *  randomness. */
export function endDraft(
  bot_id: string,
  outcome: HookOutcome,
  trigger: Pick<Entry, "id">,
  seed: string,
): Draft[] {
  if (outcome.kind !== "done" || !outcome.end) return [];
  return [botEnded.draft({ bot_id, result: outcome.end.result, seed }, { cause: trigger.id })];
}
