/** Deletes channels when their time has come. A channel is gone in one commit; what is left of it
 *  is swept after that, at the next start if need be. */
import { deletionDue } from "../../domain/channel/deletion.ts";
import type { ChannelStore } from "../../store/channel/channel_store.ts";
import type { Remains } from "../../store/channel/remains.ts";
import { ChannelClock, type ClockDeps } from "./channel_clock.ts";

interface DeletionDeps extends ClockDeps {
  store: ChannelStore;
  remains: Remains;
  /** Called when a channel is gone. */
  gone: (channelId: string) => void;
}

export function deletionClock(deps: DeletionDeps): ChannelClock {
  return new ChannelClock(deps, {
    name: "deletion",
    due: ({ channel }) => deletionDue(channel),
    stored: () => deps.store.deletions(),
    happen: (channelId) => remove(deps, channelId),
    longestRetryMs: 60_000,
  });
}

async function remove(deps: DeletionDeps, channelId: string): Promise<void> {
  const { registry, store, remains, gone, now } = deps;
  for (;;) {
    const state = await registry.load(channelId);
    const due = deletionDue(state.channel);
    if (due === null || due > now().getTime()) return;
    if (!await store.remove(state)) continue; // the channel has changed meanwhile
    gone(channelId);
    await remains.sweep(channelId);
    return;
  }
}
