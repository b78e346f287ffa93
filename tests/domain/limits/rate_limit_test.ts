import assert from "node:assert/strict";
import { RATES } from "../../../src/domain/limits/work.ts";
import { RateLimiter } from "../../../src/domain/limits/rate_limit.ts";

/** A burst of ten calls, and one more each second. */
const CALLS = { quota: 10, windowMs: 10_000 };

function limiterAt(start = 1_000_000, maxKeys?: number) {
  const clock = { ms: start };
  const rates = { ...RATES, calls: CALLS };
  return { clock, limiter: new RateLimiter(rates, () => clock.ms, maxKeys) };
}

Deno.test("take() allows the quota at once, and then refills it evenly", () => {
  const { limiter, clock } = limiterAt();
  for (let left = 9; left >= 0; left--) {
    const { remaining, wholeInMs, retryAfterMs } = limiter.take("calls", "ann");
    assert.deepEqual([remaining, wholeInMs, retryAfterMs], [left, (10 - left) * 1000, 0]);
  }
  const refused = limiter.take("calls", "ann");
  assert.deepEqual([refused.remaining, refused.wholeInMs, refused.retryAfterMs], [
    0,
    10_000,
    1_000,
  ]);
  clock.ms += 999;
  assert.equal(limiter.take("calls", "ann").retryAfterMs, 1);
  clock.ms += 1;
  assert.equal(limiter.take("calls", "ann").retryAfterMs, 0, "after the announced time");
  assert.equal(limiter.take("calls", "ann").retryAfterMs, 1_000);
  clock.ms += 60_000;
  assert.equal(limiter.look("calls", "ann").remaining, 10, "never more than the quota");
});

Deno.test("take() keeps callers and rates apart, and a refusal costs nothing", () => {
  const { limiter } = limiterAt();
  assert.equal(limiter.take("calls", "ann", 10).remaining, 0);
  assert.equal(limiter.take("calls", "bob", 4).remaining, 6);
  assert.equal(limiter.take("calls", "bob", 7).retryAfterMs, 1_000);
  assert.equal(limiter.take("calls", "bob", 6).retryAfterMs, 0);
  assert.equal(limiter.take("channels", "ann").remaining, RATES.channels.quota - 1);
});

Deno.test("charge() may overdraw a budget, and look() takes nothing", () => {
  const { limiter, clock } = limiterAt();
  limiter.charge("calls", "ann", 12);
  assert.deepEqual(limiter.look("calls", "ann").retryAfterMs, 3_000);
  assert.deepEqual(limiter.look("calls", "ann").remaining, 0);
  clock.ms += 3_000;
  assert.deepEqual(limiter.look("calls", "ann").retryAfterMs, 0);
  assert.equal(limiter.take("calls", "ann").retryAfterMs, 0);
});

Deno.test("a caller never waits longer than twice the window, however much was charged", () => {
  const { limiter, clock } = limiterAt();
  limiter.charge("calls", "ann", 1_000_000);
  assert.equal(limiter.look("calls", "ann").wholeInMs, 20_000);
  clock.ms -= 60 * 60_000;
  assert.equal(limiter.look("calls", "ann").wholeInMs, 20_000, "even when the clock goes back");
  clock.ms += 60 * 60_000 + 20_000;
  assert.equal(limiter.look("calls", "ann").remaining, 10);
});

Deno.test("take() remembers a limited number of callers, and forgets full budgets first", () => {
  const { limiter, clock } = limiterAt(1_000_000, 100);
  for (let i = 0; i < 60; i++) limiter.take("calls", `early ${i}`);
  limiter.take("calls", "spent", 10);
  clock.ms += 2_000;
  for (let i = 0; i < 60; i++) limiter.take("calls", `late ${i}`);
  assert.equal(limiter.look("calls", "spent").remaining, 2, "full budgets are forgotten first");
  for (let i = 0; i < 1_000; i++) limiter.take("calls", `flood ${i}`);
  assert.equal(limiter.look("calls", "spent").remaining, 10, "then the oldest budgets");
});
