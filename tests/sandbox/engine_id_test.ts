/** What a bot's announcement names as its engine is the hash of the parts that stand beside it. */
import assert from "node:assert/strict";
import { engineIdOf } from "../../src/domain/engine_id.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";

const SOURCES = {
  javascript: ["class Bot { on_message() {} }", "quickjs", "quickjs.wasm", "prelude.js"],
  python: ["class Bot:\n  def on_message(self, m): pass\n", "cpython", "python.wasm", "boot.py"],
} as const;

Deno.test("engine() tells the id and the parts that an inspection tells", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000 });
  try {
    for (const [name, [source, runtime, ...files]] of Object.entries(SOURCES)) {
      await t.step(name, async () => {
        const language = name as keyof typeof SOURCES;
        const found = await sandbox.inspect({ source, language });
        assert.ok(found.kind === "accepted", JSON.stringify(found));
        const parts = found.engine_parts!;
        assert.equal(found.engine, engineIdOf(runtime, parts));
        assert.deepEqual(await sandbox.engine(language), { engine: found.engine, parts });
        for (const file of [...files, "rules", "limits"]) assert.ok(parts[file], file);
      });
    }
  } finally {
    await sandbox.close();
  }
});
