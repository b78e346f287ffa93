/** A soak of some seconds: it runs, and no acknowledged post is lost. */
import assert from "node:assert/strict";
import { soak } from "./soak.ts";

Deno.test("all floods at once and a kill -9: nothing acknowledged is lost, every channel verifies", async () => {
  const { acknowledged } = await soak({
    quietMs: 1_000,
    floodMs: 8_000,
    kills: 1,
    say: () => {},
  });
  assert.ok(acknowledged > 0, "a neighbour is served during the floods");
});
