LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]


class PyTicTacToe:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        game = self.ctx.get_state() or {"board": [None] * 9, "turn": 0}
        mover = self.ctx.players()[game["turn"] % 2]["player_id"]
        move = msg["body"].get("move")
        if move is None or mover != msg["sender"] or game["board"][move] is not None:
            self.ctx.post("bot", {"type": "violation", "by": msg["sender"], "turn": mover})
            return
        mark = game["board"][move] = "xo"[game["turn"] % 2]
        game["turn"] += 1
        self.ctx.set_state(game)
        self.ctx.post("bot", {"type": "board", "board": game["board"]})
        if any(all(game["board"][at] == mark for at in line) for line in LINES):
            self.ctx.end({"winner": msg["sender"]})
