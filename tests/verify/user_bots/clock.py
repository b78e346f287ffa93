import datetime
import time


class PyClock:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        now = datetime.datetime.now(datetime.timezone.utc)
        said = datetime.datetime.fromisoformat(msg["ts"].replace("Z", "+00:00"))
        self.ctx.post("bot", {
            "at": now.isoformat(), "unix": time.time(), "late": (now - said).total_seconds(),
            "text": time.strftime("%Y-%m-%d", time.gmtime()),
        })
