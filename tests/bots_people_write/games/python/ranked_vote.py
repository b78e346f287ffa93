"""A vote by instant runoff. Ballots are private; the count is public, round by round."""
from collections import Counter


class RankedVote:
    manifest = {
        "summary": "An election with ranked ballots (instant runoff)",
        "net": [],
        "private": True,
        "params": {
            "type": "object",
            "properties": {
                "options": {
                    "type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 30},
                    "minItems": 2, "maxItems": 6, "default": ["north", "south", "east"],
                },
                "players": {"type": "integer", "minimum": 1, "maximum": 12, "default": 3},
                "hours": {"type": "number", "minimum": 0.01, "maximum": 168, "default": 24},
            },
        },
        "moves": {
            "game": "vote",
            "actions": {"rank": {"value": "<text>", "private": True}, "abstain": {"private": True}},
        },
    }

    def __init__(self, ctx, params):
        self.ctx = ctx
        self.options = params["options"]
        self.voters = params["players"]
        self.hours = params["hours"]
        if len({option.lower() for option in self.options}) < len(self.options):
            raise ValueError("options must differ, for example [\"tea\", \"coffee\"]")
        if any("," in option or option != option.strip() for option in self.options):
            raise ValueError("options have no commas, and no spaces around them")

    def on_init(self):
        self.open_polls()

    def on_join(self, player_id):
        self.open_polls()

    def open_polls(self):
        voters = [p["player_id"] for p in self.ctx.players()][:self.voters]
        if self.ctx.get_state() or len(voters) < self.voters:
            return
        self.ctx.set_timer("polls close", self.hours * 3_600_000)
        self.ctx.post("bot", {"type": "game_start", "players": voters})
        self.ask({"voters": voters, "ballots": {}})

    def ask(self, state):
        self.ctx.set_state(state)
        waiting = [voter for voter in state["voters"] if voter not in state["ballots"]]
        if not waiting:
            return self.count(state)
        straight, reverse = ", ".join(self.options), ", ".join(reversed(self.options))
        self.ctx.post("bot", {
            "type": "bot:turn",
            "players": waiting,
            "position": {"options": self.options, "waits_for": len(waiting)},
            "legal_moves": [
                {"action": "rank", "value": straight},
                {"action": "rank", "value": reverse},
                *({"action": "rank", "value": option} for option in self.options),
                {"action": "abstain"},
            ],
            "text": f"Rank the options, best first, for example: {straight}",
        })

    def on_message(self, msg):
        state = self.ctx.get_state()
        if msg["kind"] != "user" or not state:
            return
        voter, body = msg["sender"], msg["body"]
        if voter not in state["voters"]:
            return self.no(voter, "You are not on the roll.")
        if voter in state["ballots"]:
            return self.no(voter, "You have voted.")
        action, text = body.get("action"), body.get("value")
        if action == "abstain":
            ballot = []
        elif action != "rank" or not isinstance(text, str):
            return self.no(voter, "Make the move rank, with the options, best first, or abstain.")
        else:
            known = {option.lower(): option for option in self.options}
            names = [name.strip().lower() for name in text.split(",")]
            if not all(name in known for name in names) or len(set(names)) < len(names):
                return self.no(voter, "Name each option once at most, with commas between.")
            ballot = [known[name] for name in names]
        state["ballots"][voter] = ballot
        self.ask(state)

    def on_timer(self, name):
        state = self.ctx.get_state()
        if name == "polls close" and state:
            self.count(state)

    def count(self, state):
        self.ctx.clear_timer("polls close")
        running, rounds = list(self.options), []
        ballots = state["ballots"].values()
        while True:
            firsts = (next((o for o in ballot if o in running), None) for ballot in ballots)
            tally = Counter({option: 0 for option in running})
            tally.update(option for option in firsts if option is not None)
            rounds.append(dict(tally))
            (best, most), *_ = tally.most_common()
            if most * 2 > tally.total() or len(running) == 1 or not tally.total():
                break
            # Of equals, the one that is named later in the options goes.
            worst = min(reversed(running), key=lambda option: tally[option])
            running.remove(worst)
        self.ctx.post("bot", {"type": "count", "rounds": rounds})
        self.ctx.end({"winner": best if most else None, "rounds": rounds})

    def on_leave(self, player_id):
        state = self.ctx.get_state()
        if not state or player_id not in state["voters"]:
            return
        if player_id in state["ballots"]:
            return  # A vote that was cast stays.
        state["voters"].remove(player_id)
        self.ask(state)

    def no(self, player, text):
        self.ctx.post("bot", {"type": "violation", "player": player, "text": text}, to=[player])
