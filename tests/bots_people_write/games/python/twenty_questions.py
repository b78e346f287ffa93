"""Twenty questions: one player thinks of something, the others ask, and may guess at any time."""


class TwentyQuestions:
    manifest = {
        "summary": "One thinks of a thing, the others have twenty questions",
        "net": [],
        "params": {
            "type": "object",
            "properties": {
                "players": {"type": "integer", "minimum": 2, "maximum": 6, "default": 3},
                "questions": {"type": "integer", "minimum": 1, "maximum": 40, "default": 20},
            },
        },
        "moves": {
            "game": "twenty",
            "actions": {
                "ask": {"value": "<text>"},
                "guess": {"value": "<text>"},
                "yes": {"text": "yes"},
                "no": {"text": "no"},
                "right": {"text": "right"},
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
            self.ctx.post("bot", {"text": f"{player_id} may watch."})
        else:
            self.begin()

    def begin(self):
        players = [p["player_id"] for p in self.ctx.players()][:self.params["players"]]
        if len(players) < self.params["players"]:
            return
        thinker, *askers = players
        self.save({"thinker": thinker, "askers": askers, "asked": 0, "open": None, "kind": None, "last": []})

    def save(self, state):
        self.ctx.set_state(state)
        left = self.params["questions"] - state["asked"]
        if state["open"] is None:
            player = state["askers"][0]
            legal = [{"action": "ask", "value": "Is it alive?"}, {"action": "guess", "value": "a cat"}]
            text = f"{player}: ask something, or guess. {left} questions are left."
        else:
            player = state["thinker"]
            legal = [{"action": "yes"}, {"action": "no"}]
            if state["kind"] == "guess":
                legal = [{"action": "right"}, {"action": "no"}]
            text = f"{player}: {state['open']}"
        self.ctx.post("bot", {
            "type": "bot:turn",
            "player": player,
            "players": [state["thinker"], *state["askers"]],
            "position": {"open": state["open"], "left": left, "last": state["last"]},
            "legal_moves": legal,
            "text": text,
        })

    def no(self, player, text):
        self.ctx.post("bot", {"type": "violation", "player": player, "text": text})

    def on_message(self, msg):
        state = self.ctx.get_state()
        if msg["kind"] != "user" or not state:
            return
        sender, body = msg["sender"], msg["body"]
        action, value = body.get("action"), body.get("value")
        if isinstance(body.get("text"), str) and body.get("type") != "move":
            text = body["text"].strip()
            if text.lower() in ("yes", "no", "right"):
                action = text.lower()
            else:
                action, value = "ask", text
        if sender == state["thinker"]:
            if state["open"] is None:
                return self.no(sender, "Wait for a question.")
            allowed = ("right", "no") if state["kind"] == "guess" else ("yes", "no")
            if action not in allowed:
                return self.no(sender, f"Answer {' or '.join(allowed)}.")
            if action == "right":
                guesser = state["askers"][0]
                self.ctx.post("bot", {"type": "game_end", "winner": guesser})
                return self.ctx.end({"winner": guesser, "questions": state["asked"] + 1})
            state["last"] = (state["last"] + [f"{state['open']} {action}"])[-10:]
            state["asked"] += 1
            state["open"] = None
            state["askers"].append(state["askers"].pop(0))
            if state["asked"] >= self.params["questions"]:
                self.ctx.post("bot", {"type": "game_end", "winner": state["thinker"]})
                return self.ctx.end({"winner": state["thinker"]})
            return self.save(state)
        if sender not in state["askers"]:
            return self.no(sender, "You do not play.")
        if state["open"] is not None:
            return self.no(sender, "The last question has no answer yet.")
        if sender != state["askers"][0]:
            return self.no(sender, "Another player asks now.")
        if action not in ("ask", "guess") or not isinstance(value, str) or not 1 <= len(value.strip()) <= 200:
            return self.no(sender, "Ask or guess with a short text.")
        state["open"] = value.strip()
        state["kind"] = action
        self.save(state)

    def on_leave(self, player_id, reason, by):
        state = self.ctx.get_state()
        if not state:
            return
        if player_id == state["thinker"]:
            self.ctx.end({"winner": None, "reason": f"{player_id} {reason}"})
        elif player_id in state["askers"]:
            if player_id == state["askers"][0]:
                state["open"] = None  # nobody waits for this answer any more
            state["askers"].remove(player_id)
            if not state["askers"]:
                self.ctx.end({"winner": state["thinker"] if reason == "left" else None})
            else:
                self.save(state)
