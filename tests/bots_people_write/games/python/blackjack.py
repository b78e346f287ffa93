import random
from dataclasses import asdict, dataclass, field

RANKS = ["2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K", "A"]
DECK = [rank + suit for rank in RANKS for suit in "shdc"]


def count(hand: list[str]) -> tuple[int, bool]:
    """What a hand is worth, and whether an ace in it counts 11."""
    ranks = [card[:-1] for card in hand]
    hard = sum(1 if rank == "A" else 10 if rank in "JQK" else int(rank) for rank in ranks)
    soft = "A" in ranks and hard <= 11
    return hard + 10 * soft, soft


def value(hand: list[str]) -> int:
    return count(hand)[0]


@dataclass
class Seat:
    player: str
    chips: int = 100
    bet: int = 0
    cards: list[str] = field(default_factory=list)
    done: bool = False


@dataclass
class Round:
    number: int
    phase: str  # "bet" or "play"
    seats: list[Seat]
    dealer: list[str] = field(default_factory=list)
    shoe: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, data: dict) -> "Round":
        return cls(**{**data, "seats": [Seat(**seat) for seat in data["seats"]]})

    def next_seat(self) -> Seat | None:
        if self.phase == "bet":
            return next((seat for seat in self.seats if seat.bet == 0 and seat.chips > 0), None)
        return next((seat for seat in self.seats if seat.bet > 0 and not seat.done), None)


class Blackjack:
    """Blackjack: surrender, double on the first two cards, the dealer hits soft 17."""

    manifest = {
        "summary": "Blackjack with surrender and doubling, some rounds for chips",
        "net": [],
        "params": {
            "type": "object",
            "properties": {
                "players": {"type": "integer", "minimum": 1, "maximum": 5, "default": 2},
                "rounds": {"type": "integer", "minimum": 1, "maximum": 20, "default": 3},
            },
        },
        "moves": {
            "game": "blackjack",
            "actions": {"bet": {"value": "<whole number>"}, "hit": {}, "stand": {}, "double": {}, "surrender": {}},
        },
    }

    def __init__(self, ctx, params):
        self.ctx = ctx
        self.rounds = params["rounds"]
        self.wanted = params["players"]

    def on_init(self):
        self.begin()

    def on_join(self, player_id: str):
        self.begin()

    def begin(self):
        ids = [p["player_id"] for p in self.ctx.players()][:self.wanted]
        if self.ctx.get_state() is None and len(ids) == self.wanted:
            self.go(Round(1, "bet", [Seat(p) for p in ids]))

    def go(self, game: Round, **news):
        """Finds who is next, and says so; deals or settles when nobody is."""
        seat = game.next_seat()
        if seat is None:
            return self.deal(game) if game.phase == "bet" else self.settle(game)
        if game.phase == "bet":
            moves = [{"action": "bet", "value": n} for n in (1, 5, 10, 25, 50) if n <= seat.chips]
            news["ranges"] = {"bet": {"min": 1, "max": seat.chips}}
        else:
            names = ["hit", "stand"]
            if len(seat.cards) == 2:
                names += ["surrender"] + (["double"] if seat.chips >= seat.bet else [])
            moves = [{"action": name} for name in names]
        self.ctx.set_state(asdict(game))
        dealer = [*game.dealer[:1], "??"] if game.dealer else []
        rows = [{"label": s.player, "cells": s.cards, "note": f"bet {s.bet}, chips {s.chips}"} for s in game.seats]
        self.ctx.post("bot", {
            **news,
            "type": "bot:turn",
            "player": seat.player,
            "players": [each.player for each in game.seats],
            "position": {
                "round": game.number,
                "dealer": dealer,
                "hands": {each.player: [*each.cards, value(each.cards)] for each in game.seats},
                "chips": {each.player: each.chips for each in game.seats},
            },
            "legal_moves": moves,
            "view": {"kind": "cards", "rows": [{"label": "dealer", "cells": dealer}, *rows]},
        })

    def deal(self, game: Round):
        game.shoe = random.sample(DECK, len(DECK))
        game.phase = "play"
        game.dealer = [game.shoe.pop(), game.shoe.pop()]
        for seat in game.seats:
            seat.cards = [game.shoe.pop(), game.shoe.pop()] if seat.bet else []
            seat.done = value(seat.cards) == 21
        self.go(game)

    def settle(self, game: Round):
        while value(game.dealer) < 17 or count(game.dealer) == (17, True):
            game.dealer.append(game.shoe.pop())
        bank = self.rank(game.dealer)
        won = {}
        for seat in game.seats:
            own = self.rank(seat.cards)
            factor = 0.0 if own == 0 or own < bank else 1.0 if own == bank else 2.5 if own == 22 else 2.0
            won[seat.player] = int(seat.bet * factor)
            seat.chips += won[seat.player]
            seat.bet, seat.cards = 0, []
        result = {"dealer": [*game.dealer, value(game.dealer)], "won": won}
        if game.number == self.rounds or not any(seat.chips for seat in game.seats):
            chips = {seat.player: seat.chips for seat in game.seats}
            self.ctx.post("bot", {"type": "game_end", "last": result, "chips": chips})
            return self.ctx.end({"chips": chips, "winners": [p for p in chips if chips[p] == max(chips.values())]})
        self.go(Round(game.number + 1, "bet", game.seats), last=result)

    @staticmethod
    def rank(hand: list[str]) -> int:
        """Of two hands, the higher one wins: 0 is bust, 22 a blackjack."""
        total = value(hand)
        return 22 if total == 21 and len(hand) == 2 else total if total <= 21 else 0

    def on_message(self, msg: dict):
        data = self.ctx.get_state()
        if msg["kind"] != "user" or data is None:
            return
        game = Round.load(data)
        body, sender = msg["body"], msg["sender"]
        seat = game.next_seat()

        def no(text: str):
            self.ctx.post("bot", {"type": "violation", "player": sender, "text": text})

        if seat is None or seat.player != sender:
            return no("It is not your turn.")
        match game.phase, body:
            case "bet", {"action": "bet", "value": int(amount)} if type(amount) is int and 1 <= amount <= seat.chips:
                seat.bet = amount
                seat.chips -= amount
            case "bet", _:
                return no(f"Bet from 1 to {seat.chips}.")
            case "play", {"action": "hit"}:
                seat.cards.append(game.shoe.pop())
                seat.done = value(seat.cards) >= 21
            case "play", {"action": "stand"}:
                seat.done = True
            case "play", {"action": "double"} if len(seat.cards) == 2 and seat.chips >= seat.bet:
                seat.chips -= seat.bet
                seat.bet *= 2
                seat.cards.append(game.shoe.pop())
                seat.done = True
            case "play", {"action": "surrender"} if len(seat.cards) == 2:
                seat.chips += seat.bet // 2
                seat.bet, seat.done = 0, True
            case _:
                return no("Hit, stand, double or surrender (the latter two with two cards).")
        self.go(game)

    def on_leave(self, player_id: str):
        data = self.ctx.get_state()
        if data is None or all(seat["player"] != player_id for seat in data["seats"]):
            return
        game = Round.load(data)
        game.seats = [seat for seat in game.seats if seat.player != player_id]
        if game.seats:
            self.go(game)
        else:
            self.ctx.end({"chips": {}})
