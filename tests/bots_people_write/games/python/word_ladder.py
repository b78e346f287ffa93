"""A word ladder for two or more: change one letter of the word in turn, never repeat one. Whoever has no
word left has lost."""
import random
import textwrap

WORDS = set(textwrap.dedent("""
    cat cot cog dog dot hot hat bat bad bed bid big bag bug bun ban can cap cup cut but bit sit set sat
    hit him his has had hog log leg let lot pot pat pan pen pin pit pig peg beg bog fog fig fit fin fan fun
    gun gum hum ham jam jar car care bar war way day dad did dig dug hug hut hub rub rib rob job jog
""").split())


def neighbours(word: str, used: set[str]) -> list[str]:
    return sorted(w for w in WORDS - used if len(w) == len(word) and sum(a != b for a, b in zip(w, word)) == 1)


class WordLadder:
    manifest = {
        "summary": "Word ladder: change one letter, repeat nothing",
        "net": [],
        "params": {
            "type": "object",
            "properties": {"players": {"type": "integer", "minimum": 2, "maximum": 6, "default": 2},
                           "seconds": {"type": "integer", "minimum": 0, "maximum": 3600, "default": 60}},
        },
        "moves": {"game": "ladder", "actions": {"say": {"value": "<word>", "text": "say cog"}}},
    }

    def __init__(self, ctx, params):
        self.ctx = ctx
        self.params = params
        self.state = ctx.get_state() or {}

    def on_init(self):
        self.begin()

    def on_join(self, player_id):
        self.begin()

    def begin(self):
        if self.state:
            return
        players = [p["player_id"] for p in self.ctx.players()][:self.params["players"]]
        if len(players) < self.params["players"]:
            return
        word = random.choice(sorted(w for w in WORDS if neighbours(w, {w})))
        self.state = {"players": players, "words": [word]}
        self.ask()

    @property
    def word(self):
        return self.state["words"][-1]

    def ask(self):
        players = self.state["players"]
        choices = neighbours(self.word, set(self.state["words"]))
        while not choices:
            loser = players.pop(0)
            self.ctx.post("bot", {"type": "out", "player": loser, "word": self.word})
            if len(players) == 1:
                self.ctx.post("bot", {"type": "game_end", "winner": players[0]})
                return self.ctx.end({"winner": players[0], "words": len(self.state["words"])})
            fresh = [w for w in WORDS if w not in self.state["words"] and neighbours(w, {w, *self.state["words"]})]
            if not fresh:
                return self.ctx.end({"winner": None, "words": len(self.state["words"])})
            self.state["words"].append(random.choice(sorted(fresh)))
            choices = neighbours(self.word, set(self.state["words"]))
        self.ctx.set_state(self.state)
        turn = {
            "type": "bot:turn",
            "player": players[0],
            "players": players,
            "position": {"word": self.word, "said": len(self.state["words"])},
            "legal_moves": [{"action": "say", "value": w} for w in choices][:64],
        }
        if seconds := self.params["seconds"]:
            self.ctx.set_timer("slow", seconds * 1000)
            turn["text"] = f"{players[0]} has {seconds} seconds."
        self.ctx.post("bot", turn)

    def on_message(self, msg):
        if msg["kind"] != "user" or not self.state:
            return
        sender, body = msg["sender"], msg["body"]
        if sender != self.state["players"][0]:
            return self.no(sender, "It is not your turn.")
        word = body.get("value") if body.get("action") == "say" else body.get("text")
        word = word.strip().lower().removeprefix("say ") if isinstance(word, str) else ""
        if word not in neighbours(self.word, set(self.state["words"])):
            return self.no(sender, f"Change one letter of {self.word} to a word that I know and nobody has said.")
        self.state["words"].append(word)
        self.state["players"].append(self.state["players"].pop(0))
        self.ask()

    def on_timer(self, name):
        if self.state:
            self.out(self.state["players"][0], "too slow")

    def on_leave(self, player_id, reason, by):
        if self.state and player_id in self.state["players"]:
            self.out(player_id, reason)

    def out(self, player, why):
        players = self.state["players"]
        players.remove(player)
        self.ctx.post("bot", {"type": "out", "player": player, "why": why})
        if len(players) == 1:
            # Whoever was removed has not lost.
            winner = players[0] if why in ("left", "too slow") else None
            return self.ctx.end({"winner": winner, "words": len(self.state["words"])})
        self.ask()

    def no(self, player, text):
        self.ctx.post("bot", {"type": "violation", "player": player, "text": text})
