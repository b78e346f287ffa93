/** RockPaperScissors: its rules in the sandbox, and whole games over HTTP in both modes. */
import assert from "node:assert/strict";
import RockPaperScissors from "../../bots/rock_paper_scissors/rock_paper_scissors.ts";
import { paramsOf } from "../../src/domain/bot/params.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { commitmentTo } from "../../src/domain/transcript/commitment.ts";
import type { JsonObject } from "../../src/kernel/json.ts";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import { ofType, type Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { referee } from "./bare_referee.ts";

const SOURCE = await Deno.readTextFile(
  new URL("../../bots/rock_paper_scissors/rock_paper_scissors.ts", import.meta.url),
);
const ZEROS = "0".repeat(64);
const SALT = "5a".repeat(32);

const NAMES = ["rock", "paper", "scissors", "spock", "lizard"];

/** Who wins a round, by another rule than the bot's: -1 for the first, 1 for the second. */
function outcome(a: string, b: string): number {
  const classic = NAMES.slice(0, 3);
  if (a === b) return 0;
  if (classic.includes(a) && classic.includes(b)) {
    return (classic.indexOf(a) - classic.indexOf(b) + 3) % 3 === 1 ? -1 : 1;
  }
  const beats: Record<string, string[]> = {
    spock: ["rock", "scissors"],
    lizard: ["paper", "spock"],
  };
  if (beats[a]) return beats[a].includes(b) ? -1 : 1;
  return beats[b]!.includes(a) ? 1 : -1;
}

Deno.test("RockPaperScissors in the sandbox", async (t) => {
  await using sandbox = await gameSandbox();
  const bot = await refereeOf(sandbox, SOURCE);
  const table = async (params: Wire = {}, players = ["p1", "p2"]) => {
    const given = paramsOf(bot.manifest, params);
    const made = new BotTable(sandbox, bot, players, given);
    await made.start();
    return made;
  };

  await t.step("every pair of throws, with and without lizard and spock", async () => {
    for (const [variant, names] of [["classic", NAMES.slice(0, 3)], ["spock", NAMES]] as const) {
      for (const a of names) {
        for (const b of names) {
          const game = await table({ variant, best_of: 1 });
          await game.move("p1", "throw", a);
          assert.equal(game.last("judge"), undefined);
          await game.move("p2", "throw", b.toUpperCase());
          const { winner } = game.last("judge");
          const right = ["p1", null, "p2"][outcome(a, b) + 1];
          assert.equal(winner, right, `${a} ${b}`);
        }
      }
    }
    const classic = await table();
    await classic.move("p1", "throw", "spock");
    assert.match(classic.last("violation").details, /"rock", "paper" or "scissors"/);
  });

  await t.step(
    "best of n: whoever can't be caught wins; drawn rounds are played again",
    async () => {
      const game = await table({ best_of: 5 });
      const round = async (a: string, b: string) => {
        await game.move("p2", "throw", b);
        await game.move("p1", "throw", a);
      };
      await round("rock", "scissors");
      await round("rock", "rock");
      await round("rock", "paper");
      await round("paper", "rock");
      assert.equal(game.result, undefined);
      assert.deepEqual(game.last("bot:turn").now.position.wins, { p1: 2, p2: 1 });
      await round("scissors", "paper");
      const { text, ...rest } = game.result!;
      assert.deepEqual(rest, { result: "won", winners: ["p1"], ranking: [["p1"], ["p2"]] });
      assert.match(text, /p1 wins, 3 to 1 in 5 rounds/);
    },
  );

  await t.step("a game of draws ends after three times as many rounds", async () => {
    const game = await table({ best_of: 1 });
    for (let round = 0; round < 3; round++) {
      for (const player of ["p1", "p2"]) await game.move(player, "throw", "rock");
    }
    assert.deepEqual([game.result!.result, game.result!.winners], ["drawn", []]);
    assert.deepEqual(game.result!.ranking, [["p1", "p2"]]);
  });

  await t.step(
    "what others can read is no throw, and nothing shows one before its time",
    async () => {
      const game = await table();
      await game.say("p1", { type: "move", game: "rps", action: "throw", value: "rock" });
      assert.equal(game.last("violation").reason, "NOT_PRIVATE");
      const before = game.posts.length;
      await game.move("p1", "throw", "scissors");
      assert.doesNotMatch(
        JSON.stringify(game.posts.slice(before)),
        /"value":"scissors".*only|thrown/,
      );
      assert.deepEqual(game.turn, ["p2"]);
      await game.move("p1", "throw", "rock");
      assert.equal(game.last("violation").reason, "BAD_TURN");
    },
  );

  await t.step("the posts about one throw are those about any other", async () => {
    const told = await Promise.all(["rock", "paper", "scissors"].map(async (value) => {
      const game = await table();
      await game.move("p1", "throw", value);
      return JSON.stringify(game.posts);
    }));
    assert.equal(new Set(told).size, 1);
  });

  await t.step("commits of make_commitment, revealed in turn", async () => {
    const game = await table({ mode: "commit", best_of: 1 });
    await game.move("p1", "commit", commitmentTo("paper", SALT));
    assert.deepEqual(game.turn, ["p2"]);
    await game.move("p1", "reveal", { value: "paper", salt: SALT });
    assert.equal(game.last("violation").reason, "BAD_TURN");
    // A commit that was copied could be revealed only after the other's, and would draw.
    await game.move("p2", "commit", commitmentTo("paper", SALT));
    assert.match(game.last("violation").details, /posted before/);
    await game.move("p2", "commit", commitmentTo("Rock", ZEROS.replace(/0$/, "1")));
    assert.deepEqual(game.turn, ["p1"]);
    await game.move("p1", "reveal", { value: "paper" });
    assert.match(game.last("violation").details, /64 hex digits/);
    await game.move("p1", "reveal", { value: "paper", salt: SALT });
    await game.move("p2", "reveal", { value: "Rock", salt: ZEROS.replace(/0$/, "1") });
    assert.deepEqual(game.result!.winners, ["p1"]);
  });

  await t.step(
    "a reveal of something else loses the round, as does a commit to no throw",
    async () => {
      const lies = [["rock", "paper"], ["lava", "lava"]] as const;
      for (const [committed, shown] of lies) {
        const game = await table({ mode: "commit", best_of: 1 });
        await game.move("p1", "commit", commitmentTo(committed, SALT));
        await game.move("p2", "commit", commitmentTo("scissors", ZEROS));
        await game.move("p1", "reveal", { value: shown, salt: SALT });
        await game.move("p2", "reveal", { value: "scissors", salt: ZEROS });
        assert.deepEqual(game.result!.winners, ["p2"]);
        assert.equal(game.last("judge").throws.p1, null);
      }
    },
  );

  await t.step("the legal moves of commits are commits to what they name", async () => {
    const game = await table({ mode: "commit", variant: "spock", best_of: 1 });
    const legal = game.last("bot:turn").now.legal_moves.map(({ value }: Wire) => value);
    const named = ["rock", "paper", "scissors", "lizard", "spock"];
    assert.deepEqual(legal, named.map((each) => commitmentTo(each, ZEROS)));
    await game.move("p1", "commit", legal[3]);
    await game.move("p2", "commit", legal[3]);
    const [reveal] = game.last("bot:turn").legal_moves;
    assert.deepEqual(reveal, { action: "reveal", value: { value: "lizard", salt: ZEROS } });
  });

  await t.step("whoever says nothing in time loses the round, not the game", async () => {
    const game = await table({ clock: { move_s: 30 } });
    await game.move("p1", "throw", "rock");
    await game.wait(30_000);
    assert.deepEqual(game.last("judge").throws, { p1: "rock", p2: null });
    assert.equal(game.last("judge").winner, "p1");
    await game.wait(30_000);
    assert.equal(game.last("judge").winner, null);
    await game.wait(1); // the turn is in the log
    game.nowMs += 1_000;
    await game.move("p2", "throw", "rock");
    await game.wait(29_000);
    assert.deepEqual(game.last("judge").wins, { p1: 1, p2: 1 });

    const commits = await table({ mode: "commit", clock: { move_s: 30 } });
    await commits.move("p2", "commit", commitmentTo("rock", SALT));
    await commits.wait(30_000);
    assert.equal(commits.last("judge").winner, "p2");
    for (const [i, player] of ["p1", "p2"].entries()) {
      await commits.move(player, "commit", commitmentTo("rock", ZEROS.replace(/0$/, `${i + 1}`)));
    }
    await commits.wait(30_000);
    await commits.move("p2", "reveal", { value: "rock", salt: ZEROS.replace(/0$/, "2") });
    assert.deepEqual(commits.result!.winners, ["p2"]);
  });

  await t.step("a game in which nobody throws any more is over by its clock alone", async () => {
    const game = await table({ best_of: 9, clock: { move_s: 30 } });
    for (const player of ["p1", "p2"]) await game.move(player, "throw", "rock");
    const before = game.id;
    await game.wait(12 * 30_000);
    assert.deepEqual([game.result!.result, game.result!.winners], ["timed_out", []]);
    assert.equal(game.result!.ranking, undefined);
    assert.ok(game.id - before < BOT_LIMITS.chainedEntries, "the server lets it go on so far");
  });

  await t.step("a game is conceded, abandoned or claimed", async () => {
    const ends: [(game: BotTable) => Promise<unknown>, string, string[]][] = [
      [(game) => game.move("p1", "concede"), "conceded", ["p2"]],
      [(game) => game.leave("p2"), "conceded", ["p1"]],
      [(game) => game.leave("p2", "removed"), "abandoned", []],
    ];
    for (const [end, result, winners] of ends) {
      const game = await table();
      await end(game);
      assert.deepEqual([game.result!.result, game.result!.winners], [result, winners]);
    }
    const game = await table();
    await game.move("p1", "throw", "rock");
    await game.announce({ type: "claim_applied", op: { type: "claim", player_id: "p1" } });
    assert.deepEqual([game.result!.result, game.result!.winners], ["claimed", ["p1"]]);
  });
});

Deno.test("RockPaperScissors: the longest game has room in the state of a bot", async () => {
  const params = paramsOf(RockPaperScissors.manifest as unknown as JsonObject, {
    mode: "commit",
    best_of: 99,
  });
  // deno-lint-ignore no-explicit-any -- rules are called as functions
  const rules: any = referee(
    RockPaperScissors as unknown as new (ctx: BotContext, params: JsonObject) => unknown,
    params,
  );
  const state = rules.setup(["p1", "p2"]);
  for (let round = 1; rules.result(state) === null; round++) {
    const salts = ["1", "2"].map((player) => `${player}${round}`.padStart(64, "0"));
    for (const [i, player] of ["p1", "p2"].entries()) {
      const value = commitmentTo("scissors", salts[i]!);
      await rules.play(state, player, { action: "commit", value });
    }
    for (const [i, player] of ["p1", "p2"].entries()) {
      const value = { value: "scissors", salt: salts[i] };
      await rules.play(state, player, { action: "reveal", value });
    }
  }
  assert.equal(state.rounds.length, 297);
  assert.ok(JSON.stringify(state).length < 0.8 * BOT_LIMITS.botStateBytes);
});

const PRESET = "builtin://RockPaperScissors";

async function move(player: Player, action: string, value: unknown): Promise<Wire> {
  const { channel_id } = player;
  return await player.call("make_game_move", { channel_id, game: "rps", action, value });
}

Deno.test("RockPaperScissors is played over HTTP, with commitments and with whispers", async () => {
  await using server = await testServer();
  for (const mode of ["private", "commit"]) {
    const { players } = await roomOf(server.url, {
      slots: ["bot:referee", "invite:a", "invite:b", "invite:c"],
      bots: [{ code_ref: PRESET, params: { mode, best_of: 1 } }],
    }, 3);
    const [ann, bob, eve] = players as [Player, Player, Player];
    await ann.say({ text: "psst: throw paper" });
    const body = { channel_id: ann.channel_id, body: "throw paper", to: [eve.player_id] };
    await ann.call("post_message", body);
    const throws: [Player, string][] = [[ann, "paper"], [bob, "rock"]];
    if (mode === "private") {
      for (const [player, value] of throws) await move(player, "throw", value);
    } else {
      const salts: string[] = [];
      for (const [player, value] of throws) {
        const { commit, salt } = await player.call("make_commitment", { value });
        salts.push(salt);
        await move(player, "commit", commit);
      }
      for (const [i, [player, value]] of throws.entries()) {
        await move(player, "reveal", { value, salt: salts[i] });
      }
    }
    const read = await eve.readUntil(ofType("bot:end"));
    const { result } = read.find(ofType("bot:end")).body;
    assert.deepEqual([result.result, result.winners], ["won", [ann.player_id]]);
    assert.deepEqual(read.filter(ofType("violation")), []);
    const hidden = read.filter(({ sender, body }) => sender === ann.player_id && body === null);
    assert.equal(hidden.length, mode === "private" ? 1 : 0);
  }
});

Deno.test("RockPaperScissors refuses wrong parameters with the right ones", async () => {
  await using server = await testServer();
  const wrong: [Wire, RegExp][] = [
    [{ best_of: 4 }, /best_of is 4, but must be odd, for example 3/],
    [{ best_of: 0 }, /best_of/],
    [{ mode: "open" }, /mode.*private/],
    [{ rounds: 3 }, /rounds.*best_of/],
  ];
  for (const [params, told] of wrong) {
    const { host, created } = await roomOf(server.url, { slots: ["bot:r", "invite:a"] }, 0);
    const { channel_id } = created;
    const bot = { code_ref: PRESET, params };
    const { detail } = await refuses(host.call("attach_bot", { channel_id, bot }), "BOT_REJECTED");
    assert.match(detail, told);
  }
});
