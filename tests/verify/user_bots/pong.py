import random


class Pong:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if "ping" in msg["body"]:
            self.ctx.post("bot", {"pong": msg["body"]["ping"], "spin": random.random()})
        elif msg["kind"] == "user":
            self.ctx.post("bot", {"type": "at_the_table"})
