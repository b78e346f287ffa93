import { Chess } from "lib:chess.js";
import Decimal from "lib:decimal.js";

export default class ChessTable {
  constructor(ctx) {
    this.ctx = ctx;
  }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const chess = new Chess(this.ctx.get_state() ?? undefined);
    const moves = chess.moves();
    const san = moves[Math.floor(Math.random() * moves.length)];
    chess.move(san);
    this.ctx.set_state(chess.fen());
    const share = new Decimal(1).div(moves.length).toString();
    this.ctx.post("bot", { san, fen: chess.fen(), share });
  }
}
