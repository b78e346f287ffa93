/** SealedBidAuction: prices, ties and profits against a second reckoning, and what others see of a
 *  bid. */
import assert from "node:assert/strict";
import { paramsOf } from "../../src/domain/bot/params.ts";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import { Chooser } from "../support/chooser.ts";
import { ofType, type Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const SOURCE = await Deno.readTextFile(
  new URL("../../bots/sealed_bid_auction/sealed_bid_auction.ts", import.meta.url),
);
const PRESET = "builtin://SealedBidAuction";

/** What a lot is sold for, reckoned in another way than the bot's. `null` is a pass. */
function sale(bids: [string, number | null][], price: string, reserve: number) {
  let best: [string, number] | null = null;
  for (const [player, bid] of bids) {
    if (bid !== null && bid > (best?.[1] ?? 0)) best = [player, bid];
  }
  if (!best) return { winner: null, price: null };
  const [winner, own] = best;
  if (price === "first") return { winner, price: own };
  const others = bids.filter(([player]) => player !== winner).map(([, bid]) => bid ?? 0);
  return { winner, price: Math.max(reserve, ...others) };
}

Deno.test("SealedBidAuction in the sandbox", async (t) => {
  await using sandbox = await gameSandbox();
  const referee = await refereeOf(sandbox, SOURCE);
  const table = async (params: Wire = {}, count = 3, seed?: string) => {
    const players = Array.from({ length: count }, (_, i) => `p${i + 1}`);
    const given = paramsOf(referee.manifest, { players: count, ...params });
    const made = new BotTable(sandbox, referee, players, given, seed);
    await made.start();
    return made;
  };
  const bid = async (game: BotTable, player: string, value: number | null) =>
    value === null ? await game.move(player, "pass") : await game.move(player, "bid", value);

  await t.step("a hundred lots are sold to whom, and for what, the bids say", async () => {
    const chooser = new Chooser(7);
    for (const price of ["first", "vickrey"]) {
      for (let auction = 0; auction < 5; auction++) {
        const count = 2 + auction;
        const game = await table({ price, lots: 10, reserve: 3, max_bid: 9 }, count);
        for (let lot = 1; lot <= 10; lot++) {
          const first = chooser.below(count);
          const order = Array.from({ length: count }, (_, i) => `p${(first + i) % count + 1}`);
          const bids = order.map((player): [string, number | null] => [
            player,
            chooser.below(4) === 0 ? null : 3 + chooser.below(7),
          ]);
          for (const [player, value] of bids) await bid(game, player, value);
          const { winner, price: paid, bids: shown } = game.last("lot");
          assert.deepEqual({ winner, price: paid }, sale(bids, price, 3), JSON.stringify(bids));
          assert.deepEqual(shown, Object.fromEntries(bids));
        }
        assert.equal(game.result!.result, "finished");
        assert.equal(game.result!.ranking, undefined);
      }
    }
  });

  await t.step("of equal bids the first wins, or one by lot", async () => {
    const first = await table({ price: "vickrey" });
    for (const player of ["p3", "p1", "p2"]) await bid(first, player, 50);
    const { winner, price, tie } = first.last("lot");
    assert.deepEqual([winner, price, tie], ["p3", 50, ["p3", "p1", "p2"]]);
    const winners = new Set<string>();
    for (let seed = 0; seed < 24; seed++) {
      const game = await table(
        { ties: "random" },
        3,
        seed.toString(16).padStart(2, "0").repeat(32),
      );
      for (const player of ["p3", "p1", "p2"]) await bid(game, player, 50);
      winners.add(game.last("lot").winner);
    }
    assert.equal(winners.size, 3);
  });

  await t.step(
    "private values: each is told its own, profits decide, all are revealed",
    async () => {
      const game = await table({ values: "private", lots: 2, price: "first" }, 2);
      const told: Record<string, number[]> = { p1: [], p2: [] };
      for (let lot = 0; lot < 2; lot++) {
        for (const player of ["p1", "p2"]) {
          const own = game.posts.findLast(({ body, to }) =>
            body.type === "bot:turn" && to?.[0] === player
          );
          assert.deepEqual(own!.to, [player]);
          told[player]!.push(own!.body.position.worth);
        }
        await bid(game, "p1", 5 + lot);
        await bid(game, "p2", 4);
      }
      const profit = told.p1![0]! - 5 + told.p1![1]! - 6;
      assert.deepEqual(game.result!.scores, { p1: profit, p2: 0 });
      assert.deepEqual(game.result!.winners, [profit > 0 ? "p1" : "p2"]);
      const { secret, commit } = game.last("bot:reveal");
      const digits = (worth: number) => `${worth}`.padStart(3, "0");
      assert.deepEqual(secret.worth, { p1: told.p1!.map(digits), p2: told.p2!.map(digits) });
      assert.equal(commit, game.last("bot:commit").commit);
      for (const { body, to } of game.posts) {
        if (!to && body.type !== "bot:reveal") {
          assert.equal(
            JSON.stringify(body).includes("worth"),
            false,
          );
        }
      }
    },
  );

  await t.step("open posts and sizes are the same for any two bids and values", async () => {
    const seen = async (value: number | null, seed: string) => {
      const game = await table({ values: "private", lots: 2 }, 3, seed.repeat(32));
      await bid(game, "p2", value);
      return game.posts.map(({ body, to }) =>
        to ? JSON.stringify(body).length : JSON.stringify(body)
      );
    };
    const [one, ...others] = [
      await seen(1, "00"),
      await seen(999_999, "11"),
      await seen(null, "22"),
    ];
    const known = (posts: unknown[]) => posts.filter((each) => !/"commit":/.test(String(each)));
    for (const other of others) assert.deepEqual(known(other), known(one!));
  });

  await t.step("a wrong bid is refused without repeating it", async () => {
    const game = await table({ reserve: 10, max_bid: 20 });
    for (const value of [9, 21, 12.5, "ten", -12, null, { a: 1, b: 2 }, 1e300]) {
      await game.move("p1", "bid", value);
      const { reason, details } = game.last("violation");
      assert.equal(reason, "ILLEGAL_MOVE", JSON.stringify(value));
      assert.match(details, /^Bid a whole number from 10 to 20, which only the referee reads/);
    }
    await game.move("p1", "bid", "12");
    assert.deepEqual(game.turn, ["p2", "p3"]);
    await game.move("p1", "bid", 13);
    assert.equal(game.last("violation").reason, "BAD_TURN");
  });

  await t.step("whoever is late passes, and whoever goes bids no more", async () => {
    const game = await table({ clock: { move_s: 60 }, lots: 3 }, 4);
    await bid(game, "p1", 5);
    await game.leave("p1");
    await bid(game, "p2", 4);
    await game.wait(60_000);
    assert.deepEqual(game.last("lot").bids, { p1: null, p2: 4, p3: null, p4: null });
    assert.equal(game.last("lot").winner, "p2");
    await game.move("p3", "concede");
    assert.deepEqual(game.turn, ["p2", "p4"]);
    await game.wait(60_000);
    assert.equal(game.last("lot").winner, null);
    await game.move("p4", "concede");
    assert.deepEqual([game.result!.result, game.result!.winners], ["finished", ["p2"]]);
    const removed = await table();
    await removed.leave("p3", "removed");
    assert.equal(removed.result!.result, "abandoned");
  });

  await t.step("whoever gives up a game with values is behind all others", async () => {
    const game = await table({ values: "private", lots: 1 });
    await game.move("p2", "concede");
    await bid(game, "p1", null);
    await bid(game, "p3", null);
    assert.deepEqual(game.result!.ranking, [["p1", "p3"], ["p2"]]);
    assert.equal(game.result!.result, "drawn");
    const two = await table({ values: "private" }, 2);
    await two.move("p2", "concede");
    assert.deepEqual([two.result!.result, two.result!.winners], ["conceded", ["p1"]]);
  });
});

Deno.test("SealedBidAuction over HTTP: a bid shows that it is there, and nothing else", async () => {
  await using server = await testServer();
  const { players, created } = await roomOf(server.url, {
    slots: ["bot:auctioneer", "invite:a", "invite:b", "invite:c"],
    bots: [{ code_ref: PRESET, params: { price: "vickrey", lot: "a boat" } }],
  }, 3);
  assert.equal(created.bot_errors, undefined);
  const [ann, bob, eve] = players as [Player, Player, Player];
  const { channel_id } = ann;
  const bid = (player: Player, value: number) =>
    player.call("make_game_move", { channel_id, game: "auction", action: "bid", value });
  const { msg_id } = await bid(ann, 123_456);
  await bid(bob, 7);
  const open = { type: "move", game: "auction", action: "bid", value: 500 };
  await eve.say(open);
  const early = await eve.readUntil(ofType("violation"));
  assert.equal(early.find(ofType("violation")).body.reason, "NOT_PRIVATE");
  assert.doesNotMatch(JSON.stringify(early), /123456/);
  const hidden = early.find(({ id }) => id === msg_id);
  assert.deepEqual([hidden.body, hidden.withheld, hidden.to], [null, true, [ann.player_id]]);
  await bid(eve, 600);
  const read = await eve.readUntil(ofType("bot:end"));
  const { bids, winner, price } = read.find(ofType("lot")).body;
  assert.deepEqual([Object.values(bids), winner, price], [[123_456, 7, 600], ann.player_id, 600]);
});

Deno.test("SealedBidAuction refuses wrong parameters with the right ones", async () => {
  await using server = await testServer();
  const wrong: [Wire, RegExp][] = [
    [{ reserve: 10, max_bid: 5 }, /max_bid must not be below/],
    [{ price: "second" }, /price.*"first" or "vickrey"/],
    [{ players: 1 }, /players/],
    [{ lots: 0 }, /lots/],
    [{ budget: 5 }, /budget/],
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
