"""Ultimate tic-tac-toe: nine boards in one; where you play decides in which board the other one plays."""
from itertools import product

LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]
Board = str  # nine of X, O and .


def winner(board: Board) -> str | None:
    for a, b, c in LINES:
        if board[a] != "." and board[a] == board[b] == board[c]:
            return board[a]
    return None


def over(board: Board) -> bool:
    return winner(board) is not None or "." not in board


def whole(boards: list[Board]) -> Board:
    return "".join(winner(board) or "." for board in boards)


def legal(state: dict) -> list[str]:
    boards, forced = state["boards"], state["forced"]
    open_boards = [i for i in range(9) if not over(boards[i])]
    if forced is not None and forced in open_boards:
        open_boards = [forced]
    return [f"{i + 1}{j + 1}" for i, j in product(open_boards, range(9)) if boards[i][j] == "."]


class UltimateTicTacToe:
    manifest = {
        "summary": "Nine boards of tic-tac-toe in one",
        "net": [],
        "moves": {
            "game": "ultimate",
            "aliases": ["uttt"],
            "actions": {"place": {"value": "<whole number 11 to 99>", "text": "place 55"}},
        },
    }

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        self.start()

    def on_join(self, player_id):
        self.start()

    def start(self):
        if self.ctx.get_state():
            return
        players = [p["player_id"] for p in self.ctx.players()][:2]
        if len(players) == 2:
            self.ask({"boards": ["." * 9] * 9, "forced": None, "players": players, "moves": 0})

    def on_message(self, msg):
        state = self.ctx.get_state()
        if msg["kind"] != "user" or not state:
            return
        body = msg["body"]
        at = state["moves"] % 2
        if msg["sender"] != state["players"][at]:
            return self.no(msg["sender"], "Not your turn.")
        if body.get("action") == "place":
            value = str(body.get("value"))
        else:
            value = str(body.get("text")).removeprefix("place").strip()
        if value not in legal(state):
            where = "any open board" if state["forced"] is None else f"board {state['forced'] + 1}"
            return self.no(msg["sender"], f"Play in {where}: a board and a field, such as {legal(state)[0]}.")
        board, field = (int(digit) - 1 for digit in value)
        old = state["boards"][board]
        state["boards"][board] = old[:field] + "XO"[at] + old[field + 1:]
        state["moves"] += 1
        state["forced"] = None if over(state["boards"][field]) else field
        great = whole(state["boards"])
        if winner(great):
            return self.ctx.end({"winner": msg["sender"], "boards": great})
        if not legal(state):
            counts = [great.count(mark) for mark in "XO"]
            best = None if counts[0] == counts[1] else state["players"][counts.index(max(counts))]
            return self.ctx.end({"winner": best, "boards": great})
        self.ask(state, last=(board, field))

    def ask(self, state, last=None):
        self.ctx.set_state(state)
        moves = legal(state)
        rows = []
        for y in range(9):
            row = []
            for x in range(9):
                board, field = y // 3 * 3 + x // 3, y % 3 * 3 + x % 3
                mark = state["boards"][board][field]
                code = f"{board + 1}{field + 1}"
                if mark != ".":
                    row.append({"text": mark, "marked": (board, field) == last})
                else:
                    row.append({"move": int(code)} if code in moves else "")
            rows.append(row)
        self.ctx.post("bot", {
            "type": "bot:turn",
            "player": state["players"][state["moves"] % 2],
            "players": state["players"],
            "position": {"boards": state["boards"], "won": whole(state["boards"]),
                         "forced": None if state["forced"] is None else state["forced"] + 1},
            "legal_moves": [{"action": "place", "value": int(move)} for move in moves][:64],
            "view": {"kind": "grid", "action": "place", "rows": rows,
                     "marks": dict(zip(state["players"], "XO"))},
        })

    def on_leave(self, player_id, reason, by):
        state = self.ctx.get_state()
        if state and player_id in state["players"]:
            other, = (p for p in state["players"] if p != player_id)
            self.ctx.end({"winner": other if reason == "left" else None})

    def no(self, player, text):
        self.ctx.post("bot", {"type": "violation", "player": player, "text": text})
