/** `lib:game`: what every game that builds on it does, by the example of one with the simplest
 *  rules. */
import assert from "node:assert/strict";
import { BotTable, gameSandbox, type Referee, refereeOf } from "../support/bot_table.ts";
import type { Wire } from "../support/player.ts";

/** Players take 1 to 3 from a heap in turn; who takes the last one wins. */
const NIM = `
import { GAME_ACTIONS, GAME_PARAMS, GameReferee, Illegal } from "lib:game";
export default class Nim extends GameReferee {
  static manifest = {
    summary: "Nim",
    net: [],
    moves: {
      game: "nim",
      aliases: ["the heap"],
      actions: { take: { value: "<whole number 1 to 3>", text: "take 2" }, ...GAME_ACTIONS },
    },
    params: { type: "object", properties: { players: { type: "integer", default: 2 }, ...GAME_PARAMS } },
  };
  setup(players) { return { heap: 7, order: players }; }
  turn({ order }) { return [order[0]]; }
  play(state, player, { value }) {
    state.heap -= value; // taken back if illegal
    if (![1, 2, 3].includes(value)) throw new Illegal("Take 1, 2 or 3.");
    state.order.push(state.order.shift());
  }
  drop(state, player) { state.order = state.order.filter((each) => each !== player); }
  result({ heap, order }) {
    if (heap > 0) return null;
    const winner = order.at(-1);
    return { result: "won", winners: [winner], ranking: [[winner], order.slice(0, -1)], text: winner + " wins." };
  }
  position({ heap }) { return { heap }; }
  picture({ heap }) { return "|".repeat(Math.max(0, heap)); }
  legal() { return [1, 2, 3].map((value) => ({ action: "take", value })); }
  commitment() { return { b: 1, a: [2] }; }
}`;

/** Both write what only they may know, all at once. */
const SECRETS = `
import { GAME_ACTIONS, GameReferee } from "lib:game";
export default class Secrets extends GameReferee {
  static manifest = {
    net: [],
    moves: { game: "secrets", actions: { say: { value: "<text>" }, ...GAME_ACTIONS } },
  };
  setup(players) { return { said: {}, players }; }
  turn({ said, players }) { return players.filter((player) => !(player in said)); }
  play(state, player, { value }) { state.said[player] = value; }
  result({ said, players }) {
    return Object.keys(said).length < 2 ? null : { result: "drawn", winners: [], ranking: [players], text: "Done." };
  }
  position() { return {}; }
  picture() { return ""; }
  legal() { return [{ action: "say", value: "x" }]; }
  hand(_, player) { return { word: player === "p1" ? "a" : "abcdefghij" }; }
}`;

/** Both bid unseen, within a minute; then there is another round. */
const ROUNDS = `
import { GAME_ACTIONS, GameReferee } from "lib:game";
export default class Rounds extends GameReferee {
  static manifest = {
    net: [],
    private: true,
    moves: {
      game: "rounds",
      actions: { bid: { value: "<whole number>", private: true }, show: {}, ...GAME_ACTIONS },
    },
  };
  setup(players) { this.after("round", 60_000); return { round: 1, players, bids: {} }; }
  turn({ bids, players }) { return players.filter((player) => !(player in bids)); }
  play(state, player, { value }) { state.bids[player] = value; }
  onTimer(name, state) {
    if (state.round === 1) { state.round++; state.bids = {}; this.after("round", 60_000); }
  }
  result({ round, players }) { return null; }
  position({ round, bids }) { return { round, in: Object.keys(bids).length }; }
  picture() { return ""; }
  legal() { return [{ action: "bid", value: 1 }]; }
}`;

const bodies = (posts: { body: Wire }[]) => posts.map(({ body }) => body);
const types = (posts: { body: Wire }[]) => bodies(posts).map(({ type }) => type);

Deno.test("lib:game", async (t) => {
  await using sandbox = await gameSandbox();
  const nim = await refereeOf(sandbox, NIM);
  const table = async (params: Wire = {}, players = ["p1", "p2"], referee: Referee = nim) => {
    const made = new BotTable(sandbox, referee, players, { strikes: 0, ...params });
    await made.start();
    return made;
  };

  await t.step(
    "a game starts when all have joined, and others are told that they watch",
    async () => {
      const game = await table({}, ["p1"]);
      assert.deepEqual(game.turn, []);
      assert.equal(game.last("game_start"), undefined);
      const [waits] = bodies(await game.move("p1", "take", 1));
      assert.deepEqual([waits!.type, waits!.reason], ["violation", "GAME_NOT_STARTED"]);
      assert.deepEqual(types(await game.join("p2")), [
        "player_joined",
        "game_start",
        "bot:commit",
        "bot:turn",
      ]);
      assert.deepEqual(game.turn, ["p1"]);
      const { position, legal_moves, text, players } = game.last("bot:turn");
      assert.deepEqual({ position, text, players }, {
        position: { heap: 7 },
        text: "|||||||",
        players: ["p1", "p2"],
      });
      assert.equal(legal_moves.length, 3);
      const [told] = bodies(await game.join("p3"));
      assert.deepEqual([told!.type, told!.players], ["not_playing", ["p3"]]);
      const [refused] = bodies(await game.move("p3", "take", 1));
      assert.equal(refused!.reason, "NOT_IN_GAME");
    },
  );

  await t.step("a move is taken in every form that plainly means one", async () => {
    const forms: [Wire | string, number | null][] = [
      [{ type: "move", game: "nim", action: "take", value: 2 }, 2],
      [{ type: "move", game: "Nim", action: "Take", value: "2" }, 2],
      [{ type: "move", game: "The Heap", action: "take", value: { amount: 2 } }, 2],
      [{ type: "move", action: "take 2" }, 2],
      [{ action: "take", value: 2 }, 2],
      ["take 2", 2],
      ["Take: 2.", 2],
      ["@Nim take 2", 2],
      ['{"action":"take","value":2}', 2],
      ["I would take 2 now", null],
      ["hello", null],
      ["take", null],
      [{ type: "move", game: "chess", action: "take", value: 2 }, null],
      [{ type: "note", value: 2 }, null],
      [{ text: 2 }, null],
    ];
    for (const [form, taken] of forms) {
      const game = await table();
      await game.say("p1", form);
      const { position } = game.last("bot:turn");
      assert.equal(position.heap, 7 - (taken ?? 0), JSON.stringify(form));
      assert.equal(game.last("violation"), undefined, JSON.stringify(form));
    }
  });

  await t.step("what is no move is refused with the rule, and changes nothing", async () => {
    const game = await table();
    const refusals: [string, Wire, string, RegExp][] = [
      ["p2", { action: "take", value: 1, game: "nim" }, "BAD_TURN", /Current player: p1/],
      ["p1", { action: "take", value: 4 }, "ILLEGAL_MOVE", /^Take 1, 2 or 3\.$/],
      ["p1", { action: "take", value: [1, 2] }, "ILLEGAL_MOVE", /^Take/],
      ["p1", { action: "take" }, "ILLEGAL_MOVE", /^Take/],
      ["p1", { action: "steal" }, "UNKNOWN_ACTION", /"take", "concede"/],
      ["p1", { action: { x: 1 }, type: "move" }, "UNKNOWN_ACTION", /"take"/],
      ["p1", { action: "take", value: 1, answers: 0 }, "LATE", /Current player: p1/],
    ];
    for (const [player, body, reason, details] of refusals) {
      const posts = bodies(await game.say(player, body));
      assert.equal(posts.length, 1, JSON.stringify(body));
      assert.deepEqual([posts[0]!.type, posts[0]!.player], ["violation", player]);
      assert.equal(posts[0]!.reason, reason, JSON.stringify(body));
      assert.match(posts[0]!.details, details);
    }
    await game.move("p1", "take", 1);
    assert.equal(game.last("bot:turn").position.heap, 6);
  });

  await t.step("a value of another kind than a declared number or text is left out", async () => {
    const referee = await refereeOf(
      sandbox,
      NIM.replace(
        "state.heap -= value;",
        '$& if (typeof value === "object") throw new Error("read");',
      ),
    );
    for (const value of [{ toString: {} }, [{}], true, { a: 1, b: 2 }, { value: [2] }]) {
      const game = await table({}, ["p1", "p2"], referee);
      await game.move("p1", "take", value);
      assert.equal(game.last("violation").details, "Take 1, 2 or 3.", JSON.stringify(value));
    }
  });

  await t.step("who makes too many illegal moves in one turn is out", async () => {
    const game = await table({ strikes: 2 });
    await game.move("p1", "take", 9);
    assert.match(game.last("violation").details, /1 more illegal move in this turn/);
    await game.move("p1", "take", 1);
    await game.move("p2", "take", 1);
    await game.move("p1", "take", 9);
    assert.equal(game.result, undefined, "a new turn counts anew");
    await game.move("p1", "take", 9);
    assert.deepEqual([game.result!.result, game.result!.winners], ["illegal", ["p2"]]);
  });

  await t.step("a game ends as won, and opens what was committed", async () => {
    const game = await table();
    for (const [i, value] of [3, 3, 1].entries()) {
      await game.move(i % 2 ? "p2" : "p1", "take", value);
    }
    assert.deepEqual(game.result, {
      result: "won",
      winners: ["p1"],
      ranking: [["p1"], ["p2"]],
      text: "p1 wins.",
    });
    const { commit, secret, salt } = game.last("bot:reveal");
    assert.deepEqual(secret, { a: [2], b: 1 });
    assert.equal(commit, game.last("bot:commit").commit);
    const text = new TextEncoder().encode('{"a":[2],"b":1}' + salt);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
    assert.equal(digest.toHex(), commit);
  });

  await t.step("who concedes or leaves loses; a removal decides nothing", async () => {
    const ends: [(game: BotTable) => Promise<unknown>, string, string[]][] = [
      [(game) => game.move("p2", "concede"), "conceded", ["p1"]],
      [(game) => game.say("p1", "I resign"), "conceded", ["p2"]],
      [(game) => game.leave("p1"), "conceded", ["p2"]],
      [(game) => game.leave("p1", "removed"), "abandoned", []],
      [(game) => game.leave("p2", "banned"), "abandoned", []],
    ];
    for (const [end, result, winners] of ends) {
      const game = await table();
      await end(game);
      assert.deepEqual([game.result!.result, game.result!.winners], [result, winners]);
      assert.equal("ranking" in game.result!, result !== "abandoned");
      assert.equal(game.last("game_end").result, result);
    }
  });

  await t.step("three play on without one, until one is left", async () => {
    const game = await table({ players: 3 }, ["p1", "p2", "p3"]);
    await game.move("p1", "concede");
    assert.deepEqual(game.turn, ["p2"]);
    await game.move("p2", "take", 1);
    await game.move("p1", "take", 1);
    assert.equal(game.last("violation").reason, "OUT");
    await game.leave("p3");
    assert.deepEqual(game.result!.ranking, [["p2"], ["p3"], ["p1"]]);
    assert.deepEqual(game.last("game_end").ranking, game.result!.ranking);
  });

  await t.step(
    "a game may change the players it was given, and forget who dropped out",
    async () => {
      const forgets = NIM.replace("order: players", "order: players.splice(0)");
      const game = await table(
        { players: 4 },
        ["p1", "p2", "p3", "p4"],
        await refereeOf(sandbox, forgets),
      );
      for (const player of ["p3", "p1"]) await game.move(player, "concede");
      for (const [i, value] of [3, 3, 1].entries()) {
        await game.move(i % 2 ? "p4" : "p2", "take", value);
      }
      assert.deepEqual(game.result!.ranking, [["p2"], ["p4"], ["p1"], ["p3"]]);
      assert.deepEqual(game.last("game_end").ranking, game.result!.ranking);
    },
  );

  await t.step("a clock for each move, for the game, and with an increment", async () => {
    const byMove = await table({ clock: { move_s: 60 } });
    assert.equal(byMove.last("bot:turn").deadline, "2026-11-23T12:01:00.000Z");
    await byMove.wait(59_000);
    await byMove.move("p1", "take", 1);
    await byMove.wait(59_999);
    assert.equal(byMove.result, undefined);
    await byMove.wait(1);
    assert.deepEqual([byMove.result!.result, byMove.result!.winners], ["timed_out", ["p1"]]);

    const byGame = await table({ clock: { game_s: 100, increment_s: 5 } });
    await byGame.wait(40_000);
    await byGame.move("p1", "take", 1);
    assert.deepEqual(byGame.last("bot:turn").clock, { p1: 65, p2: 100 });
    await byGame.wait(99_000);
    await byGame.move("p2", "take", 1);
    await byGame.wait(65_000);
    assert.deepEqual([byGame.result!.result, byGame.result!.winners], ["timed_out", ["p2"]]);
  });

  await t.step("a move after the time counts as none, also before the timer's entry", async () => {
    const game = await table({ clock: { move_s: 60 } });
    await game.wait(1); // the turn is in the log
    game.nowMs += 60_000;
    await game.move("p1", "take", 1);
    assert.deepEqual([game.result!.result, game.result!.winners], ["timed_out", ["p2"]]);
  });

  await t.step("a turn that is told late takes no time from its player", async () => {
    const game = await table({ clock: { move_s: 60, game_s: 100 } });
    await game.move("p1", "take", 1);
    // The host of the channel kept its bots busy: only now the turn is in the log.
    game.nowMs += 90_000;
    await game.wait(59_000);
    await game.move("p2", "take", 1);
    assert.deepEqual(game.last("bot:turn").clock, { p1: 100, p2: 41 });
    await game.wait(60_000);
    assert.deepEqual([game.result!.result, game.result!.winners], ["timed_out", ["p2"]]);
  });

  await t.step("no time runs while the referee is paused", async () => {
    const game = await table({ clock: { move_s: 60, game_s: 100 } });
    await game.wait(50_000);
    await game.announce({ type: "pause_bot_applied", op: { type: "pause_bot", slot_id: "s0" } });
    await game.wait(600_000);
    await game.announce({ type: "resume_bot_applied", op: { type: "resume_bot", slot_id: "s0" } });
    await game.wait(9_000);
    await game.move("p1", "take", 1);
    assert.deepEqual(game.last("bot:turn").clock, { p1: 41, p2: 100 });
    await game.wait(60_000);
    assert.deepEqual([game.result!.result, game.result!.winners], ["timed_out", ["p1"]]);
  });

  const pause = { type: "pause_bot_applied", op: { type: "pause_bot", slot_id: "s0" } };
  const resume = { type: "resume_bot_applied", op: { type: "resume_bot", slot_id: "s0" } };

  await t.step(
    "once it goes on, the turn is told again, with until when it lasts now",
    async () => {
      const game = await table({ clock: { move_s: 60 } });
      await game.wait(50_000);
      const answers = game.id;
      const { deadline, ...told } = game.last("bot:turn");
      assert.equal(deadline, "2026-11-23T12:01:00.000Z");
      assert.deepEqual(await game.announce(pause), []);
      await game.wait(600_000);
      const [again, ...more] = await game.announce(resume);
      assert.deepEqual(again!.body, { ...told, deadline: "2026-11-23T12:11:00.000Z" });
      assert.deepEqual(more, []);
      assert.deepEqual(await game.announce(resume), [], "it was not paused");
      await game.wait(9_999);
      await game.move("p1", "take", 1, { answers });
      assert.equal(game.last("violation"), undefined);
      assert.deepEqual(game.turn, ["p2"]);
      // Without a clock, too: a claim counts from the newest word.
      const slow = await table();
      await slow.announce(pause);
      await slow.wait(600_000);
      assert.deepEqual((await slow.announce(resume)).map(({ body }) => body.type), ["bot:turn"]);
      const secret = await table({}, ["p1", "p2"], await refereeOf(sandbox, SECRETS));
      await secret.announce(pause);
      const to = (await secret.announce(resume)).map(({ to }) => to);
      assert.deepEqual(to, [undefined, ["p1"], ["p2"]]);
    },
  );

  await t.step(
    "a move during the pause costs no time, and the next player gains none",
    async () => {
      const game = await table({ clock: { game_s: 100 } });
      await game.wait(10_000);
      await game.announce(pause);
      await game.wait(300_000);
      await game.move("p1", "take", 1);
      const { clock, deadline } = game.last("bot:turn");
      assert.deepEqual([clock, deadline], [{ p1: 90, p2: 100 }, undefined]);
      await game.wait(300_000);
      await game.announce(resume);
      assert.equal(game.last("bot:turn").deadline, "2026-11-23T12:11:50.000Z");
      await game.wait(99_000);
      assert.equal(game.result, undefined);
      await game.wait(1_001);
      assert.deepEqual([game.result!.result, game.result!.winners], ["timed_out", ["p1"]]);
    },
  );

  await t.step("a game left alone can be claimed by who does not have the turn", async () => {
    const claim = (player_id: string) => ({
      type: "claim_applied",
      op: { type: "claim", player_id, turn_id: 1 },
    });
    const game = await table();
    await game.announce(claim("p1"));
    await game.announce(claim("p9"));
    assert.equal(game.result, undefined);
    await game.announce(claim("p2"));
    assert.deepEqual([game.result!.result, game.result!.winners], ["claimed", ["p2"]]);
  });

  await t.step(
    "several move at once, and the words for one alone have the same length",
    async () => {
      const game = await table({}, ["p1", "p2"], await refereeOf(sandbox, SECRETS));
      assert.deepEqual(game.turn, ["p1", "p2"]);
      const own = game.posts.filter(({ to }) => to);
      assert.deepEqual(own.map(({ to }) => to), [["p1"], ["p2"]]);
      assert.deepEqual(own.map(({ body }) => body.position.word), ["a", "abcdefghij"]);
      const [one, other] = own.map(({ body }) => JSON.stringify(body).length);
      assert.equal(one, other);
      await game.move("p2", "say", "b");
      assert.deepEqual(game.turn, ["p1"]);
      await game.move("p1", "say", "a");
      assert.equal(game.result!.result, "drawn");
    },
  );

  await t.step("a move counts although another player has moved meanwhile", async () => {
    const game = await table({}, ["p1", "p2"], await refereeOf(sandbox, ROUNDS));
    const answers = game.id;
    await game.move("p1", "bid", 1, { answers });
    await game.move("p2", "bid", 2, { answers });
    assert.equal(game.last("violation"), undefined);
    // Nobody has the turn until the minute is over.
    assert.deepEqual(game.last("bot:turn").now.may, []);
    await game.move("p1", "bid", 3);
    assert.match(game.last("violation").details, /Nobody has the turn now/);
  });

  await t.step("a move that answers a turn from before a timer is late", async () => {
    const game = await table({}, ["p1", "p2"], await refereeOf(sandbox, ROUNDS));
    const old = game.id;
    await game.move("p1", "bid", 1, { answers: old });
    await game.wait(60_000);
    assert.deepEqual(game.turn, ["p1", "p2"]);
    const answers = game.id;
    for (const player of ["p1", "p2"]) {
      await game.move(player, "bid", 2, { answers: old });
      assert.equal(game.last("violation").reason, "LATE", player);
    }
    assert.equal(game.last("bot:turn").now.position.in, 0);
    await game.move("p1", "bid", 2, { answers });
    assert.equal(game.last("bot:turn").position.in, 1);
    // A timer that changes nothing says nothing.
    assert.deepEqual(await game.wait(60_000), []);
  });

  await t.step("a private move counts only unread by others, an open one only openly", async () => {
    const game = await table({}, ["p1", "p2"], await refereeOf(sandbox, ROUNDS));
    const bid = { type: "move", game: "rounds", action: "bid", value: 1 };
    const show = { ...bid, action: "show" };
    const sent: [Wire | string, string[] | undefined, string | null][] = [
      [bid, undefined, "NOT_PRIVATE"],
      [bid, ["p1", "p2"], "NOT_PRIVATE"],
      [bid, ["p2"], "NOT_PRIVATE"],
      ["bid 1", undefined, "NOT_PRIVATE"],
      ["bid 1", ["p2"], null],
      [show, ["p1"], "NOT_OPEN"],
      ["concede", ["p1"], "NOT_OPEN"],
      ["concede", ["p2"], null],
    ];
    for (const [said, to, reason] of sent) {
      const posts = bodies(await game.say("p1", said, to));
      assert.deepEqual(posts.map((body) => body.reason), reason ? [reason] : []);
    }
    await game.say("p1", "bid 1", ["p1"]);
    assert.equal(game.last("bot:turn").position.in, 1);
  });
});
