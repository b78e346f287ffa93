/** Prepares the entries of an export for the replay: derived fields, the effects of each bot, and
 *  the players before an entry. */
import { botEnded, botEvidence, botFailed } from "../domain/announcements/hooks.ts";
import type { Player } from "../domain/bot/bot.ts";
import { playersAfter } from "../domain/referee/bot_memory.ts";
import type { ExportedEntry } from "../domain/proof/channel_export.ts";
import { bytesToHex } from "../kernel/hash.ts";
import { appended, rootOf } from "../kernel/merkle.ts";
import type { Entry } from "../domain/transcript/transcript.ts";
import { Wrong } from "./model/wrong.ts";

/** An entry in the form that the referee's rules take. Body and salt are absent when withheld. */
export type ReplayEntry = Omit<Entry, "body"> & {
  body?: Entry["body"] | undefined;
  salt?: string | undefined;
};

/** Adds the derived fields, which no leaf hash covers: the Merkle root at each entry, and
 *  `chained`, the number of caused entries in a row. */
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
    // Computed on demand: only the few entries that call a hook need their root.
    return {
      ...entry,
      chained,
      get root() {
        return root ??= bytesToHex(rootOf(at));
      },
    };
  });
}

/** Whether an entry records the network requests of a hook. */
export function isEvidence(entry: ReplayEntry): boolean {
  return botEvidence.in(entry) !== undefined;
}

const EFFECTS = [botEvidence, botFailed, botEnded];

/** By bot, in order, the entries that its hooks caused: their posts, and the server's entries about
 *  them. */
export function effectsByBot(entries: readonly ReplayEntry[]): Map<string, ReplayEntry[]> {
  const effects = new Map<string, ReplayEntry[]>();
  for (const entry of entries) {
    const botId = entry.cause === undefined ? undefined : botOf(entry);
    if (botId === undefined) continue;
    const own = effects.get(botId);
    if (own) own.push(entry);
    else effects.set(botId, [entry]);
  }
  return effects;
}

function botOf(entry: ReplayEntry): string | undefined {
  const { sender, body } = entry;
  if (sender.startsWith("bot:")) return sender.slice("bot:".length);
  const isEffect = EFFECTS.some((effect) => effect.in(entry));
  return isEffect && typeof body?.bot_id === "string" ? body.bot_id : undefined;
}

/** The most members at a time, more than any server seats. The limit bounds the work per entry. */
const MAX_SEATED = 1_024;

/** By entry id, the players who had a seat before that entry, in the order of joining. */
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
    if (players.length > MAX_SEATED) {
      throw new Wrong(
        `More than ${MAX_SEATED} members at a time: no server seats so many.`,
        entry.id,
      );
    }
  }
  return found;
}
