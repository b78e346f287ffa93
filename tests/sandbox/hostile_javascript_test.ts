/** Hostile JavaScript against a real server. Hostile attacks take most of the tests' time, so each
 *  language has a file: Deno tests files at the same time. */
import assert from "node:assert/strict";
import { playAll } from "./hostile/arena.ts";
import { attacksOf, type Ending, JAVASCRIPT } from "./hostile/attack.ts";
import { JAVASCRIPT_ATTACKS } from "./hostile/javascript_attacks.ts";
import { ECHO_BOT } from "./job.ts";

const IN_JAVASCRIPT = {
  language: "javascript",
  neighbour: ECHO_BOT,
  lanes: 2,
  serverGrowth: 100,
  hostSize: 256,
} as const;

const isKilled = (ending: Ending) => ending === "killed";
const endsByItself = (ending: Ending) => ending !== "killed";

Deno.test("hostile JavaScript ends by itself", async (t) => {
  const attacks = attacksOf(JAVASCRIPT_ATTACKS, JAVASCRIPT, endsByItself);
  await playAll(t, { ...IN_JAVASCRIPT, hookTimeoutMs: 30_000 }, attacks);
});

Deno.test("hostile JavaScript in unmetered code is killed", async (t) => {
  const attacks = attacksOf(JAVASCRIPT_ATTACKS, JAVASCRIPT, isKilled);
  await playAll(t, { ...IN_JAVASCRIPT, hookTimeoutMs: 3_000 }, attacks);
});

Deno.test("the table has its full size", () => {
  assert.ok(Object.keys(JAVASCRIPT_ATTACKS).length >= 100);
});
