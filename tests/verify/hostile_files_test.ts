/** Files may attack the verifier: its work is bounded by the size of the file, whatever the file
 *  has much of. */
import assert from "node:assert/strict";
import type { JsonObject } from "../../src/kernel/json.ts";
import type { Replayer } from "../../src/verify/replayer.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { BROKEN, WIDE } from "./hostile_files.ts";

/** Without engines, a replay still passes every entry to every bot. */
const NO_ENGINES: Replayer = {
  engine: () => Promise.resolve(undefined),
  inspect: () => assert.fail("there is no engine"),
  run: () => assert.fail("there is no engine"),
};

/** The number of reads of bodies' fields during a verification. */
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
  Deno.test(`verifyExport() does work in proportion to the file: ${what}`, async () => {
    const [one, four] = [make(60), make(240)].map((file) => JSON.stringify(file));
    const allowed = 1.5 * four!.length / one!.length;
    const ratio = await readsOf(four!) / await readsOf(one!);
    assert.ok(ratio <= allowed, `${ratio} times the reads for ${allowed} times the bytes`);
  });
}

Deno.test("verifyExport() handles four megabytes of announcements", async () => {
  const text = JSON.stringify(WIDE["bots that are removed again"]!(2_500));
  assert.ok(text.length > 4_000_000);
  const { ok, entries } = await verifyExport(JSON.parse(text), { replayer: NO_ENGINES });
  assert.deepEqual({ ok, entries }, { ok: true, entries: 1 + 2_500 * 4 });
});

for (const [what, make] of Object.entries(BROKEN)) {
  Deno.test(`a broken file is refused quickly: ${what}`, async () => {
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
