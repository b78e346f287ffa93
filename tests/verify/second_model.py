"""Rebuilds a channel entry by entry for the second verifier: its slots, members and bots, and whether an honest server
could have written the next entry. Written from docs/proofs.md, with Python's standard library alone."""
from second_forms import (ADDRESSED, AFTER_CLOSE, CAUSED, CHAINED, KILLS, declared_net, hashed, is_honest, is_said,
                          milliseconds, number)

SLOTS, BOTS, POSTS, TIMERS = 32, 8, 20, 8
TIMER_MS = 30 * 24 * 60 * 60 * 1000


class Lie(Exception):
    def __init__(self, entry=None):
        super().__init__(entry)
        self.entry = entry


class Bot:
    def __init__(self, attach, entry):
        self.attach, self.id, self.start, self.time = attach, attach["bot_id"], entry["id"], entry["ts"]
        self.hooks, self.slot, self.made, self.replaces = [], None, False, False
        self.paused, self.ended, self.gone = False, False, None
        # Entries that call it, oldest first, and how many of them it is known to have passed.
        self.calls, self.passed, self.last = [], 0, 0
        # The recorded entries of the current hook.
        self.cause, self.at, self.stage, self.posts, self.state = None, 0, None, 0, None
        self.kills, self.sure, self.unseen = 0, 0, 0
        self.version, self.runs = 0, 0
        self.failed, self.timers = set(), set()

    def hook(self, entry):
        """The hook that an entry calls."""
        if entry["id"] < self.start or entry["sender"] == "bot:" + self.id:
            return None
        name, body = "on_message", entry.get("body")
        if entry["sender"] == "system" and body is not None:
            type_ = body["type"]
            if body.get("bot_id") == self.id:
                name = {"bot:attach": "on_init", "bot:timer": "on_timer"}.get(type_)
            else:
                name = {"beacon": None, "member_joined": "on_join", "member_left": "on_leave"}.get(type_, name)
        return name if name in self.hooks else None

    def fresh(self):
        self.kills = self.sure = 0

    def may_be_at(self, cursor, last):
        return max(self.start - 1, self.last) <= cursor <= last


class Model:
    def __init__(self, file):
        self.file, self.entries = file, file["entries"]
        self.slots, self.stays = {}, {}
        self.bots, self.live = {}, {}
        self.first, self.queue = {}, []
        self.due, self.described, self.taken_out = None, None, None
        self.sealed, self.closed, self.spent = False, False, False
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
            (self.bot_says if entry["sender"].startswith("bot:") else self.member_says)(entry)
        self.chained.append(0 if cause is None else self.chained[-1] + 1)
        if self.answered(entry["id"]):
            for bot in self.live.values():
                if not bot.ended and bot.hook(entry):
                    bot.calls.append(entry["id"])

    def member_says(self, entry):
        place, to = entry["id"], entry.get("to")
        self.must(self.sits(entry["sender"], place) and entry["kind"] == "user" and "cause" not in entry)
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
        if body is not None:
            version, state = body.get("state_version"), body.get("state_hash")
            self.must(number(version) and bot.version <= version <= bot.version + bot.runs and hashed(state))
            self.must(bot.state in (None, (version, state)))
            bot.state, bot.version, bot.runs = (version, state), version, 0

    def was_run(self, bot, cause):
        self.must(cause is not None and cause >= bot.start and self.answered(cause))

    def speaks(self, bot, cause):
        """The bot is active, and this entry belongs to the hook of the entry directly before, or to a later hook."""
        place = self.now["id"]
        self.must(not bot.ended and bot.gone is None and not bot.paused)
        if bot.cause == cause:
            self.must(bot.at == place - 1)
            bot.at = place
            return
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
        if body is None or body["type"] != "set_bot_applied":
            self.described = None
        if due is None:
            self.must(body is None or body["type"] != "bot:manifest")
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
        elif type_ not in ("rename_applied", "beacon"):
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
                self.must(not bot.ended and not bot.paused and (bot.gone is None or cause["id"] < bot.gone))
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
    def channel_created(self, body, _):
        self.must(body["channel_id"] == self.file["channel_id"] and len(body["slots"]) <= SLOTS)
        for place, slot in enumerate(body["slots"]):
            self.must(slot["slot_id"] == f"s{place}")
            self.slots[slot["slot_id"]] = {**slot, "holder": None, "invited": slot["kind"] == "invite"}
        self.sealed = body["sealed"]

    def bots_announced(self, body, entry):
        self.must(entry["id"] == 2 and len(body["bots"]) <= BOTS)
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
        self.must(first is not None or not self.sealed)
        self.must(body["bot_id"] == f"bot_{body['name']}_{len(self.bots)}" and len(self.live) < BOTS)
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

    def bot_manifest(self, body, entry):
        bot, excerpt, manifest = self.bots[body["bot_id"]], body["manifest_excerpt"], body["manifest"]
        self.must(excerpt["name"] == bot.attach["name"] and excerpt["version"] == bot.attach["version"])
        summary, params = manifest.get("summary"), manifest.get("params")
        words = summary if isinstance(summary, str) else ""
        units = words.encode("utf-16-le", "surrogatepass")[:600]
        self.must(excerpt["summary"] == units.decode("utf-16-le", "replace"))
        self.must(not isinstance(params, dict) or set(params) <= set(excerpt["params"]))
        try:
            self.must(declared_net(manifest) == bot.attach["net"])
        except (ValueError, AttributeError, TypeError):
            self.must(False)
        self.must(bot.id not in self.first or self.first[bot.id]["summary"] == excerpt["summary"])
        bot.hooks = excerpt["hooks"]
        if bot.hook(self.entry(bot.start)):
            bot.calls.append(bot.start)
        if self.queue:
            self.queue.pop(0)
            return self.next_of_first()
        self.described = bot.id
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

    def resume_bot_applied(self, op, _):
        named = [self.live[op["bot_id"]]] if op.get("bot_id") in self.live else []
        if "slot_id" in op:
            slot = self.slot(op["slot_id"])
            if slot["holder"] in self.live:
                named.append(self.live[slot["holder"]])
            elif slot["kind"] == "bot":
                named += self.unplaced()
        self.must(named)
        for bot in named:
            bot.paused = False
            bot.fresh()

    def yield_slot_applied(self, op, _):
        slot, out = self.slot(op["slot_id"]), self.taken_out
        self.must(not self.sealed or slot["kind"] == op["to"] == "invite")
        if out is not None:
            self.is_in(out, op["slot_id"])
            self.vacate(out)
        self.must(slot["holder"] is None and (slot["kind"] != "bot" or self.free() > 0))
        slot["kind"], slot["invited"] = op["to"], op["to"] == "invite"
        self.settle()

    def close_applied(self, op, entry):
        self.must([reveal["bot_id"] for reveal in op["seeds"]] == list(self.live))
        for bot, reveal in zip(self.live.values(), op["seeds"]):
            self.last_word(bot, reveal, entry)
        self.live, self.closed = {}, True

    # Members.
    def member_joined(self, body, entry):
        slot = self.slot(body["slot_id"])
        self.must(body["player_id"] == f"p{len(self.stays) + 1}")
        self.must(slot["kind"] == "invite" and slot["holder"] is None and slot["invited"])
        self.must(slot["label"] == body["label"])
        slot["holder"], slot["invited"] = body["player_id"], False
        self.stays[body["player_id"]] = {"slot": slot, "name": body["display_name"], "from": entry["id"], "until": None}

    def member_rejoined(self, body, _):
        stay = self.stays.get(body["player_id"])
        self.must(stay is not None and stay["until"] is None and stay["slot"]["slot_id"] == body["slot_id"])
        return stay

    def member_left(self, body, entry):
        stay = self.member_rejoined(body, entry)
        self.must(stay["name"] == body["display_name"])
        stay["until"], stay["slot"]["holder"] = entry["id"], None

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
