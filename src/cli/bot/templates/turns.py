"""A game for two: seven stones, each turn takes one or two, and who takes the last wins.

Change the rules in `legal` and `apply`; what is around them fits any game of turns.
"""
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # For your editor, which finds them in bot.pyi.
    from bot import BotContext, Message  # pyright: ignore[reportMissingModuleSource]


def legal(state):
    return [count for count in (1, 2) if count <= state["stones"]]


def apply(state, taken):
    return {**state, "stones": state["stones"] - taken, "at": 1 - state["at"]}


class Game:
    manifest = {
        "summary": "Who takes the last of seven stones wins",
        "net": [],
        "params": {"stones": 7},
        "moves": {"game": "stones", "actions": {"take": {"value": "<whole number 1 to 2>"}}},
    }

    def __init__(self, ctx: "BotContext", params: dict):
        self.ctx = ctx
        self.params = params

    def on_init(self):
        """In a rematch the players are there already, and nobody joins."""
        self.begin()

    def on_join(self, player_id: str):
        self.begin()

    def begin(self):
        players = [player["player_id"] for player in self.ctx.players()][:2]
        if len(players) == 2 and not self.ctx.get_state():
            self.turn({"stones": self.params["stones"], "players": players, "at": 0})

    def on_message(self, msg: "Message"):
        state = self.ctx.get_state()
        if msg["kind"] != "user" or not state:
            return
        body, sender = msg["body"], msg["sender"]
        value = body.get("value") if body.get("type") == "move" and body.get("game") == "stones" else None
        if sender != state["players"][state["at"]]:
            return self.refuse(sender, "It is not your turn.")
        if value not in legal(state) or isinstance(value, bool):
            return self.refuse(sender, "Take one stone or two, and no more than there are.")
        after = apply(state, value)
        print("stones", state["stones"], "->", after["stones"])
        if after["stones"] == 0:
            return self.ctx.end({"winner": sender})
        self.turn(after)

    def on_leave(self, player_id):
        state = self.ctx.get_state()
        if state and player_id in state["players"]:
            self.ctx.end({"abandoned": True})

    def turn(self, state):
        """The newest word on turns, with all that a player needs who remembers nothing."""
        self.ctx.set_state(state)
        self.ctx.post("bot", {
            "type": "bot:turn",
            "player": state["players"][state["at"]],
            "players": state["players"],
            "position": {"stones": state["stones"]},
            "legal_moves": [{"action": "take", "value": value} for value in legal(state)],
            "view": {"kind": "line", "from": 0, "to": self.params["stones"], "high": state["stones"]},
        })

    def refuse(self, player, text):
        self.ctx.post("bot", {"type": "violation", "player": player, "text": text})
