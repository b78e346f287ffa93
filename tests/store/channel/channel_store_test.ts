/** Channels as older servers stored them. */
import assert from "node:assert/strict";
import * as z from "zod";
import { turnOf } from "../../../src/domain/channel/turn.ts";
import type { Bot } from "../../../src/domain/bot/bot.ts";
import { openChannel, slotsFrom } from "../../../src/domain/channel/opening.ts";
import { bodyOf } from "../../../src/domain/transcript/body.ts";
import { append, type Draft, EMPTY_HEAD } from "../../../src/domain/transcript/transcript.ts";
import { ChannelStore } from "../../../src/store/channel/channel_store.ts";
import { decode, encode } from "../../../src/store/codec.ts";
import { keys } from "../../../src/store/keys.ts";

Deno.test("load() finds the turn of a channel whose head does not keep it", async () => {
  using kv = await Deno.openKv(":memory:");
  const channel_id = "chn_old";
  const secret = new Uint8Array(32);
  const opened = openChannel({
    channel_id,
    name: "old",
    creator: "ann",
    host_hash: "",
    visibility: "private",
    sealed: false,
    spectators: false,
    created_at: "2026-01-01T00:00:00.000Z",
    secret,
  }, slotsFrom(["bot:referee", "invite:a"], () => "hash"));
  const bot = {
    bot_id: "bot_Old_0",
    slot_id: "s0",
    name: "Old",
    version: "1",
    summary: "",
    language: "javascript",
    class_name: "Old",
    hooks: [],
    manifest: {},
    params: {},
    code_hash: `sha256:${"0".repeat(64)}`,
    manifest_hash: `sha256:${"0".repeat(64)}`,
    engine: "",
    imports: [],
    net: [],
    seed_commit: `sha256:${"0".repeat(64)}`,
    kills: 0,
    ended: false,
  } satisfies Bot;
  const channel = { ...opened.channel, bots: [bot], next_player: 2 };
  const turn: Draft = {
    sender: "bot:bot_Old_0",
    kind: "bot",
    body: bodyOf({ type: "bot:turn", player: "p1" }),
  };
  const chat: Draft = { sender: "p1", kind: "user", body: bodyOf({ text: "hm" }) };
  const drafts = [...opened.drafts, turn, ...Array.from({ length: 30 }, () => chat)];
  const { entries, head } = append(EMPTY_HEAD, drafts, channel_id, secret, new Date(0));
  const store = new ChannelStore(kv);
  const change = { base: null, channel, head, secret, entries, memories: new Map() };
  await store.commit({ ...change, commitId: "first" });
  const key = keys.head(channel_id);
  const { turns: _, ...stored } = decode(z.looseObject({}), (await kv.get(key)).value);
  await kv.set(key, encode(stored));

  const state = (await store.load(channel_id))!;
  const msgId = opened.drafts.length + 1;
  assert.deepEqual(turnOf(state, "p1"), { kind: "yours", msgId, botId: bot.bot_id });
});
