/** Clocks that a time server or an operator sets back or forward. Nobody is locked out, nothing is
 *  lost, and the order of a channel stays. */
import assert from "node:assert/strict";
import type { Clocks } from "../../src/server.ts";
import { Player, refuses, roomOf } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const HOUR = 60 * 60_000;

/** The test sets the time of day. The monotonic clock stands still until the test advances it. */
function movableClocks() {
  let wallMs = Date.parse("2026-11-23T12:00:00Z");
  let ms = 0;
  return {
    clocks: { now: () => new Date(wallMs), nowMs: () => ms } satisfies Clocks,
    set: (changeMs: number) => void (wallMs += changeMs),
    pass(elapsedMs: number) {
      wallMs += elapsedMs;
      ms += elapsedMs;
    },
  };
}

for (const [name, changeMs] of [["back", -HOUR], ["forward", HOUR / 2]] as const) {
  Deno.test(`a clock that is set ${name} changes no caller's budgets`, async () => {
    const { clocks, set, pass } = movableClocks();
    const testRates = { calls: { quota: 4, windowMs: 60_000 } };
    await using server = await testServer({ sandbox: "off", rateLimits: true, testRates }, clocks);
    const alice = await Player.at(server.url);
    for (let i = 0; i < 4; i++) await alice.call("health_check");
    set(changeMs);
    const { detail } = await refuses(alice.call("health_check"), "RATE_LIMIT");
    assert.match(detail, /Wait/);
    pass(15_000);
    await alice.call("health_check");
    await refuses(alice.call("health_check"), "RATE_LIMIT");
  });
}

Deno.test("a clock that is set back an hour does not change a channel, its members and their calls", async () => {
  const { clocks, set } = movableClocks();
  await using server = await testServer({ sandbox: "off", rateLimits: true }, clocks);
  const { players: [alice, bob], created } = await roomOf(
    server.url,
    { slots: ["invite:a", "invite:b", "invite:c"] },
    2,
  );
  const keyed = { channel_id: alice!.channel_id, body: "once", idempotency_key: "k1" };
  const first = await alice!.call("post_message", keyed);
  const { url } = await alice!.call("export_channel", { channel_id: alice!.channel_id });
  set(-HOUR);

  assert.equal(
    (await alice!.call("post_message", keyed)).msg_id,
    first.msg_id,
    "the server knows the key",
  );
  await bob!.say("after");
  const carol = await Player.at(server.url);
  await carol.join(created.invites[2]);
  const heard = bob!.readUntil(({ body }) => body === null || body.text === "woken");
  await carol.say("woken");
  const messages = await heard;
  const times = messages.map(({ ts }) => ts);
  assert.deepEqual(times, times.toSorted(), "no entry is earlier than the one before");
  const later = messages.filter(({ id }) => id > first.msg_id);
  assert.ok(later.length >= 3 && later.every(({ ts }) => ts >= first.ts));
  const download = await fetch(url);
  assert.equal(download.status, 200);
  await download.body?.cancel();
});
