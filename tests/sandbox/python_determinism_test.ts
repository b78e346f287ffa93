/** A Python hook depends only on its job: in another process, after other bots, and down to memory
 *  addresses. */
import assert from "node:assert/strict";
import type { HookJob } from "../../src/domain/bot/bot.ts";
import { onlyPost } from "./job.ts";
import { pythonHost, pythonInitJob, pythonJob } from "./python_job.ts";

const OBSERVE = pythonInitJob(`import random, secrets, uuid, time, datetime, sys
self.ctx.post('bot', {
    'random': [random.random() for _ in range(5)], 'own': random.Random(7).random(),
    'system': random.SystemRandom().random(), 'token': secrets.token_hex(8),
    'uuids': [str(uuid.uuid4()), str(uuid.uuid1())], 'time': [time.time(), time.perf_counter(), str(datetime.datetime.now())],
    'hash': hash('a'), 'order': list({'b', 'a', 'c', 'd'}), 'id': id(self), 'objects': len(sys.modules['gc'].get_objects()),
    'leftover': [name for name in dir(sys) if name == 'leftover'],
})
sys.leftover = 1`);

const DISTURB = `import sys, json, random
sys.leftover = 1
sys.modules['json'] = sys.modules['random'] = None
json.loads = json.dumps = random.random = None
builtins = sys.modules['builtins']
for name in ('len', 'str', 'isinstance', 'getattr', 'dict', 'open', '__import__'):
    delattr(builtins, name)
sys.modules['posix'].write(1, b'["settle","done","",""]')`;

Deno.test("equal Python jobs give equal bytes", async () => {
  await using first = await pythonHost();
  await using second = await pythonHost();
  await first.run(pythonInitJob(DISTURB));
  await first.run(pythonInitJob("x = [list(range(1000)) for _ in range(1000)]\nraise ValueError"));
  const outcomes = [
    await first.run(OBSERVE),
    await second.run(OBSERVE),
    await first.run(OBSERVE),
  ].map((outcome) => JSON.stringify(outcome));
  assert.equal(new Set(outcomes).size, 1, outcomes.join("\n"));
  assert.deepEqual(JSON.parse(outcomes[0]!).posts[0].body.leftover, []);
});

Deno.test("another seed gives a Python hook other bytes", async () => {
  await using host = await pythonHost();
  const one = onlyPost(await host.run(OBSERVE));
  const two = onlyPost(await host.run({ ...OBSERVE, seed: "5b".repeat(32) }));
  for (const name of ["random", "system", "token"]) assert.notDeepEqual(one[name], two[name], name);
  assert.equal(one.own, two.own);
});

Deno.test("the random numbers of a Python hook are pinned, so that old games replay", async () => {
  await using host = await pythonHost();
  const outcome = await host.run(pythonInitJob(
    "import random, uuid\nself.ctx.post('bot', {'n': random.random(), 'id': str(uuid.uuid4()), 'h': hash('a')})",
  ));
  assert.deepEqual(onlyPost(outcome), {
    n: 0.26478963336502903,
    id: "d5d718cf-53b7-47cf-951f-13dd06bd04be",
    h: -468864544,
  });
});

Deno.test("the budget of a Python hook ends at the same point, whether or not the bot was cached", async () => {
  await using first = await pythonHost();
  await using second = await pythonHost();
  // Large steps take little time; small ones find the exact iteration.
  const turns = (large: number, small: number) =>
    pythonInitJob(`for i in range(${large}): b'x' * 1_000_000\nfor i in range(${small}): pass`);
  const most = async (limit: number, job: (n: number) => HookJob) => {
    let few = 0;
    let enough = limit;
    while (enough - few > 1) {
      const n = Math.floor((enough + few) / 2);
      if ((await first.run(job(n))).kind === "done") few = n;
      else enough = n;
    }
    return few;
  };
  const large = await most(10_000, (n) => turns(n, 0));
  const small = await most(1_000_000, (n) => turns(large, n));
  assert.ok(small > 0);
  assert.equal((await first.run(turns(large, small))).kind, "done");
  assert.equal((await second.run(turns(large, small))).kind, "done");
  assert.equal((await second.run(turns(large, small + 1))).kind, "out_of_budget");
});

Deno.test("300 Python hooks leave nothing behind", async () => {
  await using host = await pythonHost();
  const source =
    "class Bot:\n    def __init__(self, ctx, params): ctx.post('bot', {'n': params['n']})\n";
  for (let n = 0; n < 300; n++) {
    assert.deepEqual(onlyPost(await host.run(pythonJob(source, { params: { n } }))), { n });
  }
});
