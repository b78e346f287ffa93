/** A Python host with the image of another process behaves like one that started its own
 *  interpreter. */
import assert from "node:assert/strict";
import { PythonImage } from "../../../src/sandbox/launch/python_image.ts";
import { pythonHost, pythonInitJob } from "../python_job.ts";

const OBSERVE = `import random, sys, time
self.ctx.post('bot', {
    'addresses': [id(self), id(self.ctx), id(random), id([])],
    'hashes': [hash('text'), hash(1.5)],
    'random': [random.random(), random.randint(1, 10 ** 9)],
    'modules': sorted(sys.modules),
    'time': time.time(),
})`;

Deno.test("hosts with and without an image give the same bytes and report the same engine", async () => {
  const image = new PythonImage(Deno.execPath());
  await image.make();
  assert.ok(image.bytes);
  const results: string[] = [];
  for (const bytes of [undefined, image.bytes]) {
    await using python = await pythonHost({ image: bytes });
    const source = "class A:\n    def on_init(self): pass\n";
    const inspection = await python.inspect({ source, language: "python" });
    assert.equal(inspection.kind, "accepted");
    const outcomes = [
      await python.run(pythonInitJob(OBSERVE)),
      await python.run(pythonInitJob("while True: pass")),
      await python.run(pythonInitJob(OBSERVE)),
    ];
    assert.deepEqual(outcomes.map(({ kind }) => kind), ["done", "out_of_budget", "done"]);
    results.push(JSON.stringify([inspection, outcomes]));
  }
  assert.equal(results[0], results[1]);
  await image.close();
});

Deno.test("PythonImage has no bytes if making it fails, and can be closed meanwhile", async () => {
  const none = new PythonImage("/nowhere/deno");
  await none.make();
  assert.equal(none.bytes, undefined);
  const closed = new PythonImage(Deno.execPath());
  const making = closed.make();
  await closed.close();
  await making;
  assert.equal(closed.bytes, undefined);
});
