/** Pages of messages: from the first ones on, or the newest ones, as many as fit. */
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const LOUNGE = { slots: ["invite:alice", "invite:bob", "invite:carol"] };
const ids = ({ messages }: Wire) => messages.map(({ id }: Wire) => id);

async function read(player: Player, asked: Record<string, unknown> = {}): Promise<Wire> {
  const { channel_id } = player;
  return await player.call("sync_messages", { channel_id, timeout_ms: 0, ...asked });
}

Deno.test("a page holds 24 KiB, says that there is more, and leads to the next one", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, LOUNGE, 1);
  for (let i = 0; i < 12; i++) await alice!.say("é".repeat(3_000));
  const all: number[] = [];
  let page: Wire;
  do {
    page = await read(alice!, { cursor: all.at(-1) ?? 0 });
    assert.ok(JSON.stringify(page.messages).length <= CHANNEL_LIMITS.syncBytes);
    assert.equal(page.cursor, ids(page).at(-1));
    all.push(...ids(page));
  } while (page.more);
  assert.deepEqual(all, Array.from({ length: 14 }, (_, i) => i + 1));
});

Deno.test("last: n reads the newest messages, as many as fit, and says how many are older", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, LOUNGE, 1);
  for (let i = 3; i <= 40; i++) await alice!.say({ i });
  const newest = await read(alice!, { last: 3 });
  assert.deepEqual([ids(newest), newest.omitted], [[38, 39, 40], 37]);
  assert.deepEqual([newest.cursor, newest.more], [40, false]);
  assert.ok(newest.view, "what is left out may have changed it");
  const after = await read(alice!, { last: 3, cursor: 38 });
  assert.deepEqual([ids(after), after.omitted, after.view], [[39, 40], undefined, undefined]);
  const none = await read(alice!, { last: 3, cursor: 40 });
  assert.deepEqual([ids(none), none.cursor], [[], 40]);
  const every = await read(alice!, { last: 500 });
  assert.deepEqual(ids(every), Array.from({ length: 40 }, (_, i) => i + 1));
  for (let i = 0; i < 9; i++) await alice!.say("x".repeat(7_000));
  const fitting = await read(alice!, { last: 30 });
  assert.deepEqual([ids(fitting), fitting.omitted], [[47, 48, 49], 46]);
});

Deno.test("pages of two games that differ only in others' private words are the same bytes", async () => {
  await using server = await testServer({ sandbox: "off" });
  const words = ["no", "x".repeat(14_000)];
  const seen = await Promise.all(words.map(async (word) => {
    const { players: [alice, bob, carol] } = await roomOf(server.url, LOUNGE, 3);
    const { channel_id } = alice!;
    for (let i = 0; i < 4; i++) {
      await alice!.call("post_message", { channel_id, body: { word }, to: [bob!.player_id] });
      await carol!.say("y".repeat(4_000));
    }
    const pages: Wire[] = [];
    for (
      const asked of [{}, { limit: 5 }, { cursor: 9 }, { last: 1 }, { last: 6 }, { last: 500 }]
    ) {
      pages.push(await read(carol!, asked));
    }
    assert.ok(pages.every(({ messages }) => messages.every((m: Wire) => !("hash" in m))));
    const own = new RegExp(`${channel_id}|_commit":"[^"]+|\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z`, "g");
    return JSON.stringify(pages).replace(own, "…");
  }));
  assert.ok(seen[0] === seen[1]);
});
