/** How deep a JavaScript hook may call itself, and that it can catch what comes beyond. The
 *  engine's own limit lies at the same depth on every machine. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob, onlyPost } from "./job.ts";

/** Functions `down(n)` that call themselves n times, and how often they must be able to. */
const RECURSIONS: Record<string, [code: string, levels: number]> = {
  "a plain function": ["const down = (n) => n === 0 ? 0 : 1 + down(n - 1);", 2_000],
  "a method with values of its own": [
    `class Node { sum(n, a, b) { if (n === 0) return 0; const list = [a, b], at = { a, b };
       return 1 + this.sum(n - 1, list, at); } }
     const down = (n) => new Node().sum(n, 1, 2);`,
    2_000,
  ],
  "map": ["const down = (n) => n === 0 ? 0 : 1 + [n - 1].map(down)[0];", 1_000],
  "map in a method": [
    `class Node { sum(n) { return n === 0 ? 0 : 1 + [n - 1].map((k) => this.sum(k))[0]; } }
     const down = (n) => new Node().sum(n);`,
    1_000,
  ],
  "reduce": [
    "const down = (n) => n === 0 ? 0 : 1 + [n - 1].reduce((sum, k) => sum + down(k), 0);",
    1_000,
  ],
  "forEach": [
    "const down = (n) => { let sum = 0; if (n > 0) [n - 1].forEach((k) => { sum = 1 + down(k) }); return sum };",
    1_000,
  ],
  "children that are made in a constructor": [
    "class Node { constructor(n) { this.depth = n === 0 ? 0 : 1 + new Node(n - 1).depth; } }\nconst down = (n) => new Node(n).depth;",
    1_000,
  ],
  "a function that is awaited": [
    "const down = async (n) => n === 0 ? 0 : 1 + await down(n - 1);",
    1_500,
  ],
};

Deno.test("a JavaScript hook may call itself through", async (t) => {
  const sandbox = await openSandbox({ hosts: 2, hookTimeoutMs: 30_000 });
  for (const [name, [code, levels]] of Object.entries(RECURSIONS)) {
    await t.step(`${name}, ${levels} times, and catches what comes beyond`, async () => {
      const within = `${code}\nthis.ctx.post("bot", { told: await down(${levels}) });`;
      assert.deepEqual(onlyPost(await sandbox.run(initJob(within))), { told: levels });
      const beyond = `${code}\nlet told;
        try { await down(50_000) } catch (error) { told = String(error) }
        this.ctx.post("bot", { told });`;
      const told = "RangeError: Maximum call stack size exceeded";
      assert.deepEqual(onlyPost(await sandbox.run(initJob(beyond))), { told });
    });
  }
  await t.step("native code that nests, to a depth of its own", async () => {
    const nested = "const nested = (n) => '['.repeat(n) + ']'.repeat(n);";
    const told = `const told = [JSON.parse(nested(10_000)).flat(Infinity).length];
      const list = JSON.parse("[" + '[1,"[[[{"],'.repeat(20_000) + "2]");
      told.push(list.length, list.flat(Infinity).length, [1, [2, [3]]].flat().length);
      const round = []; round.push(round);
      for (const walk of [() => JSON.parse(nested(10_001)), () => round.flat(Infinity)]) {
        try { walk() } catch (error) { told.push(String(error)) }
      }
      this.ctx.post("bot", { told });`;
    const beyond = "RangeError: Maximum call stack size exceeded";
    assert.deepEqual(onlyPost(await sandbox.run(initJob(nested + told))), {
      told: [0, 20_001, 40_001, 3, beyond, beyond],
    });
  });
  await t.step("itself without end, and fails with a line", async () => {
    assert.deepEqual(await sandbox.run(initJob("const down = () => down() + 1;\ndown();")), {
      kind: "threw",
      message: "RangeError: Maximum call stack size exceeded",
      line: 2,
    });
  });
  await sandbox.close();
});
