/** Fifty games of several kinds at once on one server: each goes on by its own moves alone. */
import assert from "node:assert/strict";
import { Chooser } from "../support/chooser.ts";
import { playLegally } from "../support/legal_player.ts";
import { ofType, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const GAMES = 50;

/** A kind of game, and whether a turn of it has what its parameters say. */
interface Kind {
  preset: string;
  /** Differs from game to game, so that a mixed state would show. */
  params(n: number): Record<string, unknown>;
  fits(position: Wire, params: Wire): boolean;
}

const KINDS: Kind[] = [
  {
    preset: "TicTacToe",
    params: (n) => ({ size: 3 + n % 3 }),
    fits: ({ board }, { size }) => board.length === size && board[0].length === size,
  },
  {
    preset: "ConnectFour",
    params: (n) => ({ columns: 4 + n % 3, rows: 4 + n % 2, line: 3 }),
    fits: ({ board }, { columns, rows }) => board.length === rows && board[0].length === columns,
  },
  {
    preset: "Chess",
    params: (n) => ({
      max_moves: 5,
      fen: `4k3/7p/8/8/8/8/${n % 8 || ""}P${7 - n % 8 || ""}/4K3 w - - 0 1`,
    }),
    fits: ({ fen }) => fen.split(" ")[0].split("/").length === 8,
  },
  {
    preset: "GuessBot",
    params: (n) => ({ range: [100 * n + 1, 100 * n + 9] }),
    fits: ({ low, high }, { range }) => low >= range[0] && high <= range[1],
  },
  {
    preset: "RockPaperScissors",
    params: (n) => ({ best_of: 3 + 2 * (n % 2) }),
    fits: ({ best_of }, params) => best_of === params.best_of,
  },
];

async function playOne(url: string, n: number): Promise<Wire[]> {
  const { preset, params } = KINDS[n % KINDS.length]!;
  const { players } = await roomOf(url, {
    slots: ["bot:referee", "invite:a", "invite:b"],
    bots: [{ name: preset, code_ref: `builtin://${preset}`, params: params(n) }],
  }, 2);
  await Promise.all(players.map((player, i) => playLegally(player, new Chooser(2 * n + i))));
  return await players[0]!.readUntil(ofType("bot:end"));
}

Deno.test("fifty games at once do not mix their states", async () => {
  await using server = await testServer({ sandboxHosts: 2 });
  const games = await Promise.all(
    Array.from({ length: GAMES }, (_, n) => playOne(server.url, n)),
  );
  for (const [n, read] of games.entries()) {
    const { preset, params, fits } = KINDS[n % KINDS.length]!;
    const what = `game ${n}, ${preset}`;
    for (const { body } of read.filter(ofType("bot:turn"))) {
      if (body.position) assert.ok(fits(body.position, params(n)), what);
    }
    for (const { sender } of read) {
      assert.ok(["p1", "p2", "system"].includes(sender) || sender.startsWith("bot:"), what);
    }
    // What a referee judged is what its players moved, in this order.
    const moved = read.filter(ofType("move")).map(({ sender }) => sender);
    const judged = read.filter(ofType("judge")).map(({ body }) => body.player);
    if (preset !== "RockPaperScissors") assert.deepEqual(judged, moved, what);
    assert.ok(read.some(ofType("game_end")), what);
  }
});
