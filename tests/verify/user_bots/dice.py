import random
import secrets
import uuid


class PyDice:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        rolled = [random.randint(1, 6) for _ in range(msg["body"].get("dice", 1))]
        deck = list(range(10))
        random.shuffle(deck)
        self.ctx.post("bot", {
            "rolled": rolled, "deck": deck, "token": secrets.token_hex(8), "below": secrets.randbelow(1000),
            "gauss": random.gauss(0, 1), "ticket": str(uuid.uuid4()),
            "system": random.SystemRandom().choice(["a", "b", "c"]),
        })
