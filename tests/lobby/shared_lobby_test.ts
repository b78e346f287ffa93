/** Matchmaking by several server processes on one database, through `kill -9`. */
import assert from "node:assert/strict";
import { keys } from "../../src/store/keys.ts";
import { kvConnect } from "../support/kv_connect.ts";
import { Player, type Wire } from "../support/player.ts";
import { gone, startProcess } from "../support/process.ts";

const TICKETS = 200;
const WISH = { bot_preset: "EchoBot" };

/** How many keys a database has under a prefix. */
async function countOf(kv: Deno.Kv, prefix: Deno.KvKey): Promise<number> {
  let count = 0;
  for await (const _ of kv.list({ prefix })) count++;
  return count;
}

Deno.test("200 tickets of two processes become 100 channels, none twice, through a kill -9", async () => {
  await using store = await kvConnect();
  const env = { ...store.env, RATE_LIMITS: "off" };
  const [doomed, other] = await Promise.all([startProcess(env), startProcess(env)]);
  const urlOf = (i: number) => i % 2 ? doomed.url : other.url;
  const players: Player[] = [];
  for (let i = 0; i < TICKETS; i += 20) {
    const some = Array.from({ length: 20 }, (_, j) => Player.at(urlOf(i + j)));
    players.push(...await Promise.all(some));
  }

  const hosts = await doomed.children();
  let answered = 0;
  let killed: Promise<unknown> | undefined;
  await Promise.all(players.map(async (player) => {
    try {
      await player.call("find_match", { ...WISH, timeout_ms: 0 });
    } catch (error) {
      assert.ok(error instanceof TypeError, `only the killed process fails: ${error}`);
    }
    answered++;
    // In the middle of the pairing.
    if (answered >= TICKETS / 4) killed ??= doomed.kill("SIGKILL");
  }));
  await killed;
  await gone(hosts);

  // Whoever was paired learns it, and whoever was not is paired now.
  const seats = await Promise.all(players.map(async (player): Promise<Wire> => {
    player.moveTo(other.url);
    for (;;) {
      const answer = await player.call("find_match", { ...WISH, timeout_ms: 45_000 });
      if (answer.status === "matched") return answer;
      assert.equal(answer.status, "waiting", JSON.stringify(answer));
    }
  }));
  const byChannel = Map.groupBy(seats, ({ channel_id }) => channel_id);
  assert.equal(byChannel.size, TICKETS / 2);
  for (const [channel_id, both] of byChannel) {
    assert.deepEqual(both.map(({ player_id }) => player_id).toSorted(), ["p1", "p2"], channel_id);
  }
  assert.equal(new Set(seats.map(({ ticket }) => ticket)).size, TICKETS);
  const [first] = seats;
  const same = await players[0]!.call("find_match", WISH);
  assert.deepEqual([same.ticket, same.channel_id], [first.ticket, first.channel_id]);

  await other.kill("SIGTERM");
  using kv = await store.open();
  assert.equal(await countOf(kv, keys.waitingTickets()), 0, "nobody is left in a pool");
  assert.equal(await countOf(kv, keys.matches()), 0, "no match is left to be seated");
  assert.equal(await countOf(kv, ["ticket", "by_id"]), TICKETS);
  const channels = new Set<string>();
  for await (const { key } of kv.list({ prefix: ["channel"] })) channels.add(String(key[1]));
  assert.deepEqual(channels, new Set(byChannel.keys()), "no channel without players");
  await store.check();
});
