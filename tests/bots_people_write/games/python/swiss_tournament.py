"""A Swiss tournament at rock, paper, scissors, with commitments instead of trust: both of a pair commit to a
hash, then reveal. Pairs are made anew each round among players with about the same score."""
import hashlib
import itertools
import json
import re

BEATS = {"rock": "scissors", "scissors": "paper", "paper": "rock"}
SALT = "11" * 32


def digest(value, salt):
    return "sha256:" + hashlib.sha256(bytes.fromhex(salt) + json.dumps(value).encode()).hexdigest()


HOW = {
    "commit": "Commit to sha256: of a salt of 32 random bytes, followed by your throw in JSON.",
    "reveal": "Reveal the throw as value, and the salt as 64 hex digits.",
}
# For whoever tries the bot out: a salt that everybody knows hides nothing.
EXAMPLES = {digest(throw, SALT): throw for throw in BEATS}


class SwissTournament:
    manifest = {
        "summary": "A Swiss tournament at rock, paper, scissors with commitments",
        "net": [],
        "params": {
            "type": "object",
            "properties": {
                "players": {"type": "integer", "minimum": 2, "maximum": 8, "default": 4},
                "rounds": {"type": "integer", "minimum": 1, "maximum": 7, "default": 3},
            },
        },
        "moves": {
            "game": "swiss",
            "actions": {
                "commit": {"value": "<text>"},
                "reveal": {"value": {
                    "type": "object",
                    "properties": {"value": {"type": "string", "enum": list(BEATS)}, "salt": {"type": "string"}},
                    "required": ["value", "salt"],
                }},
            },
        },
    }

    def __init__(self, ctx, params):
        self.ctx = ctx
        self.params = params

    def on_init(self):
        self.begin()

    def on_join(self, player_id):
        if self.ctx.get_state():
            self.ctx.post("bot", {"text": f"The tournament has begun without {player_id}."})
        else:
            self.begin()

    def begin(self):
        players = [p["player_id"] for p in self.ctx.players()][:self.params["players"]]
        if len(players) == self.params["players"]:
            self.pair({"scores": dict.fromkeys(players, 0), "met": [], "byes": [], "round": 0})

    def pair(self, t):
        """The best pairs first; of an odd number, the last without a bye has one. Ends after the last round."""
        if t["round"] == self.params["rounds"] or len(t["scores"]) < 2:
            best = max(t["scores"].values(), default=0)
            winners = [p for p, n in t["scores"].items() if n == best]
            self.ctx.post("bot", {"type": "game_end", "scores": t["scores"]})
            return self.ctx.end({"winners": winners, "scores": t["scores"]})
        t["round"] += 1
        t["pairs"], t["hashes"], t["throws"] = [], {}, {}
        waiting = sorted(t["scores"], key=lambda p: (-t["scores"][p], p))
        if len(waiting) % 2:
            bye = next((p for p in reversed(waiting) if p not in t["byes"]), waiting[-1])
            waiting.remove(bye)
            t["byes"].append(bye)
            t["scores"][bye] += 1
        while waiting:
            first = waiting.pop(0)
            second = next((p for p in waiting if sorted([first, p]) not in t["met"]), waiting[0])
            waiting.remove(second)
            t["pairs"].append([first, second])
            t["met"].append(sorted([first, second]))
        self.ask(t, f"Round {t['round']}: " + ", ".join(" v ".join(pair) for pair in t["pairs"]))

    def waiting(self, t):
        playing = list(itertools.chain.from_iterable(t["pairs"]))
        if len(t["hashes"]) < len(playing):
            return "commit", [p for p in playing if p not in t["hashes"]]
        return "reveal", [p for p in playing if p not in t["throws"]][:1]

    def ask(self, t, text=None):
        phase, players = self.waiting(t)
        if not players:
            return self.score(t)
        self.ctx.set_state(t)
        if phase == "commit":
            moves = [{"action": "commit", "value": hash} for hash in EXAMPLES]
        else:
            throw = EXAMPLES.get(t["hashes"][players[0]])
            moves = [{"action": "reveal", "value": {"value": throw, "salt": SALT}}] if throw else []
        self.ctx.post("bot", {
            "type": "round",
            "round": t["round"],
            "text": f"{text}. {HOW[phase]}" if text else HOW[phase],
            "now": {
                "may": [{"player": p, "actions": [phase]} for p in players],
                "players": list(t["scores"]),
                "position": {"pairs": t["pairs"], "scores": t["scores"],
                             "committed": list(t["hashes"]), "shown": t["throws"]},
                "legal_moves": moves,
            },
        })

    def on_message(self, msg):
        t = self.ctx.get_state()
        if msg["kind"] != "user" or not t:
            return
        sender, body = msg["sender"], msg["body"]
        phase, players = self.waiting(t)
        if sender not in players:
            return self.no(sender, f"It is for {', '.join(players)} to {phase}.")
        value = body.get("value")
        if body.get("action") != phase:
            return self.no(sender, f"Now {phase}, please.")
        if phase == "commit":
            if not isinstance(value, str) or not re.fullmatch("sha256:[0-9a-f]{64}", value):
                return self.no(sender, HOW["commit"])
            t["hashes"][sender] = value
            return self.ask(t)
        match value:
            case {"value": str(throw), "salt": str(salt)} if throw in BEATS and re.fullmatch("[0-9a-f]{64}", salt):
                if digest(throw, salt) != t["hashes"][sender]:
                    return self.no(sender, "That is not what you committed to.")
            case _:
                return self.no(sender, HOW["reveal"])
        t["throws"][sender] = throw
        self.ask(t)

    def score(self, t):
        news = []
        for a, b in t["pairs"]:
            x, y = t["throws"][a], t["throws"][b]
            if x == y:
                t["scores"][a] += 0.5
                t["scores"][b] += 0.5
            else:
                t["scores"][a if BEATS[x] == y else b] += 1
            news.append(f"{a} {x} v {y} {b}")
        self.ctx.post("bot", {"type": "result", "round": t["round"], "text": "; ".join(news)})
        self.pair(t)

    def on_leave(self, player_id):
        t = self.ctx.get_state()
        if not t or player_id not in t["scores"]:
            return
        del t["scores"][player_id]
        for pair in [p for p in t["pairs"] if player_id in p]:
            t["pairs"].remove(pair)
            for other in pair:
                t["hashes"].pop(other, None)
                t["throws"].pop(other, None)
                if other != player_id:
                    t["scores"][other] += 1
        if len(t["scores"]) < 2:
            return self.pair(t)
        self.ask(t, f"{player_id} is gone")

    def no(self, player, text):
        self.ctx.post("bot", {"type": "violation", "player": player, "text": text})
