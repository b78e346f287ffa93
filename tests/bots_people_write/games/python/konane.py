"""Konane, Hawaiian checkers, on six by six: jump over a neighbour into a hole; who can't jump has lost."""
from typing import Iterator, NamedTuple, TypedDict

SIZE = 6


class Jump(NamedTuple):
    start: int
    end: int
    over: tuple[int, ...]

    def __str__(self) -> str:
        return f"{square(self.start)}-{square(self.end)}"


class State(TypedDict):
    board: str
    players: list[str]
    turn: int


def square(i: int) -> str:
    return "abcdef"[i % SIZE] + str(i // SIZE + 1)


def start() -> str:
    board = ["bw"[(x + y) % 2] for y in range(SIZE) for x in range(SIZE)]
    # Two stones in the middle are taken away.
    board[2 * SIZE + 2] = board[2 * SIZE + 3] = "."
    return "".join(board)


def jumps(board: str, side: str) -> Iterator[Jump]:
    for i, stone in enumerate(board):
        if stone != side:
            continue
        x, y = i % SIZE, i // SIZE
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            over: list[int] = []
            cx, cy = x, y
            while 0 <= cx + 2 * dx < SIZE and 0 <= cy + 2 * dy < SIZE:
                mid, end = (cy + dy) * SIZE + cx + dx, (cy + 2 * dy) * SIZE + cx + 2 * dx
                if board[mid] in (".", side) or board[end] != ".":
                    break
                over.append(mid)
                yield Jump(i, end, tuple(over))
                cx, cy = cx + 2 * dx, cy + 2 * dy


class Konane:
    manifest = {
        "summary": "Konane on six by six",
        "net": [],
        "moves": {"game": "konane", "actions": {"jump": {"value": "<text>", "text": "jump a3-c3"}}},
    }

    def __init__(self, ctx, params) -> None:
        self.ctx = ctx

    def on_init(self) -> None:
        self.begin()

    def on_join(self, player_id: str) -> None:
        self.begin()

    def begin(self) -> None:
        players = [p["player_id"] for p in self.ctx.players()][:2]
        if len(players) == 2 and self.ctx.get_state() is None:
            self.ask({"board": start(), "players": players, "turn": 0})

    def ask(self, state: State) -> None:
        board, side = state["board"], "bw"[state["turn"] % 2]
        options = list(jumps(board, side))
        player, other = state["players"][state["turn"] % 2], state["players"][1 - state["turn"] % 2]
        if not options:
            self.ctx.post("bot", {"type": "game_end", "winner": other, "board": board})
            return self.ctx.end({"winner": other})
        self.ctx.set_state(state)
        targets: dict[int, dict[str, str]] = {}
        for jump in options:
            targets.setdefault(jump.start, {})[square(jump.end)] = str(jump)
        self.ctx.post("bot", {
            "type": "bot:turn",
            "player": player,
            "players": state["players"],
            "position": {"rows": [board[y * SIZE:(y + 1) * SIZE] for y in range(SIZE)], "you": side},
            "legal_moves": [{"action": "jump", "value": str(jump)} for jump in options],
            "view": {
                "kind": "grid",
                "checkered": True,
                "action": "jump",
                "columns": list("abcdef"),
                "marks": dict(zip(state["players"], "bw")),
                "rows": [
                    {
                        "label": str(y + 1),
                        "cells": [
                            {"text": stone.strip("."), **({"move": targets[i]} if i in targets else {})}
                            for i, stone in enumerate(board[y * SIZE:(y + 1) * SIZE], y * SIZE)
                        ],
                    }
                    for y in range(SIZE)
                ],
            },
        })

    def on_message(self, msg) -> None:
        state: State | None = self.ctx.get_state()
        if msg["kind"] != "user" or state is None:
            return
        side = "bw"[state["turn"] % 2]
        if msg["sender"] != state["players"][state["turn"] % 2]:
            return self.no(msg["sender"], "Wait for your turn.")
        body = msg["body"]
        value = str(body.get("text")).removeprefix("jump").strip()
        if body.get("type") == "move" and body.get("action") == "jump":
            value = body.get("value")
        jump = next((j for j in jumps(state["board"], side) if str(j) == value), None)
        if jump is None:
            return self.no(msg["sender"], "Jump over stones of the other side, such as " +
                           str(next(jumps(state["board"], side))))
        board = list(state["board"])
        board[jump.end] = side
        for gone in (jump.start, *jump.over):
            board[gone] = "."
        self.ask({"board": "".join(board), "players": state["players"], "turn": state["turn"] + 1})

    def on_leave(self, player_id: str, reason: str, by: str) -> None:
        if (state := self.ctx.get_state()) and player_id in state["players"]:
            other = next(p for p in state["players"] if p != player_id)
            self.ctx.end({"winner": other if reason == "left" else None})

    def no(self, player: str, text: str) -> None:
        self.ctx.post("bot", {"type": "violation", "player": player, "text": text})
