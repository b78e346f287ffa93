"""Repeats what members say. The smallest bot in Python that does something."""


class EchoBotPython:
    # Private, for it repeats whispers, too. Most bots need none: leave it out.
    manifest = {"summary": "Repeats what is said", "net": [], "private": True}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        self.ctx.post("system", {"text": "Echo ready"})

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        # What was said to some is repeated to them.
        to = [*msg["to"], msg["sender"]] if "to" in msg else None
        self.ctx.post("bot", {"echo": msg["body"]}, to=to)
