"""Skull: everybody has three flowers and a skull. Lay cards face down, then bid how many flowers you can
turn over. What lies is known to the bot and to its owner alone."""
import random

FLOWER, SKULL = "flower", "skull"


class Skull:
    manifest = {
        "summary": "Skull, a bluffing game for three to six",
        "net": [],
        "private": True,
        "moves": {
            "game": "skull",
            "actions": {
                "lay": {"value": {"type": "string", "enum": [FLOWER, SKULL]}, "private": True},
                "bid": {"value": "<whole number>"},
                "pass": {},
                "turn": {"value": "<player id>"},
            },
        },
        "params": {
            "type": "object",
            "properties": {"players": {"type": "integer", "minimum": 3, "maximum": 6, "default": 3}},
        },
    }

    def __init__(self, ctx, params):
        self.ctx = ctx
        self.params = params

    # -- state ------------------------------------------------------------------------------------

    def on_init(self):
        self.begin()

    def on_join(self, player_id):
        if self.ctx.get_state():
            self.ctx.post("bot", {"text": f"{player_id} watches."})
        else:
            self.begin()

    def begin(self):
        ids = [p["player_id"] for p in self.ctx.players()][:self.params["players"]]
        if len(ids) == self.params["players"]:
            hands = {p: [FLOWER, FLOWER, FLOWER, SKULL] for p in ids}
            self.new_round({"order": ids, "hands": hands, "points": dict.fromkeys(ids, 0)}, ids[0])

    def new_round(self, game, first, text=None):
        mats = {p: [] for p in game["order"]}
        game |= {"at": game["order"].index(first), "mats": mats, "bid": None, "bidder": None, "passed": [], "turned": []}
        self.ask(game, text)

    def options(self, game, player):
        mats, bid = game["mats"], game["bid"]
        if len(game["passed"]) == len(game["order"]) - 1:
            closed = [p for p in game["order"] if len(mats[p]) > game["turned"].count(p)]
            return [{"action": "turn", "value": p} for p in closed]
        moves = []
        if bid is None:
            moves += [{"action": "lay", "value": kind} for kind in sorted(set(game["hands"][player]))]
        if mats[player]:
            lying = sum(map(len, mats.values()))
            moves += [{"action": "bid", "value": n} for n in range((bid or 0) + 1, lying + 1)]
        if bid is not None:
            moves.append({"action": "pass"})
        return moves

    def ask(self, game, text=None):
        self.ctx.set_state(game)
        player = game["order"][game["at"]]
        moves = self.options(game, player)
        # Which kinds somebody still holds is a secret: the public turn offers both.
        public = [m for m in moves if m["action"] != "lay"]
        lay = [{"action": "lay", "value": kind} for kind in (FLOWER, SKULL)] if len(public) < len(moves) else []
        turn = {"type": "bot:turn", "player": player, "players": game["order"]}
        position = {
            "lying": {p: len(m) for p, m in game["mats"].items()},
            "hands": {p: len(h) for p, h in game["hands"].items()},
            "turned": game["turned"], "bid": game["bid"], "bidder": game["bidder"], "points": game["points"],
        }
        said = {"text": text} if text else {}
        self.ctx.post("bot", {**turn, **said, "position": position, "legal_moves": lay + public})
        own = {"hand": game["hands"][player], "mat": game["mats"][player]}
        self.ctx.post("bot", {**turn, "position": {**position, **own}, "legal_moves": moves}, to=[player])

    # -- moves ------------------------------------------------------------------------------------

    def on_message(self, msg):
        game = self.ctx.get_state()
        if msg["kind"] != "user" or not game:
            return
        sender, body = msg["sender"], msg["body"]
        player = game["order"][game["at"]]
        if sender != player:
            return self.no(sender, f"It is the turn of {player}.")
        for move in self.options(game, player):
            if body.get("action") == move["action"] and body.get("value") == move.get("value"):
                return getattr(self, f"do_{move['action']}")(game, player, move.get("value"))
        self.no(sender, "You can't do that now.")

    def do_lay(self, game, player, kind):
        game["hands"][player].remove(kind)
        game["mats"][player].append(kind)
        self.advance(game)

    def do_bid(self, game, player, number):
        game["bid"], game["bidder"] = number, player
        if number < sum(map(len, game["mats"].values())):
            return self.advance(game)
        game["passed"] = [p for p in game["order"] if p != player]
        self.turn_own(game)

    def do_pass(self, game, player, _):
        game["passed"].append(player)
        if len(game["passed"]) < len(game["order"]) - 1:
            return self.advance(game)
        self.turn_own(game)

    def turn_own(self, game):
        """The winner of the bidding turns the own cards first, from the top."""
        bidder = game["bidder"]
        own = game["mats"][bidder][-game["bid"]:]
        game["at"] = game["order"].index(bidder)
        game["turned"] = [bidder] * len(own)
        if SKULL in own:
            return self.fail(game, bidder)
        self.check(game)

    def do_turn(self, game, player, owner):
        game["turned"].append(owner)
        if game["mats"][owner][-game["turned"].count(owner)] == SKULL:
            return self.fail(game, owner)
        self.check(game)

    def check(self, game):
        bidder = game["bidder"]
        if len(game["turned"]) < game["bid"]:
            return self.ask(game)
        game["points"][bidder] += 1
        if game["points"][bidder] == 2:
            self.ctx.post("bot", {"type": "game_end", "winner": bidder})
            return self.ctx.end({"winner": bidder, "points": game["points"]})
        self.collect(game)
        self.new_round(game, bidder, f"{bidder} found {game['bid']} flowers.")

    def fail(self, game, owner):
        bidder = game["bidder"]
        self.collect(game)
        lost = game["hands"][bidder]
        lost.remove(random.choice(lost))
        if lost:
            return self.new_round(game, bidder, f"{bidder} met the skull of {owner}.")
        game = self.without(game, bidder)
        if len(game["order"]) == 1:
            return self.ctx.end({"winner": game["order"][0]})
        first = owner if owner in game["order"] else game["order"][0]
        self.new_round(game, first, f"{bidder} met the skull of {owner}, and is out.")

    def collect(self, game):
        for p in game["order"]:
            game["hands"][p] += game["mats"][p]

    def without(self, game, player):
        kept = {key: {p: v for p, v in game[key].items() if p != player} for key in ("hands", "points")}
        return game | kept | {"order": [p for p in game["order"] if p != player]}

    def advance(self, game):
        order, at = game["order"], game["at"]
        waiting = [p for p in order[at + 1:] + order[:at + 1] if p not in game["passed"]]
        game["at"] = order.index(waiting[0])
        self.ask(game)

    def no(self, player, text):
        self.ctx.post("bot", {"type": "violation", "player": player, "text": text})

    def on_leave(self, player_id, reason, by):
        game = self.ctx.get_state()
        if not game or player_id not in game["order"]:
            return
        self.collect(game)
        game = self.without(game, player_id)
        if len(game["order"]) == 1:
            return self.ctx.end({"winner": game["order"][0] if reason == "left" else None})
        self.new_round(game, game["order"][0], f"{player_id} is gone: a new round.")
