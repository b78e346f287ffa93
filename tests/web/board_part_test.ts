/** The board of a page and the lines of its log, as the server writes them for every reader. */
import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../src/kernel/json.ts";
import { read } from "../domain/board/views.ts";
import { boardOf } from "../../src/domain/board/board.ts";
import { clocksOf } from "../../src/web/channel/parts/clock.ts";
import { boardOfView } from "../../src/web/channel/parts/board.tsx";
import { moveForms } from "../../src/web/channel/parts/seat.tsx";
import type { Scene } from "../../src/web/channel/parts/scene_data.ts";
import { ownTurn } from "../../src/web/channel/parts/own_turn.ts";
import { namesOf } from "../../src/web/channel/parts/names.ts";
import { lineOf } from "../../src/web/channel/parts/scene.tsx";
import { valueWords } from "../../src/web/channel/parts/said.ts";

const ARABIC = "\u0641\u0627\u0637\u0645\u0629 7";
const SLOTS = [["p1", "Ann"], ["p2", ARABIC]].map(([filled_by, display_name]) => ({
  slot_id: `slot of ${filled_by}`,
  kind: "invite" as const,
  label: "seat",
  filled_by: filled_by!,
  display_name,
  admin: false,
}));
const NAMES = namesOf(SLOTS);
/** The name as a sentence has it. */
const IN_A_SENTENCE = `\u2068${ARABIC}\u2069`;

const REFEREE = { bot_id: "bot_Game_0", name: "Game", ended: false };

function boardHtml(view: JsonObject, plays = false): string {
  return String(boardOfView(read(view), NAMES, plays));
}

Deno.test("a square that is pointed out is so for the player who may press it, too", () => {
  const view = {
    kind: "grid",
    action: "drop",
    columns: [{ text: "1", move: 1 }, { text: "2", move: 2 }],
    rows: [["", ""], [{ text: "X", marked: true }, ""]],
  };
  for (const plays of [false, true]) {
    const html = boardHtml(view, plays);
    assert.equal(html.match(/<td data-marked=/g)?.length, 1, html);
    assert.equal(html.match(/, pointed out/g)?.length, 1, html);
  }
  assert.match(boardHtml(view, true), /aria-label="drop 1, X, pointed out"/);
});

Deno.test("cards are cards, and the notes of short rows have room", () => {
  const html = boardHtml({
    kind: "cards",
    rows: [{ label: "p1", cells: ["As", "10h", "??"] }, { cells: [], note: "p1 is out" }],
  });
  assert.match(html, /<td *>A\u2660\ufe0e<\/td><td *>10\u2665\ufe0e<\/td><td *>\?\?<\/td>/);
  assert.match(html, /<td class="note" colspan="4">Ann is out<\/td>/);
});

Deno.test("the heads of a table stand above it, those of a grid below, with names", () => {
  const [table, grid] = ["table", "grid"].map((kind) =>
    boardHtml({ kind, columns: ["round", "p1"], rows: [["1", "rock"]] })
  );
  assert.match(table!, /<thead>.*<th scope="col">Ann<\/th>.*<\/thead><tbody>.*rock/s);
  assert.match(grid!, /rock.*<th scope="col">Ann<\/th>/s);
});

Deno.test("a name from right to left leaves the words beside it in their places", () => {
  const line = (sender: string, body: Record<string, string>) =>
    String(lineOf({ id: 1, sender, body }, NAMES));
  const joins = line("system", { type: "member_joined", display_name: ARABIC });
  assert.ok(joins.includes(`<bdi dir="ltr">${IN_A_SENTENCE} joins.</bdi>`), joins);
  const turn = line("bot:bot_Game_0", { type: "bot:turn", player: "p2" });
  assert.ok(turn.includes(`<bdi dir="ltr">${IN_A_SENTENCE} to move.</bdi>`), turn);
  const judged = line("bot:bot_Game_0", { text: "p2 bids 2 fives, p1 doubts it" });
  const words = `${IN_A_SENTENCE} bids 2 fives, Ann doubts it`;
  assert.ok(judged.includes(`<bdi dir="ltr">${words}</bdi>`), judged);
  const said = line("p2", { text: "p1 lies" });
  assert.match(said, /<bdi *>p1 lies<\/bdi>/, "a player's words stay");
  const score = boardHtml({ kind: "grid", title: "p2 0 : 1 p1", rows: [["x"]] });
  assert.ok(score.includes(`${IN_A_SENTENCE} 0 : 1 Ann`), score);
});

Deno.test("the value of a move is words, and JSON only where it is nested", () => {
  const rows: [value: Parameters<typeof valueWords>[0], words: string][] = [
    [{ quantity: 2, face: 5 }, "quantity 2, face 5"],
    [["e2", "e4"], "e2, e4"],
    [null, "null"],
    [{}, "{}"],
    [{ from: { x: 1 } }, '{"from":{"x":1}}'],
    ["e4", "e4"],
  ];
  for (const [value, words] of rows) assert.equal(valueWords(value), words);
});

Deno.test("a turn that lasts until an instant has a clock, however its post says so", () => {
  const ts = "2026-11-30T12:00:00.000Z";
  const until = { deadline: "2026-11-30T12:01:00.000Z" };
  const sender = "bot:bot_Game_0";
  for (
    const body of [
      { type: "bot:turn", player: "p1", text: "Your move", ...until },
      { type: "state", text: "Your move", now: { may: ["p1"], ...until } },
    ]
  ) {
    const messages = [{ id: 1, sender, ts, body }];
    const scene = { board: boardOf(messages), messages, now: Date.parse(ts), closed: false };
    assert.deepEqual(clocksOf(scene)?.running, { p1: 60_000 }, body.type);
  }
});

Deno.test("where moves are examples, the field for another one is open", () => {
  const guess = { action: "guess", value: 50 };
  const throws = ["rock", "paper", "scissors"].map((value) => ({ action: "throw", value }));
  const rows: [more: Record<string, Json>, isOpen: boolean][] = [
    [{ legal_moves: [guess], ranges: { guess: { min: 1, max: 100 } } }, true],
    [{ legal_moves: [{ action: "answer", value: "42" }] }, true],
    [{ legal_moves: throws }, false],
    [{ legal_moves: [{ action: "hit" }, { action: "stand" }] }, false],
  ];
  for (const [more, isOpen] of rows) {
    const body = { type: "bot:turn", player: "p1", position: "as it is", ...more };
    const messages = [{ id: 1, sender: "bot:bot_Game_0", body }];
    const seat = { player_id: "p1", proof: "proof", once: "once" };
    const scene = { board: boardOf(messages), messages, bots: [REFEREE], seat, address: "/c" };
    const turn = ownTurn(scene as unknown as Scene, "p1")!;
    const html = String(moveForms(scene as unknown as Scene, seat, turn));
    assert.equal(/<details open[^>]*><summary>Another move/.test(html), isOpen, html);
  }
});
