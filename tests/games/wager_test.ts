/** Wager: what it pays, and what it makes of sources on the test's own web site. */
import assert from "node:assert/strict";
import Wager from "../../bots/wager/wager.ts";
import type { Config } from "../../src/config/config.ts";
import { paramsOf } from "../../src/domain/bot/params.ts";
import type { JsonObject } from "../../src/kernel/json.ts";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import { Chooser } from "../support/chooser.ts";
import { ofType, type Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { referee } from "./bare_referee.ts";

const SOURCE = await Deno.readTextFile(new URL("../../bots/wager/wager.ts", import.meta.url));
const PRESET = "builtin://Wager";
const NETWORK: Partial<Config> = {
  botNetwork: "http",
  testNetwork: { loopback: true, caCerts: [] },
};

/** A web site that answers each path with a body or a status, and counts its visitors. */
function siteOf(pages: Record<string, unknown>) {
  const visits: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    visits.push(pathname);
    const page = pages[pathname];
    if (typeof page === "number") return new Response("no", { status: page });
    return typeof page === "string" ? new Response(page) : Response.json(page);
  });
  const host = `localhost:${server.addr.port}`;
  return {
    host,
    pages,
    visits,
    url: (path: string) => `http://${host}${path}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const TERMS = {
  claim: "The price is above 100",
  sources: [{ url: "https://example.org/price", path: "price" }],
  test: { op: ">", value: 100 },
};

// deno-lint-ignore no-explicit-any -- rules are called as functions, in states of every kind
type Rules = any;

/** The rules in process, for a bet whose moment has come. */
function rulesWith(params: Wire): Rules {
  const given = { ...TERMS, at: "2020-01-01T00:00:00Z", ...params };
  return referee(
    Wager as unknown as new (ctx: BotContext, params: JsonObject) => Rules,
    paramsOf(Wager.manifest as unknown as JsonObject, given),
  );
}

Deno.test("Wager pays every point of the losers to the winners, or nobody anything", async () => {
  await using site = siteOf({ "/yes": { price: 101 }, "/no": { price: "99.5" } });
  const chooser = new Chooser(11);
  for (let run = 0; run < 200; run++) {
    const answer = chooser.of(["yes", "no"]);
    const count = 2 + chooser.below(7);
    const players = Array.from({ length: count }, (_, i) => `p${i + 1}`);
    const rules = rulesWith({
      sources: [{ url: site.url(`/${answer}`), path: "price" }],
      players: count,
      points: 1 + chooser.below(50),
    });
    const state = rules.setup(players);
    for (const player of players) {
      const [move] = [chooser.of<Wire>(rules.legal(state, player))];
      const stake = 1 + chooser.below(rules.params.points);
      rules.play(state, player, move.value ? { ...move, value: { ...move.value, stake } } : move);
    }
    const gone = chooser.below(3) === 0 ? chooser.of(players) : undefined;
    if (gone !== undefined && !state.over) rules.drop(state, gone, "conceded");
    if (!state.over) await rules.onTimer("read", state);
    const { over, bets } = state;
    const told = JSON.stringify({ over, bets, gone, answer });
    const total = Object.values<number>(over.points).reduce((a, b) => a + b, 0);
    assert.equal(total, count * rules.params.points, told);
    for (const { player, side, stake } of bets) {
      const gain = over.points[player] - rules.params.points;
      const isWon = over.answer === side && player !== gone;
      assert.ok(over.answer === null ? gain === 0 : isWon ? gain >= 0 : gain === -stake, told);
    }
    const isLost = ({ player, side }: Wire) => player === gone || side !== (over.answer ?? answer);
    const sides = new Set(bets.map(({ side }: Wire) => side));
    assert.equal(over.answer === null, sides.size < 2 || bets.every(isLost), told);
  }
});

Deno.test("Wager reads what it can, and voids the bet where it is not clear", async (t) => {
  await using site = siteOf({
    "/number": { a: { b: [{ c: 7 }] } },
    "/text": { price: "7.50" },
    "/plain": " 8 \n",
    "/word": { status: "all systems are up" },
    "/true": { up: true },
    "/list": { price: [7] },
    "/html": "<p>7</p>",
    "/down": 503,
    "/huge": { price: "x".repeat(2_000) },
    "/not": { price: "7 dollars" },
    "/half": '{"price":"\\ud800"}',
    "/infinite": '{"price":1e999}',
    "/controls": { price: "\u0001".repeat(1_000) },
  });
  const read = async (sources: [string, string][], test: Wire) => {
    const given = sources.map(([path, at]) => ({ url: site.url(path), path: at }));
    const rules = rulesWith({ sources: given, test, tries: 1 });
    const state = rules.setup(["p1", "p2"]);
    rules.play(state, "p1", { action: "bet", value: "yes 10" });
    rules.play(state, "p2", { action: "bet", value: { side: "No", stake: "10" } });
    await rules.onTimer("read", state);
    return state.over.answer;
  };
  const table: [string, [string, string][], string, Wire, string | null][] = [
    ["a number in JSON", [["/number", "a.b.0.c"]], "=", 7, "yes"],
    ["the first of a list", [["/number", "a.*.*.c"]], ">=", 7, "yes"],
    ["a number as text", [["/text", "price"]], "<", 7.5, "no"],
    ["a whole answer", [["/plain", ""]], ">", 7, "yes"],
    ["a text", [["/word", "status"]], "contains", "up", "yes"],
    ["an equal text", [["/word", "status"]], "=", "up", "no"],
    ["a truth", [["/true", "up"]], "=", "true", "yes"],
    ["two that agree", [["/text", "price"], ["/plain", ""]], ">", 7, "yes"],
    ["two that disagree", [["/text", "price"], ["/plain", ""]], ">", 7.75, null],
    ["one of two that is down", [["/text", "price"], ["/down", "price"]], ">", 7, null],
    ["a path to nowhere", [["/text", "cost"]], ">", 7, null],
    ["a path into a prototype", [["/text", "constructor.name.length"]], ">", 0, null],
    ["a list", [["/list", "price"]], ">", 7, null],
    ["no JSON", [["/html", "price"]], ">", 7, null],
    ["too long a text", [["/huge", "price"]], "contains", "x", null],
    ["a number with words", [["/not", "price"]], ">", 7, null],
    ["half a character", [["/half", "price"]], "contains", "x", null],
    ["no number that JSON has", [["/infinite", "price"]], "=", "Infinity", null],
    ["a text of signs", [["/controls", "price"]], "contains", "x", "no"],
    ["a missing page", [["/none", ""]], "contains", "x", null],
  ];
  for (const [name, sources, op, value, answer] of table) {
    await t.step(name, async () => {
      if (name === "a missing page") site.pages["/none"] = 404;
      assert.equal(await read(sources, { op, value }), answer);
    });
  }
});

Deno.test("Wager in the sandbox", async (t) => {
  await using sandbox = await gameSandbox();
  const referee = await refereeOf(sandbox, SOURCE);
  const table = async (params: Wire = {}, count = 2) => {
    const players = Array.from({ length: count }, (_, i) => `p${i + 1}`);
    const given = paramsOf(referee.manifest, { ...TERMS, players: count, ...params });
    const made = new BotTable(sandbox, referee, players, given);
    await made.start();
    return made;
  };
  const bet = (game: BotTable, player: string, side: string, stake: unknown = 10) =>
    game.move(player, "bet", { side, stake });

  await t.step("players bet in turn, the last one on the side that is missing", async () => {
    const game = await table({}, 3);
    assert.deepEqual(game.turn, ["p1"]);
    await bet(game, "p2", "yes");
    assert.equal(game.last("violation").reason, "BAD_TURN");
    for (const stake of [0, 101, 1.5, "many", null]) {
      await bet(game, "p1", "yes", stake);
      assert.match(game.last("violation").details, /stake: <whole number 1 to 100>/);
    }
    await bet(game, "p1", "maybe");
    assert.equal(game.last("violation").reason, "ILLEGAL_MOVE");
    await game.say("p1", "bet yes 10");
    await bet(game, "p2", "yes");
    assert.deepEqual(game.last("bot:turn").legal_moves.map(({ value }: Wire) => value?.side), [
      "no",
      undefined,
    ]);
    await bet(game, "p3", "yes");
    assert.match(game.last("violation").details, /Everybody else has bet on yes/);
    await bet(game, "p3", "no", 100);
    assert.deepEqual(game.last("bot:turn").now.may, []);
    assert.equal(game.result, undefined);
  });

  await t.step("a source that can't be read is tried again, and then the bet is void", async () => {
    const game = await table({ after_s: 60, tries: 2, retry_s: 30 });
    await bet(game, "p1", "yes");
    await bet(game, "p2", "no");
    await game.wait(59_999);
    assert.equal(game.last("reading"), undefined);
    await game.wait(1);
    assert.equal(game.last("reading").value, null);
    assert.equal(game.result, undefined);
    await game.wait(30_000);
    assert.deepEqual([game.result!.result, game.result!.winners], ["finished", []]);
    assert.deepEqual(game.result!.scores, { p1: 100, p2: 100 });
    assert.match(game.result!.text, /Nothing could be read at https:.* The bet is void/);
  });

  await t.step("a moment that is further away than a timer reaches", async () => {
    const game = await table({ at: "2027-03-01T00:00:00+01:00", tries: 1 });
    await bet(game, "p1", "yes");
    await bet(game, "p2", "no");
    const days = (Date.parse("2027-02-28T23:00:00Z") - game.nowMs) / 86_400_000;
    await game.wait((days - 0.001) * 86_400_000);
    assert.equal(game.result, undefined);
    await game.wait(86_400);
    assert.equal(game.result!.result, "finished");
  });

  await t.step("nobody bets after the moment; whoever is late passes", async () => {
    const game = await table({ at: "2026-11-23T12:01:00Z" });
    await bet(game, "p1", "yes");
    await game.wait(60_000);
    assert.match(game.result!.text, /Nobody has bet on one of the sides/);
    const slow = await table({ clock: { move_s: 20 } }, 3);
    await bet(slow, "p1", "yes");
    await slow.wait(20_000);
    assert.deepEqual(slow.turn, ["p3"]);
    await bet(slow, "p3", "no");
    assert.deepEqual(slow.last("bot:turn").now.position.passed, ["p2"]);
  });

  await t.step("whoever gives up loses the stake; a removal decides nothing", async () => {
    const game = await table({}, 3);
    for (const [i, side] of ["yes", "no", "yes"].entries()) await bet(game, `p${i + 1}`, side, 9);
    await game.leave("p2");
    const { result, winners, scores } = game.result!;
    assert.deepEqual([result, winners], ["won", ["p1", "p3"]]);
    assert.deepEqual(scores, { p1: 105, p2: 91, p3: 104 });
    const before = await table({}, 3);
    await bet(before, "p1", "yes", 9);
    await bet(before, "p2", "no", 5);
    await before.move("p1", "concede");
    await before.move("p3", "pass");
    assert.deepEqual(before.result!.scores, { p1: 91, p2: 109, p3: 100 }, "whenever it gives up");
    const agreed = await table({}, 3);
    for (const player of ["p1", "p2"]) await bet(agreed, player, "yes", 9);
    await agreed.leave("p3");
    assert.deepEqual([agreed.result!.result, agreed.result!.winners], ["finished", []]);
    assert.match(agreed.result!.text, /Nobody has bet on one of the sides/);
    const removed = await table();
    await bet(removed, "p1", "yes");
    await removed.leave("p1", "removed");
    assert.deepEqual([removed.result!.result, removed.result!.winners], ["abandoned", []]);
    const none = await table();
    await none.move("p1", "pass");
    assert.deepEqual([none.result!.result, none.result!.winners], ["finished", []]);
  });
});

Deno.test("Wager over HTTP: a bet is decided by what a site says, with its evidence", async () => {
  await using site = siteOf({ "/price": { price: "100.01" } });
  await using server = await testServer(NETWORK);
  const { players, created } = await roomOf(server.url, {
    slots: ["bot:wager", "invite:a", "invite:b"],
    bots: [{
      code_ref: PRESET,
      manifest: { net: [site.host] },
      params: { ...TERMS, sources: [{ url: site.url("/price"), path: "price" }], after_s: 1 },
    }],
  }, 2);
  assert.equal(created.bot_errors, undefined);
  const [ann, bob] = players as [Player, Player];
  const { channel_id } = ann;
  const bet = (player: Player, value: unknown) =>
    player.call("make_game_move", { channel_id, game: "wager", action: "bet", value });
  await bet(ann, { side: "no", stake: 30 });
  await ann.readUntil(({ body }) => body?.type === "bot:turn" && body.player === bob.player_id);
  await bet(bob, { side: "yes", stake: 20 });
  const read = await bob.readUntil(ofType("bot:end"));
  const { result } = read.find(ofType("bot:end")).body;
  assert.deepEqual([result.result, result.winners, result.scores], [
    "won",
    ["p2"],
    { p1: 70, p2: 130 },
  ]);
  assert.equal(read.find(ofType("reading")).body.value, 100.01);
  const evidence = read.find(ofType("bot:evidence"));
  const { body_hash } = evidence.body.exchanges[0].answer;
  const wanted = { channel_id, msg_id: evidence.id, body_hash };
  const { text } = await ann.call("get_evidence", wanted);
  assert.deepEqual(JSON.parse(text), { price: "100.01" });
  assert.deepEqual(site.visits, ["/price"]);
});

Deno.test("Wager refuses wrong parameters with the right ones", async () => {
  await using server = await testServer();
  const wrong: [Wire, RegExp][] = [
    [{ ...TERMS, at: "tomorrow" }, /at is "tomorrow", but must be like "2030-01-31T12:00:00Z"/],
    [{ ...TERMS, test: { op: ">", value: "high" } }, /test.value is "high".*number/],
    [{ ...TERMS, test: { op: "is", value: 1 } }, /op/],
    [{ ...TERMS, sources: [{ url: "ftp://example.org" }] }, /url is "ftp/],
    [{ ...TERMS, sources: [] }, /sources/],
    [{ claim: "x" }, /sources/],
    [{ ...TERMS, stake: 5 }, /stake/],
  ];
  for (const [params, told] of wrong) {
    const { host, created } = await roomOf(
      server.url,
      { slots: ["bot:r", "invite:a", "invite:b"] },
      0,
    );
    const { channel_id } = created;
    const bot = { code_ref: PRESET, params };
    const { detail } = await refuses(host.call("attach_bot", { channel_id, bot }), "BOT_REJECTED");
    assert.match(detail, told);
  }
});
