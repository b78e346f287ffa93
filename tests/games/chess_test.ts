/** Whole games of chess through a real server: how each ends, and that its PGN is the game. */
import assert from "node:assert/strict";
import { Chess as Board } from "lib:chess.js";
import Chess from "../../bots/chess/chess.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { ofType, type Player, roomOf } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { referee } from "./bare_referee.ts";

interface Game {
  what: string;
  params?: Record<string, unknown>;
  /** Texts of moves, each by whose turn it is; or an action, with its value. */
  moves: string;
  result: string;
  winners: string[];
  text: RegExp;
  /** The result in the PGN. */
  score: string;
}

const GAMES: Game[] = [
  {
    what: "the opera game, to mate",
    moves: "e4 e5 Nf3 d6 d4 Bg4 dxe5 Bxf3 Qxf3 dxe5 Bc4 Nf6 Qb3 Qe7 Nc3 c6 Bg5 b5 Nxb5 cxb5 " +
      "Bxb5+ Nbd7 O-O-O Rd8 Rxd7 Rxd7 Rd1 Qe6 Bxd7+ Nxd7 Qb8+ Nxb8 Rd8#",
    result: "won",
    winners: ["p1"],
    text: /White \(p1\) wins by checkmate/,
    score: "1-0",
  },
  {
    what: "a mate in UCI",
    moves: "f2f3 e7e5 g2g4 d8h4",
    result: "won",
    winners: ["p2"],
    text: /Black \(p2\) wins by checkmate/,
    score: "0-1",
  },
  {
    what: "the shortest stalemate",
    moves: "e3 a5 Qh5 Ra6 Qxa5 h5 h4 Rah6 Qxc7 f6 Qxd7 Kf7 Qxb7 Qd3 Qxb8 Qh7 Qxc8 Kg6 Qe6",
    result: "drawn",
    winners: [],
    text: /stalemated/,
    score: "1/2-1/2",
  },
  {
    what: "threefold repetition",
    moves: "Nf3 Nf6 Ng1 Ng8 Nf3 Nf6 Ng1 Ng8",
    result: "drawn",
    winners: [],
    text: /threefold repetition/,
    score: "1/2-1/2",
  },
  {
    what: "a repetition that a player claims",
    params: { draws: "claimed" },
    moves: "Nf3 Nf6 Ng1 Ng8 Nf3 Nf6 Ng1 Ng8 claim_draw",
    result: "drawn",
    winners: [],
    text: /as claimed: threefold repetition/,
    score: "1/2-1/2",
  },
  {
    what: "fivefold repetition, though nobody claims it",
    params: { draws: "claimed" },
    moves: "Nf3 Nf6 Ng1 Ng8 ".repeat(4).trim(),
    result: "drawn",
    winners: [],
    text: /fivefold repetition/,
    score: "1/2-1/2",
  },
  {
    what: "a draw that is offered with a move and accepted",
    moves: "e4 offer_draw:e5 accept_draw",
    result: "drawn",
    winners: [],
    text: /agreed to a draw/,
    score: "1/2-1/2",
  },
  {
    what: "a draw that is declined by answer and by move, then accepted",
    moves: "offer_draw decline_draw e4 offer_draw:e5 Nf3 offer_draw accept_draw",
    result: "drawn",
    winners: [],
    text: /agreed to a draw/,
    score: "1/2-1/2",
  },
  {
    what: "insufficient material",
    params: { fen: "8/8/8/4k3/4P3/8/4K3/8 b - - 0 1" },
    moves: "Kxe4",
    result: "drawn",
    winners: [],
    text: /insufficient material/,
    score: "1/2-1/2",
  },
  {
    what: "fifty moves",
    params: { fen: "8/8/8/4k3/8/8/R7/4K3 w - - 98 100" },
    moves: "Ra3 Kd4",
    result: "drawn",
    winners: [],
    text: /fifty moves/,
    score: "1/2-1/2",
  },
  {
    what: "the limit of moves",
    params: { max_moves: 5 },
    moves: "a3 a6 b3 b6 c3 c6 d3 d6 e3 e6",
    result: "drawn",
    winners: [],
    text: /5 moves of each side/,
    score: "1/2-1/2",
  },
  {
    what: "en passant, castling and a promotion, to mate",
    params: { fen: "4k2r/6P1/8/5pP1/8/8/8/R3K3 w Qk f6 0 1" },
    moves: "gxf6 Kf7 e1c1 Kxf6 gxh8=R concede",
    result: "conceded",
    winners: ["p1"],
    text: /Black \(p2\) conceded/,
    score: "1-0",
  },
];

/** Whether its first move is Black's. */
const startsWithBlack = ({ params }: Game) => / b /.test(String(params?.fen));

/** Each token is the next player's: an offer without a move gives the turn away, too. */
async function play(game: Game, players: Player[]): Promise<void> {
  for (const [i, token] of game.moves.split(" ").entries()) {
    const player = players[(i + Number(startsWithBlack(game))) % 2]!;
    const [action = "", value] = token.split(":");
    const made = /_draw|concede/.test(action)
      ? { action, ...value !== undefined && { value } }
      : { action: "move", value: token };
    const { channel_id } = player;
    await player.call("make_game_move", { channel_id, game: "chess", ...made });
  }
}

Deno.test("whole games of chess end by rule, agreement and mate, with their PGN", async (t) => {
  await using server = await testServer();
  for (const game of GAMES) {
    await t.step(game.what, async () => {
      const { players, created } = await roomOf(server.url, {
        slots: ["bot:referee", "invite:a", "invite:b"],
        bot_preset: "Chess",
        bot_params: game.params ?? {},
      }, 2);
      assert.equal(created.bot_errors, undefined);
      await play(game, players);
      const read = await players[0]!.readUntil(ofType("bot:end"));
      assert.deepEqual(read.filter(ofType("violation")).map(({ body }) => body), []);
      const { result, winners, text } = read.find(ofType("bot:end")).body.result;
      assert.deepEqual([result, winners], [game.result, game.winners]);
      assert.match(text, game.text);
      const { pgn } = read.find(ofType("bot:reveal")).body;
      const board = new Board();
      board.loadPgn(pgn);
      const moves = read.filter(ofType("judge")).map(({ body }) => body.move);
      assert.deepEqual(board.history(), moves);
      const { Result, White, Black, FEN } = board.getHeaders();
      assert.deepEqual([Result, White, Black], [game.score, "p1", "p2"]);
      assert.equal(FEN ?? undefined, game.params?.fen);
      for (const line of pgn.split("\n")) assert.ok(line.length <= 120);
    });
  }
});

Deno.test("the PGN of the longest game fits in a post", () => {
  const game = referee(Chess, { draws: "claimed", max_moves: 600 });
  const state = game.setup(["p1", "p2"]);
  state.moves = Array(1_200).fill("Qa1xb2+").join(" ");
  const bytes = new TextEncoder().encode(JSON.stringify(game.reveal(state))).length;
  assert.ok(bytes < BOT_LIMITS.bodyBytes - 500, `${bytes} bytes`);
});
