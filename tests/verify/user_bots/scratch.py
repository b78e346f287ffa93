import json
import random


class PyScratch:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        path = self.ctx.workspace + "/note.json"
        with open(path, "w") as note:
            json.dump({"body": msg["body"], "n": random.random()}, note)
        with open(path) as note:
            self.ctx.post("bot", {"note": json.load(note)})
