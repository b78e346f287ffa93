/** Hostile bots in Python: a table of data. */
import type { AttackTable } from "./attack.ts";

const LOOPS: AttackTable = {
  "endless loop": ["while True: pass", "out_of_budget"],
  "endless loop behind except": [
    "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "out_of_budget",
  ],
  "endless __del__": [
    "class D:\n    def __del__(self):\n        while True: pass\nd = D(); del d",
    "out_of_budget",
  ],
  "endless __eq__": [
    "class E:\n    def __eq__(self, other):\n        while True: pass\nE() == 1",
    "out_of_budget",
  ],
  "endless text of what is thrown": [
    "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E()",
    "out_of_budget",
  ],
  "endless coroutine": ["async def f():\n    while True: pass\nreturn f()", "out_of_budget"],
  "endless asyncio": [
    "import asyncio\nasync def f():\n    while True: await asyncio.sleep(0)\nasyncio.run(f())",
    "out_of_budget",
  ],
  "endless sum": ["sum(iter(int, 1))", "out_of_budget"],
  "endless any": ["import itertools; any(itertools.repeat(0))", "out_of_budget"],
  "endless regular expression": ["import re; re.match(r'(a+)+b', 'a' * 40)", "out_of_budget"],
  "a huge power": ["10 ** (10 ** 9)", "out_of_budget"],
  "a huge power, modulo": ["pow(7, 10**6 + 1, 10 ** 100000)", "out_of_budget"],
  "a huge decimal": [
    "import decimal; decimal.getcontext().prec = 10**6; decimal.Decimal(2).sqrt()",
    "out_of_budget",
  ],
  "endless filling": ["while True: bytearray(10**7)", "out_of_budget"],
  "endless hashing": [
    "import hashlib\nwhile True: hashlib.sha512(b'x' * 10**6).digest()",
    "out_of_budget",
  ],
  "endless inflating": [
    "import zlib; z = zlib.compress(b'0' * 10**7)\nwhile True: zlib.decompress(z)",
    "out_of_budget",
  ],
  "a lock that is held": [
    "import sys; lock = sys.modules['_thread'].allocate_lock(); lock.acquire(); lock.acquire()",
    "out_of_budget",
  ],
  "code of its own that jumps back": [
    "code = (lambda: 0).__code__; type(lambda: 0)(code.replace(co_code=b'\\x97\\x00\\x8c\\x02'), {})()",
    "out_of_budget",
  ],
};

const MEMORY: AttackTable = {
  "a list too long": ["list(range(10**10))", { threw: "OverflowError" }],
  "a string too long": ["'a' * 10**10", { threw: "OverflowError" }],
  "a gigabyte of bytes": ["bytes(10**9)", "out_of_memory"],
  "a number too long": ["1 << (10**10)", "out_of_memory"],
  "endless lists": ["x = []\nwhile True: x.append([0] * 1000)", "out_of_memory"],
  "endless dict": ["x = {}\nwhile True: x[len(x)] = 1", "out_of_memory"],
  "endless set": ["x = set()\nwhile True: x.add(len(x))", "out_of_memory"],
  "string doubling": ["s = 'x'\nwhile True: s += s", "out_of_memory"],
  "endless bytes": ["x = []\nwhile True: x.append(bytes(10**6))", "out_of_memory"],
  "endless generators": ["x = []\nwhile True: x.append((i for i in ()))", "out_of_memory"],
  "endless permutations": [
    "import itertools; list(itertools.permutations(range(12)))",
    "out_of_memory",
  ],
  "a bomb of zeros": [
    "import zlib; z = zlib.compress(b'0' * 10**7); x = []\nwhile True: x.append(zlib.decompress(z))",
    "out_of_memory",
  ],
  "full memory, caught and let go": [
    "x = []\ntry:\n    while True: x.append(bytes(10**6))\nexcept MemoryError: x = None\nself.ctx.post('bot', {'ok': 1})",
    { saw: { ok: 1 } },
  ],
};

const RECURSION: AttackTable = {
  "endless recursion": ["f = lambda: f()\nf()", { threw: "RecursionError" }],
  "deep repr": [
    "x = []\nfor i in range(10**5): x = [x]\nrepr(x)",
    { threw: "RecursionError", line: 11 },
  ],
  "deep comparison": [
    "a = []; b = []\nfor i in range(10**5): a = [a]; b = [b]\na == b",
    { threw: "RecursionError", line: 11 },
  ],
  "deep body": [
    "x = {}\nfor i in range(10**5): x = {'x': x}\nself.ctx.post('bot', x)",
    { threw: "TypeError: ctx.post: the body must be JSON: it nests too deeply", line: 11 },
  ],
  "deep copy": [
    "import copy; x = []\nfor i in range(10**5): x = [x]\ncopy.deepcopy(x)",
    { threw: "RecursionError", line: 11 },
  ],
  "deep JSON": ["json.loads('[' * 10**6)", { threw: "RecursionError" }],
  "deep regular expression": [
    "import re; re.compile('(' * 10**4 + ')' * 10**4)",
    { threw: "RecursionError" },
  ],
  "deep list let go": [
    "x = []\nfor i in range(10**6): x = [x]\ndel x\nself.ctx.post('bot', {'ok': 1})",
    { saw: { ok: 1 } },
  ],
  "recursion without a limit": [
    "import sys; sys.setrecursionlimit(10**9); f = lambda: f()\nf()",
    { threw: "RecursionError: maximum recursion depth exceeded" },
  ],
  "an attribute that asks for another": [
    "class A:\n    def __getattr__(self, name): return getattr(self, name + 'x')\nA().a",
    { threw: "RecursionError", line: 10 },
  ],
  "generators within generators, let go": [
    "x = iter(())\nfor i in range(10**5): x = (y for y in x)\ndel x",
    { threw: "RecursionError", line: null },
  ],
};

const ENDINGS: AttackTable = {
  "SystemExit": ["raise SystemExit(0)", { threw: "SystemExit: 0" }],
  "sys.exit": ["import sys; sys.exit(0)", { threw: "SystemExit: 0" }],
  "KeyboardInterrupt": ["raise KeyboardInterrupt", { threw: "KeyboardInterrupt" }],
  "GeneratorExit": ["raise GeneratorExit", { threw: "GeneratorExit" }],
  "an error that says MemoryError": ["raise MemoryError('no')", "out_of_memory"],
  "an error with a name of traps": [
    "class M(type):\n    __name__ = property(lambda cls: 1 / 0)\nclass E(Exception, metaclass=M): pass\nraise E()",
    { threw: "The bot threw a value that", line: 12 },
  ],
  "an error that lies about its class": [
    "class X(Exception):\n    __class__ = property(lambda self: 1 / 0)\nraise X('m')",
    { threw: "", line: 11 },
  ],
  "a coroutine that never settles": [
    "class W:\n    def __await__(self):\n        yield\nreturn W()",
    "never_settled",
  ],
  "a coroutine nobody awaits": [
    "async def f(): raise ValueError\nf(); self.ctx.post('bot', {'ok': 1})",
    { threw: "RuntimeError: the coroutine f() was never awaited", line: 10 },
  ],
  "posix._exit": [
    "import sys; sys.modules['posix']._exit(0)",
    { threw: "The engine stopped: it exited", line: null },
  ],
  "posix.abort": [
    "import sys; sys.modules['posix'].abort()",
    { threw: "The engine stopped", line: null },
  ],
  "code of its own that is none": [
    "code = (lambda: 0).__code__; type(lambda: 0)(code.replace(co_code=bytes(range(256)) * 4, co_stacksize=1), {})()",
    { threw: "The engine stopped", line: null },
  ],
};

const LIMITS: AttackTable = {
  "21 posts": [
    "for i in range(21): self.ctx.post('bot', {'i': i})",
    { threw: "a hook may post at most 20 times" },
  ],
  "21 posts, the error caught": [
    "for i in range(21):\n    try: self.ctx.post('bot', {'i': i})\n    except BaseException: pass",
    { threw: "a hook may post at most 20 times", line: 10 },
  ],
  "a body too large": [
    "self.ctx.post('bot', 'é' * 8192)",
    { threw: "the body is 16395 bytes; at most 16384" },
  ],
  "a body too deep": [
    "x = {}\nfor i in range(40): x = {'x': x}\nself.ctx.post('bot', x)",
    { threw: "the body nests deeper than 32 levels", line: 11 },
  ],
  "a body that is not a number": [
    "self.ctx.post('bot', {'x': float('nan')})",
    { threw: "TypeError: ctx.post: the body must be JSON" },
  ],
  "a circular body": [
    "x = {}; x['x'] = x; self.ctx.post('bot', x)",
    { threw: "TypeError: ctx.post: the body must be JSON: Circular" },
  ],
  "a dict that never ends": [
    "class D(dict):\n    def items(self):\n        while True: yield ('a', 1)\nself.ctx.post('bot', D(a=1))",
    "out_of_memory",
  ],
  "a kind that equals everything": [
    "class K(str):\n    def __eq__(self, other): return True\n    __hash__ = str.__hash__\nself.ctx.post(K('user'), {})",
    { threw: "ValueError: ctx.post: the kind is unknown", line: 12 },
  ],
  "a post to someone who is no player": [
    "self.ctx.post('bot', {}, to=['Bob'])",
    { threw: "to must be a list of player ids" },
  ],
  "a state too large, the error caught": [
    "try: self.ctx.set_state('x' * 49151)\nexcept BaseException: pass",
    { threw: "the state is 49153 bytes; at most 49152" },
  ],
  "a ninth timer": [
    "for i in range(9): self.ctx.set_timer('t' + str(i), i)",
    { threw: "a bot may have at most 8 timers" },
  ],
  "timers that set each other": [
    {
      source: `class B:
    def __init__(self, ctx, params): self.ctx = ctx
    def on_message(self, msg):
        if msg['body'].get('text') == 'go': self.on_timer('t')
    def on_timer(self, name): self.ctx.set_timer(name, 0)
`,
    },
    { announced: "bot:budget_spent" },
  ],
  "a scratch file too large": [
    "f = open('x', 'w')\nwhile True: f.write('x' * 10**5)",
    { threw: "OSError: ctx.workspace: at most 1048576 bytes", line: 10 },
  ],
  "too many scratch files": [
    "for i in range(100): open('f' + str(i), 'w').close()",
    { threw: "OSError: ctx.workspace: at most 64 files" },
  ],
  "a sealed value in an error": [
    {
      source: `class B:
    def __init__(self, ctx, params): self.ctx = ctx
    def on_message(self, msg):
        if msg['body'].get('text') == 'go': raise ValueError(self.ctx.env['API_KEY'])
`,
      env: { API_KEY: "correct-horse-battery-staple" },
    },
    { threw: "", line: 4 },
  ],
};

const FORBIDDEN = [
  ...["os", "posix", "subprocess", "ctypes", "socket", "ssl", "signal", "threading"],
  ...["multiprocessing", "builtins", "importlib", "gc", "inspect", "pickle", "codecs", "atexit"],
];

const REFUSED: AttackTable = {
  ...Object.fromEntries(FORBIDDEN.map((name) => [
    `import ${name}`,
    [`import ${name}`, { refused: `import ${name}: this module is not allowed`, line: 9 }] as const,
  ])),
  "from os": ["from os import path", { refused: "import os:", line: 9 }],
  "a relative import": ["from . import x", { refused: "import .:", line: 9 }],
  "__import__": ["__import__('os')", { refused: "__import__ is not allowed", line: 9 }],
  "eval": ["eval('1')", { refused: "eval is not allowed", line: 9 }],
  "exec by another name": ["run = exec", { refused: "exec is not allowed", line: 9 }],
  "compile": ["compile('1', '', 'eval')", { refused: "compile is not allowed", line: 9 }],
  "endless loop while loading": [
    { source: "class B: pass\nwhile True: pass\n" },
    { refused: "too much work" },
  ],
  "endless manifest": [
    { source: "class B:\n    manifest = {'x': sum(iter(int, 1))}\n" },
    { refused: "too much work" },
  ],
  "full memory while loading": [
    { source: "class B: pass\nx = []\nwhile True: x.append(bytes(10**6))\n" },
    { refused: "too much memory" },
  ],
  "an error while loading": [
    { source: "class B: pass\nraise SystemExit\n" },
    { refused: "Loading failed: SystemExit", line: 2 },
  ],
  "a source too deep": [{ source: `class B: x = ${"(".repeat(20_000)}\n` }, { refused: "" }],
  "a tree too deep": [
    { source: `class B: x = ${"-".repeat(20_000)}1\n` },
    { refused: "The source nests too deeply." },
  ],
  "no character": [{ source: "class B: pass\nx = '\0'\n" }, { refused: "" }],
};

const REACH: AttackTable = {
  "eval by way of the built-ins": ["__builtins__['ev' + 'al']('1')", { threw: "KeyError: 'eval'" }],
  "eval by way of a frame, in its own machine": [
    "import sys; sys._getframe().f_back.f_builtins['ev' + 'al']('self.ctx.post(\"bot\", {\"ok\": 1})', {'self': self})",
    { saw: { ok: 1 } },
  ],
  "files by way of sys.modules": [
    `import sys; posix = sys.modules['posix']; seen = []
for path in ('/etc/passwd', '/proc/self/environ', '/', '/work', '/tmp', '../../etc/passwd'):
    for look in (posix.listdir, lambda path: posix.read(posix.open(path, 0), 10)):
        try: look(path); seen.append(path)
        except OSError: pass
self.ctx.post('bot', {'seen': seen})`,
    { saw: { seen: [] } },
  ],
  "the environment": [
    "import sys; self.ctx.post('bot', {'names': sorted(str(name) for name in sys.modules['posix'].environ)})",
    { saw: { names: ["b'PYTHONHASHSEED'"] } },
  ],
  "files by way of a subclass": [
    "for c in ().__class__.__base__.__subclasses__():\n    if c.__name__ == 'BuiltinImporter': c.load_module('posix').listdir('/')",
    { threw: "FileNotFoundError", line: 10 },
  ],
  "a command by way of a subclass": [
    "self.ctx.post('bot', {'found': [c.__name__ for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen']})",
    { saw: { found: [] } },
  ],
  "a command by way of sys.modules": [
    "import sys; sys.modules['posix'].system('id')",
    { threw: "AttributeError" },
  ],
  "a signal": ["import sys; sys.modules['posix'].kill(1, 9)", { threw: "AttributeError" }],
  "a thread": [
    "import sys; sys.modules['_thread'].start_new_thread(print, ())",
    { threw: "RuntimeError: can't start new thread" },
  ],
  "all objects": [
    "import sys; gc = sys.modules['gc']; self.ctx.post('bot', {'hosts': [type(o).__name__ for o in gc.get_objects() if type(o).__name__ in ('socket', 'Popen')]})",
    { saw: { hosts: [] } },
  ],
  "open a file": ["open('/etc/passwd')", { threw: "FileNotFoundError" }],
  "open a file of the host's": ["open('/proc/self/environ')", { threw: "FileNotFoundError" }],
  "write beside the workspace": [
    "open(self.ctx.workspace + '/../hostile-mark', 'w')",
    { threw: "FileNotFoundError" },
  ],
  "write to /tmp": ["open('/tmp/hostile-mark', 'w')", { threw: "FileNotFoundError" }],
  "log to /tmp": [
    "import logging; logging.basicConfig(filename='/tmp/hostile-mark')",
    { threw: "FileNotFoundError" },
  ],
  "write to a descriptor": ["open(1, 'w')", {
    threw: "TypeError: open: the path must be a string",
  }],
  "input": ["input()", { threw: "NameError" }],
  "the host's stdin": [
    "import sys; self.ctx.post('bot', {'read': [sys.stdin.read(), sys.stdin.readline()]})",
    { saw: { read: ["", ""] } },
  ],
  "this machine": [
    `import urllib.request
for url in ('http://127.0.0.1/', 'https://localhost/', 'file:///etc/passwd', 'ftp://x/'):
    try: urllib.request.urlopen(url); raise RuntimeError(url)
    except OSError: pass
self.ctx.post('bot', {'ok': 1})`,
    { saw: { ok: 1 } },
  ],
  "measuring time": [
    `import time; read = lambda: (time.time(), time.perf_counter(), time.monotonic(), time.process_time())
before = read(); time.sleep(10**6)
for i in range(10**5): pass
self.ctx.post('bot', {'stands': read() == before})`,
    { saw: { stands: true } },
  ],
  "a path in a traceback": [
    "import random\nrandom.choice([])",
    { threw: "IndexError: Cannot choose", line: 10 },
  ],
};

const TAMPERING: AttackTable = {
  "output that looks like an answer": [
    `import sys; line = '\\n' + json.dumps(['settle', 'done', '', '']) + '\\nx {"kind":"ran"}\\n'
for out in (sys.stdout, sys.stderr, sys.__stdout__): out.write(line); out.flush()
print(line * 1000); self.ctx.post('bot', {'ok': 1})`,
    { saw: { ok: 1 } },
  ],
  "a forged message to its host": [
    "import sys; sys.modules['posix'].write(1, b'x {\"kind\":\"ran\"}\\n')",
    { threw: "The engine stopped: it sent a malformed message", line: null },
  ],
  "a message to every descriptor": [
    `import sys; posix = sys.modules['posix']; self.ctx.post('bot', {'ok': 1})
for fd in range(2, 99):
    try: posix.write(fd, b'["settle","done","",""]')
    except OSError: pass`,
    { saw: { ok: 1 } },
  ],
  "closed descriptors": [
    "import sys; posix = sys.modules['posix']; posix.close(1); posix.close(0); self.ctx.post('bot', {'ok': 1})",
    { threw: "OSError" },
  ],
  "the prelude's own messages": [
    `ask = self.ctx.post.__func__.__globals__['ask']
ask('entry', 12345); ask('nonsense'); ask('code', 'x' * 1000); ask('post', 'bot', '{"ok":1}', '')`,
    { saw: { ok: 1 } },
  ],
  "a kind of its own, past ctx.post": [
    `ask = self.ctx.post.__func__.__globals__['ask']
said = ask('post', 'user', '{}', ''); self.ctx.post('bot', {'said': said})`,
    { saw: { said: "the kind is unknown" } },
  ],
  "a limit broken past ctx.post": [
    "ask = self.ctx.post.__func__.__globals__['ask']\nfor i in range(30): ask('post', 'bot', '{}', '')",
    { threw: "a hook may post at most 20 times", line: null },
  ],
  "a request past fetch": [
    `ask = self.ctx.post.__func__.__globals__['ask']
said = [json.loads(ask('net', what))['kind'] for what in (None, 5, {}, {'kind': 'tls'}, {'kind': 'fetch', 'url': 'file:///etc/passwd'})]
self.ctx.post('bot', {'ok': 1})`,
    { saw: { ok: 1 } },
  ],
  "a message without end": [
    "self.ctx.post.__func__.__globals__['ask']('code', 'x' * 10**7)",
    { threw: "The engine stopped: it sent too long a message", line: null },
  ],
  "json of its own": [
    "json.dumps = json.loads = json.JSONEncoder = None; self.ctx.post('bot', {'ok': 1})",
    { saw: { ok: 1 } },
  ],
  "no built-ins": [
    "import sys; b = sys.modules['builtins']; b.str = b.dict = b.isinstance = None; self.ctx.post('bot', {})",
    { threw: "The bot threw a value that" },
  ],
  "no modules": [
    "import sys; sys.modules.clear(); self.ctx.post('bot', {'ok': 1})",
    { saw: { ok: 1 } },
  ],
  "hooks of the interpreter": [
    "import sys; sys.setprofile(lambda *a: print(a)); sys.addaudithook(lambda *a: 1 / 0); sys.excepthook = None; self.ctx.post('bot', {'ok': 1})",
    { saw: { ok: 1 } },
  ],
  "another ctx.post": ["self.ctx.post = None", { threw: "AttributeError" }],
  "another random": [
    "import random; random.seed(1); self.ctx.post('bot', {'known': random.random()})",
    { saw: { known: 0.13436424411240122 } },
  ],
  "ctx used by a finalizer": [
    "import weakref\nclass A: pass\na = A(); weakref.finalize(a, lambda: self.ctx.post('bot', {'late': 1})); del a; self.ctx.post('bot', {'ok': 1})",
    { saw: [{ late: 1 }, { ok: 1 }] },
  ],
};

export const PYTHON_ATTACKS: AttackTable = {
  ...LOOPS,
  ...MEMORY,
  ...RECURSION,
  ...ENDINGS,
  ...LIMITS,
  ...REFUSED,
  ...REACH,
  ...TAMPERING,
};
