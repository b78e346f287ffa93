/** Publishes the rounds of public randomness that channels wait for, as soon as the rounds are
 *  signed. */
import { nextRoundDue, publishRound } from "../../domain/channel/beacon.ts";
import { type Beacon, timeOf } from "../../kernel/drand.ts";
import type { ChannelStore } from "../../store/channel/channel_store.ts";
import { ChannelClock, type ClockDeps } from "./channel_clock.ts";

type BeaconClockDeps = ClockDeps & { store: ChannelStore; beacon: Beacon };

export function beaconClock(deps: BeaconClockDeps): ChannelClock {
  return new ChannelClock(deps, {
    name: "round",
    due: ({ channel }) => nextRoundDue(channel),
    stored: () => deps.store.rounds(),
    happen: (channelId, closing) => publishDue(deps, channelId, closing),
    longestRetryMs: 30_000,
  });
}

async function publishDue(
  { registry, beacon: source, now }: BeaconClockDeps,
  channelId: string,
  closing: AbortSignal,
): Promise<void> {
  const { channel: { beacon } } = await registry.load(channelId);
  if (!beacon) return;
  const { chain, awaited } = beacon;
  const due = awaited.filter((round) => timeOf(chain, round) <= now().getTime());
  for (const round of due.toSorted((a, b) => a - b)) {
    const signature = await source.signature(chain, round, closing);
    await registry.write(channelId, ({ channel }) => {
      const change = publishRound(channel, round, signature);
      return change && { ...change, always: true, answer: () => undefined };
    });
  }
}
