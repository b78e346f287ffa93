import hashlib
import random
import re

WORDS = ["lantern", "harbour", "violin", "meadow"]


class Hangman:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        word = random.choice(WORDS)
        self.ctx.set_state({"word": word, "guessed": ""})
        self.ctx.post("bot", {"letters": len(word), "digest": hashlib.sha256(word.encode()).hexdigest()})

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        state = self.ctx.get_state()
        state["guessed"] += str(msg["body"].get("letter", "e"))
        self.ctx.set_state(state)
        shown = re.sub(f"[^{state['guessed']}]", "_", state["word"])
        self.ctx.post("bot", {"shown": shown, "guessed": sorted(set(state["guessed"]))})
