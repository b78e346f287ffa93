class PyRoster:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_join(self, player_id):
        self.ctx.post("bot", {"type": "py_came", "seated": self.ctx.players(), "player": player_id})

    def on_leave(self, player_id, reason):
        names = {player["player_id"]: player["label"] for player in self.ctx.players()}
        self.ctx.post("system", {"type": "py_went", "left": names, "player": player_id, "reason": reason})

    async def on_message(self, msg):
        if msg["kind"] == "user":
            self.ctx.post("control", "seen " + str(msg["id"]))
