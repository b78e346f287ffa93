import random
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot import BotContext  # pyright: ignore[reportMissingModuleSource]

W, H, MINES = 8, 6, 7


def around(x, y):
    return [(i, j) for i in range(max(0, x - 1), min(W, x + 2))
            for j in range(max(0, y - 1), min(H, y + 2)) if (i, j) != (x, y)]


class Minesweeper:
    "Cooperative minesweeper: open fields in turn; three strikes and everybody has lost"

    manifest = {
        "summary": "Minesweeper in turn, all together against the mines",
        "net": [],
        "params": {"players": 2, "strikes": 3},
        "moves": {"game": "mines", "actions": {"open": {"value": "<square>", "text": "open c4"}}},
    }

    ctx: "BotContext"
    params: dict

    def on_init(self):
        self.begin()

    def on_join(self, player_id):
        self.begin()

    def begin(self):
        ids = [p["player_id"] for p in self.ctx.players()][:self.params["players"]]
        if not self.ctx.get_state() and len(ids) == self.params["players"]:
            self.turn(dict(ids=ids, at=0, mines=None, open=[], strikes=0))

    @staticmethod
    def name(field):
        x, y = divmod(field, H)
        return f"{chr(97 + x)}{y + 1}"

    def number(self, s, field):
        x, y = divmod(field, H)
        return sum(i * H + j in s["mines"] for i, j in around(x, y))

    def turn(self, s, text="Open a field."):
        self.ctx.set_state(s)
        closed = [f for f in range(W * H) if f not in s["open"]]
        rows = [{"label": str(y + 1), "cells": [self.cell(s, x * H + y) for x in range(W)]} for y in range(H)]
        self.ctx.post("bot", {
            "type": "bot:turn",
            "player": s["ids"][s["at"]],
            "players": s["ids"],
            "text": text,
            "position": {
                "rows": ["".join(c.get("text", "#") for c in row["cells"]) for row in rows],
                "strikes": s["strikes"], "of": self.params["strikes"],
            },
            "legal_moves": [{"action": "open", "value": self.name(f)} for f in closed],
            "view": {"kind": "grid", "action": "open", "rows": rows, "note": text,
                     "columns": [chr(97 + x) for x in range(W)]},
        })

    def cell(self, s, field):
        if field not in s["open"]:
            return {"move": self.name(field)}
        if field in s["mines"]:
            return {"text": "*", "marked": True}
        return {"text": str(self.number(s, field) or "·")}

    def on_message(self, msg):
        s = self.ctx.get_state()
        if msg["kind"] != "user" or not s:
            return
        who = msg["sender"]
        if who != s["ids"][s["at"]]:
            return self.ctx.post("bot", {"type": "violation", "player": who, "text": "Wait for your turn."})
        body = msg["body"]
        value = str(body.get("value") if body.get("action") == "open" else body.get("text")).replace("open ", "")
        names = {self.name(f): f for f in range(W * H) if f not in s["open"]}
        if value not in names:
            return self.ctx.post("bot", {"type": "violation", "player": who, "text": f"Open a closed field, such as {next(iter(names))}."})
        field = names[value]
        if s["mines"] is None:
            # The first field and those around it are safe.
            x, y = divmod(field, H)
            safe = {field, *(i * H + j for i, j in around(x, y))}
            s["mines"] = random.sample([f for f in range(W * H) if f not in safe], MINES)
        if field in s["mines"]:
            s["open"].append(field)
            s["strikes"] += 1
            text = f"{who} hits a mine at {value}!"
            if s["strikes"] >= self.params["strikes"]:
                return self.ctx.end({"result": "lost", "mines": [self.name(f) for f in s["mines"]]})
        else:
            text = f"{who} opens {self.flood(s, field)} fields."
            if len(set(s["open"]) | set(s["mines"])) == W * H:
                return self.ctx.end({"result": "won", "strikes": s["strikes"]})
        s["at"] = (s["at"] + 1) % len(s["ids"])
        self.turn(s, text)

    def flood(self, s, field):
        todo, seen, before = deque([field]), {field}, len(s["open"])
        while todo:
            f = todo.popleft()
            if f not in s["open"]:
                s["open"].append(f)
            if self.number(s, f) == 0:
                x, y = divmod(f, H)
                for i, j in around(x, y):
                    if (g := i * H + j) not in seen:
                        seen.add(g)
                        todo.append(g)
        return len(s["open"]) - before

    def on_leave(self, player_id):
        s = self.ctx.get_state()
        if not s or player_id not in s["ids"]:
            return
        gone = s["ids"].index(player_id)
        del s["ids"][gone]
        if not s["ids"]:
            return self.ctx.end({"result": "abandoned"})
        # Those behind whoever has left move up.
        s["at"] = (s["at"] - (gone < s["at"])) % len(s["ids"])
        self.turn(s, f"{player_id} has left.")
