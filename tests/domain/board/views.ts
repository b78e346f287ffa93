/** Boards as bots post them. */
import fc from "fast-check";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { viewIn } from "../../../src/domain/board/view_in.ts";
import type { View } from "../../../src/domain/board/view.ts";

export const TIC_TAC_TOE: JsonObject = {
  kind: "grid",
  action: "place",
  marks: { p1: "X", p2: "O" },
  rows: [
    ["X", { move: 2 }, { move: 3 }],
    [{ move: 4 }, { text: "O", marked: true }, { move: 6 }],
    [{ move: 7 }, { move: 8 }, "X"],
  ],
};

export const CHESS: JsonObject = {
  kind: "grid",
  action: "move",
  checkered: true,
  flipped: "p2",
  marks: { p1: "White", p2: "Black" },
  columns: [..."abcdefgh"],
  rows: [
    { label: "8", cells: [..."♜♞♝♛♚♝♞♜"] },
    { label: "7", cells: [..."♟♟♟♟♟♟♟"].concat([""]) },
    { label: "6", cells: Array(8).fill("") },
    { label: "5", cells: [...Array(7).fill(""), { text: "♟", marked: true }] },
    { label: "4", cells: Array(8).fill("") },
    { label: "3", cells: Array(8).fill("") },
    { label: "2", cells: [{ text: "♙", move: { a3: "a3", a4: "a4" } }, ..."♙♙♙♙♙♙♙"] },
    { label: "1", cells: ["♖", { text: "♘", move: { c3: ["Nc3"] } }, ..."♗♕♔♗♘♖"] },
  ],
};

export const POKER: JsonObject = {
  kind: "cards",
  title: "Hand 2 of 20, flop, pot 12",
  round: 2,
  rows: [
    { label: "board", cells: ["As", "10h", "7d"] },
    { label: "p1", cells: ["??", "??"], note: "98 chips, bet 2" },
    { label: "p2", cells: [], note: "folded" },
  ],
};

export const DICE: JsonObject = {
  kind: "cards",
  rows: [{ label: "p1", cells: ["?", "?"] }, { label: "p2", cells: [1, "5", 6, "wild"] }],
};

export const SCORES: JsonObject = {
  kind: "table",
  title: "Question 2 of 5",
  note: "What is 2 + 2?",
  columns: ["player", "points"],
  rows: [["p1", 3], [{ text: "p2", marked: true }, 11]],
};

export const NUMBERS: JsonObject = {
  kind: "line",
  action: "guess",
  from: 1,
  to: 100,
  low: 51,
  high: 74,
  points: [{ at: 50, text: "p1" }, { at: 75 }],
};

export const WORDS: JsonObject = { kind: "text", text: "  .--.\n /    \\\n|  ??  |" };

export const VIEWS = { TIC_TAC_TOE, CHESS, POKER, DICE, SCORES, NUMBERS, WORDS };

/** A view that is right. */
export function read(view: JsonObject): View {
  const read = viewIn({ view });
  if (read && "view" in read) return read.view;
  throw new Error(read?.wrong ?? "no view");
}

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 14 }),
  fc.constantFrom(
    ..."\u202eabc,\u2066x,\u0000,\u0007,\ud800,a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
      .split(","),
    ...[
      "<script>",
      "&amp;",
      '" onload="',
      "]]>",
      "<!--",
      "\u200b\u200d",
      "👩‍👩‍👧",
      "p1",
      "??",
      "6",
      "As",
    ],
  ),
);
const cell = fc.oneof(
  hostile,
  fc.integer(),
  fc.record({ text: hostile, marked: fc.boolean(), move: fc.oneof(hostile, fc.integer()) }),
);
const row = fc.oneof(
  fc.array(cell, { maxLength: 5 }),
  fc.record({ label: hostile, note: hostile, cells: fc.array(cell, { maxLength: 5 }) }),
);
const common = {
  title: hostile,
  note: hostile,
  round: fc.oneof(hostile, fc.integer()),
  action: fc.constant("go"),
  marks: fc.dictionary(fc.constantFrom("p1", "p2"), hostile),
};
/** Boards of which most are right, with whatever text. */
export const boards = fc.oneof(
  fc.record({
    kind: fc.constantFrom("cards", "table"),
    rows: fc.array(row, { maxLength: 5 }),
    columns: fc.array(hostile, { maxLength: 5 }),
    ...common,
  }, { requiredKeys: ["kind", "rows", "action"] }),
  fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.record({
      kind: fc.constant("grid"),
      rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }),
      checkered: fc.boolean(),
      flipped: fc.constant("p2"),
      ...common,
    }, { requiredKeys: ["kind", "rows", "action"] })
  ),
  fc.record({
    kind: fc.constant("line"),
    from: fc.integer({ max: 0 }),
    to: fc.integer({ min: 0 }),
    low: fc.integer(),
    high: fc.integer(),
    points: fc.array(fc.record({ at: fc.integer(), text: hostile }), { maxLength: 3 }),
    ...common,
  }, { requiredKeys: ["kind", "from", "to"] }),
  fc.record({ kind: fc.constant("text"), text: hostile, ...common }, {
    requiredKeys: ["kind", "text"],
  }),
) as unknown as fc.Arbitrary<JsonObject>;
