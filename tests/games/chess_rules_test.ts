/** The rules of the chess referee: its list of moves counted against known numbers, and draws. */
import assert from "node:assert/strict";
import { Chess as Board } from "lib:chess.js";
import Chess from "../../bots/chess/chess.ts";
import { Chooser } from "../support/chooser.ts";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import type { Wire } from "../support/player.ts";
import { referee } from "./bare_referee.ts";

const KIWIPETE = "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1";

function chess(params: Record<string, unknown> = {}) {
  return referee(Chess, { draws: "automatic", max_moves: 300, ...params });
}

type Game = ReturnType<typeof chess>;
type State = ReturnType<Game["setup"]>;

function perft(game: Game, state: State, depth: number): number {
  const [player] = game.turn(state) as [string];
  const moves = game.legal(state, player).filter(({ action }) => action === "move");
  if (depth === 1) return moves.length;
  let count = 0;
  for (const move of moves) {
    const next = structuredClone(state);
    game.play(next, player, move);
    count += perft(game, next, depth - 1);
  }
  return count;
}

/** By depth, from https://www.chessprogramming.org/Perft_Results. */
const PERFT: [what: string, fen: string | undefined, counts: number[]][] = [
  ["the usual start", undefined, [20, 400, 8_902, 197_281]],
  ["castling, en passant and promotion", KIWIPETE, [48, 2_039, 97_862]],
  ["pins and checks along a rank", "8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1", [14, 191, 2_812]],
  [
    "promotions",
    "r3k2r/Pppp1ppp/1b3nbN/nP6/BBP1P3/q4N2/Pp1P2PP/R2Q1RK1 w kq - 0 1",
    [6, 264, 9_467],
  ],
];

Deno.test("chess: its own lists of moves have as many as they must, to depth 4", async (t) => {
  for (const [what, fen, counts] of PERFT) {
    await t.step(what, () => {
      const game = chess(fen === undefined ? {} : { fen });
      for (const [i, count] of counts.entries()) {
        assert.equal(perft(game, game.setup(["p1", "p2"]), i + 1), count);
      }
    });
  }
});

const PROMOTES = "7k/P7/8/8/8/8/8/K7 w - - 0 1";
const TWO_KNIGHTS = "7k/8/8/3N4/8/3N4/8/K1N5 w - - 0 1";
const CASTLES = "r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1";
const PINNED = "4r2k/8/8/8/8/8/4N3/4K3 w - - 0 1";

Deno.test("chess: a move is taken in every notation, and refused with the rule", async (t) => {
  const forms: [fen: string | undefined, value: unknown, move: string | RegExp][] = [
    ...["Nf3", "g1f3", "Ng1f3", "Ng1-f3", "nf3", "Nf3!?", "1. Nf3", " Nf3 ", "N1f3", "G1F3"]
      .map((each) => [undefined, each, "Nf3"] as [undefined, string, string]),
    [undefined, { from: "g1", to: "f3" }, "Nf3"],
    [undefined, { from: "G1", to: "F3" }, "Nf3"],
    [undefined, "e2-e4", "e4"],
    [KIWIPETE, "e5d7", "Nxd7"],
    [KIWIPETE, "Nd7", "Nxd7"],
    [KIWIPETE, "N:d7", /not legal/],
    [KIWIPETE, "bxc3", /not legal/],
    [KIWIPETE, "0-0-0", "O-O-O"],
    [KIWIPETE, "o-o", "O-O"],
    [CASTLES, "e1c1", "O-O-O"],
    [CASTLES, "0-0+", "O-O"],
    [PROMOTES, "a7a8q", "a8=Q+"],
    [PROMOTES, "a8=N", "a8=N"],
    [PROMOTES, "a8R", "a8=R+"],
    [PROMOTES, "a8(B)", /not legal/],
    [PROMOTES, { from: "a7", to: "a8", promotion: "n" }, "a8=N"],
    [PROMOTES, "a7a8", /becomes a piece/],
    [PROMOTES, "a7a8k", /not legal/],
    [TWO_KNIGHTS, "Nb4", /more than one piece can: say which, as in N/],
    [TWO_KNIGHTS, "N5b4", "N5b4"],
    [TWO_KNIGHTS, "Nd5b4", "N5b4"],
    [PINNED, "Nc3", /not legal/],
    [PINNED, "Kd1", "Kd1"],
    [undefined, "e7e5", /not yours, you have White/],
    [undefined, "e3e4", /no piece on e3/],
    [undefined, "Ke2", /not legal/],
    [undefined, "Bg1f3", /not legal/],
    ...["--", "", "0000", "null", "e9", "x".repeat(5_000), 5, 0, null, true, [], {}, [["e4"]]]
      .map((each) => [undefined, each, /value must be|not legal/] as [undefined, unknown, RegExp]),
    [undefined, { from: "e2" }, /value must be/],
    [undefined, { from: "e2", to: "e4", promotion: {} }, /value must be/],
  ];
  for (const [fen, value, move] of forms) {
    await t.step(`${JSON.stringify(value)?.slice(0, 60)} in ${fen ?? "the usual start"}`, () => {
      const game = chess(fen === undefined ? {} : { fen });
      const state = game.setup(["p1", "p2"]);
      const make = () => game.play(state, "p1", { action: "move", value });
      if (move instanceof RegExp) return assert.throws(make, move);
      make();
      assert.equal(state.moves, move);
    });
  }
});

Deno.test("chess: a start from which no game goes on is refused, and why is said", () => {
  const rows: [fen: string, why: RegExp][] = [
    ["8/8/8/4k3/8/8/4P3/4K3 w - -", /six fields/],
    ["", /six fields/],
    ["4k3/8/8/8/8/8/8/4K3 w - - 0 1", /draw: neither side/],
    ["4k3/8/8/8/8/8/8/4K2R w Q - 0 1", /castling right Q/],
    ["4k3/8/8/8/8/8/4P3/4K3 w - e6 0 1", /en passant/],
    ["4k3/4R3/8/8/8/8/8/4K3 w - - 0 1", /in check that is not to move/],
    ["7k/5Q2/6K1/8/8/8/8/8 b - - 0 1", /has no move/],
    ["7k/6Q1/6K1/8/8/8/8/8 b - - 0 1", /has no move/],
    ["4k3/8/8/8/8/8/4P3/8 w - - 0 1", /missing white king/],
    ["4kk2/8/8/8/8/8/4P3/4K3 w - - 0 1", /too many black kings/],
    ["P3k3/8/8/8/8/8/8/4K3 w - - 0 1", /pawn/],
    ["4k3/9/8/8/8/8/4P3/4K3 w - - 0 1", /six fields/],
    ["4k3/44/8/8/8/8/4P3/4K3 w - - 0 1", /not valid/],
    ["k7/8/8/8/8/N7/NNNNNNNN/NNNNNNNK w - - 0 1", /more than sixteen/],
    ["4k3/8/P7/8/8/8/PPPPPPPP/4K3 w - - 0 1", /eight pawns/],
  ];
  for (const [fen, why] of rows) assert.throws(() => chess({ fen }), why, fen);
});

Deno.test("chess: whether a side can checkmate, as FIDE 6.9 has it", () => {
  const rows: [board: string, white: boolean, black: boolean][] = [
    ["4k3/8/8/8/8/8/4P3/4K3", true, false],
    ["4k3/8/8/8/8/8/4N3/4K3", false, false],
    ["4k3/8/8/8/8/8/4NN2/4K3", true, false],
    ["4k3/8/8/8/8/8/4B3/4K3", false, false],
    ["4k3/8/8/8/8/8/4N3/3qK3", false, true],
    ["4k3/4p3/8/8/8/8/4N3/4K3", true, true],
    ["4k3/4n3/8/8/8/8/4N3/4K3", true, true],
    ["4k3/3b4/8/8/8/8/3B4/4K3", true, true],
    ["4k3/2b5/8/8/8/8/3B4/4K3", false, false],
    ["4k3/2r5/8/8/8/8/3B4/4K3", false, true],
    ["4k3/2r5/8/8/8/8/3N4/4K3", true, true],
  ];
  const game = chess();
  for (const [board, white, black] of rows) {
    const state = game.setup(["p1", "p2"]);
    state.fen = `${board} w - - 0 1`;
    for (const [late, mates] of [["p2", white], ["p1", black]] as const) {
      const after = structuredClone(state);
      game.drop(after, late, "timed_out");
      assert.equal(after.over?.result, mates ? "timed_out" : "drawn", `${board}, ${late} is late`);
    }
    if (!white && !black) continue;
    assert.ok(!new Board(state.fen).isInsufficientMaterial(), board);
  }
});

Deno.test("chess: random games agree with the library on every end", () => {
  const chooser = new Chooser(16);
  for (let round = 0; round < 4; round++) {
    const game = chess();
    const state = game.setup(["p1", "p2"]);
    const board = new Board();
    while (game.result(state) === null) {
      assert.ok(!board.isGameOver(), state.fen);
      const [player] = game.turn(state) as [string];
      const moves = game.legal(state, player).filter(({ action }) => action === "move");
      assert.deepEqual(moves.map(({ value }) => value), board.moves().slice(0, 64));
      const move = chooser.of(moves);
      game.play(state, player, move);
      board.move(move.value as string);
      assert.equal(state.fen, board.fen());
      if (state.moves.split(" ").length > 150) break;
    }
    if (game.result(state) !== null) assert.ok(board.isGameOver(), state.fen);
  }
});

Deno.test("chess: clocks, strikes, claims and departures", async (t) => {
  await using sandbox = await gameSandbox();
  const bot = await refereeOf(
    sandbox,
    await Deno.readTextFile(new URL("../../bots/chess/chess.ts", import.meta.url)),
  );
  const table = async (params: Wire) => {
    const given = { draws: "automatic", max_moves: 300, strikes: 0, ...params };
    const made = new BotTable(sandbox, bot, ["p1", "p2"], given);
    await made.start();
    return made;
  };
  const ended = ({ result }: BotTable) => [result?.result, result?.winners];

  await t.step("the lists of moves are as long in the sandbox", async () => {
    const start = await table({ fen: KIWIPETE });
    let count = 0;
    for (const { action, value } of start.last("bot:turn").legal_moves) {
      const game = await table({ fen: KIWIPETE });
      await game.move("p1", action, value);
      count += game.last("bot:turn").legal_moves.length;
    }
    assert.equal(count, 2_039);
  });
  await t.step("the time of a game runs for whoever has the turn, and loses it", async () => {
    const game = await table({ clock: { game_s: 60, increment_s: 2 } });
    await game.wait(10_000);
    await game.move("p1", "move", "e4");
    assert.deepEqual(game.last("bot:turn").clock, { p1: 52, p2: 60 });
    await game.wait(60_000);
    assert.deepEqual(ended(game), ["timed_out", ["p1"]]);
    assert.match(game.last("bot:reveal").pgn, /1\. e4 1-0\n$/);
  });
  await t.step("whoever can't mate does not win on time", async () => {
    const game = await table({ clock: { move_s: 5 }, fen: "4k3/8/8/8/8/8/4P3/4K3 w - - 0 1" });
    await game.wait(5_000);
    assert.deepEqual(ended(game), ["drawn", []]);
    assert.deepEqual(game.result!.ranking, [["p1", "p2"]]);
    assert.match(game.last("bot:reveal").pgn, /1\/2-1\/2\n$/);
  });
  await t.step("three illegal moves in one turn lose where the game says so", async () => {
    for (const strikes of [0, 3]) {
      const game = await table({ strikes });
      for (const value of ["e5", "Ke2", "Qh5"]) {
        assert.equal(game.result, undefined);
        await game.move("p1", "move", value);
        assert.equal(game.last("violation").reason, "ILLEGAL_MOVE");
      }
      assert.deepEqual(ended(game), strikes === 0 ? [undefined, undefined] : ["illegal", ["p2"]]);
    }
  });
  await t.step("an offer gives the turn away, and the opponent's clock runs", async () => {
    const game = await table({ clock: { move_s: 30 } });
    await game.move("p1", "offer_draw");
    assert.deepEqual(game.turn, ["p2"]);
    assert.deepEqual(game.last("bot:turn").legal_moves.map(({ action }: Wire) => action), [
      "accept_draw",
      "decline_draw",
    ]);
    await game.move("p2", "move", "e5");
    assert.match(game.last("violation").details, /answer "accept_draw"/);
    await game.wait(30_000);
    assert.deepEqual(ended(game), ["timed_out", ["p1"]]);
  });
  await t.step("a player offers once between two moves, and nobody accepts their own", async () => {
    const game = await table({});
    await game.move("p1", "offer_draw");
    await game.move("p2", "decline_draw");
    await game.move("p1", "offer_draw");
    assert.match(game.last("violation").details, /make a move first/);
    await game.move("p1", "accept_draw");
    assert.match(game.last("violation").details, /has not offered/);
    await game.move("p1", "claim_draw");
    assert.match(game.last("violation").details, /can be claimed when/);
    await game.move("p1", "offer_draw", "e4");
    await game.move("p2", "move", "e5");
    await game.move("p1", "move", "Nf3");
    await game.move("p2", "accept_draw");
    assert.match(game.last("violation").details, /has not offered/);
  });
  await t.step("a mate with an offer is a mate", async () => {
    const game = await table({});
    for (const [i, value] of ["f3", "e5", "g4"].entries()) {
      await game.move(i % 2 ? "p2" : "p1", "move", value);
    }
    await game.move("p2", "offer_draw", "Qh4");
    assert.deepEqual(ended(game), ["won", ["p2"]]);
    assert.equal(game.last("draw_offered"), undefined);
  });
  await t.step("a removal abandons the game, and its PGN has no result", async () => {
    const game = await table({});
    await game.move("p1", "move", "e4");
    await game.leave("p2", "removed");
    assert.deepEqual(ended(game), ["abandoned", []]);
    assert.match(game.last("bot:reveal").pgn, /\[Result "\*"\][^]*1\. e4 \*\n$/);
  });
  await t.step("a claim wins, but not for whom only a draw is left", async () => {
    for (const fen of [undefined, "4k3/8/8/8/8/8/4P3/4K3 w - - 0 1"]) {
      const game = await table(fen === undefined ? {} : { fen });
      const op = { type: "claim", player_id: "p2", turn_id: 1 };
      await game.announce({ type: "claim_applied", op });
      assert.deepEqual(ended(game), fen === undefined ? ["claimed", ["p2"]] : ["drawn", []]);
    }
  });
  await t.step("the board's moves are the legal ones", async () => {
    const fen = "r3k2r/P6p/8/8/1N3N2/8/8/R3K2R w KQkq - 0 1";
    const game = await table({ fen });
    const { view } = game.last("bot:turn");
    const values = view.rows.flatMap(({ cells }: Wire) =>
      cells.flatMap(({ move = {} }: Wire) => Object.values(move).flat())
    );
    const sans = values.map((value: string) => new Board(fen).move(value).san);
    assert.deepEqual(sans.toSorted(), new Board(fen).moves().toSorted());
  });
  await t.step("of more than 64 moves some are listed, and all are legal", async () => {
    const fen = "R6R/3Q4/1Q4Q1/4Q3/2Q4Q/Q4Q2/pp1Q4/kBNN1KB1 w - - 0 1";
    const game = await table({ fen });
    assert.equal(game.last("bot:turn").legal_moves.length, 64);
    assert.equal(new Board(fen).moves().length, 218);
    await game.move("p1", "move", new Board(fen).moves().at(-1));
    assert.equal(game.last("violation"), undefined);
  });
});
