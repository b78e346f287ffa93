"""Finds the bot among the classes of a loaded source: the one that has a hook. Reads what the source left behind
warily: a class may have a metaclass of its own.
"""
import types


class Refused(Exception):
    """No class of the source is its bot. `line` is where the one stands that could have been meant, or None."""

    def __init__(self, message, line=None):
        super().__init__(message)
        self.line = line


def _is_class(value):
    return type in type(value).__mro__


def _codes_of(made):
    """The code of what a class and its bases define, as far as the source wrote it."""
    for base in type.mro(made):
        if base is object:
            continue
        for value in list(vars(base).values()):
            value = getattr(value, "__func__", value)
            if isinstance(value, types.FunctionType):
                yield value.__code__


def _has_hook(made, hooks):
    return any(callable(getattr(made, hook, None)) for hook in hooks)


def _gives_hook(made, hooks):
    """Whether an instance may have a hook that its class has not: `self.on_timer = ...`, or with `setattr`."""
    return any(hook in code.co_names or hook in code.co_consts for code in _codes_of(made) for hook in hooks)


def _line_of(made):
    return min((code.co_firstlineno for code in _codes_of(made)), default=None)


def _plain(name):
    return name.replace("_", "").lower()


def _misnamed(made, hooks):
    """The methods that are meant for one of these hooks but have another name, such as onMessage or message."""
    meant = {"onmsg": "on_message", "onmessages": "on_message", "handlemessage": "on_message", "onstart": "on_init"}
    for hook in hooks:
        meant[_plain(hook)] = meant[_plain(hook).removeprefix("on")] = hook
    for name, value in list(vars(made).items()):
        hook = meant.get(_plain(name))
        if hook in hooks and not name.startswith("__") and isinstance(value, types.FunctionType):
            yield name, f"{name} is not called: name it {hook}.", value.__code__.co_firstlineno


def _complete(name, made, hooks):
    """The name of the class, unless a hook that it misses stands in it under another one."""
    missing = [hook for hook in hooks if not callable(getattr(made, hook, None))]
    for other, hint, line in _misnamed(made, missing):
        if _plain(other).startswith("on") and not any(other in code.co_names for code in _codes_of(made)):
            raise Refused(f"{hint} The hooks of a bot are {', '.join(hooks)}.", line)
    return name


def find(names, hooks, wanted):
    """The name of the bot's class. `names` are those of the module, `wanted` breaks a tie."""
    found = {}
    for name, value in list(names.items()):
        if _is_class(value) and type.__getattribute__(value, "__module__") == "bot":
            if value not in found.values() or name == wanted:
                found = {known: made for known, made in found.items() if made is not value}
                found[name] = value
    told = f"The hooks of a bot are {', '.join(hooks)}."
    if not found:
        raise Refused(f"The source has no class at its top level: write `class Bot:` with hooks. {told}")
    bots = {name: made for name, made in found.items() if _has_hook(made, hooks)} or {
        name: made for name, made in found.items() if _gives_hook(made, hooks)
    }
    if wanted in bots:
        return _complete(wanted, bots[wanted], hooks)
    if not bots:
        name, made = (wanted, found[wanted]) if wanted in found else list(found.items())[-1]
        _, hint, line = next(_misnamed(made, hooks), ("", "", _line_of(made)))
        which = f"The class {name} has no hook" if len(found) == 1 else "No class of the source has a hook"
        raise Refused(" ".join(filter(None, (f"{which}.", hint, told))), line)
    bases = [base for made in bots.values() for base in type.mro(made)[1:]]
    leaves = [name for name, made in bots.items() if not any(made is base for base in bases)]
    if len(leaves) == 1:
        return _complete(leaves[0], bots[leaves[0]], hooks)
    raise Refused(f"Several classes have hooks ({', '.join(leaves)}): give the bot the name of one of them.")
