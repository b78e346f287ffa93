import random
import urllib.request

import requests


class PyFetcher:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        site = msg["body"].get("site")
        if not site:
            self.ctx.post("bot", {"type": "nothing_asked"})
            return
        echoed = requests.post(site + "/echo?py=1", json={"roll": random.randint(1, 6)}, timeout=3).json()
        with urllib.request.urlopen(site + "/bytes?n=7") as answer:
            length = len(answer.read())
        try:
            refused = requests.get("http://localhost:1/", timeout=3).text
        except requests.exceptions.RequestException as error:
            refused = str(error)
        self.ctx.post("bot", {"type": "py_asked", "echoed": echoed["body"], "length": length, "refused": refused})
