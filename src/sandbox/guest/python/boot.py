"""Starts the interpreter that runs bots: imports the modules that bots use most, then waits.

This file runs once. The host takes an image of the interpreter afterwards, and every call starts
from that image. Nothing here is a security boundary: the host enforces the limits, and WASI gives
this interpreter no file, socket or process. A message to the host is a JSON list written to
descriptor 1; `write` returns the length of the reply, which is read from descriptor 0.
"""
import binascii
import gc
import posix
import sys
import time
import types

gc.disable()
from _json import encode_basestring, encode_basestring_ascii, make_encoder, make_scanner


class Scanning:
    strict = True
    object_hook = object_pairs_hook = None
    parse_float, parse_int, memo = float, int, {}
    parse_constant = None


# Built here rather than taken from the module json, which a bot can change.
_scan = make_scanner(Scanning)
_write, _read = posix.write, posix.read
_reserve = [bytes(256 * 1024)]
_OUT_OF_MEMORY = b'["settle","out_of_memory","",""]'


def loads(text):
    return _scan(text, 0)[0]


def dumps(value):
    """JSON without spaces, as JSON.stringify writes it.

    Raises TypeError or ValueError for a value that JSON cannot express.
    """
    def unknown(item):
        raise TypeError(f"{type(item).__name__} is not JSON")
    encode = make_encoder({}, unknown, encode_basestring, None, ":", ",", False, False, False)
    text = "".join(encode(value, 0))
    try:
        text.encode()
        return text
    except UnicodeEncodeError:  # A lone surrogate: escaped here; the host replaces it with U+FFFD.
        encode = make_encoder({}, unknown, encode_basestring_ascii, None, ":", ",", False, False, False)
        return "".join(encode(value, 0))


def ask(*message):
    """Sends a message to the host and returns the reply, a string."""
    length = _write(1, dumps(message).encode())
    return _read(0, length).decode() if length else ""


def settle(kind, first="", second=""):
    """Reports how the call ended. Never returns: the host stops the interpreter."""
    _reserve.clear()
    if kind == "out_of_memory":
        _write(1, _OUT_OF_MEMORY)
    streams.flush()
    ask("settle", kind, first, second)


class Streams:
    """The standard streams of bots: output goes to the bot's author, a line at a time; there is no input."""
    encoding, errors, closed, newlines = "utf-8", "strict", False, None
    # Outside of the instance, so that what a bot does to it is its own affair.
    _parts, _full = [], []

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not " + type(text).__name__)
        *lines, rest = text.split("\n")
        for line in lines:
            self._parts.append(line)
            self.flush()
        if rest and not self._full:
            self._parts.append(rest)
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        if self._parts and not self._full and ask("print", "".join(self._parts)[:2 * settings["limits"]["logChars"]]):
            self._full.append(True)
        self._parts.clear()

    def isatty(self):
        return False

    def readable(self):
        return False

    def writable(self):
        return True

    def read(self, *_):
        return ""

    readline = read


def module(name, source):
    new_module = types.ModuleType(name)
    new_module.__dict__.update(host)
    exec(compile(source, f"<{name}>", "exec"), new_module.__dict__)
    return new_module


def enter():
    """The host's entry. Returns only if the bot awaits something that never settles."""
    try:
        job = loads(ask("job"))
        if job["kind"] == "compile":
            vetting.compile_bot(job["source"])
        else:
            running.start(job)
    except MemoryError:
        settle("out_of_memory")
    except RecursionError:
        settle("threw", "RecursionError: the source nests too deeply", "")


def limited(set_limit, most):
    """A `setrecursionlimit` with a maximum, so that endless recursion raises its error before memory runs out."""
    def setrecursionlimit(limit, /):
        set_limit(min(limit, most))
    return setrecursionlimit


settings = loads(ask("settings"))
sys.setrecursionlimit(settings["calls"]["pythonCalls"])
sys.setrecursionlimit = limited(sys.setrecursionlimit, settings["calls"]["mostPythonCalls"])
host = {
    "settings": settings, "Scanning": Scanning, "make_scanner": make_scanner,
    "loads": loads, "dumps": dumps, "ask": ask, "settle": settle,
    "a2b_base64": binascii.a2b_base64, "b2a_base64": binascii.b2a_base64,
}
import _strptime, base64, collections, copy, dataclasses, datetime, decimal, enum, fractions, functools, hashlib, heapq
import hmac, itertools, json, math, random, re, secrets, statistics, string, struct, textwrap, traceback, typing
import unicodedata, urllib.parse, uuid, warnings, weakref, zlib

files = settings["files"]
network = module("network", files["network"])
vetting = module("vetting", files["vetting"])
host["network"], host["vetting"] = network, vetting
module("web_modules", files["web_modules"])
context = module("context", files["context"])
host["context"], host["waiting"] = context, module("waiting", files["waiting"])
host["bot_class"] = module("bot_class", files["bot_class"])
running = module("running", files["running"])
streams = sys.stdin = sys.stdout = sys.stderr = sys.__stdin__ = sys.__stdout__ = sys.__stderr__ = Streams()
# Freed at once: most hooks then find enough free memory and do not grow it.
del files
room = bytearray(settings["room"])
del room
gc.collect()
gc.freeze()
gc.enable()
ask("entry", id(enter))
time.time()
