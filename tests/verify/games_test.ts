/** A game played over HTTP, exported, and verified with `deno task verify`. */
import assert from "node:assert/strict";
import { ofType, type Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf, verify } from "../support/verifier.ts";

const GUESSING = { slots: ["bot:referee", "invite:alice", "invite:bob"], bot_preset: "GuessBot" };

/** Plays a guessing game to the end by binary search. */
async function playToTheEnd(players: Player[]): Promise<void> {
  const [watcher] = players as [Player];
  let [low, high] = [1, 100];
  for (;;) {
    const read = await watcher.readUntil((m) => ofType("bot:turn")(m) || ofType("bot:end")(m));
    for (const { body } of read.filter(ofType("judge"))) {
      if (body.result === "low") low = body.guess + 1;
      if (body.result === "high") high = body.guess - 1;
    }
    if (read.some(ofType("bot:end"))) return;
    const { player } = read.findLast(ofType("bot:turn")).body;
    await players.find(({ player_id }) => player_id === player)!.guess((low + high) >> 1);
  }
}

Deno.test("a played game verifies, with every hook replayed", async () => {
  await using server = await testServer();
  const { players: [alice, bob] } = await roomOf(server.url, GUESSING, 2);
  const { receipt } = await alice!.say("good luck", { receipt: true });
  await playToTheEnd([alice!, bob!]);
  const file = await exportOf(bob!);
  const { code, report } = await verify(file, { receipt: receipt.checkpoint });
  assert.equal(code, 0, JSON.stringify(report, null, 1));
  const verdicts = Object.fromEntries(report.checks.map((c: Wire) => [c.check, c.verdict]));
  assert.deepEqual(verdicts, {
    format: "passed",
    ids: "passed",
    times: "passed",
    hashes: "passed",
    tree: "passed",
    signature: "passed",
    receipt: "passed",
    salts: "unknown",
    speakers: "passed",
    sources: "passed",
    seeds: "passed",
    beacon: "unknown",
    commitments: "passed",
    evidence: "passed",
    replay: "passed",
  });
  assert.ok(report.hooks.replayed > 5);
  assert.equal(report.hooks.unknown, 0);
});
