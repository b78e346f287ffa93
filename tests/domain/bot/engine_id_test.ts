/** An engine's id depends on each of its parts. */
import assert from "node:assert/strict";
import { BOT_LIMITS } from "../../../src/domain/limits/bot.ts";
import {
  differingParts,
  engineIdOf,
  type EngineParts,
  enginePartsOf,
  RULES,
} from "../../../src/domain/bot/engine_id.ts";

const FILES = { "engine.wasm": new Uint8Array([0, 97]), "prelude.js": "main();" };
const parts = await enginePartsOf(FILES);
const id = engineIdOf("quickjs", parts);

const CHANGED: Record<string, [EngineParts, string]> = {
  "a byte of the engine": [
    await enginePartsOf({ ...FILES, "engine.wasm": new Uint8Array([0, 98]) }),
    "engine.wasm",
  ],
  "a file that runs within": [
    await enginePartsOf({ ...FILES, "prelude.js": "main()" }),
    "prelude.js",
  ],
  "another file": [await enginePartsOf({ ...FILES, "more.js": "" }), "more.js"],
  "the rules": [await enginePartsOf(FILES, RULES + 1), "rules"],
  "the work of a hook": [
    await enginePartsOf(FILES, RULES, { ...BOT_LIMITS, guestFuel: BOT_LIMITS.guestFuel + 1 }),
    "limits",
  ],
};
for (const [what, [changed, name]] of Object.entries(CHANGED)) {
  Deno.test(`engineIdOf() changes with ${what}`, () => {
    assert.notEqual(engineIdOf("quickjs", changed), id);
    assert.deepEqual(differingParts(parts, changed), [name]);
  });
}

Deno.test("engineIdOf() does not depend on the order of parts", () => {
  assert.equal(engineIdOf("quickjs", Object.fromEntries(Object.entries(parts).reverse())), id);
});
