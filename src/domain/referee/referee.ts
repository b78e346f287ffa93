/** Bots in a channel: how the server announces and removes them, which entries call which of their
 *  hooks, and what a hook's outcome changes. All of it follows from the transcript, so that a
 *  replay calls the same hooks with the same arguments. */
import { botAttached, botDescribed, botDetached } from "../announcements/bots.ts";
import {
  botPaused,
  budgetSpent,
  pausedText,
  SPENT_TEXT,
  timerDue,
} from "../announcements/hooks.ts";
import { memberJoined, memberLeft } from "../announcements/members.ts";
import { claimApplied } from "../announcements/games.ts";
import { applications } from "../announcements/operations.ts";
import { roundPublished } from "../announcements/randomness.ts";
import { voiceOf } from "../channel/beacon.ts";
import type { Bot, BotMemory, HookName, HookOutcome } from "../bot/bot.ts";
import { hears, isConfidential } from "../bot/hearing.ts";
import { paramsForSeats, playersWanted } from "../bot/params.ts";
import { type Channel, slotFrom, withBot, withoutBot, withSlot } from "../channel/channel.ts";
import { cleanName } from "../../kernel/clean_name.ts";
import { bytesToHex, derive, hexToBytes } from "../../kernel/hash.ts";
import { endDraft } from "./hook_entries.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../limits/bot.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import type { Change } from "../channel/membership.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { type Draft, type Entry, SYSTEM } from "../transcript/transcript.ts";
import { hashedMessageFor } from "../channel/visibility.ts";

/** A bot that the sandbox accepted, before it has an id and a slot. */
export type NewBot = Omit<
  Bot,
  "bot_id" | "slot_id" | "kills" | "ended" | "rematch_of" | "seats" | "rematch_asked"
>;

/** The bot that another one follows in a rematch, and the order of the players. */
interface Rematch {
  bot: Bot;
  seats: string[];
}

/** Attaches a bot: gives it an id and a slot (the named one, otherwise the first free bot slot,
 *  otherwise a new one) and announces it. In a rematch, the bot before is gone from the channel. */
export function attachBot(
  channel: Channel,
  newBot: NewBot,
  slotName: string | undefined,
  rematch?: Rematch,
): Change & { bot: Bot } {
  if (channel.bots.length >= CHANNEL_LIMITS.botsPerChannel) {
    throw new Refusal(
      "BAD_OP",
      `A channel holds at most ${CHANNEL_LIMITS.botsPerChannel} bots. Remove one first.`,
    );
  }
  const seats = channel.slots.filter(({ kind }) => kind === "invite").length;
  refuseSeatless(seats, newBot);
  refuseListener(channel, newBot, rematch?.bot);
  const [seated, slot] = slotForBot(channel, newBot.name, slotName);
  const bot_id = `bot_${newBot.name}_${channel.next_bot}`;
  const params = rematch ? newBot.params : paramsForSeats(newBot, seats);
  const follows = rematch && { rematch_of: rematch.bot.bot_id, seats: rematch.seats };
  const own = { params, bot_id, slot_id: slot.slot_id, kills: 0, ended: false };
  const bot: Bot = { ...newBot, ...own, ...follows };
  const { name, version, summary, hooks, code_hash, manifest_hash, engine, seed_commit } = bot;
  const { imports, net, env, engine_parts } = bot;
  const beside = channel.bots.filter(({ ended }) => !ended).map(({ bot_id }) => bot_id);
  return {
    bot,
    channel: {
      ...withSlot(seated, { ...slot, filled_by: `bot:${bot_id}` }),
      bots: [...channel.bots, bot],
      ...isConfidential(bot) && { confidential: true },
      next_bot: channel.next_bot + 1,
    },
    drafts: [
      botAttached.draft({
        bot_id,
        name,
        version,
        language: bot.language,
        class_name: bot.class_name,
        code_hash,
        manifest_hash,
        engine,
        ...(engine_parts && { engine_parts }),
        imports,
        net,
        private: bot.private,
        ...(env && { env: env.names, env_commit: env.commit }),
        seed_commit,
        ...follows,
      }),
      botDescribed.draft({
        bot_id,
        manifest_excerpt: { name, version, summary, hooks, params: bot.params },
        manifest: bot.manifest,
        ...(beside.length > 0 && { beside }),
        ...(channel.sealed && { sealed: true as const }),
      }),
    ],
  };
}

/** The refusal of a decision that was prepared for other bots than the channel has now. */
export function botsChanged(): Refusal {
  const text = "The channel's bots changed during this call. Try again.";
  return new Refusal("UNAVAILABLE", text, 100);
}

/** Refuses a bot that would hear what members tell a confidential one, and the reverse. It holds
 *  after a confidential bot is gone, too: somebody may not know that yet. Its own rematch is the
 *  same bot again. */
function refuseListener(channel: Channel, bot: NewBot, before: Bot | undefined): void {
  const isSame = before !== undefined && isConfidential(before);
  if (bot.private === true && channel.confidential && !isSame) {
    throw new Refusal(
      "BAD_OP",
      "This channel has, or had, a confidential bot, so no other bot may hear private messages " +
        "here. Leave private: true out of the bot's manifest, or create another channel.",
    );
  }
  const other = channel.bots.find(({ private: listens = true }) => listens);
  if (!isConfidential(bot) || !other) return;
  throw new Refusal(
    "BAD_OP",
    `${bot.name} is confidential, but ${other.bot_id} hears private messages, too. Remove that ` +
      "bot first, or create another channel.",
  );
}

/** Refuses a bot that is told to wait for more players than can ever sit in the channel. */
function refuseSeatless(seats: number, bot: NewBot): void {
  const wanted = playersWanted(bot);
  if (!wanted?.isChosen || wanted.players <= seats) return;
  throw new Refusal(
    "BOT_REJECTED",
    `Parameter players is ${wanted.players}, but the channel has ${seats} invite ` +
      `${seats === 1 ? "slot" : "slots"}, so the bot would wait for ever. Pass at most ${seats}, ` +
      `or create a channel with ${wanted.players} invite slots.`,
  );
}

function slotForBot(channel: Channel, botName: string, slotName: string | undefined) {
  const free = channel.slots.filter((s) => s.kind === "bot" && s.filled_by === null);
  if (slotName === undefined) {
    const slot = free[0] ?? slotFrom(`bot:${botName}`, channel.slots.length)!;
    if (channel.slots.length >= BOT_LIMITS.slots && !free[0]) {
      throw new Refusal(
        "BAD_OP",
        `The channel has no free bot slot, and already has ${BOT_LIMITS.slots} slots, the ` +
          "maximum. Call update_channel with yield_slot to free one.",
      );
    }
    return [free[0] ? channel : { ...channel, slots: [...channel.slots, slot] }, slot] as const;
  }
  const slot = free.find((s) => s.slot_id === slotName || `bot:${s.label}` === cleanName(slotName));
  if (!slot) {
    throw new Refusal(
      "BAD_OP",
      `This channel has no free bot slot "${slotName}". Pass a slot_id or "bot:<label>", or ` +
        "omit slot.",
    );
  }
  return [channel, slot] as const;
}

/** Removes a bot and reveals its `seed`: from then on anyone can check the bot's randomness up to
 *  entry `cursor`. */
export function detachBot(channel: Channel, { bot_id }: Bot, { seed, cursor }: BotReveal): Change {
  return {
    channel: withoutBot(channel, bot_id),
    drafts: [botDetached.draft({ bot_id, seed, cursor })],
  };
}

/** What the server reveals about a bot when it is removed or the channel is closed. */
export interface BotReveal {
  /** 32 bytes as hex. */
  seed: string;
  /** The last entry that the bot has processed; null when it had ended before, or was attached in
   *  the same change. */
  cursor: number | null;
}

/** The hook of a bot that an entry calls, with its arguments; null when the entry is the bot's own,
 *  when the bot does not hear it, or when the bot has no such hook. */
export function hookFor(
  bot: Pick<Bot, "bot_id" | "hooks" | "private">,
  entry: Entry,
): { hook: HookName; args: Json[] } | null {
  if (entry.sender === `bot:${bot.bot_id}` || !hears(bot, entry)) return null;
  const call = callFor(bot, entry);
  return call && bot.hooks.includes(call.hook) ? call : null;
}

function callFor(
  bot: Pick<Bot, "bot_id">,
  entry: Entry,
): { hook: HookName; args: Json[] } | null {
  if (entry.sender === SYSTEM) {
    if (entry.body.bot_id === bot.bot_id) {
      if (botAttached.in(entry)) return { hook: "on_init", args: [] };
      const timer = timerDue.in(entry);
      if (timer) return { hook: "on_timer", args: [timer.name] };
      if (!tellsOfOthers(entry)) return null;
    }
    if (roundPublished.in(entry)) return null;
    const claim = claimApplied.in(entry);
    if (claim && claim.op.bot_id !== bot.bot_id) return null;
    const emitted = applications.emit_hook.in(entry)?.op;
    if (emitted?.bot_id === bot.bot_id) return { hook: emitted.hook, args: emitted.args as Json[] };
    const joined = memberJoined.in(entry);
    if (joined) return { hook: "on_join", args: [joined.player_id] };
    const left = memberLeft.in(entry);
    if (left) {
      const { player_id, reason, by } = left;
      const args = [player_id, reason, by].filter((each) => each !== undefined);
      return { hook: "on_leave", args };
    }
  }
  return { hook: "on_message", args: [hashedMessageFor(entry.sender, entry) as JsonObject] };
}

/** Whether a bot's own manifest tells it something: a confidential one hears of the bots beside it,
 *  and of the seal. */
function tellsOfOthers(entry: Entry): boolean {
  const { manifest, beside, sealed } = botDescribed.in(entry) ?? {};
  return manifest?.confidential === true && (beside !== undefined || sealed === true);
}

/** The seed of one hook, hex. It mixes the bot's committed seed with the tree head at the
 *  triggering entry, so neither the host nor a player alone chooses it. With public randomness, it
 *  mixes the committed seed with the randomness of the round, the triggering entry's voice, and the
 *  number of entries of that voice since the round was named: neither the entries of others nor any
 *  timing can change it. */
export function hookSeed(
  { seed, beacon }: Pick<BotMemory, "seed" | "beacon">,
  botId: string,
  trigger: Pick<Entry, "sender" | "body" | "root">,
): string {
  const info = `mcp-multiplayer/hook/${botId}`;
  if (!beacon) return bytesToHex(derive(hexToBytes(seed), hexToBytes(trigger.root), info));
  const { round, said, randomness } = beacon;
  if (randomness === undefined) throw new Error(`Cannot draw: round ${round} is not published yet`);
  const voice = voiceOf(trigger);
  const draw = `${info}/${voice}/${said[voice]}`;
  return bytesToHex(derive(hexToBytes(seed), hexToBytes(randomness), draw));
}

/** Whether a bot is paused until an admin resumes it. */
export function isPaused({ kills, paused = false }: Bot): boolean {
  return paused || isKilledOften(kills);
}

function isKilledOften(kills: number): boolean {
  return kills >= CHANNEL_LIMITS.killsBeforePause;
}

/** The channel after a hook of one of its bots. Too many kills in a row pause the bot. A bot that
 *  has ended is marked as such, and its `seed` is revealed. */
export function afterHook(
  channel: Channel,
  botId: string,
  outcome: HookOutcome,
  trigger: Entry,
  seed: string,
): Change {
  const bot = channel.bots.find(({ bot_id }) => bot_id === botId);
  const kills = bot && outcome.kind === "killed" ? bot.kills + 1 : 0;
  const end = outcome.kind === "done" ? outcome.end : undefined;
  if (!bot || (kills === bot.kills && !end)) return { channel, drafts: [] };
  const next = { ...bot, kills, ended: end !== undefined };
  const drafts: Draft[] = [];
  if (isKilledOften(kills)) {
    const body = { bot_id: botId, kills, text: pausedText(kills) };
    drafts.push(botPaused.draft(body, { cause: trigger.id }));
  }
  drafts.push(...endDraft(botId, outcome, trigger, seed));
  return { channel: withBot(channel, next), drafts };
}

/** Announces, once, that bots have answered each other often enough. `cause` is the entry that
 *  would have called a hook. */
export function chainSpent(botId: string, cause: number): Draft {
  const body = { bot_id: botId, entries: BOT_LIMITS.chainedEntries, text: SPENT_TEXT } as const;
  return budgetSpent.draft(body, { cause });
}
