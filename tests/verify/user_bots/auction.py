from decimal import Decimal


class PyAuction:
    manifest = {"summary": "Second price", "params": {"step": "0.05"}, "net": []}

    def __init__(self, ctx, params):
        self.ctx = ctx
        self.step = Decimal(params["step"])

    async def on_message(self, msg):
        if msg["kind"] != "user":
            return
        bids = self.ctx.get_state() or {}
        if "bid" in msg["body"]:
            bids[msg["sender"]] = str(Decimal(msg["body"]["bid"]) + self.step)
            self.ctx.set_state(bids)
        ranked = sorted(bids.items(), key=lambda bid: Decimal(bid[1]), reverse=True)
        price = ranked[1][1] if len(ranked) > 1 else None
        self.ctx.post("bot", {"type": "second_price", "leader": ranked[0][0] if ranked else None, "price": price})
