"""A ledger of points for a channel. Everybody begins with 100. Not a game: commands are moves or texts.

balance | pay <player> <amount> | request <player> <amount> | statement
"""
from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatchmethod

START = 100
DAY_MS = 24 * 60 * 60 * 1000
# The name of a command, and what it takes.
Order = tuple[str, tuple]


class Declined(Exception):
    """What the bank does not do, in words for the customer."""


@dataclass
class Ledger:
    balances: dict[str, int] = field(default_factory=dict)
    lines: list[list] = field(default_factory=list)
    count: int = 0

    def of(self, player: str) -> int:
        return self.balances.get(player, START)

    def transfer(self, payer: str, payee: str, amount: int) -> int:
        if payer == payee:
            raise Declined("You can't pay yourself.")
        if amount > self.of(payer):
            raise Declined(f"You have only {self.of(payer)}.")
        self.balances = self.balances | {payer: self.of(payer) - amount, payee: self.of(payee) + amount}
        self.count += 1
        # The log of the channel has them all; the state keeps the newest.
        self.lines = [*self.lines, [self.count, payer, payee, amount]][-20:]
        return self.count


class Bank:
    manifest = {
        "summary": "A bank: balance, pay, request, statement",
        "net": [],
        "moves": {
            "game": "bank",
            "actions": {
                "balance": {"text": "balance"},
                "pay": {"value": {
                    "type": "object",
                    "properties": {"to": {"type": "string"}, "amount": {"type": "integer", "minimum": 1}},
                    "required": ["to", "amount"],
                }},
                "request": {"value": {
                    "type": "object",
                    "properties": {"from": {"type": "string"}, "amount": {"type": "integer", "minimum": 1}},
                    "required": ["from", "amount"],
                }},
                "statement": {"text": "statement"},
            },
        },
    }

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        self.ctx.set_timer("interest", DAY_MS)

    def on_join(self, player_id):
        balance = self.ledger().of(player_id)
        self.ctx.post("bot", {"text": f"Welcome {player_id}, you have {balance} points."}, to=[player_id])

    def ledger(self) -> Ledger:
        return Ledger(**(self.ctx.get_state() or {}))

    def customers(self) -> list[str]:
        return [p["player_id"] for p in self.ctx.players()]

    def on_timer(self, name):
        ledger = self.ledger()
        for player in self.customers():
            ledger.balances[player] = ledger.of(player) + ledger.of(player) // 100
        self.ctx.set_state(vars(ledger))
        self.ctx.post("bot", {"type": "interest", "balances": ledger.balances})
        self.ctx.set_timer("interest", DAY_MS)

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        try:
            order = self.parse(msg["body"])
            if order is None:
                return
            name, args = order
            ledger = self.ledger()
            answer = getattr(self, f"order_{name}")(ledger, msg["sender"], *args)
        except Declined as declined:
            self.ctx.post("bot", {"type": "declined", "player": msg["sender"], "text": str(declined)})
        else:
            self.ctx.set_state(vars(ledger))
            self.ctx.post("bot", {"type": name} | answer)

    @singledispatchmethod
    def parse(self, body) -> Order | None:
        return None

    @parse.register
    def _(self, body: dict) -> Order | None:
        if body.get("type") == "move":
            name, value = body.get("action"), body.get("value")
            if name in ("pay", "request"):
                if not isinstance(value, dict):
                    raise Declined("Name a player and an amount.")
                return name, (value.get("to" if name == "pay" else "from"), value.get("amount"))
            if name not in ("balance", "statement"):
                raise Declined("The bank knows balance, pay, request and statement.")
            return name, ()
        return self.parse(body.get("text"))

    @parse.register
    def _(self, text: str) -> Order | None:
        match text.split():
            case ["balance" | "statement" as name]:
                return name, ()
            case ["pay" | "request" as name, who, amount]:
                # A longer number is above the limit anyway.
                return name, (who, int(amount) if amount.isdecimal() and len(amount) < 10 else None)
            case _:
                return None

    def checked(self, player, amount):
        if player not in self.customers():
            raise Declined("There is no such player here.")
        if type(amount) is not int or not 1 <= amount <= 1_000_000:
            raise Declined("The amount must be a whole number from 1 to a million.")

    def order_balance(self, ledger, sender):
        return {"player": sender, "balance": ledger.of(sender)}

    def order_statement(self, ledger, sender):
        return {"player": sender, "lines": [line for line in ledger.lines if sender in line[1:3]]}

    def order_pay(self, ledger, sender, player, amount):
        self.checked(player, amount)
        number = ledger.transfer(sender, player, amount)
        return {"number": number, "balances": {p: ledger.of(p) for p in (sender, player)}}

    def order_request(self, ledger, sender, player, amount):
        self.checked(player, amount)
        if player == sender:
            raise Declined("You can't ask yourself for money.")
        return {"by": sender, "from": player, "amount": amount}
