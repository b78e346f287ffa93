/** An engine's id depends on each of its parts. */
import assert from "node:assert/strict";
import { BOT_LIMITS } from "../../../src/domain/limits/bot.ts";
import {
  differingParts,
  engineIdOf,
  enginePartsOf,
  RULES,
} from "../../../src/domain/bot/engine_id.ts";

const FILES = { "engine.wasm": new Uint8Array([0, 97]), "prelude.js": "main();" };
const parts = enginePartsOf(FILES);
const id = engineIdOf("quickjs", parts);

const CHANGED: Record<string, [ReturnType<typeof enginePartsOf>, string]> = {
  "a byte of the engine": [
    enginePartsOf({ ...FILES, "engine.wasm": new Uint8Array([0, 98]) }),
    "engine.wasm",
  ],
  "a file that runs within": [enginePartsOf({ ...FILES, "prelude.js": "main()" }), "prelude.js"],
  "another file": [enginePartsOf({ ...FILES, "more.js": "" }), "more.js"],
  "the rules": [enginePartsOf(FILES, RULES + 1), "rules"],
  "the work of a hook": [
    enginePartsOf(FILES, RULES, { ...BOT_LIMITS, guestFuel: BOT_LIMITS.guestFuel + 1 }),
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
