/** The entries of an export as a replay takes them: with what follows from them, and what a hook of
 *  a bot caused. */
import { botEnded, botEvidence, botFailed } from "../domain/announcements/hooks.ts";
import type { Player } from "../domain/bot/bot.ts";
import { playersAfter } from "../domain/referee/bot_memory.ts";
import type { ExportedEntry } from "../domain/proof/channel_export.ts";
import { bytesToHex } from "../kernel/hash.ts";
import { appended, rootOf } from "../kernel/merkle.ts";
import type { Entry } from "../domain/transcript/transcript.ts";
import { Wrong } from "./model/wrong.ts";

/** An entry as the referee's rules take it; its body and salt are missing where they are
 *  withheld. */
export type ReplayEntry = Omit<Entry, "body"> & {
  body?: Entry["body"] | undefined;
  salt?: string | undefined;
};

/** Adds what is not part of a leaf, and follows from it: tree heads, and the place in a chain of
 *  bots. */
export function withRoots(
  entries: readonly ExportedEntry[],
  leaves: readonly Uint8Array[],
): ReplayEntry[] {
  let range: Uint8Array[] = [];
  let chained = 0;
  return entries.map(({ body_hash: _, ...entry }, i) => {
    range = appended(range, i, leaves[i]!);
    const at = range;
    let root: string | undefined;
    chained = entry.cause === undefined ? 0 : chained + 1;
    // Few entries call a hook: the others' tree heads are not needed.
    return {
      ...entry,
      chained,
      get root() {
        return root ??= bytesToHex(rootOf(at));
      },
    };
  });
}

/** Whether the server told here what a hook asked of the network. */
export function isEvidence(entry: ReplayEntry): boolean {
  return botEvidence.in(entry) !== undefined;
}

const EFFECTS = [botEvidence, botFailed, botEnded];

/** By bot, in order, what its hooks said and what the server told of them. */
export function effectsByBot(entries: readonly ReplayEntry[]): Map<string, ReplayEntry[]> {
  const effects = new Map<string, ReplayEntry[]>();
  for (const entry of entries) {
    const botId = entry.cause === undefined ? undefined : speakerOf(entry);
    if (botId === undefined) continue;
    const own = effects.get(botId);
    if (own) own.push(entry);
    else effects.set(botId, [entry]);
  }
  return effects;
}

function speakerOf(entry: ReplayEntry): string | undefined {
  const { sender, body } = entry;
  if (sender.startsWith("bot:")) return sender.slice("bot:".length);
  const isTold = EFFECTS.some((effect) => effect.in(entry));
  return isTold && typeof body?.bot_id === "string" ? body.bot_id : undefined;
}

/** People at a time, more than any server seats in a channel: each entry is met with all of
 *  them. */
const MAX_SEATED = 1_024;

/** Who sat in the channel before each of some entries, in the order in which they came. */
export function playersBefore(
  ids: readonly number[],
  entries: readonly ReplayEntry[],
): Map<number, Player[]> {
  const wanted = new Set(ids);
  const found = new Map<number, Player[]>();
  let players: Player[] = [];
  for (const entry of entries) {
    if (wanted.has(entry.id)) found.set(entry.id, players);
    if (entry.body) players = playersAfter(players, entry as Entry);
    if (players.length > MAX_SEATED) throw new Wrong("No channel seats so many.", entry.id);
  }
  return found;
}
