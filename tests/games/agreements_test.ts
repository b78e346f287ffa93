/** Cases of ContractJudge and exchanges end when somebody does not go on: by the clock, by a claim,
 *  or because those who could go on have left. */
import assert from "node:assert/strict";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import type { Wire } from "../support/player.ts";

const source = (path: string) => Deno.readTextFile(new URL(`../../bots/${path}`, import.meta.url));
const MINUTE_MS = 60_000;
const CLOCK = { move_s: 60 };

const claim = (player_id: string) => ({ type: "claim_applied", op: { type: "claim", player_id } });
const now = (table: BotTable): Wire => table.posts.findLast(({ body }) => body.now)!.body.now;
const waited = (table: BotTable): string[] => now(table).may.map(({ player }: Wire) => player);

const SAID = { id: "1", text: "Ada says it.", check: { evidence: "it", from: "p1" } };
const BOTH = { id: "2", text: "Both say it.", check: { evidence: "both", equals: true } };
const WORDS = { id: "3", text: "Be kind." };

Deno.test("ContractJudge ends every case", async (t) => {
  await using sandbox = await gameSandbox();
  const referee = await refereeOf(sandbox, await source("contract/contract_judge.ts"));
  const open = async (clauses: Wire[], params: Wire = {}, players = ["p1", "p2", "p3"]) => {
    const table = new BotTable(sandbox, referee, [...players], { clauses, ...params });
    await table.start();
    return table;
  };
  const inForce = async (clauses: Wire[], params: Wire = {}) => {
    const table = await open(clauses, params);
    const { terms_hash } = table.last("terms");
    for (const party of ["p1", "p2"]) await table.move(party, "accept", terms_hash);
    assert.ok(table.last("agreement"));
    return table;
  };
  const verdictOf = ({ result }: BotTable): Wire => result?.verdict;

  await t.step("who does not accept in time leaves no agreement", async () => {
    const table = await open([WORDS], { clock: CLOCK });
    assert.equal(now(table).deadline, "2026-11-23T12:01:00.000Z");
    await table.move("p1", "accept", table.last("terms").terms_hash);
    await table.wait(MINUTE_MS - 1);
    assert.equal(table.result, undefined);
    await table.wait(1);
    assert.deepEqual(table.result, {
      verdict: null,
      because: "p2 did not go on: there is no agreement.",
    });
  });

  await t.step("no time runs before there are two parties", async () => {
    const table = await open([WORDS], { clock: CLOCK }, ["p1"]);
    assert.equal(now(table).deadline, undefined);
    await table.wait(10 * MINUTE_MS);
    await table.join("p2");
    assert.equal(now(table).deadline, "2026-11-23T12:11:00.000Z");
  });

  await t.step("a party who lets the case lie has left it, and a late move is none", async () => {
    const table = await inForce([SAID, BOTH], { clock: CLOCK });
    await table.move("p1", "evidence", { name: "it", value: 1 });
    await table.wait(MINUTE_MS / 2);
    await table.move("p1", "evidence", { name: "both", value: true });
    assert.deepEqual(waited(table), ["p2"]);
    await table.wait(1); // the turn is in the log
    table.nowMs += MINUTE_MS / 2;
    await table.move("p2", "evidence", { name: "both", value: true });
    const { by, outcome, findings } = verdictOf(table);
    assert.deepEqual([by, outcome], ["clock", "left by p2"]);
    assert.deepEqual(findings.map(({ met }: Wire) => met), [true, null]);
  });

  await t.step("a wait that is told late takes no time from a party", async () => {
    const table = await inForce([SAID], { clock: CLOCK });
    table.nowMs += 2 * MINUTE_MS; // only now it is in the log
    await table.wait(MINUTE_MS - 2);
    assert.equal(table.result, undefined);
    await table.wait(1);
    assert.equal(verdictOf(table).by, "clock");
  });

  await t.step("moves for which nobody waits give no new time", async () => {
    const table = await inForce([SAID], { clock: CLOCK });
    assert.deepEqual(waited(table), ["p1"]);
    for (let n = 0; n < 3; n++) {
      await table.wait(MINUTE_MS / 4);
      await table.move("p1", "claim", { clause: "1" });
    }
    await table.wait(MINUTE_MS / 4);
    assert.equal(verdictOf(table).outcome, "left by p1");
  });

  await t.step("whoever does not take an offer in time has not left a decided case", async () => {
    const table = await inForce([SAID], { clock: CLOCK });
    await table.move("p1", "settle", "Half.");
    assert.deepEqual(waited(table).toSorted(), ["p1", "p2"]);
    await table.wait(MINUTE_MS / 2);
    await table.move("p1", "evidence", { name: "it", value: 1 });
    assert.deepEqual([...new Set(waited(table))], ["p2"]);
    await table.wait(MINUTE_MS / 2);
    assert.deepEqual([verdictOf(table).by, verdictOf(table).outcome], ["rules", "kept"]);
  });

  await t.step("the time of the whole case runs out", async () => {
    const table = await inForce([BOTH], { clock: { game_s: 60 } });
    await table.wait(MINUTE_MS / 2);
    await table.move("p1", "evidence", { name: "both", value: true });
    assert.deepEqual(now(table).clock, { p1: 30, p2: 30 });
    await table.wait(MINUTE_MS / 2);
    assert.equal(verdictOf(table).outcome, "left by p2");
  });

  await t.step("a player who waits claims the case, nobody else does", async () => {
    const table = await inForce([SAID]);
    for (const other of ["p1", "p3"]) await table.announce(claim(other));
    assert.equal(table.result, undefined);
    await table.announce(claim("p2"));
    const { by, outcome } = verdictOf(table);
    assert.deepEqual([by, outcome], ["claim", "left by p1"]);

    const unborn = await open([WORDS]);
    await unborn.move("p2", "accept", unborn.last("terms").terms_hash);
    await unborn.announce(claim("p2"));
    assert.match(unborn.result!.because, /^p1 did not go on/);
  });

  await t.step("no time runs while an admin has paused the judge", async () => {
    const table = await inForce([SAID], { clock: CLOCK });
    await table.announce({ type: "pause_bot_applied", op: { type: "pause_bot", slot_id: "s0" } });
    await table.wait(10 * MINUTE_MS);
    await table.announce({ type: "resume_bot_applied", op: { type: "resume_bot", slot_id: "s0" } });
    assert.equal(table.last("resumed").now.deadline, "2026-11-23T12:11:00.000Z");
    assert.deepEqual(waited(table), ["p1"]);
    await table.wait(MINUTE_MS - 1);
    assert.equal(table.result, undefined);
    await table.wait(1);
    assert.equal(verdictOf(table).outcome, "left by p1");
  });

  await t.step("a case that nobody can go on with is over when a party leaves", async () => {
    for (const clauses of [[WORDS], [BOTH], [{ ...SAID, check: { evidence: "x", from: "p2" } }]]) {
      const table = await inForce(clauses);
      await table.move("p1", "settle", "Nothing is owed.");
      if (clauses[0] === BOTH) await table.move("p1", "evidence", { name: "both", value: true });
      await table.leave("p2");
      const { by, outcome } = verdictOf(table);
      assert.deepEqual([by, outcome], ["absence", "left by p2"]);
    }
  });

  await t.step("who stays still states its evidence, and the rules decide", async () => {
    const table = await inForce([SAID]);
    await table.leave("p2");
    assert.deepEqual(waited(table), ["p1"]);
    await table.move("p1", "evidence", { name: "it", value: 1 });
    assert.deepEqual(waited(table), ["p1"]);
    await table.leave("p1");
    assert.deepEqual([verdictOf(table).by, verdictOf(table).outcome], ["rules", "kept"]);
  });

  await t.step("a deadline still decides when both have left", async () => {
    const by = "2026-11-23T12:05:00Z";
    const table = await inForce([{ ...SAID, party: "p1", check: { ...SAID.check, by } }]);
    await table.leave("p1");
    await table.leave("p2");
    assert.equal(table.result, undefined);
    await table.wait(6 * MINUTE_MS);
    assert.deepEqual([verdictOf(table).by, verdictOf(table).outcome], ["rules", "broken by p1"]);
  });

  await t.step("an arbiter rules without the parties, who settle without an arbiter", async () => {
    const first = await inForce([WORDS], { arbiter: "p3" });
    await first.leave("p1");
    assert.deepEqual(waited(first), ["p2"]);
    await first.leave("p2");
    assert.deepEqual(waited(first), ["p3"]);
    await first.move("p3", "rule", { outcome: "Kept.", cites: ["3"], reason: "They were kind." });
    assert.equal(verdictOf(first).by, "arbiter");

    const second = await inForce([WORDS], { arbiter: "p3" });
    await second.move("p1", "judge");
    await second.leave("p3");
    assert.deepEqual(waited(second), ["p1", "p2"]);
    await second.leave("p1");
    assert.equal(verdictOf(second).outcome, "left by p1 and p3");
  });
});

Deno.test("MemoryExchange ends every exchange", async (t) => {
  await using sandbox = await gameSandbox();
  const referee = await refereeOf(sandbox, await source("exchange/memory_exchange.ts"));
  const agreed = async (params: Wire = {}) => {
    const table = new BotTable(sandbox, referee, ["p1", "p2", "p3"], params);
    await table.start();
    await table.wait(10 * MINUTE_MS); // no time runs before both have agreed
    for (const side of ["p1", "p2"]) await table.move(side, "agree");
    return table;
  };

  await t.step("a side whose time is up has not gone on, and nothing is released", async () => {
    const table = await agreed({ clock: CLOCK });
    assert.equal(now(table).deadline, "2026-11-23T12:11:00.000Z");
    await table.wait(MINUTE_MS / 2);
    await table.move("p1", "question", "Who?");
    await table.wait(MINUTE_MS / 2);
    assert.deepEqual(table.result, { released: false, time_up: ["p2"] });
  });

  await t.step("each step has its own time, and a late answer is none", async () => {
    const table = await agreed({ clock: CLOCK });
    for (const side of ["p1", "p2"]) {
      await table.wait(MINUTE_MS / 4);
      await table.move(side, "question", "Who?");
    }
    assert.equal(now(table).deadline, "2026-11-23T12:11:30.000Z");
    await table.move("p1", "answer", "I.");
    await table.wait(1); // the turn is in the log
    table.nowMs += MINUTE_MS;
    await table.move("p2", "answer", "You.");
    assert.deepEqual(table.result, { released: false, time_up: ["p2"] });
    assert.equal(table.posts.filter(({ body }) => body.type === "answer").length, 0);
  });

  await t.step("a step that is told late takes no time from a side", async () => {
    const table = await agreed({ clock: CLOCK });
    table.nowMs += 2 * MINUTE_MS; // only now it is in the log
    await table.wait(MINUTE_MS - 2);
    assert.equal(table.result, undefined);
    await table.wait(1);
    assert.deepEqual(table.result, { released: false, time_up: ["p1", "p2"] });
  });

  await t.step(
    "no time runs while the bot is paused, then each question is told again",
    async () => {
      const table = await agreed({ clock: CLOCK });
      for (const side of ["p1", "p2"]) await table.move(side, "question", "Who?");
      await table.announce({ type: "pause_bot_applied", op: { type: "pause_bot", slot_id: "s0" } });
      await table.wait(10 * MINUTE_MS);
      const posts = await table.announce({
        type: "resume_bot_applied",
        op: { type: "resume_bot", slot_id: "s0" },
      });
      const deadline = "2026-11-23T12:21:00.000Z";
      const told = posts.map(({ body, to }) => [body.type, to, (body.now ?? body).deadline]);
      assert.deepEqual(told, [
        ["resumed", undefined, deadline],
        ["bot:turn", ["p1"], deadline],
        ["bot:turn", ["p2"], deadline],
      ]);
      assert.deepEqual(waited(table), ["p1", "p2"]);
    },
  );

  await t.step("a side that waits claims the exchange, an onlooker does not", async () => {
    const table = await agreed();
    await table.move("p1", "question", "Who?");
    for (const other of ["p2", "p3"]) await table.announce(claim(other));
    assert.equal(table.result, undefined);
    await table.announce(claim("p1"));
    assert.deepEqual(table.result, { released: false, claimed: ["p2"] });
  });

  await t.step("nor does anybody wait for ever for another side", async () => {
    const table = new BotTable(sandbox, referee, ["p1", "p2"], {});
    await table.start();
    await table.move("p1", "agree");
    await table.announce(claim("p1"));
    assert.deepEqual(table.result, { released: false, claimed: ["p2"] });
  });
});
