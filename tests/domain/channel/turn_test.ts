/** Turns are read from the posts of bots, and from nobody else's. Each viewer learns of them what
 *  it may read, however much is said in between. */
import assert from "node:assert/strict";
import { turnsAfter } from "../../../src/domain/channel/keep_turns.ts";
import { messageFor } from "../../../src/domain/channel/visibility.ts";
import { gameOf, type Turn, turnOf } from "../../../src/domain/channel/turn.ts";
import type { Bot } from "../../../src/domain/bot/bot.ts";
import type { Channel, Seat } from "../../../src/domain/channel/channel.ts";
import { NO_TURNS } from "../../../src/domain/transcript/kept_turns.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { calledSince } from "../../../src/domain/referee/called.ts";
import { entryOf, type Room, type Said, stateOf } from "./said.ts";

const give = (players: string[]): JsonObject => ({ type: "bot:turn", players });
const yours = (msgId: number, botId = "a"): Turn => ({ kind: "yours", msgId, botId });
const others = (msgId: number, players: string[], botId = "a"): Turn => ({
  kind: "others",
  msgId,
  botId,
  players,
});
const over = (msgId: number, ended = false): Turn => ({
  kind: "over",
  msgId,
  botId: "a",
  ended,
});
const chat = Array.from({ length: 2_000 }, (_, i): Said => [`p${i % 2 + 1}`, { text: "hm" }]);

/** What is said, and the turn for p1. */
const TURNS: Record<string, [said: Said[], Turn | null, room?: Room]> = {
  "nothing": [[], null],
  "a type that is no text, and can't be made one": [
    [["bot:a", { type: { toString: 1 } }]],
    null,
  ],
  "a bot that names a player": [[["bot:a", { type: "bot:turn", player: "p1" }]], yours(1)],
  "several players": [[["bot:a", give(["p2", "p1"])]], yours(1)],
  "several others": [
    [["bot:a", give(["p3", "p2"])]],
    others(1, ["p3", "p2"]),
    { seats: ["p1", "p2", "p3"] },
  ],
  "the newest one counts": [
    [["bot:a", give(["p1"])], ["p1", { text: "x" }], ["bot:a", give(["p2"])]],
    others(3, ["p2"]),
  ],
  "2,000 messages of chat": [[["bot:a", give(["p2"])], ...chat], others(1, ["p2"])],
  "a violation of another": [
    [
      ["bot:a", give(["p1"])],
      ["p2", { text: "guess 1" }],
      ["bot:a", { type: "violation", player: "p2" }, { cause: 2 }],
    ],
    yours(1),
  ],
  "a player who claims the turn": [[["p1", give(["p1"])]], null],
  "a player who ends the game": [
    [["bot:a", give(["p1"])], ["p2", { type: "game_end" }]],
    yours(1),
  ],
  "the server's words are none": [[["system", give(["p1"])]], null],
  "nobody's turn": [
    [["bot:a", give(["p1"])], ["bot:a", { type: "bot:turn", player: null }]],
    null,
  ],
  "an empty list": [[["bot:a", give(["p1"])], ["bot:a", give([])]], null],
  "somebody who is no player": [[["bot:a", give(["</x> you win", "p9", "p01", "p-1"])]], null],
  "players as ctx.players() gives them": [
    [["bot:a", { type: "bot:turn", player: { player_id: "p1", display_name: "x" } }]],
    yours(1),
  ],
  "one player, and those of the game": [
    [["bot:a", { type: "bot:turn", player: "p2", players: ["p1", "p2"] }]],
    others(1, ["p2"]),
  ],
  "now.may of any post": [
    [["bot:a", { type: "card", now: { may: [{ player: "p1", allowed: ["hit"] }] } }]],
    yours(1),
  ],
  "now.may of ids": [[["bot:a", { now: { may: ["p2"] } }]], others(1, ["p2"])],
  "now.may of one": [[["bot:a", { now: { may: { player: "p2" } } }]], others(1, ["p2"])],
  "now.may of an id": [[["bot:a", { now: { may: "p2" } }]], others(1, ["p2"])],
  "now.may of lists": [[["bot:a", { now: { may: [{ players: ["p1", "p2"] }] } }]], yours(1)],
  "now.may before bot:turn": [
    [["bot:a", { type: "bot:turn", player: "p2", now: { may: [{ player: "p1" }] } }]],
    yours(1),
  ],
  "nobody may": [[["bot:a", give(["p1"])], ["bot:a", { type: "card", now: { may: [] } }]], null],
  "now without may": [[["bot:a", give(["p1"])], ["bot:a", { now: { text: "x" } }]], yours(1)],
  "a turn for readers, this one among them": [
    [["bot:a", give(["p2"])], ["bot:a", give(["p1"]), { to: ["p1"] }]],
    yours(2),
  ],
  "a turn for other readers": [
    [["bot:a", give(["p1"])], ["bot:a", give(["p2"]), { to: ["p2"] }]],
    yours(1),
  ],
  "nothing but a turn for other readers": [[["bot:a", give(["p1"]), { to: ["p2"] }]], null],
  "a whisper that no bot hears is no move": [
    [["bot:a", give(["p1"])], ["p1", { text: "psst" }, { to: ["p2"] }]],
    yours(1),
    { private: false },
  ],
  "an end for other readers": [
    [["bot:a", give(["p1"])], ["bot:a", { type: "game_end" }, { to: ["p2"] }]],
    yours(1),
  ],
  "each reader is told in turn": [
    [
      ["bot:a", give(["p1"]), { to: ["p1"] }],
      ["bot:a", give(["p2"]), { to: ["p2"] }],
      ["bot:a", give(["p3"]), { to: ["p3"] }],
    ],
    yours(1),
    { seats: ["p1", "p2", "p3"] },
  ],
  "everyone is told after one reader": [
    [["bot:a", give(["p1"]), { to: ["p1"] }], ["bot:a", give(["p2"])]],
    others(2, ["p2"]),
  ],
  "a game that is over": [
    [["bot:a", give(["p1"])], ["bot:a", { type: "game_end" }]],
    over(2),
  ],
  "another game of the same bot": [
    [["bot:a", { type: "game_end" }], ["bot:a", give(["p1"])]],
    yours(2),
  ],
  "a bot that ended": [
    [["bot:a", give(["p1"])], ["system", { type: "bot:end", bot_id: "a" }]],
    over(2, true),
    { ended: ["a"] },
  ],
  "another bot's game goes on": [
    [["bot:b", give(["p1"])], ["system", { type: "bot:end", bot_id: "a" }]],
    yours(1, "b"),
    { ended: ["a"] },
  ],
  "of two bots, the one that waits for the viewer": [
    [["bot:a", give(["p1"])], ["bot:b", give(["p2"])]],
    yours(1),
  ],
  "of two bots that wait for others, the last": [
    [["bot:a", give(["p2"])], ["bot:b", give(["p3"])]],
    others(2, ["p3"], "b"),
    { seats: ["p1", "p2", "p3"] },
  ],
  "a bot that was replaced": [[["bot:a", give(["p1"])]], null, { bots: ["b"] }],
  "a player who left": [
    [["bot:a", give(["p2"])]],
    { kind: "gone", msgId: 1, botId: "a", players: ["p2"] },
    { seats: ["p1"] },
  ],
  "one of several players left": [
    [["bot:a", give(["p2", "p3"])]],
    others(1, ["p3"]),
    { seats: ["p1", "p3"] },
  ],
  "odd shapes": [
    [["bot:a", { type: "bot:turn", players: [null, 1, {}, [["p1"]]], now: { mays: "p1" } }]],
    null,
  ],
};

Deno.test("turnOf() knows whose turn it is", async (t) => {
  for (const [name, [said, expected, room]] of Object.entries(TURNS)) {
    await t.step(name, () => assert.deepEqual(turnOf(stateOf(said, room), "p1"), expected));
  }
});

const moved: Said[] = [["bot:a", give(["p1"])], ["p1", { text: "70" }]];
const reply = (body: JsonObject, to?: string[]): Said => [
  "bot:a",
  body,
  { cause: 2, ...(to && { to }) },
];

/** What has become of the post of p1, message 2, to which message 1 gave the turn. */
const ANSWERS: Record<string, [said: Said[], answer: unknown, room?: Room]> = {
  "none": [[], "none"],
  "none, after chat": [chat.slice(1, 10).filter(([sender]) => sender === "p2"), "none"],
  "none yet": [[], "awaited", { cursors: { a: 1 } }],
  "none, but the bot has read it": [[], "none", { cursors: { a: 2 } }],
  "a timer": [[], "awaited", { timers: { a: { later: { due_ms: 1, cause: 2 } } } }],
  "a timer of another post": [[], "none", { timers: { a: { later: { due_ms: 1, cause: 1 } } } }],
  "a word": [[reply({ type: "hm" })], { id: 3, kind: "answered" }],
  "a refusal": [[reply({ type: "violation" })], { id: 3, kind: "refused" }],
  "a refusal and a word": [
    [reply({ type: "violation" }), reply({ type: "hm" })],
    { id: 3, kind: "refused" },
  ],
  "a word and a refusal": [
    [reply({ type: "hm" }), reply({ type: "violation" })],
    { id: 4, kind: "refused" },
  ],
  "a failure": [
    [["system", { type: "bot:failed", bot_id: "a" }, { cause: 2 }]],
    { id: 3, kind: "failed" },
  ],
  "a word of another bot": [[["bot:b", { type: "echo" }, { cause: 2 }]], "none"],
  "evidence": [[["system", { type: "bot:evidence", bot_id: "a" }, { cause: 2 }]], "none"],
  "a word for another player": [[reply({ type: "hm" }, ["p2"])], "none"],
  "a word for this player": [[reply({ type: "hm" }, ["p1"])], { id: 3, kind: "answered" }],
};

Deno.test("turnOf() knows what has become of a post on one's turn", async (t) => {
  for (const [name, [said, answer, room]] of Object.entries(ANSWERS)) {
    await t.step(name, () => {
      const turn = turnOf(stateOf([...moved, ...said], room), "p1");
      assert.deepEqual(turn, { ...yours(1), post: { id: 2, answer } });
    });
  }
  await t.step("the turn anew", () => {
    const anew: Said[] = [...moved, reply(give(["p1"]))];
    assert.deepEqual(turnOf(stateOf(anew), "p1"), yours(3));
  });
});

/** What is said, and the players of the game for p3; null when nothing is known. */
const GAMES: Record<string, [said: Said[], players: string[] | null, room?: Room]> = {
  "nothing": [[], null],
  "game_start": [[["bot:a", { type: "game_start", players: ["p1", "p2"] }]], ["p1", "p2"]],
  "now.players": [[["bot:a", { type: "deal", now: { players: ["p1"] } }]], ["p1"]],
  "the players beside a turn": [
    [["bot:a", { type: "bot:turn", player: "p1", players: ["p1", "p2"] }]],
    ["p1", "p2"],
  ],
  "those who have the turn": [[["bot:a", give(["p1", "p2"])]], null],
  "names": [[["bot:a", { type: "game_start", players: ["Alice", "Bob"] }]], null],
  "a name among ids": [[["bot:a", { type: "game_start", players: ["p1", "Bob"] }]], null],
  "no list": [[["bot:a", { type: "game_start", players: 2 }]], null],
  "a player who claims it": [[["p1", { type: "game_start", players: ["p1"] }]], null],
  "a game that is over": [
    [["bot:a", { type: "game_start", players: ["p1"] }], ["bot:a", { type: "game_end" }]],
    null,
  ],
  "another one": [
    [
      ["bot:a", { type: "game_start", players: ["p1"] }],
      ["bot:a", { type: "game_end" }],
      ["bot:a", { type: "game_start", players: ["p2", "p3"] }],
    ],
    ["p2", "p3"],
  ],
  "games of two bots": [
    [
      ["bot:a", { type: "game_start", players: ["p1"] }],
      ["bot:b", { type: "game_start", players: ["p3"] }],
    ],
    ["p3", "p1"],
  ],
  "a bot that ended": [[["bot:a", { type: "game_start", players: ["p1"] }]], null, {
    ended: ["a"],
  }],
  "what p3 may not read": [
    [["bot:a", { type: "game_start", players: ["p1"] }, { to: ["p1"] }]],
    null,
  ],
};

Deno.test("gameOf() knows who plays", async (t) => {
  for (const [name, [said, players, room]] of Object.entries(GAMES)) {
    await t.step(name, () => {
      const game = gameOf(stateOf(said, { seats: ["p1", "p2", "p3"], ...room }), "p3");
      assert.deepEqual(game?.players ?? null, players);
      if (game) assert.equal(game.plays, players!.includes("p3"));
    });
  }
});

Deno.test("what a viewer may not read changes nothing for it", () => {
  const bodies: JsonObject[] = [
    give(["p1"]),
    give(["p2"]),
    give([]),
    { type: "game_start", players: ["p1", "p2"] },
    { type: "game_end" },
    { type: "violation" },
    { text: "hm" },
  ];
  const senders = ["bot:a", "bot:b", "p1", "p2"];
  const audiences = [undefined, ["p1"], ["p2"], ["p1", "p2"]];
  // Every 7th, 11th and 13th of the possible entries, in many orders.
  for (const step of [7, 11, 13, 17, 19]) {
    const said = Array.from({ length: 60 }, (_, i): Said => {
      const at = i * step + Math.floor(i / 7);
      const to = audiences[(at >> 2) % audiences.length];
      return [senders[at % 4]!, bodies[at % 7]!, { ...(to && { to }), cause: Math.max(1, i - 2) }];
    });
    for (let length = 1; length <= said.length; length++) {
      const all = said.slice(0, length);
      for (const viewer of ["p1", "p2", null]) {
        const readable = (each: Said, i: number) =>
          !messageFor(viewer, entryOf(i + 1, ...each)).withheld;
        // What is withheld is there, as anybody's word about nothing.
        const shown = all.map((each, i): Said =>
          readable(each, i) ? each : [each[0], { text: "?" }, each[2] ?? {}]
        );
        assert.deepEqual(turnOf(stateOf(all), viewer), turnOf(stateOf(shown), viewer));
        assert.deepEqual(gameOf(stateOf(all), viewer), gameOf(stateOf(shown), viewer));
        assert.deepEqual(
          calledSince(stateOf(all), viewer, 0),
          calledSince(stateOf(shown), viewer, 0),
        );
      }
    }
  }
});

Deno.test("what is kept of turns has a bound", () => {
  const players = Array.from({ length: 32 }, (_, i) => `p${i + 1}`);
  const bots = Array.from({ length: 8 }, (_, i) => `bot_${"n".repeat(40)}_${i}`);
  const channel = {
    seats: players.map((player_id) => ({ player_id }) as Seat),
    bots: bots.map((bot_id) => ({ bot_id }) as Bot),
    next_player: 33,
  } as Channel;
  let turns = NO_TURNS;
  let id = 0;
  for (let round = 0; round < 3; round++) {
    for (const player of players) {
      turns = turnsAfter(turns, [entryOf(++id, player, { text: "x" })], channel);
      const post = id;
      for (const bot of bots) {
        const word = { type: "bot:turn", player, players, now: { players } };
        for (const to of [[player], players.slice(round)]) {
          const entry = entryOf(++id, `bot:${bot}`, word, { to, cause: post });
          turns = turnsAfter(turns, [entry], channel);
        }
      }
    }
  }
  const bytes = JSON.stringify(turns).length;
  assert.ok(bytes < 32 * 1024, `${bytes} bytes`);
});
