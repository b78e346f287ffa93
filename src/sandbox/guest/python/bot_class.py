"""Finds the bot among the classes of a loaded source: the one that has a hook. Uses `type`'s own functions, because a
class may have a metaclass of the bot.
"""
import types


class Refused(Exception):
    """No class of the source is a bot. `line` is that of the likeliest one, or None."""

    def __init__(self, message, line=None):
        super().__init__(message)
        self.line = line


def _is_class(value):
    return type in type(value).__mro__


def _codes_of(cls):
    """The code objects of a class's methods, and of its bases' methods."""
    for base in type.mro(cls):
        if base is object:
            continue
        for value in list(vars(base).values()):
            value = getattr(value, "__func__", value)
            if isinstance(value, types.FunctionType):
                yield value.__code__


def _has_hook(cls, hooks):
    return any(callable(getattr(cls, hook, None)) for hook in hooks)


def _gives_hook(cls, hooks):
    """Whether an instance may have a hook that its class lacks, by `self.on_timer = ...` or `setattr`."""
    return any(hook in code.co_names or hook in code.co_consts for code in _codes_of(cls) for hook in hooks)


def _line_of(cls):
    return min((code.co_firstlineno for code in _codes_of(cls)), default=None)


def _plain(name):
    return name.replace("_", "").lower()


def _misnamed(cls, hooks):
    """The methods that look like one of these hooks under another name, such as onMessage or message."""
    meant = {"onmsg": "on_message", "onmessages": "on_message", "handlemessage": "on_message", "onstart": "on_init"}
    for hook in hooks:
        meant[_plain(hook)] = meant[_plain(hook).removeprefix("on")] = hook
    for name, value in list(vars(cls).items()):
        hook = meant.get(_plain(name))
        if hook in hooks and not name.startswith("__") and isinstance(value, types.FunctionType):
            yield name, f"{name} is not called: name it {hook}.", value.__code__.co_firstlineno


def _complete(name, cls, hooks):
    """The name of the class. Refuses a class that has a missing hook under another name."""
    missing = [hook for hook in hooks if not callable(getattr(cls, hook, None))]
    for other, hint, line in _misnamed(cls, missing):
        if _plain(other).startswith("on") and not any(other in code.co_names for code in _codes_of(cls)):
            raise Refused(f"{hint} The hooks of a bot are {', '.join(hooks)}.", line)
    return name


def find(names, hooks, wanted):
    """The name of the bot's class. `names` is the module's namespace; `wanted` breaks a tie."""
    found = {}
    for name, value in list(names.items()):
        if _is_class(value) and type.__getattribute__(value, "__module__") == "bot":
            if value not in found.values() or name == wanted:
                found = {known: cls for known, cls in found.items() if cls is not value}
                found[name] = value
    all_hooks = f"The hooks of a bot are {', '.join(hooks)}."
    if not found:
        raise Refused(f"The source has no class at its top level: write `class Bot:` with hooks. {all_hooks}")
    bots = {name: cls for name, cls in found.items() if _has_hook(cls, hooks)} or {
        name: cls for name, cls in found.items() if _gives_hook(cls, hooks)
    }
    if wanted in bots:
        return _complete(wanted, bots[wanted], hooks)
    if not bots:
        name, cls = (wanted, found[wanted]) if wanted in found else list(found.items())[-1]
        _, hint, line = next(_misnamed(cls, hooks), ("", "", _line_of(cls)))
        which = f"The class {name} has no hook" if len(found) == 1 else "No class of the source has a hook"
        raise Refused(" ".join(filter(None, (f"{which}.", hint, all_hooks))), line)
    bases = [base for cls in bots.values() for base in type.mro(cls)[1:]]
    leaves = [name for name, cls in bots.items() if not any(cls is base for base in bases)]
    if len(leaves) == 1:
        return _complete(leaves[0], bots[leaves[0]], hooks)
    raise Refused(f"Several classes have hooks ({', '.join(leaves)}): give the bot the name of one of them.")
