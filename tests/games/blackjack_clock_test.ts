/** The clock of blackjack, and a table that one player leaves waiting. */
import assert from "node:assert/strict";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import type { Wire } from "../support/player.ts";

const SOURCE = await Deno.readTextFile(
  new URL("../../bots/blackjack/blackjack_bot.ts", import.meta.url),
);
const CLOCK = { clock: { move_s: 60 } };
const MINUTE_MS = 60_000;

Deno.test("BlackjackBot keeps a clock", async (t) => {
  await using sandbox = await gameSandbox();
  const referee = await refereeOf(sandbox, SOURCE);
  const table = async (params: Wire, players = ["p1", "p2"]) => {
    const made = new BotTable(sandbox, referee, players, { players: 2, rounds: 2, ...params });
    await made.start();
    return made;
  };
  const now = (game: BotTable): Wire => game.posts.findLast(({ body }) => body.now)!.body.now;
  const waited = (game: BotTable): string[] => now(game).may.map(({ player }: Wire) => player);

  await t.step("the first round waits for its players without a clock", async () => {
    const game = await table(CLOCK, ["p1"]);
    assert.equal(now(game).deadline, undefined);
    await game.wait(10 * MINUTE_MS);
    await game.join("p2");
    assert.equal(now(game).deadline, "2026-11-23T12:11:00.000Z");
  });

  await t.step("whoever does not bet in time sits out, and the others play", async () => {
    const game = await table(CLOCK);
    await game.move("p1", "bet", 10);
    await game.wait(MINUTE_MS - 1);
    assert.equal(game.last("time_up"), undefined);
    await game.wait(1);
    assert.equal(game.last("time_up").player, "p2");
    assert.deepEqual(game.last("deal").hands.map(({ player }: Wire) => player), ["p1"]);
  });

  await t.step("a hand without a move stands, and a late move is none", async () => {
    const game = await table({ ...CLOCK, players: 1, rounds: 50 }, ["p1"]);
    // Until a hand is dealt that is no blackjack.
    while (game.last("bot:turn") === undefined) await game.move("p1", "bet", 1);
    const cards = game.last("bot:turn").cards;
    await game.wait(1); // the turn is in the log
    game.nowMs += MINUTE_MS;
    await game.move("p1", "hit");
    assert.equal(game.last("time_up").player, "p1");
    assert.deepEqual(game.last("round_end").results[0].cards, cards);
  });

  await t.step("a turn that is told late takes no time from its player", async () => {
    const game = await table({ ...CLOCK, players: 1, rounds: 50 }, ["p1"]);
    while (game.last("bot:turn") === undefined) await game.move("p1", "bet", 1);
    game.nowMs += 2 * MINUTE_MS; // only now the turn is in the log
    await game.wait(MINUTE_MS / 2);
    assert.equal(game.last("time_up"), undefined);
    await game.wait(MINUTE_MS / 2);
    assert.equal(game.last("time_up").player, "p1");
  });

  await t.step("each move has its own time", async () => {
    const game = await table(CLOCK);
    await game.wait(MINUTE_MS / 2);
    await game.move("p1", "bet", 10);
    await game.wait(MINUTE_MS / 4);
    await game.move("p2", "bet", 10);
    const { deadline } = now(game);
    if (waited(game).length > 0) assert.equal(deadline, "2026-11-23T12:01:45.000Z");
  });

  await t.step("a table that waits for others is claimed, and goes on", async () => {
    const claim = (player_id: string) => ({
      type: "claim_applied",
      op: { type: "claim", player_id },
    });
    const game = await table({});
    await game.move("p1", "bet", 10);
    await game.announce(claim("p2"));
    assert.equal(game.last("deal"), undefined, "who is waited for can't claim");
    await game.announce(claim("p1"));
    assert.equal(game.last("time_up").player, "p2");
    assert.equal(game.last("deal").hands.length, 1);
  });

  await t.step("no time runs while the referee is paused", async () => {
    const game = await table(CLOCK);
    await game.announce({ type: "pause_bot_applied", op: { type: "pause_bot", slot_id: "s0" } });
    await game.wait(10 * MINUTE_MS);
    assert.equal(now(game).deadline, "2026-11-23T12:01:00.000Z");
    await game.announce({ type: "resume_bot_applied", op: { type: "resume_bot", slot_id: "s0" } });
    assert.equal(game.last("resumed").now.deadline, "2026-11-23T12:11:00.000Z");
    assert.deepEqual(waited(game), ["p1", "p2"]);
    await game.move("p1", "bet", 10);
    assert.equal(game.last("time_up"), undefined);
  });
});
