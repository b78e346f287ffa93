/** How deep Python's calls nest: 500 levels of whatever solvers are made of, and beyond them an
 *  error that can be caught. */
import assert from "node:assert/strict";
import { onlyPost } from "./job.ts";
import { pythonHost, pythonInitJob } from "./python_job.ts";

/** Defines `f`, which tells its level to `at` and calls itself for the next one without an end. */
const IDIOMS: Record<string, string> = {
  "a function": "def f(n):\n    at(n)\n    f(n + 1)",
  "a generator within max": "def f(n):\n    at(n)\n    return max(f(n + 1) for _ in range(2))",
  "lru_cache": "@functools.lru_cache(None)\ndef f(n):\n    at(n)\n    return f(n + 1)",
  "a generator within lru_cache":
    "@functools.cache\ndef f(n):\n    at(n)\n    return sum(f(n + 1) for _ in range(2))",
  "a key of max within a cache":
    "@functools.cache\ndef f(n):\n    at(n)\n    return max([1, 2], key=lambda _: f(n + 1))",
  "min within max":
    "def f(n):\n    at(n)\n    return max(range(3), key=lambda _: min(f(n + 1) for _ in 'ab'))",
  "children made in __init__":
    "class f:\n    def __init__(self, n):\n        at(n)\n        self.below = [f(n + 1) for _ in range(2)]",
  "a dataclass that makes its children": `@dataclasses.dataclass
class f:
    n: int
    def __post_init__(self):
        at(self.n)
        self.below = f(self.n + 1)`,
  "a metaclass": `class M(type):
    def __call__(cls, n): return super().__call__(n)
class f(metaclass=M):
    def __init__(self, n):
        at(n)
        f(n + 1)`,
  "map": "def f(n):\n    at(n)\n    return list(map(f, [n + 1]))",
  "reduce": "def f(n):\n    at(n)\n    return functools.reduce(lambda a, _: f(n + 1), 'ab', 0)",
  "sorted": "def f(n):\n    at(n)\n    return sorted('ab', key=lambda _: f(n + 1))",
  "__lt__ within a sort": `class K:
    def __init__(self, n): self.n = n
    def __lt__(self, other): return f(self.n + 1)
def f(n):
    at(n)
    sorted([K(n), K(n)])`,
  "__getattr__": `class A:
    def __getattr__(self, name):
        at(len(name))
        return getattr(self, name + 'x')
def f(n): return getattr(A(), 'x' * n)`,
  "__repr__": `class A:
    def __init__(self, n): self.n = n
    def __repr__(self):
        at(self.n)
        return repr([A(self.n + 1)])
def f(n): return repr(A(n))`,
  "an instance that is called": `class A:
    def __call__(self, n):
        at(n)
        return self(n + 1)
f = A()`,
  "a cache of its own": `class cached:
    def __init__(self, g): self.g, self.known = g, {}
    def __call__(self, *args):
        if args not in self.known: self.known[args] = self.g(*args)
        return self.known[args]
@cached
def f(n):
    at(n)
    return f(n + 1)`,
  "yield from": "def g(n):\n    at(n)\n    yield from g(n + 1)\ndef f(n): list(g(n))",
  "a context manager": `@contextlib.contextmanager
def c(n):
    at(n)
    with c(n + 1): yield
def f(n):
    with c(n): pass`,
  "re.sub": "def f(n):\n    at(n)\n    return re.sub('a', lambda _: f(n + 1), 'a')",
  "a coroutine": `async def c(n):
    at(n)
    await c(n + 1)
def f(n): c(n).send(None)`,
};

const LEVELS = 500;
/** Where `at` begins. */
const AT_LINE = 9;

Deno.test(`${LEVELS} levels of calls in Python`, async (t) => {
  await using sandbox = await pythonHost();
  const jobOf = (idiom: string, more: string) =>
    pythonInitJob(`import contextlib, dataclasses, functools, re
class Enough(Exception): pass
deepest = [0]
def at(n):
    deepest[0] = n
    if n == self.params.get('enough'): raise Enough
def run():
${more}
${idiom}
run()`);
  for (const [name, idiom] of Object.entries(IDIOMS)) {
    await t.step(`of ${name}`, async () => {
      const until = await sandbox.run({
        ...jobOf(
          idiom,
          "    try: f(1)\n    except Enough: self.ctx.post('bot', {'n': deepest[0]})",
        ),
        params: { enough: LEVELS },
      });
      assert.deepEqual(onlyPost(until), { n: LEVELS });
    });
    await t.step(`and an error that is caught, of ${name}`, async () => {
      const caught = jobOf(
        idiom,
        `    try: f(1)
    except RecursionError as error: told = str(error)
    self.ctx.post('bot', {'far': deepest[0] > ${LEVELS}, 'told': told[:32]})`,
      );
      const post = { far: true, told: "maximum recursion depth exceeded" };
      assert.deepEqual(onlyPost(await sandbox.run(caught)), post);
    });
  }
  await t.step("and an error with its line", async () => {
    const outcome = await sandbox.run(jobOf(IDIOMS["lru_cache"]!, "    f(1)"));
    assert.ok(outcome.kind === "threw", JSON.stringify(outcome));
    assert.match(outcome.message, /^RecursionError: maximum recursion depth exceeded/);
    // The innermost of the bot's own, be it in what the recursive function calls.
    assert.ok(outcome.line! >= AT_LINE, `line ${outcome.line}`);
  });
  await t.step("more where the bot asks for more", async () => {
    const deep = `import sys
sys.setrecursionlimit(100_000)
def f(n): return n and 1 + f(n - 1)
self.ctx.post('bot', {'n': f(20_000)})`;
    assert.deepEqual(onlyPost(await sandbox.run(pythonInitJob(deep))), { n: 20_000 });
  });
  await t.step("of a copy", async () => {
    const copied = `import copy
class Node: below = None
top = node = Node()
for _ in range(${LEVELS}): node.below = Node(); node = node.below
copy.deepcopy(top)
self.ctx.post('bot', 'copied')`;
    assert.deepEqual(onlyPost(await sandbox.run(pythonInitJob(copied))), { text: "copied" });
  });
});
