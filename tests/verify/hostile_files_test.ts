/** Whoever verifies is attacked, too: the work is bounded by the file, whatever there is much of in
 *  it. */
import assert from "node:assert/strict";
import type { JsonObject } from "../../src/kernel/json.ts";
import type { Replayer } from "../../src/verify/replayer.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { BROKEN, WIDE } from "./hostile_files.ts";

/** Where no engine is, a replay comes past every entry with every bot all the same. */
const NO_ENGINES: Replayer = {
  engine: () => Promise.resolve(undefined),
  inspect: () => assert.fail("there is nothing to look with"),
  run: () => assert.fail("there is nothing to run with"),
};

/** How often something in a body of the file is read while it is verified. */
async function readsOf(text: string): Promise<number> {
  let reads = 0;
  const counted = (body: JsonObject) =>
    new Proxy(body, {
      get(target, name, receiver) {
        reads++;
        return Reflect.get(target, name, receiver);
      },
    });
  const file = JSON.parse(text);
  for (const entry of file.entries) entry.body = counted(entry.body);
  await verifyExport(file, { replayer: NO_ENGINES });
  return reads;
}

for (const [what, make] of Object.entries(WIDE)) {
  Deno.test(`verifyExport() reads a file in proportion to it: ${what}`, async () => {
    const [one, four] = [make(60), make(240)].map((file) => JSON.stringify(file));
    const allowed = 1.5 * four!.length / one!.length;
    const ratio = await readsOf(four!) / await readsOf(one!);
    assert.ok(ratio <= allowed, `${ratio} times the reads for ${allowed} times the bytes`);
  });
}

Deno.test("verifyExport() comes through four megabytes of announcements", async () => {
  const text = JSON.stringify(WIDE["bots that are taken out again"]!(2_500));
  assert.ok(text.length > 4_000_000);
  const { ok, entries } = await verifyExport(JSON.parse(text), { replayer: NO_ENGINES });
  assert.deepEqual({ ok, entries }, { ok: true, entries: 1 + 2_500 * 4 });
});

for (const [what, make] of Object.entries(BROKEN)) {
  Deno.test(`a file that is broken is refused, and soon: ${what}`, async () => {
    let json: unknown;
    try {
      json = JSON.parse(make(200_000));
    } catch (error) {
      assert.ok(error instanceof SyntaxError);
      return;
    }
    const { ok, checks } = await verifyExport(json, { replayer: NO_ENGINES });
    const wrong = checks.find(({ verdict }) => verdict === "failed");
    assert.equal(ok, false);
    assert.ok(wrong!.text.length < 3_000);
  });
}
