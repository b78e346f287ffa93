/** What is left of messages in an answer that a model reads at each turn. */
import assert from "node:assert/strict";
import { shortMessage, shortMessages } from "../../../src/domain/channel/short_message.ts";
import type { Message } from "../../../src/domain/channel/visibility.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";

const REFEREE = "bot:bot_Referee_0";

function message(id: number, sender: string, body: JsonObject): Message {
  const [kind, ts, hash] = ["bot", "2026-11-29T12:00:00.000Z", `sha256:${"0".repeat(64)}`] as const;
  return { id, channel_id: "chn_x", sender, kind, ts, hash, body };
}

const bodiesOf = (short: ReturnType<typeof shortMessages>) =>
  short.map((each) => "body" in each ? each.body : null);

Deno.test("shortMessage() leaves hashes, salts and long secrets of a commitment to verifiers", () => {
  const [commit, salt] = ["a".repeat(64), "b".repeat(64)];
  const table: [body: JsonObject, short: JsonObject | null][] = [
    [{ type: "bot:commit", commit, round: 2 }, null],
    [
      { type: "bot:reveal", target: 42, word: "hat", salt, commit, verified: true },
      { type: "bot:reveal", target: 42, word: "hat", verified: true },
    ],
    [{ type: "prompt", text: commit }, { type: "prompt", text: commit }],
  ];
  for (const [body, short] of table) {
    const right = short && { id: 1, sender: REFEREE, body: short };
    assert.deepEqual(shortMessage(message(1, REFEREE, body)), right);
  }
  const own = message(1, "p1", { type: "bot:reveal", salt });
  assert.deepEqual(shortMessage(own), { id: 1, sender: "p1", body: own.body }, "a player's own");
});

Deno.test("shortMessages() keeps only the newest word on how things stand, and none that is told", () => {
  const now = (text: string) => ({ may: [{ player: "p1", actions: ["hit"] }], text });
  const messages = [
    message(1, REFEREE, { type: "bet", now: now("one is missing") }),
    message(2, "p1", { now: "words of a player" }),
    message(3, REFEREE, { type: "deal", now: now("p1 may hit") }),
    message(4, REFEREE, { type: "chat" }),
  ];
  const bare: JsonObject[] = [{ type: "bet" }, { now: "words of a player" }, { type: "deal" }, {
    type: "chat",
  }];
  assert.deepEqual(bodiesOf(shortMessages(messages, true)), bare);
  const newest = bare.with(2, { type: "deal", now: now("p1 may hit") });
  assert.deepEqual(bodiesOf(shortMessages(messages, false)), newest);
});

Deno.test("shortMessages() leaves out words on turns that have passed, and one that is told", () => {
  const turn = (player: string) => ({ type: "bot:turn", player, text: `${player} draws` });
  const messages = [
    message(1, REFEREE, { type: "bot:state", public_state: {} }),
    message(2, "p2", { type: "bot:turn", text: "words of a player" }),
    message(3, REFEREE, turn("p1")),
  ];
  const players = { type: "bot:turn", text: "words of a player" };
  assert.deepEqual(bodiesOf(shortMessages(messages, true)), [players]);
  assert.deepEqual(bodiesOf(shortMessages(messages, false)), [players, turn("p1")]);
});

Deno.test("shortMessage() keeps of an entry what a player needs for its next step", () => {
  const post = { bot_id: "bot_Referee_0", state_version: 3, state_hash: "sha256:00" };
  const bot_id = "bot_Referee_0";
  const table: [sender: string, body: JsonObject, short: JsonObject | null][] = [
    ["p1", { text: "hi", game: "x" }, { text: "hi", game: "x" }],
    ["p1", { type: "move", game: "g", action: "a", value: 1, answers: 7 }, {
      type: "move",
      action: "a",
      value: 1,
    }],
    [REFEREE, { type: "judge", result: "low", ...post }, { type: "judge", result: "low" }],
    [REFEREE, { type: "bot:turn", player: "p1", turn_number: 3, ...post }, null],
    ["system", { type: "member_joined", player_id: "p2", slot_id: "s2", display_name: "Bob" }, {
      type: "member_joined",
      player_id: "p2",
      display_name: "Bob",
    }],
    ["system", { type: "bot:attach", bot_id, name: "Referee", code_hash: "sha256:00" }, {
      type: "bot:attach",
      bot_id,
      name: "Referee",
    }],
    ["system", { type: "bot:manifest", bot_id, manifest_excerpt: "{}" }, null],
    ["system", { type: "bot:end", bot_id, result: 1, seed: "00" }, {
      type: "bot:end",
      bot_id,
      result: 1,
    }],
  ];
  for (const [sender, body, short] of table) {
    assert.deepEqual(
      shortMessage(message(1, sender, body)),
      short && { id: 1, sender, body: short },
    );
  }
});

Deno.test("shortMessage() says that a message is withheld, and to whom it went", () => {
  const withheld: Message = { ...message(7, "p2", {}), to: ["p3"], body: null, withheld: true };
  assert.deepEqual(shortMessage(withheld), { id: 7, sender: "p2", to: ["p3"], withheld: true });
});
