/** What is hidden in a game stays hidden: two deals with the same public moves give opponents and
 *  spectators the same bytes, sizes and counts until the reveal. */
import { testServer } from "../support/server.ts";
import { assertHidden, type HiddenGame } from "./hidden.ts";

const GAMES: HiddenGame[] = [
  {
    preset: "Holdem",
    seats: 3,
    params: { hands: 3 },
    // A hand that ends without a showdown, and one up to the river.
    moves: [
      ...[{ action: "raise", value: 6 }, { action: "fold" }, { action: "fold" }],
      ...[{ action: "call" }, { action: "call" }, { action: "check" }],
      ...[{ action: "check" }, { action: "bet", value: 4 }, { action: "call" }, { action: "fold" }],
      ...[{ action: "check" }, { action: "check" }, { action: "bet", value: 10 }],
    ],
    // The board.
    open: /(?<![\w.])(?:[2-9TJQKA][shdc])(?!\w)/g,
  },
  {
    preset: "LiarsDice",
    seats: 3,
    params: { dice: 4 },
    moves: [[1, 2], [2, 2], [2, 6], [4, 3]].map(([quantity, face]) => ({
      action: "bid",
      value: { quantity, face },
    })),
    own: /p3 +(?:\[[1-6]\] ?)+|"label":"p3","cells":\[(?:\{"text":"[1-6]"\},?)+\]/g,
  },
];

Deno.test("two deals with the same public moves cannot be told apart", async (t) => {
  await using server = await testServer();
  for (const game of GAMES) {
    await t.step(game.preset, async () => await assertHidden(server.url, game));
  }
});
