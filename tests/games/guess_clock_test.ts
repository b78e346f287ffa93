/** The guessing game's clock, and games that one player leaves alone. */
import assert from "node:assert/strict";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import type { Wire } from "../support/player.ts";

const SOURCE = await Deno.readTextFile(
  new URL("../../bots/guess/guess_bot.ts", import.meta.url),
);

Deno.test("GuessBot keeps a clock", async (t) => {
  await using sandbox = await gameSandbox();
  const referee = await refereeOf(sandbox, SOURCE);
  const game = async (params: Wire, players = ["p1", "p2"]) => {
    const range = [1, 1e15];
    const given = { range, players: players.length, turn_order: "join", ...params };
    const table = new BotTable(sandbox, referee, players, given);
    await table.start();
    return table;
  };

  await t.step("a guess in time, and the next player's time is up", async () => {
    const table = await game({ clock: { move_s: 60 } });
    assert.equal(table.last("bot:turn").deadline, "2026-11-23T12:01:00.000Z");
    await table.wait(59_000);
    await table.move("p1", "guess", 7);
    await table.wait(59_999);
    assert.equal(table.result, undefined);
    await table.wait(1);
    const { winner, reason } = table.last("game_end");
    assert.deepEqual([winner, reason], ["p1", "timeout"]);
    assert.equal(table.result!.result, "timed_out");
  });

  await t.step("a guess after the time does not count, though the timer comes later", async () => {
    const table = await game({ clock: { move_s: 60 } });
    await table.wait(1); // the turn is in the log
    table.nowMs += 60_000;
    await table.move("p1", "guess", 7);
    assert.equal(table.last("judge"), undefined);
    assert.equal(table.last("game_end").winner, "p2");
  });

  await t.step("a turn that is told late takes no time from its player", async () => {
    const table = await game({ clock: { move_s: 60 } });
    await table.move("p1", "guess", 7);
    table.nowMs += 90_000; // only now the turn is in the log
    await table.wait(59_000);
    await table.move("p2", "guess", 8);
    assert.equal(table.last("judge").player, "p2");
    await table.wait(60_000);
    assert.equal(table.last("game_end").winner, "p2");
  });

  await t.step(
    "the time for the game, with an increment; two play on without a third",
    async () => {
      const clock = { game_s: 100, increment_s: 10 };
      const table = await game({ clock }, ["p1", "p2", "p3"]);
      await table.wait(40_000);
      await table.move("p1", "guess", 7);
      assert.deepEqual(table.last("bot:turn").clock, { p1: 70, p2: 100, p3: 100 });
      await table.wait(100_000);
      assert.deepEqual([table.last("concede").player, table.last("concede").reason], [
        "p2",
        "timeout",
      ]);
      assert.equal(table.last("bot:turn").player, "p3");
      await table.move("p3", "concede");
      assert.equal(table.last("game_end").winner, "p1");
    },
  );

  await t.step("no time runs while the referee is paused", async () => {
    const table = await game({ clock: { move_s: 60 } });
    await table.announce({ type: "pause_bot_applied", op: { type: "pause_bot", slot_id: "s0" } });
    await table.wait(600_000);
    const { deadline, ...told } = table.last("bot:turn");
    assert.equal(deadline, "2026-11-23T12:01:00.000Z");
    await table.announce({ type: "resume_bot_applied", op: { type: "resume_bot", slot_id: "s0" } });
    assert.deepEqual(table.last("bot:turn"), { ...told, deadline: "2026-11-23T12:11:00.000Z" });
    await table.wait(59_999);
    assert.equal(table.result, undefined);
  });

  await t.step("a game that is left alone is claimed by another of its players", async () => {
    const claim = (player_id: string) => ({
      type: "claim_applied",
      op: { type: "claim", player_id },
    });
    const table = await game({});
    await table.announce(claim("p1"));
    await table.announce(claim("p3"));
    assert.equal(table.result, undefined);
    await table.announce(claim("p2"));
    const { winner, reason } = table.last("game_end");
    assert.deepEqual([winner, reason], ["p2", "claimed"]);
  });
});
