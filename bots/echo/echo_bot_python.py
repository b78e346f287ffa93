"""Repeats what members say. The smallest bot in Python that does something."""


class EchoBotPython:
    manifest = {"summary": "Repeats what is said", "net": []}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        self.ctx.post("system", {"text": "Echo ready"})

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        # What was said to some is repeated to them.
        to = [*msg["to"], msg["sender"]] if msg.get("to") else None
        self.ctx.post("bot", {"echo": msg["body"]}, to=to)
