"""Starts the interpreter in which bots run: imports what they usually import, and waits to be called.

Runs once; what it leaves behind is the image from which every call starts. It guards nothing: the limits are held by
the host, and the wall is that this interpreter has nothing to give. A message to the host is a JSON list; it goes to
descriptor 1, and `write` returns the length of the reply.
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


# Not those of the module json, which a bot can change.
_scan = make_scanner(Scanning)
_write, _read = posix.write, posix.read
_reserve = [bytes(256 * 1024)]
_OUT_OF_MEMORY = b'["settle","out_of_memory","",""]'


def loads(text):
    return _scan(text, 0)[0]


def dumps(value):
    """JSON as short as JavaScript's; raises TypeError or ValueError for what is none."""
    def unknown(item):
        raise TypeError(f"{type(item).__name__} is not JSON")
    encode = make_encoder({}, unknown, encode_basestring, None, ":", ",", False, False, False)
    text = "".join(encode(value, 0))
    try:
        text.encode()
        return text
    except UnicodeEncodeError:  # Half of a surrogate pair: for the host to refuse.
        encode = make_encoder({}, unknown, encode_basestring_ascii, None, ":", ",", False, False, False)
        return "".join(encode(value, 0))


def ask(*message):
    """Sends a message and gives the reply, a string."""
    length = _write(1, dumps(message).encode())
    return _read(0, length).decode() if length else ""


def settle(kind, first="", second=""):
    """Ends the call: the host does not come back from it."""
    _reserve.clear()
    if kind == "out_of_memory":
        _write(1, _OUT_OF_MEMORY)
    ask("settle", kind, first, second)


class Nowhere:
    """Where bots print to."""
    encoding, errors, closed, newlines = "utf-8", "strict", False, None

    def write(self, text):
        return len(text)

    def writelines(self, lines):
        pass

    def flush(self):
        pass

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
    made = types.ModuleType(name)
    made.__dict__.update(host)
    exec(compile(source, f"<{name}>", "exec"), made.__dict__)
    return made


def enter():
    """What the host calls; it comes back only when the bot waits for what never comes."""
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
    """As many Python calls as memory has room for: a bot that asks for a billion gets its error in time."""
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
sys.stdin = sys.stdout = sys.stderr = sys.__stdin__ = sys.__stdout__ = sys.__stderr__ = Nowhere()
# Room, so that most hooks need not let the memory grow.
del files
room = bytearray(settings["room"])
del room
gc.collect()
gc.freeze()
gc.enable()
ask("entry", id(enter))
time.time()
