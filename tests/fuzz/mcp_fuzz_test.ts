/** Bad inputs at the MCP endpoint, in both eras of the protocol: 20,000 with `THOROUGH=1`. The
 *  server refuses each in the protocol's form and changes nothing. */
import assert from "node:assert/strict";
import type fc from "fast-check";
import { damagedCalls, halfGoodUpdates, misplacedCalls, unboundedCalls } from "./bad_calls.ts";
import { judgeMcp, RULES } from "./judge.ts";
import { wrongHeaders, wrongMeta, wrongRequests } from "./mcp_headers.ts";
import { batches, damagedMessages, toolCalls, wrongMessages } from "./mcp_inputs.ts";
import { furnished } from "./people.ts";
import { fuzz, SEED } from "./run.ts";
import { runs } from "../support/thorough.ts";
import { type Input, World } from "./world.ts";

Deno.test(`MCP refuses bad inputs drawn from seed ${SEED}`, async (t) => {
  await using world = await World.open({ bots: true });
  const channels = await furnished(world);
  await world.settle();
  const kinds: [number, string, fc.Arbitrary<Input>][] = [
    [3_000, "damaged calls", toolCalls(damagedCalls(channels))],
    [4_000, "calls of unauthorized callers", toolCalls(misplacedCalls(channels))],
    [1_000, "messages beyond the limits", toolCalls(unboundedCalls(channels))],
    [1_000, "partly valid updates", toolCalls(halfGoodUpdates(channels))],
    [3_000, "messages that are not JSON-RPC calls", wrongMessages(channels)],
    [2_000, "damaged messages", damagedMessages(channels)],
    [1_500, "messages with contradicting headers", wrongHeaders(channels)],
    [1_500, "wrong _meta", wrongMeta(channels)],
    [2_000, "wrong requests and methods", wrongRequests(channels)],
    [1_000, "batches", batches(channels)],
  ];
  for (const [count, what, inputs] of kinds) {
    await t.step(what, async () => {
      await fuzz(inputs, runs(count), (batch) => world.send(batch, judgeMcp));
    });
  }
  assert.equal(world.answered, runs(20_000));
  assert.equal(world.share(/^(RATE_LIMIT|401)$/), 0);
  assert.ok(world.share(/^-32700$/) < 0.25, "most are JSON");
  assert.ok(world.share(/^[A-Z]/) > 0.3, "many reach a tool");
  assert.ok(world.share(RULES) > 0.15, "many meet the rules of channels");
});
