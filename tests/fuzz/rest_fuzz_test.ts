/** Bad inputs at the REST endpoints: 20,000 with `THOROUGH=1`. The server refuses each with a code
 *  and changes nothing. */
import assert from "node:assert/strict";
import type fc from "fast-check";
import {
  damagedCalls,
  halfGoodUpdates,
  misplacedCalls,
  posted,
  unboundedCalls,
} from "./bad_calls.ts";
import { badBots } from "./bot_inputs.ts";
import { judgeRest, RULES } from "./judge.ts";
import { furnished } from "./people.ts";
import { badBodies, badQueries, badRequests, badTokens } from "./rest_inputs.ts";
import { fuzz, SEED } from "./run.ts";
import { runs } from "../support/thorough.ts";
import { type Input, World } from "./world.ts";

Deno.test(`REST refuses bad inputs drawn from seed ${SEED}`, async (t) => {
  await using world = await World.open({ bots: true });
  const channels = await furnished(world);
  await world.settle();
  const kinds: [number, string, fc.Arbitrary<Input>, number?][] = [
    [6_000, "damaged calls", damagedCalls(channels).map(posted)],
    [4_940, "calls of unauthorized callers", misplacedCalls(channels).map(posted)],
    [1_500, "messages beyond the limits", unboundedCalls(channels).map(posted)],
    [1_500, "partly valid updates", halfGoodUpdates(channels).map(posted)],
    [2_500, "queries that every operation rejects", badQueries(channels)],
    [1_500, "unserved paths and methods", badRequests(channels)],
    [1_000, "bodies that are not JSON", badBodies(channels)],
    [1_000, "invalid tokens", badTokens(channels)],
    [60, "bots that can't be attached", badBots(channels).map(posted), 8],
  ];
  for (const [count, what, inputs, atOnce] of kinds) {
    await t.step(what, async () => {
      await fuzz(inputs, runs(count), (batch) => world.send(batch, judgeRest), atOnce);
    });
  }
  assert.equal(world.answered, runs(20_000));
  assert.equal(world.share(/^RATE_LIMIT$/), 0);
  assert.ok(world.share(/^401$/) < 0.06, "most have a token");
  assert.ok(world.share(RULES) > 0.2, "many meet the rules of channels");
});
