"""Runs a bot: loads its source, calls its hook, and reports how it ended."""
import builtins
import marshal
import random
import sys
import types
from posix import urandom

BOT_FILE = settings["botFile"]
LIBRARY = random.Random.seed.__code__.co_filename.removesuffix("random.py")
# Modules that built-in functions import on behalf of their caller, here the bot.
INTERNAL = ("_strptime", "_pylong", "copyreg")
_real_import = builtins.__import__


def line_of(trace):
    """The innermost line of the bot's own source in a traceback, in the form the host parses."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == BOT_FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{BOT_FILE}:{line}"


def fail(error):
    """Reports that the hook threw. Catches every error meanwhile: `str` may run the bot's code."""
    # Not isinstance: it reads the error's own `__class__`, which a bot can forge.
    if MemoryError in type(error).__mro__:
        settle("out_of_memory")
    trace = error.__traceback__
    message = "The bot threw a value that cannot be shown."
    try:
        text = str(error)
        name = type(error).__name__
        message = f"{name}: {text}".replace(LIBRARY, "") if text else name
    except BaseException:
        pass
    if message.startswith("TypeError: object ") and message.endswith(" can't be used in 'await' expression"):
        message += ": it is a plain value, so remove `await`"
    settle("threw", message[:1000], line_of(trace))


def guarded_import(name, globals=None, locals=None, fromlist=(), level=0):
    if name in INTERNAL:
        return _real_import(name, globals, locals, fromlist, level)
    refusal = vetting.refusal_of_import("." * level + name)
    if refusal:
        raise ModuleNotFoundError(refusal, name=name)
    if name == "asyncio":
        waiting.event_loop()
    return _real_import(name, globals, locals, fromlist, level)


def load(job):
    """Runs the bot's module and returns its namespace. The module has its own built-in functions, without those that
    turn text into code."""
    bot = types.ModuleType("bot")
    sys.modules["bot"] = bot
    names = dict(builtins.__dict__)
    for name in ("eval", "exec", "compile", "input", "breakpoint", "help", "exit", "quit"):
        names.pop(name, None)
    names.update(__import__=guarded_import, open=context.open, fetch=network.fetch)
    bot.__dict__["__builtins__"] = names
    exec(marshal.loads(a2b_base64(job["code"])), bot.__dict__)
    return bot.__dict__


def class_in(names, name):
    found = names.get(name)
    if not isinstance(found, type):
        raise TypeError(f"{name} is not a class")
    return found


def instance(cls, ctx, params):
    """Creates the bot. Its constructor gets `ctx` and `params`, as many as it takes; the others are set on the bot."""
    if cls.__init__ is object.__init__ and cls.__new__ is object.__new__:
        taken = 0
    else:
        code = getattr(cls.__init__, "__code__", None)
        varies = code is None or code.co_flags & 4 or cls.__new__ is not object.__new__  # *args
        taken = 2 if varies else code.co_argcount - 1
    bot = cls(*(ctx, params)[:taken])
    for name, value in (("ctx", ctx), ("params", params))[taken:]:
        try:
            object.__setattr__(bot, name, value)
        except AttributeError:  # Slots.
            pass
    return bot


def manifest_of(cls, names):
    """The manifest of the class, or of its module, as JSON; "" if it is not JSON."""
    manifest = getattr(cls, "manifest", names.get("manifest", {}))
    try:
        return dumps(manifest)
    except (TypeError, ValueError, RecursionError):
        return ""


def args_for(method, args):
    """The arguments of a hook: those after the first only for a method that names them, since a bot that is older than
    such an argument takes none."""
    function = method
    while hasattr(function, "__wrapped__"):  # functools.wraps
        function = function.__wrapped__
    function = getattr(function, "__func__", function)
    named = getattr(getattr(function, "__code__", None), "co_argcount", 0)
    return args[:max(1, named - hasattr(method, "__self__"))]


def inspect(names, hooks, wanted):
    try:
        name = bot_class.find(names, hooks, wanted)
    except bot_class.Refused as refused:
        return ask("refused", str(refused), f"{BOT_FILE}:{refused.line}")
    cls = names[name]
    found = [hook for hook in hooks if callable(getattr(cls, hook, None))]
    settle("done", manifest_of(cls, names), " ".join([name, *found]))


def start(job):
    try:
        random.seed(int.from_bytes(urandom(32)))
        names = load(job)
        if job["kind"] == "inspect":
            return inspect(names, job["hooks"], job.get("name"))
        bot = instance(class_in(names, job["class_name"]), context.make(job), loads(job["params"]))
        method = getattr(bot, job["hook"], None)
        if method is not None:
            result = method(*args_for(method, loads(job["args"])))
            if hasattr(result, "__await__"):
                waiting.finish(result, job["awaits"] == "asyncio")
            if job["awaits"]:
                waiting.check_unawaited()
        settle("done")
    except waiting.NeverSettled:
        return
    except waiting.Unawaited as error:
        settle("threw", str(error), f"{BOT_FILE}:{error.line}")
    except BaseException as error:
        fail(error)


