/** A player is called when there is something for it to do, and not otherwise. */
import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { type Called, calledSince, hasTurn, isHeard } from "../../../src/domain/referee/called.ts";
import { type Room, type Said, stateOf } from "../channel/said.ts";

const turn = (...players: string[]): JsonObject => ({ type: "bot:turn", players });
const chat = Array.from({ length: 2_000 }, (): Said => ["p2", { text: "hm" }]);
const FAILED = {
  type: "bot:failed",
  bot_id: "a",
  hook: "on_message",
  reason: "threw",
  message: "x",
};
const ENDED = { type: "bot:end", bot_id: "a", result: null, seed: "0" };
const ALONE: Room = { bots: ["a"] };

interface Row {
  said: Said[];
  room?: Room;
  /** The last entry that p1 knows; all by default. */
  cursor?: number;
  right: Called["why"] | null;
  /** The message that calls. */
  msgId?: number | null;
}

/** What has been said, and whether p1 is called. */
const ROWS: Record<string, Row> = {
  "nothing": { said: [], right: null },

  "a turn that is new": { said: [["bot:a", turn("p1")]], cursor: 0, right: "your_turn", msgId: 1 },
  "a turn that is known": { said: [["bot:a", turn("p1")]], right: "your_turn", msgId: 1 },
  "a turn before 2,000 messages": {
    said: [["bot:a", turn("p1")], ...chat],
    right: "your_turn",
    msgId: 1,
  },
  "a turn of several": { said: [["bot:a", turn("p2", "p1")]], right: "your_turn", msgId: 1 },
  "a turn of now.may": {
    said: [["bot:a", { type: "card", now: { may: [{ player: "p1", actions: ["hit"] }] } }]],
    right: "your_turn",
    msgId: 1,
  },
  "another's turn": { said: [["bot:a", turn("p2")]], cursor: 0, right: null },
  "a turn that went on": { said: [["bot:a", turn("p1")], ["bot:a", turn("p2")]], right: null },
  "a turn that is said to another alone": {
    said: [["bot:a", turn("p1"), { to: ["p2"] }]],
    cursor: 0,
    right: null,
  },
  "an opponent's raw move": {
    said: [["bot:a", turn("p2")], ["p2", { type: "move", game: "g", action: "a" }]],
    cursor: 0,
    room: { cursors: { a: 1 } },
    right: null,
  },

  "an own move that no bot has heard yet": {
    said: [["bot:a", turn("p1")], ["p1", { text: "7" }]],
    room: { cursors: { a: 1 } },
    right: null,
  },
  "an own move that a timer will answer": {
    said: [["bot:a", turn("p1")], ["p1", { text: "7" }]],
    room: { timers: { a: { deal: { due_ms: 1, cause: 2 } } } },
    right: null,
  },
  "an own move that was refused": {
    said: [
      ["bot:a", turn("p1")],
      ["p1", { text: "x" }],
      ["bot:a", { type: "violation", player: "p1" }, { cause: 2 }],
    ],
    right: "your_turn",
    msgId: 1,
  },
  "an own move at which the referee failed": {
    said: [["bot:a", turn("p1")], ["p1", { text: "x" }], ["system", FAILED, { cause: 2 }]],
    right: "your_turn",
    msgId: 1,
  },
  "an own word that got no answer": {
    said: [["bot:a", turn("p1")], ["p1", { text: "hm" }]],
    right: "your_turn",
    msgId: 1,
  },
  "an own word that was answered, and leaves the turn": {
    said: [["bot:a", turn("p1")], ["p1", { text: "help" }], [
      "bot:a",
      { text: "type a number" },
      { cause: 2 },
    ]],
    cursor: 2,
    right: "your_turn",
    msgId: 1,
  },
  "the same, once that is known": {
    said: [["bot:a", turn("p1")], ["p1", { text: "7" }], ["bot:a", { text: "noted" }, {
      cause: 2,
    }]],
    right: null,
  },

  "the end of the game": {
    said: [["bot:a", turn("p1")], ["bot:a", { type: "game_end" }]],
    cursor: 1,
    right: "over",
    msgId: 2,
  },
  "the end of the game, once it is known, at a table that goes on": {
    said: [["bot:a", { type: "game_end" }]],
    room: ALONE,
    right: null,
  },
  "a referee that has ended, whatever is known": {
    said: [["bot:a", turn("p1")], ["system", ENDED]],
    room: { bots: ["a"], ended: ["a"] },
    right: "over",
    msgId: 2,
  },
  "a channel that is closed": {
    said: [["bot:a", turn("p1")]],
    room: { closed: true },
    right: "closed",
    msgId: null,
  },

  "a whisper": { said: [["p2", { text: "psst" }, { to: ["p1"] }]], cursor: 0, right: "addressed" },
  "a whisper that is known": { said: [["p2", { text: "psst" }, { to: ["p1"] }]], right: null },
  "a whisper before 2,000 messages": {
    said: [["p2", { text: "psst" }, { to: ["p1"] }], ...chat],
    cursor: 0,
    right: "addressed",
  },
  "a whisper to another": {
    said: [["p2", { text: "psst" }, { to: ["p3"] }]],
    cursor: 0,
    right: null,
  },
  "an own whisper": { said: [["p1", { text: "psst" }, { to: ["p2"] }]], cursor: 0, right: null },
  "a question of a bot that gives no turns": {
    said: [["bot:a", { text: "agreed?" }, { to: ["p1"] }]],
    cursor: 0,
    right: "addressed",
  },
  "a hand that is dealt on another's turn": {
    said: [["bot:a", turn("p2")], ["bot:a", { hand: ["A"] }, { to: ["p1"] }]],
    cursor: 0,
    right: null,
  },
  "a bot's answer where nobody gives turns": {
    said: [["p1", { text: "price?" }], ["bot:a", { price: 1 }, { cause: 1 }]],
    cursor: 1,
    right: "addressed",
    msgId: 2,
  },
  "a bot's answer to another": {
    said: [["p2", { text: "price?" }], ["bot:a", { price: 1 }, { cause: 1 }]],
    cursor: 0,
    right: null,
  },
  "talk among players, with a referee": { said: [["p2", { text: "hi" }]], cursor: 0, right: null },
  "talk among players, without one": {
    said: [["p2", { text: "hi" }], ["p1", { text: "hello" }]],
    cursor: 0,
    room: { bots: [] },
    right: "addressed",
    msgId: 1,
  },
  "one's own words, without a referee": {
    said: [["p1", { text: "hello?" }]],
    cursor: 0,
    room: { bots: [] },
    right: null,
  },

  "a referee that failed before any turn": {
    said: [["system", FAILED]],
    cursor: 0,
    room: ALONE,
    right: "stuck",
    msgId: 1,
  },
  "a referee that failed and has spoken since": {
    said: [["system", FAILED], ["bot:a", { text: "again" }]],
    cursor: 0,
    room: ALONE,
    right: null,
  },
  "a referee that was paused in one's turn": {
    said: [["bot:a", turn("p1")], ["p1", { text: "x" }], ["system", FAILED, { cause: 2 }]],
    cursor: 2,
    room: { ...ALONE, paused: ["a"], cursors: { a: 2 } },
    right: "stuck",
    msgId: 3,
  },
  "the same, once it is known": {
    said: [["bot:a", turn("p1")], ["system", FAILED]],
    room: { ...ALONE, paused: ["a"], cursors: { a: 1 } },
    right: null,
  },
  "another bot that is paused": {
    said: [["system", FAILED], ["bot:b", turn("p1")]],
    cursor: 0,
    room: { paused: ["a"] },
    right: "your_turn",
    msgId: 2,
  },
  "the turn of a player who has left": {
    said: [["bot:a", turn("p3")], ["system", { type: "member_left", player_id: "p3" }]],
    cursor: 1,
    room: ALONE,
    right: "stuck",
    msgId: 1,
  },
  "the same, while the referee has yet to hear of it": {
    said: [["bot:a", turn("p3")], ["system", { type: "member_left", player_id: "p3" }]],
    cursor: 1,
    room: { ...ALONE, cursors: { a: 1 } },
    right: null,
  },
};

Deno.test("calledSince() calls the player who is to act, or who has nothing to wait for", async (t) => {
  for (const [name, { said, room, cursor = said.length, right, msgId }] of Object.entries(ROWS)) {
    await t.step(name, () => {
      const called = calledSince(stateOf(said, room), "p1", cursor);
      assert.equal(called?.why ?? null, right);
      if (msgId !== undefined) assert.equal(called?.msgId, msgId);
    });
  }
});

Deno.test("hasTurn() is true as long as the referee waits for the player", () => {
  const moved: Said[] = [["bot:a", turn("p1")], ["p1", { text: "7" }]];
  const noted: Said[] = [...moved, ["bot:a", { text: "noted" }, { cause: 2 }]];
  assert.ok(hasTurn(stateOf(moved.slice(0, 1)), "p1"));
  assert.ok(hasTurn(stateOf(noted), "p1"), "an answer that says nothing about turns");
  assert.ok(!hasTurn(stateOf(moved, { cursors: { a: 1 } }), "p1"), "an answer is still to come");
  assert.ok(!hasTurn(stateOf(noted, { paused: ["a"] }), "p1"), "the referee is paused");
  assert.ok(!hasTurn(stateOf(moved.slice(0, 1)), "p2"));
});

Deno.test("isHeard() waits for every bot that can hear", () => {
  const said: Said[] = [["p1", { text: "7" }]];
  assert.ok(isHeard(stateOf(said), 1));
  assert.ok(!isHeard(stateOf(said, { cursors: { a: 1, b: 0 } }), 1));
  assert.ok(isHeard(stateOf(said, { cursors: { b: 0 }, paused: ["b"] }), 1));
  assert.ok(isHeard(stateOf(said, { cursors: { b: 0 }, ended: ["b"] }), 1));
  assert.ok(isHeard(stateOf(said, { cursors: { b: 0 }, closed: true }), 1));
});
