from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot import BotContext, Message  # pyright: ignore[reportMissingModuleSource]


@dataclass(slots=True)
class Game:
    players: list[str]
    secret: str
    guesses: list[tuple[str, str, int, int]] = field(default_factory=list)

    def to_json(self) -> dict:
        return {"players": self.players, "secret": self.secret, "guesses": [list(g) for g in self.guesses]}

    @staticmethod
    def from_json(data: dict) -> Game:
        return Game(data["players"], data["secret"], [tuple(g) for g in data["guesses"]])

    @property
    def current(self) -> str:
        return self.players[len(self.guesses) % len(self.players)]

    def count(self, guess: str) -> tuple[int, int]:
        bulls = sum(a == b for a, b in zip(guess, self.secret))
        return bulls, len(set(guess) & set(self.secret)) - bulls


class BullsAndCows:
    manifest = {
        "summary": "Bulls and cows: four different digits, guessed in turn",
        "net": [],
        "params": {"players": 2, "tries": 24},
        "moves": {"game": "bulls", "actions": {"guess": {"value": "<text>", "text": "guess 1234"}}},
    }

    def __init__(self, ctx: BotContext, params: dict) -> None:
        self.ctx, self.params = ctx, params

    def on_init(self) -> None:
        self._begin()

    def on_join(self, player_id: str) -> None:
        self._begin()

    def _begin(self) -> None:
        players = [p["player_id"] for p in self.ctx.players()][:self.params["players"]]
        if not self.ctx.get_state() and len(players) == self.params["players"]:
            self._ask(Game(players, "".join(random.sample("0123456789", 4))))

    def on_message(self, msg: Message) -> None:
        if msg["kind"] != "user" or not (data := self.ctx.get_state()):
            return
        game = Game.from_json(data)
        sender = msg["sender"]
        if sender != game.current:
            return self._no(sender, f"{game.current} guesses now")
        body = msg["body"]
        if body.get("type") == "move":
            guess = str(body.get("value")) if body.get("action") == "guess" else ""
        else:
            guess = str(body.get("text")).removeprefix("guess").strip()
        if len(guess) != 4 or not (guess.isascii() and guess.isdecimal()) or len(set(guess)) < 4:
            return self._no(sender, "guess four different digits, such as 1234")
        bulls, cows = game.count(guess)
        game.guesses.append((sender, guess, bulls, cows))
        if bulls == 4:
            self.ctx.end({"winner": sender, "secret": game.secret})
        elif len(game.guesses) >= self.params["tries"]:
            self.ctx.end({"winner": None, "secret": game.secret})
        else:
            self._ask(game)

    def on_leave(self, player_id: str) -> None:
        if (data := self.ctx.get_state()) and player_id in data["players"]:
            self.ctx.end({"winner": None, "left": player_id})

    def _ask(self, game: Game) -> None:
        self.ctx.set_state(game.to_json())
        example = "".join(random.sample("0123456789", 4))
        self.ctx.post("bot", {
            "type": "bot:turn",
            "player": game.current,
            "players": game.players,
            "position": {"guesses": [f"{g} {b}B{c}C" for _, g, b, c in game.guesses],
                         "left": self.params["tries"] - len(game.guesses)},
            "legal_moves": [{"action": "guess", "value": example}],
            "view": {"kind": "table", "columns": ["who", "guess", "bulls", "cows"],
                     "rows": [[*g] for g in game.guesses] or [["-", "-", 0, 0]]},
        })

    def _no(self, player: str, text: str) -> None:
        self.ctx.post("bot", {"type": "violation", "player": player, "text": text})
