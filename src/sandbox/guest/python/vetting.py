"""From a bot's source to its code, or to a refusal of what no bot may use.

The refusals are a courtesy, with a line number, to the author who attaches a bot; they are no
security boundary. This runs in a fresh interpreter, before any code of the bot.
"""
import _ast
import marshal

MODULES = frozenset(settings["modules"])
NAMES = frozenset(("eval", "exec", "compile", "__import__"))
EXPECTING = frozenset(("ImportError", "ModuleNotFoundError", "Exception", "BaseException"))
BOT_FILE = settings["botFile"]


class Rejection(Exception):
    def __init__(self, message, line=None):
        super().__init__(message)
        self.line = line


# The bot's alternatives to modules that authors import elsewhere.
_INSTEAD = {
    "math, statistics and lists": "numpy pandas scipy sympy",
    "requests, or ctx.fetch,": "aiohttp ftplib httpx httplib2 pycurl smtplib socket socketserver urllib3 websockets",
    "ctx.tls_certificate(host)": "OpenSSL certifi cryptography ssl",
    "html.parser, or re,": "bs4 feedparser html5lib lxml pyquery xml",
    "ctx.env for secrets, and ctx.workspace for files,": "dotenv environ os",
    "open() with ctx.workspace": "fileinput glob pathlib shutil tempfile",
    "ctx.get_state and ctx.set_state": "dbm pickle redis shelve sqlalchemy sqlite3",
    "ctx.set_timer(name, ms) and on_timer(name)": "apscheduler celery sched schedule signal",
    "asyncio": "concurrent multiprocessing queue subprocess threading trio",
    "datetime": "arrow dateutil pendulum pytz zoneinfo",
    "json": "orjson simplejson toml tomllib ujson yaml",
    "dataclasses": "attr attrs marshmallow pydantic",
    "typing": "typing_extensions",
    "hooks, as on_message(msg),": "discord fastapi flask nextcord slack_sdk telebot telegram twilio",
}
_INSTEAD = {module: use for use, modules in _INSTEAD.items() for module in modules.split()}


def refusal_of_import(name):
    """Why a module cannot be imported, or None."""
    first = name.partition(".")[0]
    if first in MODULES:
        return None
    refusal = f"import {name[:60]}: this module is not allowed in a bot."
    if first in _INSTEAD:
        return f"{refusal} Use {_INSTEAD[first]} instead."
    # The list fits in the longest message that the host accepts.
    return f"{refusal} Allowed: {' '.join(sorted(MODULES))}."


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


def _catches_import_error(node):
    """Whether a statement is a `try` that catches a failed import."""
    if not isinstance(node, _ast.Try):
        return False
    caught = [handler.type for handler in node.handlers]
    names = [name for kind in caught for name in (kind.elts if isinstance(kind, _ast.Tuple) else [kind])]
    return any(name is None or getattr(name, "id", "") in EXPECTING for name in names)


def _is_for_editors(node):
    """Whether a statement is an `if TYPE_CHECKING`, whose body no interpreter runs."""
    return isinstance(node, _ast.If) and (
        getattr(node.test, "id", getattr(node.test, "attr", "")) == "TYPE_CHECKING"
    )


def _refuse_forbidden(tree):
    tried = {
        id(statement) for node in _walk(tree)
        if _catches_import_error(node) or _is_for_editors(node) for statement in node.body
    }
    for node in _walk(tree):
        refusal = None
        if isinstance(node, _ast.Name) and node.id in NAMES:
            refusal = f"{node.id} is not allowed in a bot."
        elif id(node) in tried:
            continue
        elif isinstance(node, _ast.Import):
            refusal = next(filter(None, (refusal_of_import(alias.name) for alias in node.names)), None)
        elif isinstance(node, _ast.ImportFrom):
            refusal = refusal_of_import("." * node.level + (node.module or ""))
        if refusal:
            raise Rejection(refusal, node.lineno)


def _refuse_late_manifest(tree):
    """Refuses a manifest that only an instance sets: the server reads the class's, before an instance exists."""
    late = None
    for node in _walk(tree):
        if isinstance(node, _ast.Name) and node.id == "manifest" and isinstance(node.ctx, _ast.Store):
            return
        if isinstance(node, _ast.Attribute) and node.attr == "manifest" and isinstance(node.ctx, _ast.Store):
            if isinstance(node.value, _ast.Name) and node.value.id == "self":
                late = late or node.lineno
    if late:
        raise Rejection("The server does not read self.manifest: write `manifest = {...}` in the class's body.", late)


def _awaits(tree):
    """What the bot may await: "asyncio", "coroutines", or ""."""
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
    """Sends the code to the host and settles with what the bot may await; or settles with a refusal."""
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
        settle("threw", "The source nests too deeply.")
    except Exception as error:
        settle("threw", f"The engine cannot compile this source: {error}")
    code = b2a_base64(marshal.dumps(code), newline=False).decode()
    for at in range(0, len(code), 100_000):
        ask("code", code[at:at + 100_000])
    settle("done", awaits)
