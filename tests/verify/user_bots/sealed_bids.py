class SealedBids:
    manifest = {"private": True}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        bids = self.ctx.get_state() or {}
        if "bid" in msg["body"]:
            bids[msg["sender"]] = msg["body"]["bid"]
            self.ctx.set_state(bids)
            self.ctx.post("bot", {"type": "got", "bid": bids[msg["sender"]]}, to=[msg["sender"]])
        self.ctx.post("bot", {"type": "bidders", "count": len(bids)})
