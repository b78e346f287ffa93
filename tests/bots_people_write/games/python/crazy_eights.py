import random

SUITS = "shdc"
RANKS = ["A", *map(str, range(2, 11)), "J", "Q", "K"]
MOST_TURNS = 200  # then the cheapest hand wins


def penalty(card):
    rank = card[:-1]
    return 50 if rank == "8" else 10 if rank in ("10", "J", "Q", "K") else 1 if rank == "A" else int(rank)


class CrazyEights:
    """Crazy eights: follow suit or rank, eights are wild. Hands are told to their owners alone."""

    manifest = {
        "summary": "Crazy eights for two to five, with hidden hands",
        "net": [],
        "params": {
            "type": "object",
            "properties": {
                "players": {"type": "integer", "minimum": 2, "maximum": 5, "default": 3},
                "hand": {"type": "integer", "minimum": 3, "maximum": 8, "default": 5},
            },
        },
        "moves": {
            "game": "eights",
            "actions": {
                "play": {"value": "<card>", "text": "play 8h"},
                "name": {"value": {"type": "string", "enum": list(SUITS)}},
                "draw": {},
            },
        },
    }

    def __init__(self, ctx, params):
        self.ctx = ctx
        self.params = params

    def on_init(self):
        self.begin()

    def on_join(self, player_id):
        self.begin()

    def begin(self):
        if self.ctx.get_state():
            return
        order = [p["player_id"] for p in self.ctx.players()][:self.params["players"]]
        if len(order) < self.params["players"]:
            return
        stock = [r + s for r in RANKS for s in SUITS]
        random.shuffle(stock)
        hands = {p: sorted(stock.pop() for _ in range(self.params["hand"])) for p in order}
        top = stock.pop()
        self.show({"order": order, "hands": hands, "stock": stock, "pile": [top], "suit": top[-1],
                   "naming": False, "turns": 0})

    def fits(self, s, card):
        return card[:-1] == "8" or card[-1] == s["suit"] or card[:-1] == s["pile"][-1][:-1]

    def moves(self, s, player):
        if s["naming"]:
            return [{"action": "name", "value": suit} for suit in SUITS]
        plays = [{"action": "play", "value": card} for card in s["hands"][player] if self.fits(s, card)]
        return plays + [{"action": "draw"}]

    def show(self, s):
        self.ctx.set_state(s)
        player = s["order"][0]
        public = {
            "top": s["pile"][-1],
            "suit": s["suit"],
            "stock": len(s["stock"]),
            "cards": {p: len(h) for p, h in s["hands"].items()},
        }
        turn = {"type": "bot:turn", "player": player, "players": s["order"]}
        # The legal plays are secret, too: the open turn has only what all may know.
        shown = self.moves(s, player) if s["naming"] else [{"action": "draw"}]
        self.ctx.post("bot", {**turn, "position": public, "legal_moves": shown, "view": self.view(s)})
        self.ctx.post("bot", {
            **turn,
            "position": public | {"hand": s["hands"][player]},
            "legal_moves": self.moves(s, player),
            "view": self.view(s, player),
        }, to=[player])

    def view(self, s, player=None):
        rows = [{"label": "pile", "cells": [s["pile"][-1]], "note": f"suit {s['suit']}"}]
        for p, hand in s["hands"].items():
            rows.append({"label": p, "cells": (hand if p == player else ["??"] * len(hand))[:20]})
        return {"kind": "cards", "round": 1, "rows": rows}

    def on_message(self, msg):
        s = self.ctx.get_state()
        if msg["kind"] != "user" or not s:
            return
        player, body = msg["sender"], msg["body"]
        if player != s["order"][0]:
            return self.no(player, "Not your turn.")
        move = {k: body[k] for k in ("action", "value") if k in body}
        if isinstance(body.get("text"), str) and "action" not in move:
            action, *value = body["text"].split()[:2] or [""]
            move = {"action": action, **({"value": value[0]} if value else {})}
        if move not in self.moves(s, player):
            return self.no(player, "Play a card that fits, name a suit after an eight, or draw.")
        hand = s["hands"][player]
        match move["action"]:
            case "play":
                hand.remove(move["value"])
                s["pile"].append(move["value"])
                s["suit"] = move["value"][-1]
                if not hand:
                    return self.finish(s)
                if move["value"].startswith("8"):
                    s["naming"] = True
                    return self.show(s)
            case "name":
                s["suit"] = move["value"]
                s["naming"] = False
            case "draw":
                if not s["stock"]:
                    s["stock"], s["pile"] = s["pile"][:-1], s["pile"][-1:]
                    random.shuffle(s["stock"])
                if s["stock"]:
                    hand.append(s["stock"].pop())
                    hand.sort()
        s["turns"] += 1
        if s["turns"] == MOST_TURNS:
            return self.finish(s)
        s["order"].append(s["order"].pop(0))
        self.show(s)

    def finish(self, s):
        penalties = {p: sum(map(penalty, hand)) for p, hand in s["hands"].items()}
        winners = [p for p, points in penalties.items() if points == min(penalties.values())]
        self.ctx.post("bot", {"type": "game_end", "winners": winners, "penalties": penalties})
        self.ctx.end({"winners": winners, "penalties": penalties})

    def on_leave(self, player_id, reason, by):
        s = self.ctx.get_state()
        if not s or player_id not in s["order"]:
            return
        turn = s["order"][0] == player_id
        s["order"].remove(player_id)
        s["stock"] = s["hands"].pop(player_id) + s["stock"]
        if turn:
            s["naming"] = False
        if len(s["order"]) == 1:
            # Whoever was thrown out has not lost, so nobody has won.
            return self.ctx.end({"winners": s["order"] if reason == "left" else []})
        self.show(s)

    def no(self, player, text):
        self.ctx.post("bot", {"type": "violation", "player": player, "text": text})
