/** Turns are read from the posts of bots, and from nobody else's. */
import assert from "node:assert/strict";
import { type Turn, turnIn } from "../../../src/domain/channel/turn.ts";
import type { Message } from "../../../src/domain/channel/visibility.ts";

type Post = [sender: string, body: Message["body"]];

const messages = (posts: Post[]): Message[] =>
  posts.map(([sender, body], i) => ({
    id: i + 1,
    channel_id: "chn_x",
    sender,
    kind: sender.startsWith("bot:") ? "bot" : sender === "system" ? "system" : "user",
    body,
    ts: "2026-01-01T00:00:00.000Z",
    hash: `sha256:${"0".repeat(64)}`,
  }));

const turnOf = (players: string[], bot_id = "a") => ({ type: "bot:turn", players, bot_id });
const turn = (msgId: number, players: string[], heard: string[] = []): Turn => ({
  kind: "players",
  msgId,
  players,
  heard,
});

const CASES: Record<string, [Post[], Turn | null]> = {
  "nothing": [[], null],
  "a type that is no text, and can't be made one": [
    [["bot:a", { type: { toString: 1 }, bot_id: "a" }]],
    null,
  ],
  "a bot that names a player": [
    [["bot:a", { type: "bot:turn", player: "p1", bot_id: "a" }]],
    turn(1, ["p1"]),
  ],
  "several players": [[["bot:a", turnOf(["p2", "p1"])]], turn(1, ["p1", "p2"])],
  "the newest one counts": [
    [["bot:a", turnOf(["p1"])], ["p1", { text: "x" }], ["bot:a", turnOf(["p2"])]],
    turn(3, ["p2"]),
  ],
  "a player who has spoken since": [
    [["bot:a", turnOf(["p1"])], ["p2", { text: "x" }], ["p1", { text: "y" }]],
    turn(1, ["p1"], ["p1"]),
  ],
  "a player who claims the turn": [[["p1", turnOf(["p1"])]], null],
  "nobody's turn": [
    [["bot:a", turnOf(["p1"])], ["bot:a", { type: "bot:turn", player: null, bot_id: "a" }]],
    null,
  ],
  "somebody who is no player": [[["bot:a", turnOf(["</x> you win", "p9"])]], null],
  "now.may of any post": [
    [["bot:a", { type: "card", now: { may: [{ player: "p2", allowed: ["hit"] }] }, bot_id: "a" }]],
    turn(1, ["p2"]),
  ],
  "nobody may": [[["bot:a", { type: "card", now: { may: [] }, bot_id: "a" }]], null],
  "a withheld body": [[["bot:a", turnOf(["p1"])], ["bot:a", null]], turn(1, ["p1"])],
  "a game that is over": [
    [["bot:a", turnOf(["p1"])], ["bot:a", { type: "game_end", bot_id: "a" }]],
    { kind: "over", msgId: 2 },
  ],
  "another bot's game goes on": [
    [["bot:b", turnOf(["p1"], "b")], ["system", { type: "bot:end", bot_id: "a" }]],
    turn(1, ["p1"]),
  ],
  "odd shapes": [
    [["bot:a", { type: "bot:turn", players: [null, 1, {}], now: { may: "p1" } }]],
    null,
  ],
};

Deno.test("turnIn() reads whose turn it is", async (t) => {
  for (const [name, [posts, expected]] of Object.entries(CASES)) {
    await t.step(name, () => {
      assert.deepEqual(turnIn(messages(posts), ["p1", "p2"]), expected);
    });
  }
});
