interface Game {
  board: string[];
  turn: number;
}
const LINES = ["012", "345", "678", "036", "147", "258", "048", "246"].map((line) =>
  [...line].map(Number)
);

export default class TicTacToe {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const { board, turn } = (this.ctx.get_state() as Game | null) ??
      { board: Array(9).fill(""), turn: 0 };
    const { move } = msg.body as { move?: number };
    const mover = this.ctx.players()[turn % 2]?.player_id;
    if (move === undefined || mover !== msg.sender || board[move] !== "") {
      return this.ctx.post("bot", { type: "violation", by: msg.sender, turn: mover ?? null });
    }
    board[move] = "xo"[turn % 2]!;
    this.ctx.set_state({ board, turn: turn + 1 });
    this.ctx.post("bot", { type: "board", board });
    const won = LINES.some((line) => line.every((at) => board[at] === board[move]));
    if (won || board.every(Boolean)) this.ctx.end({ winner: won ? msg.sender : null });
  }
}
