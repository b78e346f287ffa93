/** What a view may be, and what is said of one that breaks a rule. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { VIEW_LIMITS } from "../../../src/domain/limits/view.ts";
import { textOf } from "../../../src/domain/board/text_of.ts";
import { cellName, moveOf, type RowsView, type View } from "../../../src/domain/board/view.ts";
import { viewIn } from "../../../src/domain/board/view_in.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { boards, CHESS, NUMBERS, read, TIC_TAC_TOE, VIEWS } from "./views.ts";

Deno.test("viewIn() reads each kind of board, and completes short forms", () => {
  for (const view of Object.values(VIEWS)) read(view);
  const grid = read(TIC_TAC_TOE) as RowsView;
  assert.deepEqual(grid.rows[1], {
    cells: [
      { text: "", move: { value: 4 } },
      { text: "O", marked: true },
      { text: "", move: { value: 6 } },
    ],
  });
  const chess = read(CHESS) as RowsView;
  assert.equal(chess.rows[0]!.cells[0]!.text, "♜\ufe0e");
  assert.equal(cellName(chess, 7, 1), "b1");
  assert.deepEqual(moveOf(chess, 6, 0), { to: { a3: ["a3"], a4: ["a4"] } });
  const columns = read({
    kind: "grid",
    action: "drop",
    columns: [{ text: "1", move: 1 }, "2"],
    rows: [["", ""]],
  }) as RowsView;
  assert.deepEqual(moveOf(columns, 0, 0), { value: 1 });
  assert.equal(moveOf(columns, 0, 1), undefined);
  assert.deepEqual(read({ kind: "table", rows: [[1, "x"]], title: null }), {
    kind: "table",
    rows: [{ cells: [{ text: "1" }, { text: "x" }] }],
  });
});

Deno.test("viewIn() finds no board where none was meant", () => {
  for (const body of [{}, { view: null }, { view: "north" }, { view: [1] }]) {
    assert.equal(viewIn(body), null);
  }
});

Deno.test("viewIn() names the member and the rule that it breaks", () => {
  const grid = (more: JsonObject) => ({ kind: "grid", rows: [["", ""]], ...more });
  const table: [JsonObject, RegExp][] = [
    [{}, /^view\.kind must be "grid", "cards"/],
    [{ kind: "html" }, /^view\.kind must be/],
    [grid({ html: "<b>" }), /^view has no member "html": it may have kind, title/],
    [grid({ rows: "XO" }), /^view\.rows must be a list$/],
    [grid({ rows: [] }), /^view\.rows must have a cell$/],
    [grid({ rows: [["X"], ["X", "O"]] }), /^view\.rows\[1\] must have 1 cells, as the first/],
    [grid({ columns: ["a"] }), /^view\.columns must have 2 labels/],
    [grid({ rows: [[{ text: "X", color: "red" }]] }), /cells\[0\] has no member "color": it may/],
    [grid({ rows: [["much too long a text"]] }), /cells\[0\] may have 12 characters$/],
    [grid({ rows: [[true]] }), /^view\.rows\[0\]\.cells\[0\] must be a text$/],
    [grid({ rows: [[{ marked: 1 }]] }), /marked must be true or false$/],
    [grid({ checkered: "yes" }), /^view\.checkered must be true or false$/],
    [grid({ flipped: "Bob" }), /^view\.flipped must be the id of a player, such as "p1"$/],
    [grid({ marks: { X: "p1" } }), /^view\.marks\.X must be the id of a player/],
    [grid({ rows: [[{ move: 1 }]] }), /^view\.action is missing: name the action/],
    [grid({ action: "a b" }), /^view\.action must be the name of an action/],
    [grid({ action: "go", rows: [[{ move: {} }]] }), /move must lead to 1 to 64 cells$/],
    [grid({ action: "go", rows: [[{ move: { z9: 1 } }]] }), /leads to "z9", which is no cell/],
    [grid({ action: "go", rows: [[{ move: [1] }]] }), /move must be a number, or a text/],
    [grid({ rows: Array(33).fill([""]) }), /^view\.rows may have 32 items$/],
    [grid({ rows: Array(20).fill(Array(21).fill("")) }), /^view\.rows may have 400 cells in all$/],
    [grid({ title: 7.5, note: "a\nb\nc\nd\ne\nf\ng" }), /^view\.note may have 6 lines$/],
    [{ kind: "text", text: "x\n".repeat(20) }, /^view\.text may have 20 lines$/],
    [{ kind: "text", text: ["x"] }, /^view\.text must be a text$/],
    [{ ...NUMBERS, from: 101 }, /^view\.from must not be above view\.to$/],
    [{ ...NUMBERS, low: 1e300 }, /^view\.low must be a number$/],
    [{ ...NUMBERS, points: [5] }, /^view\.points\[0\] must be an object$/],
    [{ kind: "table", rows: Array(9).fill(Array(32).fill("x".repeat(60))) }, /^view has \d+ bytes/],
  ];
  for (const [view, rule] of table) {
    const read = viewIn({ view });
    assert.ok(read && "wrong" in read, JSON.stringify(view).slice(0, 100));
    assert.match(read.wrong, rule);
  }
});

/** All texts of a view that are shown. */
function texts(view: View): string[] {
  const { title = "", note = "", marks = {} } = view;
  const common = [title, ...note.split("\n"), ...Object.values(marks)];
  if (view.kind === "text") return [...common, ...view.text.split("\n")];
  if (view.kind === "line") return [...common, ...view.points.map(({ text }) => text)];
  const rows = view.rows.flatMap(({ label = "", note = "", cells }) => [
    ...[label, note],
    ...cells.map(({ text }) => text),
  ]);
  return [...common, ...rows, ...(view.columns ?? []).map(({ text }) => text)];
}

Deno.test("no text of a view hides anything, breaks its line or is longer than it may be", () => {
  fc.assert(
    fc.property(boards, (view) => {
      const read = viewIn({ view });
      if (!read || "wrong" in read) return;
      for (const text of texts(read.view)) {
        assert.ok(text.isWellFormed());
        assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b]/u);
      }
      const picture = textOf(read.view);
      assert.ok(picture.split("\n").length <= VIEW_LIMITS.textLines);
      assert.ok(picture.length <= VIEW_LIMITS.textChars);
    }),
    { numRuns: 300, seed: 20_261_130 },
  );
});

Deno.test("viewIn() answers for whatever JSON a bot may post", () => {
  const json = fc.record({
    kind: fc.oneof(fc.constantFrom("grid", "cards", "table", "line", "text"), fc.jsonValue()),
    rows: fc.jsonValue(),
    columns: fc.jsonValue(),
    text: fc.jsonValue(),
    points: fc.jsonValue(),
    from: fc.jsonValue(),
    to: fc.jsonValue(),
  }, { requiredKeys: ["kind"] });
  fc.assert(
    fc.property(json, (view) => {
      const read = viewIn({ view: view as JsonObject });
      assert.ok(read && ("view" in read || read.wrong.startsWith("view") || "wrong" in read));
    }),
    { numRuns: 500, seed: 20_261_130 },
  );
});
