class PyKeeper:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] == "user":
            self.ctx.post("bot", {"length": len(self.ctx.env["API_KEY"])})
