/** The backlog of a channel's bots. */
import type { Bot } from "../bot/bot.ts";
import type { Channel } from "../channel/channel.ts";
import { isPaused } from "./referee.ts";
import type { Head } from "../transcript/transcript.ts";

/** The number of entries that wait for the slowest of a channel's bots. Ignores paused bots, which
 *  wait for an admin. */
export function backlogOf({ channel, head }: { channel: Channel; head: Head }): number {
  const behind = channel.bots.map((bot) =>
    isCalled(bot) ? head.size - (head.cursors[bot.bot_id] ?? head.size) : 0
  );
  return channel.closed ? 0 : Math.max(0, ...behind);
}

/** Whether a post would call hooks of any bot. */
export function wakesBots({ bots }: Channel): boolean {
  return bots.some(isCalled);
}

function isCalled(bot: Bot): boolean {
  return !bot.ended && !isPaused(bot);
}
