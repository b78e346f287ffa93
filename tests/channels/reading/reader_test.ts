/** What ends the wait of a reader, beside a new entry. */
import assert from "node:assert/strict";
import type { Presence } from "../../../src/channels/presence.ts";
import { Reader } from "../../../src/channels/reading/reader.ts";
import { Audience } from "../../../src/channels/audience.ts";
import { ShownChannels } from "../../../src/channels/shown.ts";
import type { TileStore } from "../../../src/store/channel/tile_store.ts";
import { Waiters } from "../../../src/channels/reading/waiters.ts";
import type { ChannelRegistry } from "../../../src/channels/writing/registry.ts";
import { BotsTime } from "../../../src/channels/bots_time.ts";
import type { Bot } from "../../../src/domain/bot/bot.ts";
import type { Channel, Seat } from "../../../src/domain/channel/channel.ts";
import { NO_TURNS } from "../../../src/domain/transcript/kept_turns.ts";
import { EMPTY_HEAD, type Head } from "../../../src/domain/transcript/transcript.ts";

const seat = {
  player_id: "p1",
  principal: "ann",
  conversation: null,
  displaced: [] as string[],
} as Seat;
const channel = {
  channel_id: "chn_x",
  seats: [seat],
  bots: [{ bot_id: "a", ended: false }] as Bot[],
  former: [] as string[],
} as Channel;
const turns = {
  ...NO_TURNS,
  turns: { a: [{ id: 1, players: ["p1"] }] },
  posts: { p1: { id: 2, answers: {} } },
};
const headAt = (cursor: number): Head => ({
  ...EMPTY_HEAD,
  size: 2,
  cursors: { a: cursor },
  turns,
});

Deno.test("wait() ends once a bot has left a post on its player's turn without an answer", async () => {
  let head = headAt(1);
  const loaded = Promise.withResolvers<void>();
  let loads = 0;
  const registry = {
    load: () => {
      if (++loads === 2) loaded.resolve(); // the reader has registered before
      return Promise.resolve({ channel, head });
    },
  } as unknown as ChannelRegistry;
  const waiters = new Waiters({});
  const now = () => new Date();
  const presence = { note: () => {} } as unknown as Presence;
  const shown = new ShownChannels({
    registry,
    tiles: {} as TileStore,
    audience: new Audience(() => 0),
  });
  const reader = new Reader({ registry, shown, waiters, time: new BotsTime(), now, presence });
  const caller = { principal: "ann", conversation: null };
  const waiting = reader.wait({ caller, channelId: "chn_x", rejoinHash: null }, {
    cursor: 2,
    limit: 1,
    timeoutMs: 2 ** 31 - 1,
    signal: new AbortController().signal,
  });
  await loaded.promise;
  head = headAt(2);
  waiters.wake("chn_x");
  await waiting;
  assert.equal(loads, 3);
});
