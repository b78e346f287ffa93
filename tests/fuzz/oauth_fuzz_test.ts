/** Bad inputs at the OAuth endpoints: 20,000 with `THOROUGH=1`. The server refuses each in OAuth's
 *  form, on a page, or with a redirect to the client, and changes nothing. */
import assert from "node:assert/strict";
import type fc from "fast-check";
import { registered } from "./clients.ts";
import { documentUrls } from "./document_urls.ts";
import { judgeOAuth } from "./judge.ts";
import { callbacks, loginForms, visitor } from "./login_inputs.ts";
import { authorizeQueries, tokenForms } from "./oauth_inputs.ts";
import { oddRegistrations } from "./odd_registrations.ts";
import { consents, registrations, revocations, strayRequests } from "./registrations.ts";
import { fuzz, SEED } from "./run.ts";
import { runs } from "../support/thorough.ts";
import { type Input, World } from "./world.ts";

type Kind = [number, string, fc.Arbitrary<Input>];

async function refuses(t: Deno.TestContext, world: World, kinds: Kind[]): Promise<void> {
  for (const [count, what, inputs] of kinds) {
    await t.step(what, async () => {
      await fuzz(inputs, runs(count), (batch) => world.send(batch, judgeOAuth));
    });
  }
}

Deno.test(`OAuth refuses bad inputs drawn from seed ${SEED}`, async (t) => {
  await using world = await World.open({ bots: false });
  const clients = await registered(world);
  await world.settle();
  await refuses(t, world, [
    [4_000, "registrations", registrations()],
    [5_000, "forms for a token", tokenForms(clients)],
    [4_000, "queries of an authorization", authorizeQueries(clients)],
    [1_500, "revocations", revocations(clients)],
    [1_500, "answers to a consent page", consents(clients)],
    [1_000, "URLs of documents", documentUrls(clients)],
    [1_000, "unserved paths and methods", strayRequests()],
  ]);
  assert.equal(world.answered, runs(18_000));
  assert.equal(world.share(/^(RATE_LIMIT|too_many_requests)$/), 0);
  assert.ok(world.share(/^invalid_client$/) < 0.15, "most name a known client");
  const rules = /^(sent back|revoked|invalid_(grant|target)|unsupported_)/;
  assert.ok(world.share(rules) > 0.25, "many reach the rules of grants");
});

Deno.test(`sign-in refuses bad inputs drawn from seed ${SEED}`, async (t) => {
  await using world = await World.open({
    bots: false,
    login: { github: { id: "never asked", secret: "never sent" } },
  });
  const browser = await visitor(world);
  await world.settle();
  await refuses(t, world, [
    [1_000, "answers of a provider", callbacks(browser)],
    [1_000, "forms of sign-in", loginForms(browser)],
  ]);
  assert.equal(world.answered, runs(2_000));
});

Deno.test(`OAuth takes 500 odd but valid registrations drawn from seed ${SEED}`, async () => {
  await using world = await World.open({ bots: false });
  await fuzz(oddRegistrations(), 500, async (batch) => {
    for (const input of batch) {
      const { status, text } = await world.answer(input);
      assert.equal(status, 201, text);
      assert.match(JSON.parse(text).client_id, /^[\w-]+$/);
    }
    assert.deepEqual(world.errors, []);
  });
  assert.equal(await world.count("client"), 500);
});
