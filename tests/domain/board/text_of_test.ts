/** Boards as text, for agents and terminals. */
import assert from "node:assert/strict";
import { textOf, withoutView } from "../../../src/domain/board/text_of.ts";
import { helpIn } from "../../../src/domain/channel/turn_help.ts";
import { CHESS, DICE, NUMBERS, POKER, read, SCORES, TIC_TAC_TOE, WORDS } from "./views.ts";

const PICTURES = [
  [
    TIC_TAC_TOE,
    `
X 2 3
4 O 6
7 8 X
p1 is X, p2 is O`,
  ],
  [
    CHESS,
    `
8 r n b q k b n r
7 p p p p p p p .
6 . . . . . . . .
5 . . . . . . . p
4 . . . . . . . .
3 . . . . . . . .
2 P P P P P P P P
1 R N B Q K B N R
  a b c d e f g h
White's pieces are capitals.
p1 is White, p2 is Black`,
  ],
  [
    POKER,
    `
Hand 2 of 20, flop, pot 12
board  As 10h 7d
p1     ?? ??  98 chips, bet 2
p2     folded`,
  ],
  [
    DICE,
    `
p1  [?] [?]
p2  [1] [5] [6] wild`,
  ],
  [
    SCORES,
    `
Question 2 of 5
player  points
p1      3
p2      11
What is 2 + 2?`,
  ],
  [
    NUMBERS,
    `
51 to 74 is left of 1 to 100; 50 (p1), 75`,
  ],
  [
    WORDS,
    `
  .--.
 /    \\
|  ??  |`,
  ],
] as const;

Deno.test("textOf() draws each kind of board", () => {
  for (const [view, picture] of PICTURES) assert.equal(`\n${textOf(read(view))}`, picture);
});

Deno.test("withoutView() puts the picture in the place of a board, unless there is one", () => {
  const post = { type: "bot:turn", player: "p1", view: TIC_TAC_TOE };
  const text = textOf(read(TIC_TAC_TOE));
  assert.deepEqual(withoutView(post), { type: "bot:turn", player: "p1", text });
  assert.deepEqual(withoutView({ ...post, text: "own" }), {
    type: "bot:turn",
    player: "p1",
    text: "own",
  });
  for (const says of [{ position: "p" }, { now: { text: "t" } }, { now: { position: 1 } }]) {
    assert.deepEqual(withoutView({ ...says, view: TIC_TAC_TOE }), says);
  }
  const { view_left_out, ...rest } = withoutView({ type: "x", view: { kind: "map" } });
  assert.match(String(view_left_out), /^view\.kind must be/);
  assert.deepEqual(rest, { type: "x" });
  assert.deepEqual(withoutView({ view: "north" }), { view: "north" });
});

Deno.test("a turn without a position has that of its board", () => {
  const post = { type: "bot:turn", player: "p1", view: TIC_TAC_TOE };
  assert.deepEqual(helpIn(post, "p1"), { position: textOf(read(TIC_TAC_TOE)) });
  assert.deepEqual(helpIn({ ...post, position: 1 }, "p1"), { position: 1 });
});
