/** `/readyz` is for platforms, which ask without a token. It costs little and answers soon, however
 *  often they ask. */
import assert from "node:assert/strict";
import { healthRoutes, readiness } from "../../src/http/health.ts";

async function readyz(app: ReturnType<typeof healthRoutes>): Promise<[number, unknown]> {
  const response = await app.request("/readyz");
  return [response.status, await response.json()];
}

Deno.test("/readyz checks each part once for all concurrent requests, and for later ones for a while", async () => {
  let asked = 0;
  const answer = Promise.withResolvers<boolean>();
  const store = () => {
    asked++;
    return answer.promise;
  };
  const app = healthRoutes(
    readiness({ checks: { store }, readyForMs: 600_000, readyWithinMs: 600_000 }),
  );
  const answers = Array.from({ length: 50 }, () => readyz(app));
  answer.resolve(true);
  for (const each of await Promise.all(answers)) {
    assert.deepEqual(each, [200, { ready: true, store: true }]);
  }
  await readyz(app);
  assert.equal(asked, 1);
});

Deno.test("/readyz checks again when its result is old", async () => {
  let isWell = false;
  const app = healthRoutes(
    readiness({ checks: { store: () => Promise.resolve(isWell) }, readyForMs: 0 }),
  );
  assert.deepEqual(await readyz(app), [503, { ready: false, store: false }]);
  isWell = true;
  assert.deepEqual(await readyz(app), [200, { ready: true, store: true }]);
});

Deno.test("/readyz does not wait for a part that does not answer", async () => {
  const checks = {
    store: () => Promise.resolve(true),
    sandbox: () => new Promise<boolean>(() => {}),
    broken: () => Promise.reject(new Error("broken")),
  };
  const app = healthRoutes(readiness({ checks, readyWithinMs: 1 }));
  const expected = { ready: false, store: true, sandbox: false, broken: false };
  assert.deepEqual(await readyz(app), [503, expected]);
});
