/** Boards as pictures: inert and small, whatever stands in them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Picture, type Seal, svgOf } from "../../../src/domain/board/svg_of.ts";
import { viewIn } from "../../../src/domain/board/view_in.ts";
import { boards, CHESS, read, TIC_TAC_TOE, VIEWS } from "./views.ts";

const ELEMENTS = "svg|title|rect|path|circle|text";
const ATTRIBUTES =
  "xmlns|viewBox|width|height|role|direction|fill|font-family|font-size|font-weight|" +
  "text-anchor|xml:space|stroke|stroke-width|stroke-linecap|stroke-linejoin|x|y|rx|cx|cy|r|d";
const TAG = new RegExp(
  `^<(?:/(?:${ELEMENTS})|(?:${ELEMENTS})(?: (?:${ATTRIBUTES})="[^"<&]*")*/?)>`,
);
const TEXT = /^(?:[^<&]|&(?:amp|lt|gt|quot|#39);)+/;

/** Asserts that a document has only these elements and attributes, closed in order, and no other
 *  markup. */
function assertInert(svg: string): void {
  const open: string[] = [];
  for (let rest = svg.trimEnd(); rest !== "";) {
    const [part] = TAG.exec(rest) ?? TEXT.exec(rest) ?? [];
    assert.ok(part, `no part of a picture: ${rest.slice(0, 80)}`);
    rest = rest.slice(part.length);
    const [, end, name, single] = /^<(\/?)(\w+).*?(\/?)>$/s.exec(part) ?? [];
    if (name === undefined) continue;
    if (end) assert.equal(open.pop(), name);
    else if (!single) open.push(name);
    assert.ok(open.length > 0 || rest === "", "one element holds everything");
  }
  assert.doesNotMatch(svg, /url\(|href|javascript:|<!|<\?/i);
  assert.ok(svg.isWellFormed());
}

Deno.test("svgOf() draws each kind of board in a few KiB, the same bytes each time", () => {
  for (const [name, view] of Object.entries(VIEWS)) {
    const picture: Picture = { players: { p1: "Ada", p2: "Bob" }, turn: ["p1"], heading: name };
    const svg = svgOf(read(view), picture);
    assertInert(svg);
    assert.ok(svg.length < 8 * 1024, `${name}: ${svg.length} bytes`);
    assert.equal(svgOf(read(view), picture), svg);
    assert.notEqual(svgOf(read(view), { ...picture, theme: "dark" }), svg);
  }
  const full = { kind: "grid", rows: Array(19).fill(Array(19).fill("●")) };
  assert.ok(svgOf(read(full)).length < 48 * 1024);
});

Deno.test("svgOf() names players, their turn, the status and the seal", () => {
  const players = { p1: "Ada & Co", p2: "<b>" };
  const svg = svgOf(read(TIC_TAC_TOE), {
    players,
    turn: ["p2"],
    status: "p1 wins.",
    seal: "verified",
  });
  assertInert(svg);
  assert.match(svg, />X {2}Ada &amp; Co</);
  assert.match(svg, />O {2}&lt;b&gt; · to move</);
  assert.match(svg, />Ada &amp; Co wins\.</);
  const colours = { verified: "#2f6f5e", unchecked: "#6b6862", differs: "#b3261e" };
  for (const [seal, colour] of Object.entries(colours) as [Seal, string][]) {
    assert.match(svgOf(read(TIC_TAC_TOE), { seal }), new RegExp(`<circle[^>]*stroke="${colour}"`));
  }
});

Deno.test("svgOf() draws a board from the side of the player who looks", () => {
  const first = (seat: string) =>
    /font-size="12"[^>]*>([^<]*)</.exec(svgOf(read(CHESS), { seat }))![1];
  assert.deepEqual(["p1", "p2"].map(first), ["8", "1"]);
});

Deno.test("svgOf() has names for ids in every kind of board, whole in a sentence", () => {
  const players = { p1: "Ada", p2: "\u05d0\u05d1 7" };
  const boards = [
    { kind: "grid", columns: ["p1"], rows: [["x"]] },
    { kind: "grid", rows: [{ label: "p1", cells: ["x"] }] },
    { kind: "grid", rows: [["p1"]] },
    { kind: "cards", rows: [["p1"]] },
    { kind: "text", text: "p1 to move" },
  ];
  for (const view of boards) assert.match(svgOf(read(view), { players }), />Ada( to move)?</);
  const long = { kind: "text", text: `p2 ${"x".repeat(99)}` };
  assert.match(svgOf(read(long), { players }), />\u2068\u05d0\u05d1 7\u2069 x+…</);
});

Deno.test("svgOf() keeps the colour of each square, from whichever side it is seen", () => {
  const view = { kind: "grid", checkered: true, flipped: "p2", rows: [["a", "b"]] };
  const dark = (seat: string) => /<path d="M(\d+)/.exec(svgOf(read(view), { seat }))![1];
  const [first, other] = ["p1", "p2"].map(dark).map(Number);
  assert.ok(other! < first!, "the square of b is the left one then");
});

Deno.test("no text that a bot, a player or a host writes becomes markup", () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  const picture = fc.record({
    players: fc.record({ p1: text, p2: text }),
    turn: fc.subarray(["p1", "p2"]),
    heading: text,
    status: text,
    seal: fc.constantFrom("verified", "unchecked", "differs"),
    theme: fc.constantFrom("light", "dark"),
  }, { requiredKeys: [] }) as unknown as fc.Arbitrary<Picture>;
  fc.assert(
    fc.property(boards, picture, (view, form) => {
      const read = viewIn({ view });
      if (read && "view" in read) assertInert(svgOf(read.view, form));
    }),
    { numRuns: 300, seed: 20_261_130 },
  );
});
