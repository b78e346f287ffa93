"""Exchange rates of the day by three public sources, and what an amount is worth.

    rate EUR USD            convert 25.50 EUR USD
"""
import re
from decimal import Decimal, DecimalException, InvalidOperation

import requests

CODES = ("EUR", "USD", "GBP", "CHF", "JPY")
SOURCES = {
    "frankfurter": ("https://api.frankfurter.app/latest", lambda a, b: {"from": a, "to": b},
                    lambda json, b: json["rates"][b]),
    "open.er-api": ("https://open.er-api.com/v6/latest/{a}", lambda a, b: {}, lambda json, b: json["rates"][b]),
    "floatrates": ("https://www.floatrates.com/daily/{a}.json", lambda a, b: {},
                   lambda json, b: json[b.lower()]["rate"]),
}


class Unknown(Exception):
    pass


class Rates:
    manifest = {
        "summary": "Exchange rates, if at least two of three sources answer, and agree within one per cent",
        "net": ["api.frankfurter.app", "open.er-api.com", "www.floatrates.com"],
        "moves": {
            "game": "rates",
            "actions": {
                "rate": {"value": {
                    "type": "object",
                    "properties": {
                        "from": {"type": "string", "enum": list(CODES)},
                        "to": {"type": "string", "enum": list(CODES)},
                        "amount": {"type": "number", "exclusiveMinimum": 0},
                    },
                    "required": ["from", "to"],
                }},
            },
        },
    }

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        try:
            amount, source, target = self.question(msg["body"])
        except Unknown as error:
            if str(error):
                self.ctx.post("bot", {"type": "violation", "player": msg["sender"], "text": str(error)})
            return
        quotes = dict(self.quotes(source, target))
        if len(quotes) < 2:
            self.ctx.post("bot", {"type": "no_rate", "from": source, "to": target, "answered": sorted(quotes)})
            return
        low, high = min(quotes.values()), max(quotes.values())
        if high - low > low / 100:
            self.ctx.post("bot", {"type": "disagree", "quotes": {name: str(rate) for name, rate in quotes.items()}})
            return
        rate = sorted(quotes.values())[len(quotes) // 2]
        self.ctx.post("bot", {
            "type": "rate", "from": source, "to": target, "rate": f"{rate:.4f}",
            "amount": str(amount), "worth": f"{amount * rate:.2f}", "sources": sorted(quotes),
        })

    def question(self, body):
        if body.get("type") == "move":
            if body.get("action") != "rate":
                raise Unknown("The only move is rate { from, to, amount? }.")
            value = body.get("value")
            if not isinstance(value, dict):
                raise Unknown("Give the currencies, { from, to }.")
            words = [value.get("amount", 1), value.get("from"), value.get("to")]
        else:
            match = re.fullmatch(r"(?:rate|convert\s+(\S+))\s+(\w{3})\s+(?:to\s+)?(\w{3})", str(body.get("text", "")).strip())
            if not match:
                raise Unknown()
            words = [match[1] or "1", match[2], match[3]]
        amount, source, target = (str(word).upper() for word in words)
        for code in (source, target):
            if code not in CODES:
                raise Unknown(f"{code[:10]} is not one of {', '.join(CODES)}.")
        if source == target:
            raise Unknown("Name two currencies that differ.")
        try:
            value = Decimal(amount)
        except InvalidOperation:
            raise Unknown("The amount must be a number, such as 25.50.") from None
        if not value.is_finite() or not 0 < value < 10**12:
            raise Unknown("The amount must be above 0, and below a trillion.")
        return value, source, target

    def quotes(self, source, target):
        for name, (url, params, read) in SOURCES.items():
            try:
                response = requests.get(url.format(a=source.lower() if "float" in url else source),
                                        params=params(source, target), timeout=3)
                response.raise_for_status()
                rate = Decimal(str(read(response.json(), target)))
                if rate <= 0:
                    raise ValueError(f"a rate of {rate}")
                yield name, rate
            except (requests.RequestException, DecimalException, KeyError, TypeError, ValueError) as error:
                print(f"{name}: {type(error).__name__}: {error}")
