/// <reference path="./bot.d.ts" />
// Reversi on an 8x8 board. Pure functions below, the class is just the glue.

type Disc = "B" | "W" | ".";
type Board = string; // 64 characters
type State = { board: Board; players: [string, string]; turn: 0 | 1; last: string | null };

const DISCS: [Disc, Disc] = ["B", "W"];
const DIRS = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dx, dy] as const))
  .filter(([dx, dy]) => dx || dy);

const start: Board = (() => {
  const b = Array(64).fill(".");
  b[27] = b[36] = "W";
  b[28] = b[35] = "B";
  return b.join("");
})();

const label = (i: number) => "abcdefgh"[i % 8]! + (Math.floor(i / 8) + 1);
const index = (s: string) => {
  const m = /^([a-h])([1-8])$/.exec(s);
  return m ? "abcdefgh".indexOf(m[1]!) + 8 * (Number(m[2]) - 1) : -1;
};

function flips(board: Board, at: number, me: Disc): number[] {
  if (board[at] !== ".") return [];
  const them = me === "B" ? "W" : "B";
  return DIRS.flatMap(([dx, dy]) => {
    const line: number[] = [];
    let x = at % 8 + dx, y = Math.floor(at / 8) + dy;
    while (x >= 0 && x < 8 && y >= 0 && y < 8 && board[x + 8 * y] === them) {
      line.push(x + 8 * y);
      x += dx;
      y += dy;
    }
    const closed = x >= 0 && x < 8 && y >= 0 && y < 8 && board[x + 8 * y] === me;
    return closed ? line : [];
  });
}

const options = (board: Board, me: Disc): number[] =>
  [...board].map((_, i) => i).filter((i) => flips(board, i, me).length > 0);

const put = (board: Board, at: number, me: Disc): Board => {
  const changed = new Set([at, ...flips(board, at, me)]);
  return [...board].map((d, i) => changed.has(i) ? me : d).join("");
};

const tally = (board: Board) => ({
  B: [...board].filter((d) => d === "B").length,
  W: [...board].filter((d) => d === "W").length,
});

export default class Reversi {
  static manifest: BotManifest = {
    summary: "Reversi (Othello) on 8x8; black begins, whoever can't move is skipped",
    net: [],
    moves: { game: "reversi", actions: { place: { value: "<square>", text: "place d3" } } },
  };

  constructor(private ctx: BotContext) {}

  on_init() {
    if (this.ctx.get_state()) return;
    const ids = this.ctx.players().map((p) => p.player_id);
    if (ids.length < 2) return;
    this.ask({ board: start, players: [ids[0]!, ids[1]!], turn: 0, last: null });
  }

  on_join() {
    this.on_init();
  }

  on_message(msg: Message) {
    const state = this.ctx.get_state() as State | null;
    if (msg.kind !== "user" || !state) return;
    const me = state.players.indexOf(msg.sender);
    const say = (text: string) =>
      this.ctx.post("bot", { type: "violation", player: msg.sender, text });
    if (me < 0) return say("You are not playing in this game.");
    if (me !== state.turn) return say("Wait, it's the other player's turn.");
    const { action, value, text } = msg.body;
    const said = action === "place" ? value : text;
    const square = typeof said === "string" ? said.trim().replace(/^place\s+/i, "") : "";
    const at = index(square.toLowerCase());
    const disc = DISCS[state.turn];
    if (at < 0 || flips(state.board, at, disc).length === 0) {
      return say(
        `Place a disc where it flips one: ${options(state.board, disc).map(label).join(", ")}`,
      );
    }
    const board = put(state.board, at, disc);
    const other = (1 - state.turn) as 0 | 1;
    if (options(board, DISCS[other]).length > 0) {
      return this.ask({ ...state, board, turn: other, last: label(at) });
    }
    if (options(board, disc).length > 0) {
      this.ctx.post("bot", { text: `${state.players[other]} can't move and is skipped.` });
      return this.ask({ ...state, board, last: label(at) });
    }
    const { B, W } = tally(board);
    const winner = B === W ? null : state.players[B > W ? 0 : 1];
    this.ctx.post("bot", { type: "game_end", winner, score: { B, W }, board });
    this.ctx.end({ winner, score: { B, W } });
  }

  on_leave(id: string, reason: string) {
    const state = this.ctx.get_state() as State | null;
    if (!state || !state.players.includes(id)) return;
    const other = state.players.find((p) => p !== id);
    this.ctx.end({ winner: reason === "left" ? other : null, reason: `${id} was ${reason}` });
  }

  private ask(state: State) {
    const { board, players, turn, last } = state;
    const moves = options(board, DISCS[turn]).map(label);
    this.ctx.set_state(state);
    this.ctx.post("control", {
      type: "bot:turn",
      player: players[turn],
      players,
      position: {
        board: board.match(/.{8}/g)!.join("\n"),
        you: DISCS[turn],
        last,
        ...tally(board),
      },
      legal_moves: moves.map((value) => ({ action: "place", value })),
      view: {
        kind: "grid",
        columns: [..."abcdefgh"],
        action: "place",
        marks: { [players[0]]: "●", [players[1]]: "○" },
        rows: Array.from({ length: 8 }, (_, y) => ({
          label: y + 1,
          cells: [...board.slice(8 * y, 8 * y + 8)].map((d, x) =>
            d !== "."
              ? { text: d === "B" ? "●" : "○", marked: label(8 * y + x) === last }
              : moves.includes(label(8 * y + x))
              ? { move: label(8 * y + x) }
              : ""
          ),
        })),
      } satisfies BoardView,
    });
  }
}
