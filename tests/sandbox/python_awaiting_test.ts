/** What a Python hook starts is awaited, or the hook fails with the line. */
import assert from "node:assert/strict";
import { pythonHost, pythonJob } from "./python_job.ts";

/** The body of `on_init`, whose first line is line 10, and the texts that it posts, or the message
 *  and the line of its failure. */
const ENDINGS: Record<string, [body: string, string[] | [threw: string, line: number]]> = {
  "a coroutine that is never awaited": [
    "def on_init(self):\n    self.say('a')",
    [
      "RuntimeError: the coroutine say() was never awaited: write `await` before the call of say",
      11,
    ],
  ],
  "one in a coroutine": [
    "async def on_init(self):\n    await self.say('a')\n    self.say('b')",
    ["RuntimeError: the coroutine say() was never awaited", 12],
  ],
  "one that is kept": [
    "def on_init(self):\n    self.later = self.say('a')",
    ["RuntimeError: the coroutine say() was never awaited", 11],
  ],
  "one that is kept in a ring": [
    "def on_init(self):\n    x = []\n    x += [x, self.say('a')]",
    ["RuntimeError: the coroutine say() was never awaited", 12],
  ],
  "one for each of a list": [
    "def on_init(self):\n    list(map(self.say, 'ab'))",
    ["RuntimeError: the coroutine say() was never awaited", 11],
  ],
  "one of the library": [
    "def on_init(self):\n    self.ctx.post('bot', 'a')\n    asyncio.sleep(5)",
    ["RuntimeError: the coroutine sleep() was never awaited", 12],
  ],
  "a task of a loop that never runs": [
    "def on_init(self):\n    asyncio.new_event_loop().create_task(self.say('a'))",
    ["RuntimeError: the coroutine say() was never awaited", 11],
  ],
  "the first of two failures": [
    "async def on_init(self):\n    self.say('a')\n    1 / 0",
    ["ZeroDivisionError: division by zero", 12],
  ],
  "a coroutine that is closed by hand": [
    "def on_init(self):\n    self.say('a').close()",
    [],
  ],
  "a coroutine that is given back": ["def on_init(self):\n    return self.say('a')", ["a"]],
  "tasks that nobody awaits": [
    "async def on_init(self):\n    for s in 'ba': asyncio.create_task(self.late(s))",
    ["a", "b"],
  ],
  "tasks that nobody awaits, of asyncio.run": [
    `def on_init(self):
    async def main():
        asyncio.ensure_future(self.late('a'))
    asyncio.run(main())`,
    ["a"],
  ],
  "a task that fails where nobody looks": [
    "async def on_init(self):\n    self.task = asyncio.create_task(self.late(None))",
    ["TypeError: unsupported operand", 7],
  ],
  "a failure that is looked at": [
    `async def on_init(self):
    got = await asyncio.gather(self.late(None), self.late('b'), return_exceptions=True)
    await self.say(type(got[0]).__name__)`,
    ["b", "TypeError"],
  ],
  "a worker that waits for ever": [
    `async def on_init(self):
    queue = asyncio.Queue()
    async def work():
        while True: await self.say(await queue.get())
    asyncio.create_task(work())
    for s in 'ab': queue.put_nowait(s)`,
    ["a", "b"],
  ],
  "a task that is left by a failure": [
    "async def on_init(self):\n    asyncio.create_task(self.late('a'))\n    1 / 0",
    ["ZeroDivisionError: division by zero", 12],
  ],
  "a module imported where it is needed": [
    "async def on_init(self):\n    import asyncio as a\n    await a.sleep(3)\n    await self.say('a')",
    ["a"],
  ],
};

const SOURCE = `class Bot:
    def __init__(self, ctx, params):
        self.ctx = ctx
    async def say(self, text):
        self.ctx.post('bot', text)
    async def late(self, text):
        await asyncio.sleep(ord(text + ''))
        await self.say(text)

`;

Deno.test("a Python hook awaits", async (t) => {
  await using sandbox = await pythonHost();
  for (const [name, [body, ending]] of Object.entries(ENDINGS)) {
    await t.step(name, async () => {
      const inside = body.split("\n").map((line) => `    ${line}\n`).join("");
      const outcome = await sandbox.run(pythonJob(`${SOURCE}${inside}\nimport asyncio\n`));
      const [threw, line] = ending;
      if (typeof line === "number") {
        assert.ok(outcome.kind === "threw", JSON.stringify(outcome));
        assert.equal(outcome.message.slice(0, threw!.length), threw);
        assert.equal(outcome.line, line);
      } else {
        assert.ok(outcome.kind === "done", JSON.stringify(outcome));
        assert.deepEqual(outcome.posts.map(({ body }) => body.text), ending);
      }
    });
  }
  await t.step("nothing of another hook", async () => {
    const source = `${SOURCE}    def on_init(self): pass\nimport asyncio\n`;
    assert.equal((await sandbox.run(pythonJob(source))).kind, "done");
  });
});
