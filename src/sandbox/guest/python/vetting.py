"""From a bot's source to its code, or to a refusal of what no bot may use.

The refusals are courtesy, told with a line when a bot is attached. Runs in an interpreter of its own before the bot's
own code ever does.
"""
import _ast
import marshal

MODULES = frozenset(settings["modules"])
NAMES = frozenset(("eval", "exec", "compile", "__import__"))
BOT_FILE = settings["botFile"]


class Rejection(Exception):
    def __init__(self, message, line=None):
        super().__init__(message)
        self.line = line


def refusal_of_import(name):
    """What to say to whoever imports a module, or None."""
    if name.partition(".")[0] in MODULES:
        return None
    # Room for the list in the longest message there is.
    return f"import {name[:60]}: this module is not allowed in a bot. Allowed: {' '.join(sorted(MODULES))}."


def _walk(tree):
    """Every node, level by level: a tree may be too deep for recursion."""
    level = [tree]
    while level:
        yield from level
        below = []
        for node in level:
            for field in node._fields:
                value = getattr(node, field, None)
                if isinstance(value, list):
                    below.extend(item for item in value if isinstance(item, _ast.AST))
                elif isinstance(value, _ast.AST):
                    below.append(value)
        level = below


def _refuse_forbidden(tree):
    for node in _walk(tree):
        told = None
        if isinstance(node, _ast.Name) and node.id in NAMES:
            told = f"{node.id} is not allowed in a bot."
        elif isinstance(node, _ast.Import):
            told = next(filter(None, (refusal_of_import(alias.name) for alias in node.names)), None)
        elif isinstance(node, _ast.ImportFrom):
            told = refusal_of_import("." * node.level + (node.module or ""))
        if told:
            raise Rejection(told, node.lineno)


def _refuse_late_manifest(tree):
    """The manifest is read of the class, before there is an instance that could have one."""
    late = None
    for node in _walk(tree):
        if isinstance(node, _ast.Name) and node.id == "manifest" and isinstance(node.ctx, _ast.Store):
            return
        if isinstance(node, _ast.Attribute) and node.attr == "manifest" and isinstance(node.ctx, _ast.Store):
            if isinstance(node.value, _ast.Name) and node.value.id == "self":
                late = late or node.lineno
    if late:
        raise Rejection("An instance has its manifest too late: write `manifest = {...}` in the class's body.", late)


def _awaits(tree):
    """What there may be to await: "asyncio", "coroutines", or ""."""
    found = ""
    for node in _walk(tree):
        if isinstance(node, _ast.Import) and any(alias.name.startswith("asyncio") for alias in node.names):
            return "asyncio"
        if isinstance(node, _ast.ImportFrom) and (node.module or "").startswith("asyncio"):
            return "asyncio"
        if isinstance(node, _ast.AsyncFunctionDef):
            found = "coroutines"
    return found


def compile_bot(source):
    """Settles with what it awaits and the code; or throws, with what is wrong."""
    try:
        tree = compile(source, BOT_FILE, "exec", 0x400, True)  # PyCF_ONLY_AST
        _refuse_forbidden(tree)
        _refuse_late_manifest(tree)
        awaits = _awaits(tree)
        code = compile(tree, BOT_FILE, "exec", 0, True)
    except Rejection as error:
        settle("threw", str(error), f"{BOT_FILE}:{error.line}")
    except SyntaxError as error:
        settle("threw", f"Syntax error: {error.msg}.", f"{BOT_FILE}:{error.lineno}")
    except (RecursionError, MemoryError):
        settle("threw", "The source nests too deeply to be read.")
    except Exception as error:
        settle("threw", f"The engine cannot compile this source: {error}")
    code = b2a_base64(marshal.dumps(code), newline=False).decode()
    for at in range(0, len(code), 100_000):
        ask("code", code[at:at + 100_000])
    settle("done", awaits)
