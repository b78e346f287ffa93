"""The bot's `ctx`, and the scratch folder in which its `open` works.

Nothing here is a security boundary: only posts and state that the host accepts count.
"""
import io
import re
import sys
import types

LIMITS = settings["limits"]
BOT_FILE = settings["botFile"]
FOLDER = "/workspace"


def refuse(message, kind=ValueError):
    """Ends the hook at once, so that a bot cannot catch the error and hide a broken limit."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != BOT_FILE:
        frame = frame.f_back
    line = frame.f_lineno if frame is not None else None
    settle("threw", f"{kind.__name__}: {message}", f"{BOT_FILE}:{line}")


def _number(digits):
    """Refuses a whole number that JSON would change: the server writes the digits that JavaScript gives a double."""
    value = int(digits)
    if -(2**53) <= value <= 2**53:
        return value
    mantissa, _, exponent = repr(float(digits)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    shortest = whole + fraction.ljust(int(exponent), "0") if exponent else whole
    if shortest == digits and int(exponent or 0) < 21:
        return value
    raise ValueError(f"the number {digits[:40]} is too large: write it as a string")


class _Numbers(Scanning):
    parse_int = _number


_numbers = make_scanner(_Numbers)
_LONG_NUMBER = re.compile(r"\d{16}").search


_MENDS = {
    "set": "make it a list", "frozenset": "make it a list", "deque": "make it a list", "generator": "make it a list",
    "dict_keys": "make it a list", "dict_values": "make it a list", "range": "make it a list", "map": "make it a list",
    "bytes": "decode it, or write it in base64", "Decimal": "make it a string", "Fraction": "make it a string",
    "UUID": "make it a string", "datetime": "call its isoformat()", "date": "call its isoformat()",
    "timedelta": "call its total_seconds()", "coroutine": "await it",
}


def _mend(value):
    name = type(value).__name__
    if hasattr(type(value), "__dataclass_fields__"):
        return "make it a dict with dataclasses.asdict()"
    if hasattr(type(value), "__members__") or hasattr(value, "_value_"):
        return "take its value"
    return _MENDS.get(name, "make it a dict, a list, a string or a number")


def _fault(value, path):
    """Where a value is not JSON, and how to fix it, or "". Reads each level once, down to the deepest allowed."""
    level = [(path, value)]
    for _ in range(LIMITS["jsonDepth"] + 1):
        below = []
        for path, item in level:
            if isinstance(item, dict):
                for key, inner in item.items():
                    if not (key is None or isinstance(key, (str, int, float))):
                        return f"{path} has a {type(key).__name__} for a key: make it a string"
                    below.append((f"{path}.{key}"[:200], inner))
            elif isinstance(item, (list, tuple)):
                below.extend((f"{path}[{at}]"[:200], inner) for at, inner in enumerate(item))
            elif isinstance(item, float) and (item != item or item in (float("inf"), float("-inf"))):
                return f"{path} is {item!r}: write None or a string"
            elif not (item is None or isinstance(item, (str, int, float))):
                return f"{path} is a {type(item).__name__}: {_mend(item)}"
        level = below
    return ""


def _json(value, what, limit):
    """The JSON of a value. Refused here, not sent, where it is clearly longer than the limit."""
    try:
        text = dumps(value)
        if _LONG_NUMBER(text):
            _numbers(text, 0)
    except RecursionError:
        raise TypeError(f"{what} must be JSON: it nests too deeply") from None
    except (TypeError, ValueError) as error:
        reason = _fault(value, what.rpartition(" ")[2]) or error
        raise TypeError(f"{what} must be JSON: {reason}") from None
    if len(text) > 2 * limit:
        return refuse(f"{what} is {len(text.encode())} bytes; at most {limit} are allowed")
    return text


def _check_reply(call, reply):
    """The host replies with the reason for a refusal, or with nothing."""
    if reply:
        refuse(f"{call}: {reply}")


class Done(network.Awaited):
    """The result of a call without a value. A bot may await it, as in the other languages."""

    def __await__(self):
        return None
        yield

    def __bool__(self):
        return False

    def __repr__(self):
        return "None"


_DONE = Done()
MEMBERS = (
    "post", "get_state", "set_state", "players", "set_timer", "clear_timer", "end", "env", "fetch", "tls_certificate",
    "workspace",
)


def _addressees(to):
    """Also accepts `{"to": [...]}`, the form of the other languages."""
    if isinstance(to, dict) and list(to) == ["to"]:
        to = to["to"]
    return sorted(to, key=str) if isinstance(to, (set, frozenset)) else list(to) if isinstance(to, tuple) else to


# The inputs of the one hook that this interpreter runs.
_state = _players = "null"
_sealed = types.MappingProxyType({})


class Context:
    __slots__ = ()

    def post(self, kind, body=None, to=None):
        if kind not in ("bot", "system", "control"):
            raise TypeError('ctx.post: the kind must be "bot", "system" or "control", as in ctx.post("bot", body)')
        plain = {"text": body} if isinstance(body, str) else body
        if not isinstance(plain, dict):
            raise TypeError("ctx.post: the body must be a JSON object or a string")
        text = _json(plain, "ctx.post: the body", LIMITS["bodyBytes"])
        to = "" if to is None else _json(_addressees(to), "ctx.post: to", LIMITS["bodyBytes"])
        _check_reply("ctx.post", ask("post", kind, text, to))
        return _DONE

    def get_state(self):
        return loads(_state)

    def set_state(self, value):
        global _state
        text = _json(value, "ctx.set_state: the state", LIMITS["botStateBytes"])
        _check_reply("ctx.set_state", ask("set_state", text))
        _state = text
        return _DONE

    def end(self, result=None):
        _check_reply("ctx.end", ask("end", _json(result, "ctx.end: the result", LIMITS["bodyBytes"])))
        return _DONE

    def players(self):
        return loads(_players)

    def set_timer(self, name, ms):
        if not isinstance(name, str):
            raise TypeError("ctx.set_timer: the name must be a string")
        if isinstance(ms, bool) or not isinstance(ms, (int, float)):
            raise TypeError("ctx.set_timer: the milliseconds must be a number")
        ahead = ms if 0 <= ms < 1e15 else -1
        _check_reply("ctx.set_timer", ask("set_timer", name[:200], ahead))
        return _DONE

    def clear_timer(self, name):
        if not isinstance(name, str):
            raise TypeError("ctx.clear_timer: the name must be a string")
        _check_reply("ctx.clear_timer", ask("clear_timer", name[:200]))
        return _DONE

    @property
    def env(self):
        return _sealed

    @property
    def workspace(self):
        return FOLDER

    def fetch(self, url, method="GET", headers=None, body=None, *, json=None, redirect="follow"):
        return network.fetch(url, method, headers, body, json=json, redirect=redirect)

    def tls_certificate(self, host, port=443):
        return network.tls_certificate(host, port)

    def __getattr__(self, name):
        raise AttributeError(f'ctx has no "{name}": it has {", ".join(MEMBERS)}')

    def __setattr__(self, name, _):
        raise AttributeError(f'ctx cannot hold "{name}": keep state with ctx.set_state')

    def __repr__(self):
        return "<ctx>"


def make(job):
    global _state, _players, _sealed
    _state, _players = job["state"], job["players"]
    _sealed = types.MappingProxyType(loads(job["env"]))
    return Context()


_files = {}


class _File(io.RawIOBase):
    """An open file of the scratch folder. The folder is in memory and ends with the hook."""

    def __init__(self, path, data, mode):
        super().__init__()
        self.name, self.mode = path, mode
        self._data = data
        self._at = 0

    def readable(self):
        return "r" in self.mode or "+" in self.mode

    def writable(self):
        return self.mode != "r"

    def seekable(self):
        return True

    def readinto(self, target):
        part = self._data[self._at:self._at + len(target)]
        target[:len(part)] = part
        self._at += len(part)
        return len(part)

    def write(self, content):
        content = bytes(content)
        if "a" in self.mode:
            self._at = len(self._data)
        self._fits(self._at + len(content))
        if self._at > len(self._data):
            self._data.extend(bytes(self._at - len(self._data)))
        self._data[self._at:self._at + len(content)] = content
        self._at += len(content)
        return len(content)

    def _fits(self, size):
        others = sum(len(data) for data in _files.values() if data is not self._data)
        if others + size > LIMITS["workspaceBytes"]:
            refuse(f"ctx.workspace: at most {LIMITS['workspaceBytes']} bytes are allowed", OSError)

    def seek(self, offset, whence=0):
        base = (0, self._at, len(self._data))[whence]
        if base + offset < 0:
            raise OSError(28, "Invalid argument")
        self._at = base + offset
        return self._at

    def tell(self):
        return self._at

    def truncate(self, size=None):
        size = self._at if size is None else size
        self._fits(size)
        del self._data[size:]
        self._data.extend(bytes(size - len(self._data)))
        return size


def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    """The built-in `open`, for files in `ctx.workspace`."""
    text = file.decode() if isinstance(file, bytes) else file.__fspath__() if hasattr(file, "__fspath__") else file
    if not isinstance(text, str):
        raise TypeError(f"open: the path must be a string, not {type(file).__name__}")
    kind = mode.replace("b", "").replace("t", "").replace("+", "")
    if kind not in ("r", "w", "a", "x") or ("b" in mode and "t" in mode):
        raise ValueError(f"invalid mode: '{mode}'")
    inside = text.startswith(FOLDER + "/") or not text.startswith("/")
    path = text.removeprefix(FOLDER + "/").removeprefix("./")
    if not inside or not path or ".." in path.split("/") or (path not in _files and kind == "r"):
        raise FileNotFoundError(44, "No such file or directory", text)
    if path in _files and kind == "x":
        raise FileExistsError(20, "File exists", text)
    if path not in _files and len(_files) >= LIMITS["workspaceFiles"]:
        refuse(f"ctx.workspace: at most {LIMITS['workspaceFiles']} files are allowed", OSError)
    data = _files.setdefault(path, bytearray())
    if kind == "w":
        data.clear()
    raw = _File(text, data, kind + ("+" if "+" in mode else ""))
    if "b" in mode and buffering == 0:
        return raw
    if "+" in mode:
        buffered = io.BufferedRandom(raw)
    else:
        buffered = io.BufferedReader(raw) if kind == "r" else io.BufferedWriter(raw)
    if kind == "a":
        buffered.seek(0, 2)
    if "b" in mode:
        return buffered
    wrapper = io.TextIOWrapper(buffered, encoding or "utf-8", errors, newline, buffering == 1)
    wrapper.mode = mode
    return wrapper


io.open = open
