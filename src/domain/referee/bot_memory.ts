/** What a bot remembers between hooks. It follows from the entries that the bot has processed and
 *  from the outcomes of its hooks, so that a replay gives each hook the same memory. */
import { timerDue } from "../announcements/hooks.ts";
import { memberJoined, memberLeft, memberRenamed } from "../announcements/members.ts";
import { applications } from "../announcements/operations.ts";
import { roundNamedIn, voiceOf } from "../channel/beacon.ts";
import type { Bot, BotMemory, HookOutcome, Player } from "../bot/bot.ts";
import { hears } from "../bot/hearing.ts";
import { randomnessOf } from "../../kernel/drand.ts";
import { bytesToHex, concatBytes, hexToBytes, sha256 } from "../../kernel/hash.ts";
import type { Json } from "../../kernel/json.ts";
import type { Entry, TimerChange } from "../transcript/transcript.ts";

/** The memory of a bot that has processed no entry. */
export function freshMemory(seed: string, players: Player[]): BotMemory {
  return { seed, state: null, state_version: 0, players, timers: {}, blind: "" };
}

/** The memory after an entry has been processed; the same object when the entry changes nothing in
 *  it, as one that the bot does not hear. `owned` means that nobody else holds the memory, so that
 *  its counters are updated in place, however many there are. */
export function memoryAfterEntry(
  memory: BotMemory,
  bot: Pick<Bot, "bot_id" | "private">,
  entry: Entry,
  owned = false,
): BotMemory {
  if (!hears(bot, entry)) return memory;
  const replaced = applications.replace_state.in(entry)?.op;
  // The version counts hooks, and stays.
  if (replaced?.bot_id === bot.bot_id) memory = { ...memory, state: replaced.state as Json };
  const players = playersAfter(memory.players, entry);
  const timer = timerDue.in(entry);
  // A timer that was set again in the meantime stays set.
  const isOver = timer?.bot_id === bot.bot_id &&
    memory.timers[timer.name] === Date.parse(timer.due);
  const beacon = beaconAfter(memory.beacon, entry, owned);
  if (players === memory.players && !isOver && !beacon) return memory;
  const timers = isOver ? timersAfter(memory, [{ name: timer.name, due_ms: null }]) : memory.timers;
  return { ...memory, players, timers, ...(beacon && { beacon }) };
}

/** The memory when a hook reads an entry. `salt` returns the salt of the entry's body: those who
 *  may not read an addressed entry lack its salt, so they can't guess the bot's state and check the
 *  guess against its hash. */
export function memoryAfterReading(
  memory: BotMemory,
  { to }: Pick<Entry, "to">,
  salt: () => Uint8Array,
): BotMemory {
  if (!to) return memory;
  const blind = bytesToHex(sha256(concatBytes(hexToBytes(memory.blind), salt())));
  return { ...memory, blind };
}

/** The memory once the round that was named last is signed: the bot's randomness comes from that
 *  round. */
export function memoryWithRandomness(memory: BotMemory, signature: string): BotMemory {
  const { beacon } = memory;
  if (!beacon) return memory;
  return { ...memory, beacon: { ...beacon, randomness: bytesToHex(randomnessOf(signature)) } };
}

/** The memory after a hook; the same object when the hook changed nothing in it. */
export function memoryAfterHook(memory: BotMemory, outcome: HookOutcome): BotMemory {
  if (outcome.kind !== "done" || !(outcome.state_set || outcome.timers)) return memory;
  const { state, state_set } = outcome;
  const timers = timersAfter(memory, outcome.timers ?? []);
  if (!state_set) return { ...memory, timers };
  return { ...memory, timers, state, state_version: memory.state_version + 1 };
}

function timersAfter(
  { timers }: BotMemory,
  changes: readonly TimerChange[],
): BotMemory["timers"] {
  const next = { ...timers };
  for (const { name, due_ms } of changes) {
    if (due_ms === null) delete next[name];
    else next[name] = due_ms;
  }
  return next;
}

/** The players in the channel after an entry; the same array when the entry changes nothing. */
export function playersAfter(players: Player[], entry: Entry): Player[] {
  const joined = memberJoined.in(entry);
  if (joined) {
    const { player_id, display_name, label } = joined;
    return [...players, { player_id, display_name, label }];
  }
  const renamed = memberRenamed.in(entry);
  if (renamed) {
    const { player_id, display_name } = renamed;
    return players.map((p) => p.player_id === player_id ? { ...p, display_name } : p);
  }
  const left = memberLeft.in(entry);
  return left ? players.filter((p) => p.player_id !== left.player_id) : players;
}

/** A round that is named again keeps its counters, so that later entries can't produce different
 *  randomness from it. */
function beaconAfter(
  beacon: BotMemory["beacon"],
  entry: Entry,
  owned: boolean,
): BotMemory["beacon"] {
  const voice = voiceOf(entry);
  const round = roundNamedIn(entry);
  if (round !== undefined && round !== beacon?.round) {
    return { round, named_at: entry.id, said: { [voice]: 1 } };
  }
  const said = beacon?.said[voice] ?? 0;
  if (beacon && owned) {
    beacon.said[voice] = said + 1;
    return beacon;
  }
  return beacon && { ...beacon, said: { ...beacon.said, [voice]: said + 1 } };
}
