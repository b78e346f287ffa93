import random


class PyClumsy:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        self.ctx.set_state((self.ctx.get_state() or 0) + 1)
        self.ctx.post("bot", {"type": "still_here", "count": self.ctx.get_state()})
        trip = msg["body"].get("trip")
        if trip == "throw":
            raise ValueError(f"tripped at {random.random()}")
        if trip == "undefined":
            return msg["body"]["nothing"]
        if trip == "loop":
            while True:
                pass
        if trip == "memory":
            everything = []
            while True:
                everything.append(bytearray(1_000_000))
        if trip == "stack":
            self.on_message(msg)
        if trip == "late":
            return 1 / 0
        if trip == "cycle":
            cycle = {}
            cycle["self"] = cycle
            self.ctx.post("bot", cycle)
        if trip == "many":
            for i in range(40):
                self.ctx.post("bot", {"i": i})
