class PyAlarms:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        if "wake" not in msg["body"]:
            self.ctx.post("bot", {"type": "awake"})
            return
        self.ctx.set_timer("tick", msg["body"]["wake"])

    def on_timer(self, name):
        ticks = (self.ctx.get_state() or 0) + 1
        self.ctx.set_state(ticks)
        self.ctx.post("bot", {"type": f"tick {ticks}", "name": name})
        if ticks < 3:
            self.ctx.set_timer("tick", 0)
