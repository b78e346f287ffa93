"""The public goods game.

Each round, every player puts some of twenty tokens into a common pot, in secret. The pot is multiplied by
1.6 and shared among all. What is kept is kept. Contributions are told after each round without names.
"""
from dataclasses import dataclass, asdict, replace
from decimal import Decimal, ROUND_HALF_UP
from enum import Enum
from statistics import mean
from typing import Any

ENDOWMENT = 20
FACTOR = Decimal("1.6")


def freeze(x: Any) -> Any:
    return tuple(map(freeze, x)) if isinstance(x, list) else x


class Kind(str, Enum):
    START = "game_start"
    TURN = "bot:turn"
    NO = "violation"
    ROUND = "round"


@dataclass(frozen=True)
class Economy:
    players: tuple[str, ...]
    rounds: int
    round: int = 1
    given: tuple[tuple[str, int], ...] = ()
    wealth: tuple[tuple[str, str], ...] = ()
    past: tuple[str, ...] = ()

    @classmethod
    def parse(cls, data):
        return cls(**{name: freeze(value) for name, value in data.items()})

    @property
    def waiting(self):
        done = dict(self.given)
        return [player for player in self.players if player not in done]

    def put(self, player, amount):
        return replace(self, given=(*self.given, (player, amount)))

    def settled(self):
        pot = sum(amount for _, amount in self.given) * FACTOR
        share = (pot / len(self.players)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        given, before = dict(self.given), dict(self.wealth)
        wealth = tuple(
            (player, str(Decimal(before.get(player, "0")) + ENDOWMENT - given[player] + share))
            for player in self.players
        )
        average = f"{mean(given.values()):.1f}"
        return replace(self, round=self.round + 1, given=(), wealth=wealth, past=(*self.past, average)[-8:]), share


class PublicGoods:
    manifest = dict(
        summary="The public goods game: what is given is multiplied and shared",
        net=[],
        private=True,
        params=dict(
            type="object",
            properties=dict(
                players=dict(type="integer", minimum=2, maximum=8, default=4),
                rounds=dict(type="integer", minimum=1, maximum=30, default=5),
            ),
        ),
        moves=dict(game="goods", actions=dict(give=dict(value=f"<whole number 0 to {ENDOWMENT}>", private=True))),
    )

    def __init__(self, ctx, params):
        self.ctx = ctx
        self.params = params

    def on_init(self):
        self.begin()

    def on_join(self, player_id):
        self.begin()

    def begin(self):
        if self.ctx.get_state() is not None:
            return
        players = tuple(p["player_id"] for p in self.ctx.players())[:self.params["players"]]
        if len(players) == self.params["players"]:
            self.ctx.post("bot", {"type": Kind.START, "players": list(players)})
            self.ask(Economy(players, self.params["rounds"]))

    def ask(self, economy):
        self.ctx.set_state(asdict(economy))
        self.ctx.post("bot", {
            "type": Kind.TURN,
            "players": economy.waiting,
            "position": {
                "round": economy.round, "of": economy.rounds,
                "wealth": dict(economy.wealth), "averages": list(economy.past),
            },
            "legal_moves": [{"action": "give", "value": ENDOWMENT // 2}],
            "ranges": {"give": {"min": 0, "max": ENDOWMENT}},
        })

    def on_message(self, msg):
        data = self.ctx.get_state()
        if msg["kind"] != "user" or data is None:
            return
        economy = Economy.parse(data)
        player, body = msg["sender"], msg["body"]
        amount = body.get("value") if body.get("action") == "give" else None
        if player not in economy.waiting:
            return self.no(player, "You have given, or do not play.")
        if type(amount) is not int or not 0 <= amount <= ENDOWMENT:
            return self.no(player, f"Give a whole number from 0 to {ENDOWMENT}.")
        economy = economy.put(player, amount)
        self.ask(economy) if economy.waiting else self.settle(economy)

    def settle(self, economy):
        after, share = economy.settled()
        self.ctx.post("bot", {"type": Kind.ROUND, "round": economy.round, "share": str(share)})
        if economy.round < economy.rounds:
            return self.ask(after)
        wealth = dict(after.wealth)
        richest = max(wealth.values(), key=Decimal)
        winners = [player for player, amount in wealth.items() if amount == richest]
        self.ctx.end({"wealth": wealth, "winners": winners})

    def on_leave(self, player_id):
        data = self.ctx.get_state()
        if data is None or player_id not in data["players"]:
            return
        economy = Economy.parse(data)
        players = tuple(p for p in economy.players if p != player_id)
        given = tuple((p, n) for p, n in economy.given if p != player_id)
        if len(players) < 2:
            return self.ctx.end({"abandoned": True, "wealth": dict(economy.wealth)})
        economy = replace(economy, players=players, given=given)
        self.ask(economy) if economy.waiting else self.settle(economy)

    def no(self, player, text):
        self.ctx.post("bot", {"type": Kind.NO, "player": player, "text": text}, to=[player])
