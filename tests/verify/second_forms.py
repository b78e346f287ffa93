"""The form of the server's own entries, and the hosts to which a bot may connect, for the second verifier. Written from
docs/proofs.md, with Python's standard library alone."""
import datetime
import re

KILLS, CHAINED = 3, 64
PAUSED = ("Its hooks had to be killed 3 times in a row. An admin may resume it: "
          "update_channel with resume_bot.")
SPENT = "Bots have answered each other often enough; they go on when a member posts."
HASH, HEX = re.compile(r"sha256:[0-9a-f]{64}"), re.compile(r"[0-9a-f]{64}")
HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:\d{1,5})?")
URL = re.compile(r"\s*(https?)://([^/?#:@\[\]\\]+)(?::(\d+))?(?:[/?#].*)?", re.S | re.I)


# The form of the server's entries: each field has a check for its value. A field whose name ends in "__" may be absent.
def text(value):
    return isinstance(value, str)


def filled(value):
    return text(value) and value != ""


def number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def positive(value):
    return number(value) and value > 0


def flag(value):
    return isinstance(value, bool)


def record(value):
    return isinstance(value, dict)


def anything(_):
    return True


def hashed(value):
    return text(value) and HASH.fullmatch(value) is not None


def hexed(value):
    return text(value) and HEX.fullmatch(value) is not None


def cursor(value):
    return value is None or number(value)


def one_of(*values):
    return lambda value: any(value == each and type(value) is type(each) for each in values)


def each(form, least=0):
    return lambda value: isinstance(value, list) and len(value) >= least and all(map(form, value))


def form(**fields):
    plain = {name.rstrip("_"): check for name, check in fields.items() if not name.endswith("__")}
    maybe = {name[:-2]: check for name, check in fields.items() if name.endswith("__")}

    def holds(value):
        return record(value) and set(plain) <= set(value) <= set(plain) | set(maybe) and all(
            {**plain, **maybe}[name](item) for name, item in value.items())
    return holds


def player(value):
    return text(value) and re.fullmatch(r"p[1-9]\d*", value) is not None


def name(value):
    return filled(value) and value == value.strip() and len(value) <= 120


DELETION = (
    "This channel will be deleted at the time that is stated here, or once every member has exported it or agrees. "
    "Until then export_channel gives you a file that anyone can verify elsewhere.")
IDLE = (
    "No member has said or done anything here for long. The server will close this channel at {}, unless a member "
    "posts something before.")


def within(least, most):
    return lambda value: number(value) and least <= value <= most


HOOK = one_of("on_init", "on_join", "on_message", "on_leave", "on_timer")
KIND = one_of("bot", "invite")
HEADERS = each(lambda pair: isinstance(pair, list) and len(pair) == 2 and all(map(text, pair)))
BYTES = {"body_hash__": hashed, "body_bytes__": number, "withheld__": one_of("[sealed]")}
PARTS = {
    "fetch": form(kind=text, method=one_of("GET", "POST"), url=text, headers=HEADERS,
                  redirect__=one_of("manual", "error"), **BYTES),
    "tls": form(kind=text, host=text, port=number),
    "fetched": form(kind=text, url=text, status=number, headers=HEADERS, **BYTES),
    "certified": form(kind=text, verified=flag, error__=text, **BYTES),
    "failed": form(kind=text, reason=one_of("refused", "limit", "timeout", "unreachable"), message=text),
}


def exchange(value):
    if not record(value) or not record(value.get("request")) or not record(value.get("answer")):
        return False
    request, answer = value["request"], value["answer"]
    asks, answers = one_of("fetch", "tls"), one_of("fetched", "certified", "failed")
    if not asks(request.get("kind")) or not answers(answer.get("kind")):
        return False
    if set(value) == {"request", "answer", "cut"}:
        return value["cut"] is True and set(request) == set(answer) == {"kind"}
    return set(value) == {"request", "answer"} and PARTS[request["kind"]](request) and PARTS[answer["kind"]](answer)


def reason(value):
    return text(value) and len(value) <= 200


def moment(value):
    return text(value) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value) is not None


def actor(value):
    return value == "host" or player(value)


def closer(value):
    return value == "server" or actor(value)


def applied(by=actor, **fields):
    return form(type=text, op=form(type=text, **fields), by__=by)


FORMS = {
    "channel_created": form(
        type=text, channel_id=text, name=text, slots=each(form(slot_id=text, kind=KIND, label=filled), 1),
        visibility=one_of("private", "unlisted", "public"), sealed=flag, spectators=flag,
        open_seats__=one_of(True), rated__=one_of(True),
        claim_ms__=positive, idle__=form(warned_after_ms=positive, closed_after_ms=positive),
        spectating__=form(by__=one_of("link"), delay__=within(1, 1_000), max__=within(1, 1_000), speak__=one_of(True)),
        quiet_ms__=positive, salts_commit=hashed,
        addressed_salts_commit=hashed, match__=form(rated=flag),
        beacon__=form(hash=text, public_key=text, period=number, genesis_time=number, group_hash=text, beacon_id=text,
                      scheme=text)),
    "bots_announced": form(type=text, bots=each(form(
        slot_id=text, bot_id=text, name=text, version=text, summary=text, code_hash=hashed), 1)),
    "bot:attach": form(
        type=text, bot_id=text, name=text, version=text, language=one_of("javascript", "typescript", "python"),
        class_name=text, code_hash=hashed, manifest_hash=hashed, engine=text, engine_parts__=record,
        imports=each(form(name=text, version=text, hash=hashed)),
        net=lambda net: net == "public" or each(text)(net), private__=flag, env__=each(text, 1), env_commit__=hashed,
        seed_commit=hashed, beacon_round__=number, rematch_of__=text, seats__=each(text, 1)),
    "bot:manifest": form(type=text, bot_id=text, manifest=record, beside__=each(text, 1), sealed__=one_of(True), manifest_excerpt=form(
        name=text, version=text, summary=text, hooks=each(HOOK), params=record)),
    "bot:detach": form(type=text, bot_id=text, seed=hexed, cursor__=cursor),
    "bot:evidence": form(type=text, bot_id=text, hook=HOOK, exchanges=each(exchange, 1)),
    "bot:failed": form(
        type=text, bot_id=text, hook=HOOK,
        reason=one_of("threw", "out_of_budget", "out_of_memory", "never_settled", "killed"),
        message__=text, line__=number, after_ms__=lambda ms: isinstance(ms, (int, float)) and not flag(ms)),
    "bot:paused": form(type=text, bot_id=text, kills=one_of(KILLS), text=one_of(PAUSED)),
    "bot:budget_spent": form(type=text, bot_id=text, entries=one_of(CHAINED), text=one_of(SPENT)),
    "bot:end": form(type=text, bot_id=text, result=anything, seed=hexed),
    "bot:timer": form(type=text, bot_id=text, name=filled, due=text),
    "member_joined": form(type=text, player_id=player, slot_id=text, label=text, display_name=filled, entropy__=filled,
                          beacon_round__=number),
    "member_left": form(type=text, player_id=player, slot_id=text, display_name=text,
                        reason__=one_of("left", "removed", "banned"), by__=actor),
    "member_renamed": form(type=text, player_id=player, display_name=filled),
    "idle_warning": form(type=text, at=moment, text=text),
    "close_asked": form(type=text, player_id=player),
    "rematch_asked": form(type=text, player_id=player, bot_id=text),
    "member_rejoined": form(type=text, player_id=player, slot_id=text),
    "beacon": form(type=text, round=number, signature=text),
    "rename_applied": applied(name=name),
    "set_admin_applied": applied(slot_id=text, admin=flag),
    "set_bot_applied": applied(slot_id__=text, bot=form(name=text, version=text, code_hash=hashed)),
    "remove_bot_applied": applied(slot_id__=text, bot_id__=text),
    "read_log_applied": applied(bot_id=text),
    "replace_state_applied": applied(bot_id=text, state=anything),
    "emit_hook_applied": applied(bot_id=text, hook=HOOK, args=lambda args: isinstance(args, list) and len(args) <= 3),
    "pause_bot_applied": applied(slot_id__=text, bot_id__=text),
    "kick_applied": applied(player_id=player, reason__=reason),
    "ban_applied": applied(player_id=player, reason__=reason),
    "unban_applied": applied(player_id=player),
    "mute_applied": applied(player_id=player, muted=flag),
    "add_slot_applied": applied(kind=KIND, label=lambda label: filled(label) and len(label) <= 60, slot_id=text),
    "new_invite_applied": applied(slot_id=text, expires__=moment),
    "revoke_invite_applied": applied(slot_id=text),
    "resume_bot_applied": applied(slot_id__=text, bot_id__=text),
    "yield_slot_applied": applied(slot_id=text, to=KIND),
    "claim_applied": form(type=text, op=form(
        type=text, player_id=player, bot_id=text, turn_id=lambda place: number(place) and place > 0)),
    "set_visibility_applied": applied(visibility__=one_of("private", "unlisted", "public"), open_seats__=flag),
    "set_spectators_applied": applied(who=one_of("off", "link", "public"), delay=within(0, 1_000),
                                      max__=within(1, 1_000), speak__=one_of(True)),
    "delete_applied": applied(at=text, text=one_of(DELETION)),
    "delete_agreed": form(type=text, by=actor),
    "close_applied": applied(by=closer, seeds=each(form(bot_id=text, seed=hexed, cursor__=cursor)), salts=hexed),
}
CONTROL = ("bot:evidence", "bot:failed", "bot:paused", "bot:budget_spent")
CAUSED = CONTROL + ("bot:end", "bot:timer")
ADDRESSED = ("bot:evidence", "bot:failed")
AFTER_CLOSE = ("bot:evidence", "member_left", "member_rejoined", "delete_agreed", "delete_applied")


def is_said(body, kind):
    type_ = body.get("type")
    if not text(type_) or type_ not in FORMS or kind != ("control" if type_ in CONTROL + ("claim_applied",) else "system"):
        return False
    if not FORMS[type_](body):
        return False
    if type_.endswith("_applied"):
        return body["op"]["type"] + "_applied" == type_
    if type_ == "idle_warning":
        return body["text"] == IDLE.format(body["at"])
    if type_ == "bot:attach":
        return ("env" in body) == ("env_commit" in body) and ("seats" in body) == ("rematch_of" in body)
    if type_ == "bot:failed":
        expected = {"threw": {"message"}, "killed": {"after_ms"}}.get(body["reason"], set())
        return set(body) - {"type", "bot_id", "hook", "reason"} - ({"line"} & set(
            body if body["reason"] == "threw" else ())) == expected
    return True


def milliseconds(ts):
    epoch = datetime.datetime.fromtimestamp(0, datetime.timezone.utc)
    return (datetime.datetime.fromisoformat(ts.replace("Z", "+00:00")) - epoch) // datetime.timedelta(milliseconds=1)


# Hosts.
def announced_params(params):
    """The sets of names, one of which an excerpt has for the params of its manifest."""
    names = [set(params)] if record(params) else [set()]
    if record(params) and params.get("type") == "object" and record(params.get("properties")):
        known = params["properties"].items()
        names.append({name for name, schema in known if record(schema) and "default" in schema})
    return names


def declared_net(manifest):
    net = manifest.get("net", "public")
    if net == "public":
        return net
    hosts = [host.lower() for host in net]
    if len(hosts) > 16 or not all(HOST.fullmatch(host) for host in hosts):
        raise ValueError("no hosts")
    return list(dict.fromkeys(hosts))


def may_ask(net, url):
    parts = URL.fullmatch(url)
    if not parts:
        return False
    scheme, host, port = parts[1].lower(), parts[2].lower(), parts[3]
    usual = 443 if scheme == "https" else 80
    asked = int(port) if port else usual
    if re.fullmatch(r"\d+\.\d+\.\d+\.\d+", host):
        return False
    for entry in ["*"] if net == "public" else net:
        declared, _, own = entry.partition(":")
        named = declared == "*" or declared == host or declared.startswith("*.") and host.endswith(declared[1:])
        if named and asked == (int(own) if own else usual):
            return True
    return False


def is_honest(announced, attach):
    net, sealed = attach["net"], "env" in attach
    request, answer = announced["request"], announced["answer"]
    if "cut" in announced:
        return net != [] or answer["kind"] == "failed"
    for part in (request, answer):
        if "withheld" in part and not sealed:
            return False
        if {"withheld", "body_hash", "body_bytes"} & set(part):
            if ("body_hash" in part) == ("withheld" in part) or "body_bytes" not in part:
                return False
    if answer["kind"] == "failed":
        return True
    if (request["kind"] == "fetch") != (answer["kind"] == "fetched") or "body_bytes" not in answer:
        return False
    asked = request["url"] if request["kind"] == "fetch" else f"https://{request['host']}:{request['port']}/"
    urls = [asked, answer["url"]] if answer["kind"] == "fetched" else [asked]
    return all(may_ask(net, url) or sealed and "[sealed]" in url and not URL.fullmatch(url) and net != []
               for url in urls)
