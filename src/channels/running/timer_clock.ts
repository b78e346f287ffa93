/** Fires bots' timers: a due timer becomes an entry of its channel. */
import { chainSpent } from "../../domain/referee/referee.ts";
import { fireTimers, nextDue } from "../../domain/referee/timers.ts";
import { isAnswered } from "../../domain/transcript/transcript.ts";
import type { ChannelStore } from "../../store/channel/channel_store.ts";
import { ChannelClock, type ClockDeps } from "./channel_clock.ts";

export function timerClock(deps: ClockDeps & { store: ChannelStore }): ChannelClock {
  return new ChannelClock(deps, {
    name: "timer",
    due: ({ channel, head }) => channel.closed ? null : nextDue(channel, head),
    stored: () => deps.store.timers(),
    happen: (channelId) => fire(deps, channelId),
    longestRetryMs: 1_000,
  });
}

async function fire({ registry, now }: ClockDeps, channelId: string): Promise<void> {
  await registry.write(channelId, ({ channel, head }) => {
    const due = channel.closed ? null : fireTimers(channel, head, now());
    if (!due || head.chain_spent) return null;
    const answer = () => undefined;
    const [first] = due.drafts as [typeof due.drafts[number]];
    const last = { chained: head.chained + due.drafts.length };
    if (isAnswered(last)) return { channel, ...due, always: true, answer };
    // The timers stay set, and come due when a member has posted.
    const drafts = [chainSpent(String(first.body.value.bot_id), first.cause!)];
    return { channel, drafts, chainSpent: true, always: true, answer };
  });
}
