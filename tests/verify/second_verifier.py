"""A second verifier, written from docs/proofs.md alone and with Python's standard library alone. It shares no code with
the first one, and checks everything except the replay. It reads one line of JSON per case, {"file": an export,
"receipts": [text]}, and prints one line per case: the failed check, or {} if none failed."""
import base64
import datetime
import hashlib
import hmac
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import second_bls  # noqa: E402
from second_ed25519 import is_signed  # noqa: E402
from second_model import check_model  # noqa: E402

# Canonical JSON, RFC 8785.
ESCAPES = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


def canonical_string(text):
    return '"' + "".join(
        ESCAPES.get(ord(c)) or (f"\\u{ord(c):04x}" if ord(c) < 32 else c) for c in text) + '"'


def canonical_number(number):
    value = float(number)
    if value == 0:
        return "0"
    sign, value = ("-", -value) if value < 0 else ("", value)
    mantissa, exponent = f"{value!r}e0".lower().split("e")[:2]
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    n = len(digits)
    if n <= point <= 21:
        text = digits + "0" * (point - n)
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        e = point - 1
        text = digits[0] + ("." + digits[1:] if n > 1 else "") + f"e{'+' if e > 0 else '-'}{abs(e)}"
    return sign + text


def canonical(value):
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return canonical_number(value)
    if isinstance(value, str):
        return canonical_string(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(f"{canonical_string(key)}:{canonical(value[key])}" for key in keys) + "}"


def sha256(data):
    return hashlib.sha256(data).digest()


def hash_text(data):
    return "sha256:" + sha256(data).hex()


# The log.
class Wrong(Exception):
    def __init__(self, check, entry=None):
        super().__init__(check)
        self.found = {"check": check, **({"id": entry} if entry else {})}


def leaf_of(entry):
    body_hash = entry.get("body_hash")
    if "body" in entry:
        body_hash = hash_text(bytes.fromhex(entry["salt"]) + canonical(entry["body"]).encode())
    names = ("id", "channel_id", "sender", "kind", "ts", "to", "cause")
    leaf = {name: entry[name] for name in names if name in entry}
    return sha256(b"\0" + canonical({**leaf, "body_hash": body_hash}).encode())


def tree_of(leaves):
    """RFC 6962 2.1, without recursion: perfect subtrees from the left, folded from the right."""
    stack = []
    for i, leaf in enumerate(leaves):
        node, rest = leaf, i
        while rest % 2:
            node, rest = sha256(b"\1" + stack.pop() + node), rest // 2
        stack.append(node)
    if not stack:
        return sha256(b"")
    root = stack.pop()
    while stack:
        root = sha256(b"\1" + stack.pop() + root)
    return root


def note_from(text):
    parts = re.fullmatch("((?:[^\n]+\n){3})\n((?:[^\n]+\n)+)", text)
    if not parts:
        return None
    origin, size, root, _ = parts[1].split("\n")
    lines = [re.fullmatch("\u2014 (\\S+) (\\S+)", line) for line in parts[2].splitlines()]
    if not all(lines):
        return None
    signatures = [(line[1], base64.b64decode(line[2])) for line in lines]
    return {"text": parts[1].encode(), "origin": origin, "size": int(size), "root": base64.b64decode(root),
            "signatures": signatures}


def signer_of(note, keys):
    for key in keys:
        raw = base64.b64decode(key["public_key"])
        key_id = sha256(note["origin"].encode() + b"\n\1" + raw)[:4]
        for name, signature in note["signatures"]:
            if name == note["origin"] and signature[:4] == key_id and is_signed(raw, note["text"], signature[4:]):
                return raw
    return None


FIELDS = {"id", "channel_id", "sender", "kind", "ts", "to", "cause", "body", "salt", "body_hash", "hash"}


def check_log(file):
    for entry in file["entries"]:
        if set(entry) - FIELDS:
            raise Wrong("format", entry["id"])
    last = ""
    for place, entry in enumerate(file["entries"], 1):
        if entry["id"] != place or entry["channel_id"] != file["channel_id"] or entry.get("cause", 0) >= place:
            raise Wrong("ids", entry["id"])
    for entry in file["entries"]:
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry["ts"]) or entry["ts"] < last:
            raise Wrong("times", entry["id"])
        last = entry["ts"]
    leaves = []
    for entry in file["entries"]:
        leaves.append(leaf_of(entry))
        if "sha256:" + leaves[-1].hex() != entry["hash"]:
            raise Wrong("hashes", entry["id"])
    note = note_from(file["checkpoint"])
    if not note or not note["origin"].endswith("/" + file["channel_id"]) or note["size"] != len(leaves):
        raise Wrong("tree")
    if tree_of(leaves) != note["root"]:
        raise Wrong("tree")
    if not signer_of(note, file["keys"]):
        raise Wrong("signature")
    return leaves, note


def check_receipt(text, file, leaves, current):
    note = note_from(text)
    if not note or note["origin"].split("/")[-1] != current["origin"].split("/")[-1] or not signer_of(note, file["keys"]):
        raise Wrong("receipt")
    if note["size"] > len(leaves) or tree_of(leaves[:note["size"]]) != note["root"]:
        raise Wrong("receipt")


def system_entries(file, *types):
    return [entry for entry in file["entries"] if entry["sender"] == "system" and
            entry.get("body", {}).get("type") in types]


def check_salts(file):
    for closed in system_entries(file, "close_applied"):
        key = bytes.fromhex(closed["body"]["op"]["salts"])
        if hash_text(key) != file["entries"][0]["body"]["salts_commit"]:
            raise Wrong("salts", 1)
        for entry in file["entries"]:
            label = f"mcp-multiplayer/salt/{entry['id']}".encode()
            derived = hmac.new(key, label, hashlib.sha256).hexdigest()
            if "salt" in entry and "to" not in entry and entry["salt"] != derived:
                raise Wrong("salts", entry["id"])


def check_bots(file):
    attached = [entry["body"] for entry in system_entries(file, "bot:attach")]
    def key(module):
        return module["name"], module["version"], module["hash"]
    imported = {key(module) for body in attached for module in body["imports"]}
    modules = [key(module) for module in file["modules"]]
    if not set(file["sources"]) <= {body["code_hash"] for body in attached} or not set(modules) <= imported or (
            len(set(modules)) < len(modules)):
        raise Wrong("sources")
    for attach in system_entries(file, "bot:attach"):
        announced, place = attach["body"], attach["id"]
        source = file["sources"].get(announced["code_hash"])
        if source is None or hash_text(source.encode()) != announced["code_hash"]:
            raise Wrong("sources", place)
        described = next(entry["body"] for entry in system_entries(file, "bot:manifest")
                         if entry["body"]["bot_id"] == announced["bot_id"])
        if hash_text(canonical(described["manifest"]).encode()) != announced["manifest_hash"]:
            raise Wrong("sources", place)
        for module in announced["imports"]:
            found = [m for m in file["modules"] if key(m) == key(module)]
            if not found or hash_text(found[0]["source"].encode()) != module["hash"]:
                raise Wrong("sources", place)
    for attach in system_entries(file, "bot:attach"):
        bot_id, commit, revealed = attach["body"]["bot_id"], attach["body"]["seed_commit"], set()
        for entry in system_entries(file, "bot:end", "bot:detach", "close_applied"):
            body = entry["body"]
            ends = body["op"]["seeds"] if body["type"] == "close_applied" else [body]
            for end in ends:
                if end["bot_id"] == bot_id and hash_text(bytes.fromhex(end["seed"])) != commit:
                    raise Wrong("seeds", entry["id"])
                revealed.add(end["bot_id"])
        for closed in system_entries(file, "close_applied"):
            if bot_id not in revealed:
                raise Wrong("seeds", closed["id"])


def milliseconds(ts):
    time = datetime.datetime.fromisoformat(ts.replace("Z", "+00:00"))
    return (time - datetime.datetime.fromtimestamp(0, datetime.timezone.utc)) // datetime.timedelta(milliseconds=1)


def check_beacon(file):
    first = file["entries"][0].get("body", {})
    chain = first.get("beacon")
    if file["format"] != f"mcp-multiplayer/export/{2 if chain else 1}":
        raise Wrong("beacon", 1)
    if chain:
        facts = chain["period"].to_bytes(4, "big") + chain["genesis_time"].to_bytes(8, "big")
        facts += bytes.fromhex(chain["public_key"] + chain["group_hash"])
        name = "" if chain["beacon_id"] == "default" else chain["beacon_id"]
        if sha256(facts + name.encode()).hex() != chain["hash"]:
            raise Wrong("beacon", 1)
    start = lambda number: (chain["genesis_time"] + (number - 1) * chain["period"]) * 1000
    named, published, draws_from = None, {}, {}
    for entry in file["entries"]:
        place, body = entry["id"], entry.get("body", {})
        if entry["sender"] == "system" and body.get("type") in ("bot:attach", "member_joined"):
            named = body.get("beacon_round")
            if (named is None) != (chain is None):
                raise Wrong("beacon", place)
            # One to two periods ahead.
            ahead = start(named) - milliseconds(entry["ts"]) if chain else 0
            if chain and not chain["period"] * 1000 < ahead <= 2 * chain["period"] * 1000:
                raise Wrong("beacon", place)
        draws_from[place] = named
        if entry["sender"] == "system" and body.get("type") == "beacon":
            number = body["round"]
            if chain is None or number in published or number not in draws_from.values():
                raise Wrong("beacon", place)
            early = milliseconds(entry["ts"]) < start(number)
            if early or not second_bls.is_signed(chain["public_key"], number, body["signature"]):
                raise Wrong("beacon", place)
            published[number] = place
        if entry["sender"] == "system" and body.get("type") == "bot:budget_spent":
            continue
        round_ = draws_from.get(entry.get("cause"))
        if round_ is not None and round_ not in published:
            raise Wrong("beacon", place)


def hashes_in(value):
    if isinstance(value, list):
        return [found for item in value for found in hashes_in(item)]
    if not isinstance(value, dict):
        return []
    return [found for name, item in value.items()
            for found in ([item] if name == "body_hash" else hashes_in(item))]


def check_evidence(file):
    named = {name for entry in system_entries(file, "bot:evidence") for name in hashes_in(entry["body"]["exchanges"])}
    if not set(file["evidence"]) <= named:
        raise Wrong("evidence")
    for name, text in file["evidence"].items():
        if hash_text(base64.b64decode(text)) != name:
            raise Wrong("evidence")
    for entry in system_entries(file, "bot:evidence"):
        if any(name not in file["evidence"] for name in hashes_in(entry["body"]["exchanges"])):
            raise Wrong("evidence", entry["id"])


def verify(file, receipts):
    leaves, note = check_log(file)
    for receipt in receipts:
        check_receipt(receipt, file, leaves, note)
    honest, entry = check_model(file)
    if not honest:
        raise Wrong("speakers", entry)
    check_salts(file)
    check_bots(file)
    check_beacon(file)
    check_evidence(file)


def judged(case):
    try:
        verify(case["file"], case["receipts"])
        return {}
    except Wrong as wrong:
        return wrong.found
    except (AttributeError, KeyError, ValueError, TypeError, IndexError, StopIteration) as error:
        return {"check": "format", "text": repr(error)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(judged(json.loads(line))))
