"""Rebuilds a channel entry by entry for the second verifier: its slots, members and bots, and whether an honest server
could have written the next entry. Written from docs/proofs.md, with Python's standard library alone."""
import re

from second_forms import (ADDRESSED, AFTER_CLOSE, CAUSED, CHAINED, KILLS, announced_params, declared_net, hashed,
                          is_honest, is_said, milliseconds, number)

SLOTS, BOTS, POSTS, TIMERS = 32, 8, 20, 8
TIMER_MS = 30 * 24 * 60 * 60 * 1000
LATE_MS = 60 * 1000


class Lie(Exception):
    def __init__(self, entry=None):
        super().__init__(entry)
        self.entry = entry


def is_watcher(entry):
    return re.fullmatch(r"spectator:[0-9a-f]{8}", entry["sender"]) is not None


def deadline(body):
    """Until when a turn lasts by the clock of its game; None if it does not say so."""
    said, now = body.get("deadline"), body.get("now")
    if said is None and isinstance(now, dict):
        said = now.get("deadline")
    if not isinstance(said, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z", said):
        return None
    try:
        return milliseconds(said)
    except ValueError:
        return None


class Bot:
    def __init__(self, attach, entry):
        self.attach, self.id, self.start, self.time = attach, attach["bot_id"], entry["id"], entry["ts"]
        self.hooks, self.slot, self.made, self.replaces = [], None, False, False
        self.paused, self.ended, self.gone = False, False, None
        # While an admin has paused it: that entry, until a hook that ran then has ended.
        self.halted = None
        # Entries that call it, oldest first, and how many of them it is known to have passed.
        self.calls, self.passed, self.last = [], 0, 0
        # The recorded entries of the current hook.
        self.cause, self.at, self.stage, self.posts, self.state = None, 0, None, 0, None
        self.kills, self.sure, self.unseen = 0, 0, 0
        self.version, self.runs = 0, 0
        self.failed, self.timers = set(), set()
        # The players that its posts named, and those who ask for a rematch.
        self.named, self.asked, self.manifest, self.turn = [], set(), None, None
        # The players of its current game, and those who may not know that it is over.
        self.gamers, self.over, self.addressed = [], False, set()

    def hook(self, entry):
        """The hook that an entry calls."""
        if entry["id"] < self.start or entry["sender"] == "bot:" + self.id:
            return None
        if is_watcher(entry) or "to" in entry and not self.attach.get("private", True):
            return None
        name, body = "on_message", entry.get("body")
        if entry["sender"] == "system" and body is not None:
            type_ = body["type"]
            if type_ == "claim_applied" and body["op"]["bot_id"] != self.id:
                return None
            if type_ == "emit_hook_applied" and body["op"]["bot_id"] == self.id:
                return body["op"]["hook"] if body["op"]["hook"] in self.hooks else None
            own = body.get("bot_id") == self.id
            if own and type_ == "bot:manifest" and body["manifest"].get("confidential") is True and (
                    "beside" in body or "sealed" in body):
                own = False
            if own:
                name = {"bot:attach": "on_init", "bot:timer": "on_timer"}.get(type_)
            else:
                name = {"beacon": None, "member_joined": "on_join", "member_left": "on_leave"}.get(type_, name)
        return name if name in self.hooks else None

    def fresh(self):
        self.kills = self.sure = 0

    def may_play(self, player):
        return not self.ended and player in self.gamers and (not self.over or player in self.addressed)

    def may_be_at(self, cursor, last):
        return max(self.start - 1, self.last) <= cursor <= last


class Model:
    def __init__(self, file):
        self.file, self.entries = file, file["entries"]
        self.slots, self.stays = {}, {}
        self.bots, self.live = {}, {}
        self.first, self.queue = {}, []
        self.due, self.described, self.taken_out, self.again = None, None, None, None
        self.confidential = False
        # The players of each ban, and those whom the entries directly before put out by one.
        self.bans, self.put_out = [], []
        self.sealed, self.closed, self.spent = False, False, False
        self.quiet, self.said, self.asked = None, 0, set()
        self.watched, self.voices, self.seen = "off", False, "private"
        self.offering, self.deletion, self.muted = False, None, set()
        self.claim_time, self.spoke = None, {}
        # What entry 1 states of idle channels, the last life sign, and the close of which the server has warned.
        self.idle, self.alive, self.closing = None, 0, None
        self.chained = [0]
        self.now = None

    # Refusals.
    def must(self, held, at=None):
        if not held:
            raise Lie(at or self.now["id"])

    def entry(self, place):
        return self.entries[place - 1]

    def answered(self, place):
        return self.chained[place] <= CHAINED

    def sits(self, player, after):
        stay = self.stays.get(player)
        return stay is not None and stay["from"] <= after and (stay["until"] is None or after < stay["until"])

    # Entries in order.
    def run(self):
        for entry in self.entries:
            self.now = entry
            self.meet(entry)
        self.must(self.due is None)
        self.check_file()

    def meet(self, entry):
        cause = entry.get("cause")
        self.must("body" in entry or "to" in entry)
        self.must(cause is None or cause >= 1)
        if cause is None:
            self.spent = False
        if entry["sender"] == "system":
            self.system(entry)
        else:
            self.due_is(None)
            self.must(entry["id"] > 1 and not self.closed)
            if is_watcher(entry):
                self.watcher_says(entry)
            else:
                self.heard(entry["sender"], entry)
                (self.bot_says if entry["sender"].startswith("bot:") else self.member_says)(entry)
        if cause is None and not is_watcher(entry) and not (entry["sender"] == "system" and entry["body"]["type"] in ("idle_warning", "beacon")):
            self.alive, self.closing = milliseconds(entry["ts"]), None
        self.chained.append(0 if cause is None else self.chained[-1] + 1)
        if self.answered(entry["id"]):
            for bot in self.live.values():
                if not bot.ended and bot.hook(entry):
                    bot.calls.append(entry["id"])

    def watcher_says(self, entry):
        said = entry.get("body")
        self.must(self.voices and (self.watched == "link" or self.watched == "public" and self.seen != "private"))
        self.must(entry["kind"] == "user" and not {"cause", "to"} & set(entry))
        self.must(set(said) == {"name", "text"} and all(isinstance(each, str) and each for each in said.values()))
        self.must(re.fullmatch(r"[^\r\n\u2028\u2029]+ \(spectator\)", said["name"]))

    def heard(self, speaker, entry):
        self.said = milliseconds(entry["ts"])
        self.asked.discard(speaker)

    def member_says(self, entry):
        place, to = entry["id"], entry.get("to")
        self.spoke[entry["sender"]] = milliseconds(entry["ts"])
        self.must(self.sits(entry["sender"], place) and entry["kind"] == "user" and "cause" not in entry)
        self.must(entry["sender"] not in self.muted or any(bot.may_play(entry["sender"]) for bot in self.live.values()))
        self.must(to is None or to != [] and all(self.sits(player, place) for player in to))

    def bot_says(self, entry):
        bot, body, to, cause = self.bots.get(entry["sender"][4:]), entry.get("body"), entry.get("to"), entry.get("cause")
        self.must(bot is not None and entry["kind"] != "user" and (body is None or body.get("bot_id") == bot.id))
        self.was_run(bot, cause)
        self.speaks(bot, cause)
        bot.posts += 1
        self.must(bot.stage in ("asked", "posts") and bot.posts <= POSTS)
        bot.stage = "posts"
        bot.fresh()
        self.must(to is None or to != [] and len(set(to)) == len(to) and all(self.sits(p, cause) for p in to))
        bot.addressed |= set(to or [])
        if body is not None:
            version, state = body.get("state_version"), body.get("state_hash")
            self.must(number(version) and bot.version <= version <= bot.version + bot.runs and hashed(state))
            self.must(bot.state in (None, (version, state)))
            bot.state, bot.version, bot.runs = (version, state), version, 0
            if to is None and body.get("type") == "game_end":
                bot.turn, bot.over, bot.addressed = None, True, set()
            elif to is None:
                gamers, players = self.playing(body), self.given(body)
                bot.named = list(dict.fromkeys(bot.named + (gamers or [])))
                bot.gamers = gamers or bot.gamers
                if players is not None:
                    bot.turn = {"id": entry["id"], "ts": milliseconds(entry["ts"]), "players": players, "claimed": False, "until": deadline(body)}
                if gamers or players is not None:
                    bot.over, bot.addressed = False, set()

    def ids(self, value):
        found = []
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                many = item.get("players")
                found += [item.get("player"), item.get("player_id"), *(many if isinstance(many, list) else [])]
            else:
                found.append(item)
        known = [item for item in found if isinstance(item, str) and re.fullmatch(r"p[1-9][0-9]{0,14}", item)
                 and int(item[1:]) <= len(self.stays)]
        return list(dict.fromkeys(known))[:SLOTS]

    def playing(self, body):
        """The players of the game that a post names; None when it names none, or not all by their ids."""
        now, type_ = body.get("now"), body.get("type")
        listed = now.get("players") if isinstance(now, dict) else None
        if not isinstance(now, dict) or "players" not in now:
            of_game = type_ == "game_start" or type_ == "bot:turn" and self.ids(body.get("player"))
            listed = body.get("players") if of_game else None
        if not isinstance(listed, list) or not listed or not all(self.ids(item) for item in listed):
            return None
        return self.ids(listed)

    def given(self, body):
        """The players to whom a post gives the turn; None when it says nothing about turns."""
        now = body.get("now")
        if isinstance(now, dict) and "may" in now:
            return self.ids(now["may"])
        if body.get("type") != "bot:turn":
            return None
        return self.ids(body.get("player")) or self.ids(body.get("players"))

    def was_run(self, bot, cause):
        self.must(cause is not None and cause >= bot.start and self.answered(cause))

    def speaks(self, bot, cause):
        """The bot is active, and this entry belongs to the hook of the entry directly before, or to a later hook."""
        place = self.now["id"]
        self.must(not bot.ended and bot.gone is None)
        if bot.cause == cause:
            self.must(bot.at == place - 1)
            bot.at = place
            return
        if bot.paused:
            # One hook may have been running when an admin paused the bot.
            self.must(bot.halted is not None and cause < bot.halted)
            bot.halted = None
        self.must(cause > bot.last)
        if bot.cause is not None and bot.stage == "asked":
            bot.fresh()
        before = bot.passed
        while bot.passed < len(bot.calls) and bot.calls[bot.passed] < cause:
            bot.passed += 1
        self.must(bot.passed < len(bot.calls) and bot.calls[bot.passed] == cause)
        if bot.passed > before:
            bot.sure = 0
        bot.passed += 1
        bot.runs += bot.passed - before
        bot.last = bot.cause = cause
        bot.at, bot.stage, bot.posts, bot.state = place, "asked", 0, None

    # Entries of the server.
    def due_is(self, body):
        """If a certain entry is due, this must be it."""
        due, self.due = self.due, None
        if body is None or body["type"] not in ("member_left", "ban_applied"):
            self.put_out = []
        if body is None or body["type"] != "set_bot_applied":
            self.described = None
        if due is None:
            self.must(body is None or body["type"] not in ("bot:manifest", "kick_applied", "ban_applied"))
            self.put_out = []
            return
        self.must(body is not None and due(body))

    def for_hearers(self, entry):
        cause = self.entry(entry["cause"])
        hearers = list(dict.fromkeys([*cause["to"], cause["sender"]])) if "to" in cause else None
        self.must(entry.get("to") == hearers)

    def system(self, entry):
        place, cause, body = entry["id"], entry.get("cause"), entry.get("body")
        if body is None:
            self.must(cause is not None and entry["kind"] == "control")
            self.due_is(None)
            self.for_hearers(entry)
            self.must(self.answered(cause))
            for bot in self.live.values():
                if not bot.ended and cause > max(bot.unseen, bot.last) and bot.hook(self.entry(cause)):
                    bot.unseen = cause
                    bot.kills += 1
                    bot.sure = 0
            return
        self.must(is_said(body, entry["kind"]))
        type_ = body["type"]
        self.must((type_ in CAUSED) == (cause is not None))
        self.must("to" not in entry or type_ in ADDRESSED)
        self.must((place == 1) == (type_ == "channel_created"))
        self.must(not self.closed or type_ in AFTER_CLOSE)
        if type_ in ADDRESSED:
            self.for_hearers(entry)
        self.due_is(body)
        if type_ in CAUSED:
            bot = self.bots.get(body["bot_id"])
            self.must(bot is not None)
            self.of_hook(type_.partition(":")[2], bot, body, entry)
            return
        if type_.endswith("_applied"):
            by_server = type_ == "close_applied" and body.get("by") == "server"
            self.must(by_server or body.get("by", "host") in ("host", *self.stays))
            self.must(not by_server or self.closing is not None and milliseconds(entry["ts"]) >= self.closing)
        if type_ not in ("rename_applied", "kick_applied", "beacon"):
            getattr(self, type_.replace(":", "_"))(body.get("op", body), entry)

    def of_hook(self, what, bot, body, entry):
        place, cause = entry["id"], self.entry(entry["cause"])
        if what == "budget_spent":
            return self.budget(bot, cause)
        self.was_run(bot, cause["id"])
        if what == "evidence":
            self.must(all(is_honest(announced, bot.attach) for announced in body["exchanges"]))
            self.must(body["hook"] == bot.hook(cause))
            if cause["id"] > bot.last:
                finishes = bot.halted is not None and cause["id"] < bot.halted
                self.must(not bot.ended and (not bot.paused or finishes) and (bot.gone is None or cause["id"] < bot.gone))
                if bot.gone is None:
                    self.speaks(bot, cause["id"])
        elif what == "failed":
            self.speaks(bot, cause["id"])
            self.must(bot.stage == "asked" and body["hook"] == bot.hook(cause))
            bot.stage = "failed"
            bot.failed.add(cause["id"])
            if body["reason"] != "killed":
                return bot.fresh()
            bot.kills += 1
            bot.sure += 1
            if bot.sure >= KILLS:
                self.due = lambda next_: next_["type"] == "bot:paused" and next_["bot_id"] == bot.id
        elif what == "paused":
            before = self.entry(place - 1)
            self.must(before.get("cause") == cause["id"] and bot.kills >= KILLS)
            if "body" in before:
                self.must(bot.at == before["id"] and bot.stage == "failed")
            else:
                self.must(before["sender"] == "system")
                self.speaks(bot, cause["id"])
            bot.at, bot.stage, bot.paused = place, "paused", True
            bot.fresh()
        elif what == "end":
            self.speaks(bot, cause["id"])
            self.must(bot.stage in ("asked", "posts"))
            bot.stage, bot.ended = "ended", True
        elif what == "timer":
            due, key = milliseconds(body["due"]), (cause["id"], body["name"])
            self.must(bot.id in self.live and not bot.ended and not bot.paused)
            self.must(not self.spent and self.chained[-1] + 1 <= CHAINED)
            self.must(bot.hook(cause) is not None and cause["id"] not in bot.failed and key not in bot.timers)
            self.must(milliseconds(cause["ts"]) <= due <= milliseconds(entry["ts"]))
            self.must(due <= milliseconds(cause["ts"]) + TIMER_MS + 1)
            bot.timers.add(key)

    def budget(self, bot, cause):
        self.must(not self.spent and bot.id in self.live and not bot.ended and not bot.paused)
        self.spent = True
        before = self.chained[-1]
        self.must(bot.hook(cause) is not None)
        if self.answered(cause["id"]):
            self.must(before > 0 and before + TIMERS * len(self.live) > CHAINED)
        else:
            self.must(before > CHAINED and cause["id"] > bot.last)
            bot.last, bot.cause = cause["id"], None

    # The beginning of the log.
    def channel_created(self, body, entry):
        self.must(body["channel_id"] == self.file["channel_id"] and len(body["slots"]) <= SLOTS)
        for place, slot in enumerate(body["slots"]):
            self.must(slot["slot_id"] == f"s{place}")
            self.slots[slot["slot_id"]] = {**slot, "holder": None, "invited": slot["kind"] == "invite"}
        self.offering = "open_seats" in body
        spectating = body.get("spectating", {})
        self.watched = spectating.get("by", "public") if body["spectators"] else "off"
        self.voices, self.seen = "speak" in spectating, body["visibility"]
        self.must("match" not in body or body["sealed"])
        self.sealed, self.said = body["sealed"], milliseconds(entry["ts"])
        self.quiet = body.get("quiet_ms") if self.sealed else None
        self.claim_time, self.idle = body.get("claim_ms"), body.get("idle")
        self.rated = body.get("rated", False)
        self.must(self.sealed or not self.rated)

    def bots_announced(self, body, entry):
        self.must(entry["id"] == 2 and len(body["bots"]) <= (1 if self.rated else BOTS))
        self.queue = list(body["bots"])
        self.first = {first["bot_id"]: first for first in self.queue}
        self.next_of_first()

    def next_of_first(self):
        if self.queue:
            first = self.queue[0]
            self.due = lambda body: body["type"] == "bot:attach" and all(
                body[name] == first[name] for name in ("bot_id", "name", "version", "code_hash"))

    # Slots.
    def slot(self, slot_id):
        self.must(slot_id in self.slots)
        return self.slots[slot_id]

    def unplaced(self):
        return [bot for bot in self.live.values() if bot.slot is None]

    def free(self):
        """The number of bot slots without a bot; the bot in `taken_out` still has its slot."""
        slots = sum(slot["kind"] == "bot" for slot in self.slots.values())
        return slots - len(self.live) - (self.taken_out is not None)

    def fill(self, bot, slot):
        bot.slot, slot["holder"] = slot, bot.id

    def settle(self):
        unplaced = self.unplaced() + [bot for bot in [self.taken_out] if bot and bot.slot is None]
        if len(unplaced) == 1 and self.free() == 0:
            for slot in self.slots.values():
                if slot["kind"] == "bot" and slot["holder"] is None:
                    return self.fill(unplaced[0], slot)

    def is_in(self, bot, slot_id):
        slot = self.slot(slot_id)
        if bot.slot is None:
            self.must(slot["kind"] == "bot" and slot["holder"] is None)
            self.fill(bot, slot)
            self.settle()
        self.must(bot.slot is slot)

    def make_slot(self, bot, label):
        slot_id = f"s{len(self.slots)}"
        self.must(len(self.slots) < SLOTS)
        self.slots[slot_id] = {"slot_id": slot_id, "kind": "bot", "label": label, "holder": None, "invited": False}
        self.fill(bot, self.slots[slot_id])

    # Bots.
    def bot_attach(self, body, entry):
        first, out = self.first.get(body["bot_id"]), self.taken_out
        again, self.again = self.again, None
        self.must(body.get("rematch_of") == (again and again.id))
        self.must(first is not None or again is not None or not self.sealed)
        self.must(body["bot_id"] == f"bot_{body['name']}_{len(self.bots)}" and len(self.live) - (again is not None) < BOTS)
        if again is not None:
            return self.rematch(again, body, entry)
        bot, free = Bot(body, entry), self.free()
        if first is not None:
            if free == 0:
                self.must(first["slot_id"] == f"s{len(self.slots)}")
                self.make_slot(bot, body["name"])
            else:
                slot = self.slot(first["slot_id"])
                self.must(slot["kind"] == "bot" and slot["holder"] is None)
                self.fill(bot, slot)
        elif out is not None:
            bot.replaces, self.taken_out = True, None
            if out.slot is not None:
                self.fill(bot, out.slot)
        elif free == 0:
            bot.made = True
            self.make_slot(bot, body["name"])
        self.bots[bot.id] = self.live[bot.id] = bot
        self.settle()
        self.due = lambda next_: next_["type"] == "bot:manifest" and next_["bot_id"] == bot.id

    def seated(self):
        return [player for player, stay in self.stays.items() if stay["until"] is None]

    def rivals(self, bot):
        """Who has to ask for a rematch with a bot, in the order of its game."""
        here = self.seated()
        order = [player for player in bot.attach.get("seats", []) if player in here]
        order += [player for player in here if player not in order]
        return [player for player in bot.named if player in order] or order

    def rematch_asked(self, body, entry):
        player, bot = body["player_id"], self.live.get(body["bot_id"])
        self.heard(player, entry)
        self.must(bot is not None and bot.ended and player in self.rivals(bot))
        asked_before = player in bot.asked
        bot.asked.add(player)
        if set(self.rivals(bot)) <= bot.asked:
            self.again = bot
            self.due = lambda next_: next_["type"] == "bot:attach" and next_.get("rematch_of") == bot.id
        else:
            self.must(not asked_before)

    def rematch(self, old, body, entry):
        bot, order = Bot(body, entry), self.rivals(old)
        for name in ("name", "version", "language", "class_name", "code_hash", "manifest_hash", "imports", "net",
                     "private", "env", "env_commit"):
            self.must(body.get(name) == old.attach.get(name))
        self.must(body["seats"] == order[1:] + order[:1])
        old.gone = entry["id"]
        del self.live[old.id]
        if old.slot is not None:
            self.fill(bot, old.slot)
        self.bots[bot.id] = self.live[bot.id] = bot
        self.settle()
        self.due = lambda next_: next_["type"] == "bot:manifest" and next_["bot_id"] == bot.id

    def bot_manifest(self, body, entry):
        bot, excerpt, manifest = self.bots[body["bot_id"]], body["manifest_excerpt"], body["manifest"]
        old = self.bots.get(bot.attach.get("rematch_of"))
        self.must(old is None or old.manifest == (manifest, excerpt))
        bot.manifest = (manifest, excerpt)
        self.must(excerpt["name"] == bot.attach["name"] and excerpt["version"] == bot.attach["version"])
        summary, params = manifest.get("summary"), manifest.get("params")
        words = summary if isinstance(summary, str) else ""
        units = words.encode("utf-16-le", "surrogatepass")[:600]
        self.must(excerpt["summary"] == units.decode("utf-16-le", "replace"))
        self.must(any(names <= set(excerpt["params"]) for names in announced_params(params)))
        try:
            self.must(declared_net(manifest) == bot.attach["net"])
            self.must(bot.attach.get("private") in (None, manifest.get("private") is True))
        except (ValueError, AttributeError, TypeError):
            self.must(False)
        self.must(bot.id not in self.first or self.first[bot.id]["summary"] == excerpt["summary"])
        others = [other.id for other in self.live.values() if other is not bot and not other.ended]
        self.must(body.get("beside", others) == others and (self.sealed or "sealed" not in body))
        listens = bot.attach.get("private") is True
        same = old is not None and old.attach.get("private") is True and old.manifest[0].get("confidential") is True
        self.must(not (listens and self.confidential) or same)
        if listens and manifest.get("confidential") is True:
            self.must(not any(other.attach.get("private", True) for other in self.live.values() if other is not bot))
            self.confidential = True
        bot.hooks = excerpt["hooks"]
        if bot.hook(self.entry(bot.start)):
            bot.calls.append(bot.start)
        if self.queue:
            self.queue.pop(0)
            return self.next_of_first()
        self.described = None if old else bot.id
        if bot.replaces:
            self.due = lambda next_: next_["type"] == "set_bot_applied"

    def last_word(self, bot, reveal, entry):
        cursor = reveal.get("cursor")
        if cursor is None:
            self.must(bot.ended or bot.time == entry["ts"])
        else:
            self.must(not bot.ended and bot.may_be_at(cursor, entry["id"] - 1))
        bot.gone = entry["id"]

    def bot_detach(self, body, entry):
        self.must(not self.sealed and body["bot_id"] in self.live)
        bot = self.live[body["bot_id"]]
        self.last_word(bot, body, entry)
        del self.live[bot.id]
        self.taken_out = bot
        self.due = lambda next_: next_["type"] in ("remove_bot_applied", "yield_slot_applied", "bot:attach")

    def vacate(self, bot):
        if bot.slot is not None:
            bot.slot["holder"] = None
        self.taken_out = None
        self.settle()

    def set_bot_applied(self, op, _):
        self.must(self.described is not None)
        bot = self.bots[self.described]
        self.must(all(op["bot"][name] == bot.attach[name] for name in ("name", "version", "code_hash")))
        if "slot_id" in op:
            self.must(not bot.made)
            self.is_in(bot, op["slot_id"])
        else:
            self.must(not bot.replaces)
        bot.replaces = False

    def remove_bot_applied(self, op, _):
        out = self.taken_out
        self.must(out is not None)
        if op.get("bot_id") != out.id:
            self.must("slot_id" in op)
            self.is_in(out, op["slot_id"])
        self.vacate(out)

    def pause_bot_applied(self, op, entry):
        self.must(not self.sealed)
        named = self.named_by(op)
        if len(named) > 1 and "slot_id" in op and self.slot(op["slot_id"])["holder"] not in self.live:
            return  # The log has not shown which one it was.
        for bot in named:
            self.must(not bot.paused and not bot.ended)
            bot.paused, bot.halted = True, entry["id"]

    def read_log_applied(self, op, _):
        self.must(not self.sealed and op["bot_id"] in self.live)

    def replace_state_applied(self, op, _):
        self.must(not self.sealed and op["bot_id"] in self.live and not self.live[op["bot_id"]].ended)

    def emit_hook_applied(self, op, entry):
        self.replace_state_applied(op, entry)
        self.must(op["hook"] in self.live[op["bot_id"]].hooks)

    def resume_bot_applied(self, op, _):
        for bot in self.named_by(op):
            bot.paused = False
            bot.fresh()

    def named_by(self, op):
        named = [self.live[op["bot_id"]]] if op.get("bot_id") in self.live else []
        if "slot_id" in op:
            slot = self.slot(op["slot_id"])
            if slot["holder"] in self.live:
                named.append(self.live[slot["holder"]])
            elif slot["kind"] == "bot":
                named += self.unplaced()
        self.must(named)
        return list({bot.id: bot for bot in named}.values())

    def yield_slot_applied(self, op, _):
        slot, out = self.slot(op["slot_id"]), self.taken_out
        self.must(not self.sealed or slot["kind"] == op["to"] == "invite")
        if out is not None:
            self.is_in(out, op["slot_id"])
            self.vacate(out)
        self.must(slot["holder"] is None and (slot["kind"] != "bot" or self.free() > 0))
        slot["kind"], slot["invited"], slot["expires"] = op["to"], op["to"] == "invite", None
        self.settle()

    def add_slot_applied(self, op, _):
        slot_id = f"s{len(self.slots)}"
        self.must(not self.sealed and op["slot_id"] == slot_id and len(self.slots) < SLOTS)
        self.slots[slot_id] = {"slot_id": slot_id, "kind": op["kind"], "label": op["label"], "holder": None,
                               "invited": op["kind"] == "invite"}

    def vacant(self, op):
        slot = self.slot(op["slot_id"])
        self.must(slot["kind"] == "invite" and slot["holder"] is None)
        return slot

    def new_invite_applied(self, op, _):
        slot = self.vacant(op)
        slot["invited"], slot["expires"] = True, op.get("expires")

    def revoke_invite_applied(self, op, _):
        slot = self.vacant(op)
        self.must(slot["invited"])
        slot["invited"] = False

    def close_asked(self, body, entry):
        self.must(self.sealed and self.sits(body["player_id"], entry["id"]) and body["player_id"] not in self.asked)
        self.asked.add(body["player_id"])

    def idle_warning(self, body, entry):
        now = milliseconds(entry["ts"])
        self.must(self.idle is not None and self.closing is None and now - self.alive >= self.idle["warned_after_ms"])
        self.closing = milliseconds(body["at"])
        self.must(self.closing - now >= self.idle["closed_after_ms"])

    def claim_applied(self, op, entry):
        bot, player, place = self.live.get(op["bot_id"]), op["player_id"], entry["id"]
        self.must(bot is not None and not bot.ended and not bot.paused and bot.turn is not None and bot.turn["id"] == op["turn_id"])
        turn = bot.turn
        waited = [each for each in turn["players"] if self.sits(each, place)]
        self.must(waited and not turn["claimed"] and player not in turn["players"] and self.sits(player, place))
        self.must(not bot.named or player in bot.named)
        turn["claimed"] = True
        since = max([turn["ts"]] + [self.spoke[each] for each in waited if each in self.spoke])
        self.must(self.claim_time is not None)
        self.must(milliseconds(entry["ts"]) >= min(since + self.claim_time, turn["ts"] + 7 * self.claim_time))
        self.must(turn["until"] is None or milliseconds(entry["ts"]) >= turn["until"])

    def close_applied(self, op, entry):
        seated = {player for player, stay in self.stays.items() if stay["until"] is None}
        self.must(entry["body"].get("by") == "server" or self.quiet is None or all(bot.ended for bot in self.live.values()) or seated <= self.asked
                  or milliseconds(entry["ts"]) - self.said >= self.quiet)
        self.must([reveal["bot_id"] for reveal in op["seeds"]] == list(self.live))
        for bot, reveal in zip(self.live.values(), op["seeds"]):
            self.last_word(bot, reveal, entry)
        self.live, self.closed = {}, True

    # Members.
    def admits(self):
        self.must(not self.sealed or all(bot.ended for bot in self.live.values()))

    def set_visibility_applied(self, op, _):
        self.admits()
        self.must("visibility" in op or "open_seats" in op)
        self.seen = op.get("visibility", self.seen)
        self.offering = op.get("open_seats", self.offering)

    def set_spectators_applied(self, op, _):
        self.admits()
        speak = "speak" in op
        self.must(not self.sealed or self.voices or not speak)
        self.watched, self.voices = op["who"], speak

    def delete_applied(self, op, entry):
        self.must(self.closed and self.deletion is None and milliseconds(op["at"]) > milliseconds(entry["ts"]))
        self.deletion = set()

    def delete_agreed(self, body, entry):
        self.must(self.deletion is not None and body["by"] not in self.deletion)
        self.must(body["by"] == "host" or self.sits(body["by"], entry["id"]))
        self.deletion.add(body["by"])

    def member_joined(self, body, entry):
        slot = self.slot(body["slot_id"])
        self.heard(body["player_id"], entry)
        self.must(body["player_id"] == f"p{len(self.stays) + 1}")
        self.must(slot["kind"] == "invite" and slot["holder"] is None)
        self.must(slot["invited"] or self.offering)
        self.must(slot["label"] == body["label"])
        self.must(self.offering or not slot.get("expires") or milliseconds(entry["ts"]) <= milliseconds(slot["expires"]) + LATE_MS)
        slot["holder"], slot["invited"] = body["player_id"], False
        self.stays[body["player_id"]] = {"slot": slot, "name": body["display_name"], "from": entry["id"], "until": None}

    def member_rejoined(self, body, _):
        stay = self.stays.get(body["player_id"])
        self.must(stay is not None and stay["until"] is None and stay["slot"]["slot_id"] == body["slot_id"])
        self.asked.discard(body["player_id"])
        for bot in self.live.values():
            bot.asked.discard(body["player_id"])
        (self.deletion or set()).discard(body["player_id"])
        return stay

    def member_renamed(self, body, _):
        stay = self.stays.get(body["player_id"])
        self.must(stay is not None and stay["until"] is None)
        stay["name"] = body["display_name"]

    def member_left(self, body, entry):
        stay = self.member_rejoined(body, entry)
        self.must(stay["name"] == body["display_name"])
        self.must(self.quiet is None or body.get("reason") == "left")
        player, reason, by = body["player_id"], body.get("reason"), body.get("by")
        self.must(by is None or (by == player) == (reason == "left"))
        self.must(by in (None, "host") or by in self.stays)
        stay["until"], stay["slot"]["holder"] = entry["id"], None
        if reason == "removed":
            self.due = lambda next_: next_.get("by") == by and (
                next_["type"] == "yield_slot_applied" and next_["op"]["slot_id"] == body["slot_id"]
                or next_["type"] == "kick_applied" and next_["op"]["player_id"] == player)
        if reason == "banned":
            self.put_out.append(player)
            out = list(self.put_out)
            self.due = lambda next_: next_.get("by") == by and (
                next_["type"] == "member_left" and next_.get("reason") == "banned"
                or next_["type"] == "ban_applied" and next_["op"]["player_id"] in out)

    def ban_applied(self, op, _):
        self.bans.append(self.put_out)
        self.put_out = []

    def unban_applied(self, op, _):
        lifted = next((ban for ban in self.bans if op["player_id"] in ban), None)
        self.must(lifted is not None)
        self.bans.remove(lifted)

    def mute_applied(self, op, entry):
        self.must(self.sits(op["player_id"], entry["id"]))
        (self.muted.add if op["muted"] else self.muted.discard)(op["player_id"])

    def set_admin_applied(self, op, _):
        slot = self.slot(op["slot_id"])
        self.must(slot["kind"] == "invite" and slot["holder"] is not None)

    # The parts of the file outside the log.
    def check_file(self):
        viewer, cursors, size = self.file["viewer"], self.file["cursors"], len(self.entries)
        if viewer is not None:
            if viewer not in self.stays:
                raise Lie()
            for entry in self.entries:
                self.must("body" in entry or entry["sender"] != viewer and viewer not in entry["to"], entry["id"])
        called = {bot.id: bot for bot in self.live.values() if not bot.ended}
        if not set(cursors) <= set(called):
            raise Lie()
        for bot in called.values():
            self.must(bot.id in cursors, bot.start)
            self.must(bot.may_be_at(cursors[bot.id], size), bot.last or bot.start)


def check_model(file):
    """(False, entry) for the first entry that no honest server writes; entry is None for the file as a whole."""
    if not file["entries"]:
        return False, None
    try:
        Model(file).run()
        return True, None
    except Lie as lie:
        return False, lie.entry
