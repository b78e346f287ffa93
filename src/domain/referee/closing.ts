/** The close of a channel, by whoever may close it: it reveals the seeds of the bots, and the key
 *  of the salts of open entries. */
import { appliedDraft, type CloserName } from "../announcements/operations.ts";
import type { Bot } from "../bot/bot.ts";
import type { Channel } from "../channel/channel.ts";
import type { Change } from "../channel/membership.ts";
import type { Head } from "../transcript/transcript.ts";
import { type BotReveal, botsChanged } from "./referee.ts";

/** What a close reveals. */
export interface Reveals {
  /** The committed seed of a bot, hex; undefined when the bot was attached after the seeds were
   *  read. */
  seedOf: (bot: Bot) => string | undefined;
  /** The key of the salts of entries for everyone, hex. */
  saltKey: string;
}

/** What is revealed about a bot that goes. */
export function revealOf(
  bot: Bot,
  { seedOf, head }: Pick<Reveals, "seedOf"> & { head: Head },
): BotReveal {
  const seed = seedOf(bot);
  if (seed === undefined) throw botsChanged();
  return { seed, cursor: head.cursors[bot.bot_id] ?? null };
}

/** Closes a channel for good. */
export function closeChannel(
  channel: Channel,
  by: CloserName,
  reveals: Reveals & { head: Head },
): Change {
  const seeds = channel.bots.map((bot) => ({ bot_id: bot.bot_id, ...revealOf(bot, reveals) }));
  const op = { type: "close" as const, seeds, salts: reveals.saltKey };
  return { channel: { ...channel, closed: true }, drafts: [appliedDraft(op, by)] };
}
