/** The board of a channel for one reader, message by message. */
import assert from "node:assert/strict";
import {
  type Board,
  boardAfter,
  boardOf,
  EMPTY_BOARD,
  type ReadMessage,
} from "../../../src/domain/board/board.ts";
import { textOf } from "../../../src/domain/board/text_of.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { NUMBERS, POKER, read, TIC_TAC_TOE } from "./views.ts";

const BOT = "bot_Referee_0";
let id = 0;
const post = (body: JsonObject | null, to?: string[]): ReadMessage => ({
  id: ++id,
  sender: `bot:${BOT}`,
  body,
  ...to && { to },
});
const said = (sender: string, body: JsonObject | null, to?: string[]): ReadMessage => ({
  ...post(body, to),
  sender,
});
const stands = ({ bot, id, turn, over }: Board) => [bot, id, turn, over];
const textOn = (...messages: ReadMessage[]) => textOf(boardOf(messages).view);

Deno.test("boardOf() is the newest board of a bot, with those who have the turn", () => {
  const turn = { type: "bot:turn", player: "p1", players: ["p1", "p2"] };
  const first = post({ ...turn, view: TIC_TAC_TOE });
  const board = boardOf([post({ type: "game_start", players: ["p1", "p2"] }), first]);
  assert.deepEqual(board.view, read(TIC_TAC_TOE));
  assert.deepEqual(stands(board), [BOT, first.id, ["p1"], false]);
  const refused = boardAfter(board, post({ type: "violation", player: "p2", text: "Not you." }));
  assert.deepEqual([refused.view, refused.id, refused.turn], [board.view, first.id, ["p1"]]);
  const next = boardAfter(refused, post({ type: "bot:turn", player: "p2", view: NUMBERS }));
  assert.deepEqual([next.view, next.turn], [read(NUMBERS), ["p2"]]);
  const over = boardAfter(next, post({ type: "game_end", view: TIC_TAC_TOE }));
  assert.deepEqual([over.view, over.turn, over.over], [read(TIC_TAC_TOE), [], true]);
  const ended = boardAfter(next, said("system", { type: "bot:end", bot_id: BOT }));
  assert.deepEqual([ended.view, ended.turn, ended.over], [read(NUMBERS), [], true]);
  const forged = boardAfter(next, said("p3", { type: "bot:end", bot_id: BOT }));
  assert.equal(forged.over, false);
  const again = boardAfter(over, post({ type: "bot:turn", player: "p2" }));
  assert.deepEqual([again.turn, again.over], [["p2"], false]);
});

Deno.test("boardOf() keeps what a reader was shown, within the round and for itself", () => {
  const cards = (p1: string[], round: number, pot: number) => ({
    ...POKER,
    round,
    title: `pot ${pot}`,
    rows: [{ label: "board", cells: ["As"] }, { label: "p1", cells: p1 }, {
      label: "p2",
      cells: ["??", "??"],
    }],
  });
  const hidden = ["??", "??"];
  const dealt = post({ type: "bot:turn", player: "p1", view: cards(hidden, 1, 3) });
  const own = post({ type: "bot:turn", player: "p1", view: cards(["Kd", "Kh"], 1, 3) }, ["p1"]);
  const raised = post({ type: "bot:turn", player: "p2", view: cards(hidden, 1, 6) });
  const redealt = post({ type: "bot:turn", player: "p2", view: cards(hidden, 2, 3) });
  const shown = (pot: number, p1: string) => `pot ${pot}\nboard  As\np1     ${p1}\np2     ?? ??`;
  assert.equal(textOn(dealt, own), shown(3, "Kd Kh"));
  assert.equal(textOn(dealt, own, raised), shown(6, "Kd Kh"));
  assert.equal(textOn(dealt, own, raised, redealt), shown(3, "?? ??"));
  // A reader to whom it was not addressed is given no body.
  assert.equal(textOn(dealt, { ...own, body: null }, raised), shown(6, "?? ??"));
  assert.deepEqual(boardOf([dealt, own]).turn, ["p1"]);
  assert.deepEqual(boardOf([post({ type: "bot:turn", player: "p2" }, ["p2"])]).turn, ["p2"]);
});

Deno.test("a view that breaks a rule is left out, and the board says why", () => {
  const good = post({ type: "bot:turn", player: "p1", view: TIC_TAC_TOE });
  const bad = post({ type: "bot:turn", player: "p2", view: { kind: "grid", rows: [[true]] } });
  const board = boardOf([good, bad]);
  assert.deepEqual([board.view, board.turn], [read(TIC_TAC_TOE), ["p2"]]);
  assert.match(board.wrong!, /^view\.rows\[0\]\.cells\[0\] must be a text$/);
  const instead = boardOf([post({ type: "x", view: {}, text: "how it stands" })]);
  assert.equal(textOf(instead.view), "how it stands");
  assert.equal(boardAfter(board, post({ type: "x", view: TIC_TAC_TOE })).wrong, undefined);
});

Deno.test("a bot that draws nothing has a board of what it says", () => {
  const turn = { type: "bot:turn", player: "p1" };
  const table: [JsonObject, string][] = [
    [{ ...turn, position: { board: ["X.O", ".X."] } }, "X . O\n. X ."],
    [{ ...turn, position: { board: [["X", null], ["", "O"]], to_move: "p1" } }, "X .\n. O"],
    [{ ...turn, text: "| |\n| |", position: { x: 1 } }, "| |\n| |"],
    [{ ...turn, position: { heap: 7, names: ["a"] } }, 'heap   7\nnames  ["a"]'],
    [{ ...turn, position: "low 1, high 9" }, "low 1, high 9"],
    [{ type: "bet", now: { may: ["p1"], position: { chips: 3 }, text: "bet" } }, "chips  3"],
    [{ ...turn, text: "your move" }, "your move"],
  ];
  for (const [body, picture] of table) assert.equal(textOn(post(body)), picture);
  const fen = "8/8/8/4k3/8/8/4P3/4K3 w - - 0 1";
  assert.match(textOn(post({ ...turn, position: { fen } })), /^8 \. .*\n2 \. \. \. \. P/s);
  const later = post({ type: "judge", text: "right" });
  assert.match(textOn(post({ ...turn, position: { heap: 7 } }), later), /^heap {2}7$/);
});

Deno.test("without a bot, the board is the end of the log", () => {
  assert.equal(textOf(EMPTY_BOARD.view), "");
  const messages = [
    said("system", { type: "joined" }),
    said("p1", { text: "hello\nthere" }),
    said("p2", { type: "move", action: "bid", value: { quantity: 2 } }),
    said("p2", { text: "psst" }, ["p1"]),
    said("p2", null, ["p3"]),
    post({ type: "echo", text: "hello" }),
    post({ type: "commit" }),
  ];
  assert.equal(
    textOn(...messages),
    'p1: hello there\np2: bid {"quantity":2}\np2 to p1: psst\np2: (to others)\nReferee: hello',
  );
  const many = Array.from({ length: 20 }, (_, i) => said("p1", { text: `line ${i}` }));
  assert.match(textOn(...many), /^p1: line 12\n(.*\n){6}p1: line 19$/);
});

Deno.test("of several bots, the one that draws comes first, then the newest", () => {
  const other = (body: JsonObject) => ({ ...post(body), sender: "bot:bot_Other_1" });
  const drawn = post({ type: "bot:turn", player: "p1", view: TIC_TAC_TOE });
  const words = other({ type: "bot:turn", player: "p1", position: { x: 1 } });
  assert.equal(boardOf([drawn, words]).bot, BOT);
  assert.equal(boardOf([drawn, words, other({ type: "x", view: NUMBERS })]).bot, "bot_Other_1");
});
