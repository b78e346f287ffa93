"""Who may say what in a channel, written from docs/proofs.md, for the second verifier."""

# By type: the kind of the entry, whether a hook caused it, whether it may be for some alone.
SYSTEM = {
    **dict.fromkeys(("channel_created", "bots_announced", "bot:attach", "bot:manifest", "bot:detach", "member_joined",
                     "member_left", "member_rejoined", "beacon", "close_applied", "rename_applied",
                     "set_admin_applied", "set_bot_applied", "remove_bot_applied", "resume_bot_applied",
                     "yield_slot_applied"), ("system", False, False)),
    **dict.fromkeys(("bot:end", "bot:timer"), ("system", True, False)),
    **dict.fromkeys(("bot:failed", "bot:evidence"), ("control", True, True)),
    **dict.fromkeys(("bot:paused", "bot:budget_spent"), ("control", True, False)),
}
FIELDS = {
    "bot:timer": {"type", "bot_id", "name", "due"},
    "bot:evidence": {"type", "bot_id", "hook", "exchanges"},
    "bot:end": {"type", "bot_id", "result", "seed"},
    "member_left": {"type", "player_id", "slot_id", "display_name"},
    "member_rejoined": {"type", "player_id", "slot_id"},
    "beacon": {"type", "round", "signature"},
}
OPENING = ("channel_created", "bots_announced", "bot:attach", "bot:manifest")
AFTER_CLOSE = ("bot:evidence", "member_left", "member_rejoined")


def check_speakers(file):
    """The first entry that nobody could have said; None when there is none."""
    for entry in file["entries"]:
        if "body" not in entry and "to" not in entry:
            return entry["id"]
    bots, seated, state = {}, set(), {"opening": True, "closed": False, "spent": False, "described": None,
                                    "withheld": set(), "ever": set()}
    for entry in file["entries"]:
        if not may_say(entry, file, bots, seated, state):
            return entry["id"]
    first = file["entries"][1].get("body", {}) if len(file["entries"]) > 1 else {}
    for told in first["bots"] if first.get("type") == "bots_announced" else []:
        bot = bots.get(told["bot_id"])
        if not bot or any(bot["attach"][name] != told[name] for name in ("name", "version", "code_hash")):
            return bot["from"] if bot else 2
    return len(file["entries"]) if state["described"] else None


def may_say(entry, file, bots, seated, state):
    sender, kind, cause, body = entry["sender"], entry["kind"], entry.get("cause"), entry.get("body")
    if cause is None:
        state["spent"] = False
    if sender != "system":
        state["opening"] = False
        if state["described"] or state["closed"]:
            return False
        if sender.startswith("bot:"):
            bot = sender[4:]
            own = body is None or body.get("bot_id") == bot
            return own and kind != "user" and speaks(bots.get(bot), cause)
        return sender in seated and kind == "user" and cause is None
    if body is None:
        state["withheld"].add(cause)
        return cause is not None
    type_ = body.get("type")
    if not isinstance(type_, str) or type_ not in SYSTEM:
        return False
    if type_ in FIELDS and set(body) != FIELDS[type_]:
        return False
    expected, caused, addressed = SYSTEM[type_]
    if kind != expected or (cause is not None) != caused or "to" in entry and not addressed:
        return False
    if (entry["id"] == 1) != (type_ == "channel_created") or state["closed"] and type_ not in AFTER_CLOSE:
        return False
    if state["described"] != (body["bot_id"] if type_ == "bot:manifest" else None):
        return False
    state["described"] = None
    state["opening"] = state["opening"] and type_ in OPENING
    return follows(type_, body, entry, file, bots, seated, state)


def follows(type_, body, entry, file, bots, seated, state):
    cause = entry.get("cause")
    if type_ == "channel_created":
        state["sealed"] = body["sealed"]
        return body["channel_id"] == file["channel_id"]
    if type_ == "bots_announced":
        return entry["id"] == 2
    if type_ == "bot:attach":
        if body["bot_id"] in bots or state["sealed"] and not state["opening"]:
            return False
        state["described"] = body["bot_id"]
        bots[body["bot_id"]] = {"from": entry["id"], "attach": body, "gone": False, "out": False, "last": 0}
    elif type_ == "bot:detach":
        bot = bots.get(body["bot_id"])
        if not bot or bot["out"] or state["sealed"]:
            return False
        bot["gone"] = bot["out"] = True
    elif type_ == "member_joined":
        if body["player_id"] in state["ever"]:
            return False
        state["ever"].add(body["player_id"])
        seated.add(body["player_id"])
    elif type_ in ("member_left", "member_rejoined"):
        if body["player_id"] not in seated:
            return False
        if type_ == "member_left":
            seated.remove(body["player_id"])
    elif type_ == "beacon":
        return isinstance(body["round"], int) and isinstance(body["signature"], str)
    elif type_ == "close_applied":
        state["closed"] = True
    elif type_ in ("bot:failed", "bot:paused", "bot:end"):
        bot = bots.get(body["bot_id"])
        if not speaks(bot, cause):
            return False
        if type_ == "bot:paused" and bot.get("killed_at") != cause and cause not in state["withheld"]:
            return False
        if type_ == "bot:failed":
            bot["killed_at"] = cause if body["reason"] == "killed" else None
        bot["gone"] = type_ == "bot:end"
    elif type_ in ("bot:evidence", "bot:timer", "bot:budget_spent"):
        bot = bots.get(body["bot_id"])
        if not bot or cause < bot["from"] or type_ == "bot:budget_spent" and state["spent"]:
            return False
        if type_ == "bot:evidence" and not body["exchanges"] or type_ == "bot:timer" and bot["gone"]:
            return False
        state["spent"] = state["spent"] or type_ == "bot:budget_spent"
    return True


def speaks(bot, cause):
    """Whether a bot is there and has an entry to speak of that it has not gone on from."""
    if not bot or bot["gone"] or cause is None or cause < max(bot["from"], bot["last"]):
        return False
    bot["last"] = cause
    return True
