/** What the benchmark's case `context` measures is a promise: the bytes and the calls that a game
 *  costs the model that plays it, and the sizes of single answers. */
import assert from "node:assert/strict";
import { context } from "../../bench/cases/context.ts";
import { met } from "../../bench/figure.ts";
import { testServer } from "../support/server.ts";

Deno.test("no game and no answer costs a model's context more than the benchmark allows", async () => {
  await using server = await testServer();
  const figures = await context({ url: new URL(server.url) });
  const missed = figures.filter((figure) => met(figure) === false);
  assert.deepEqual(missed, []);
});
