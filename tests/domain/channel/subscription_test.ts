/** Subscriptions: what makes one, how long it lives, and when its deliveries are tried again. */
import assert from "node:assert/strict";
import {
  afterFailure,
  cursorIn,
  cursorText,
  expiryOf,
  type Subscription,
  subscriptionId,
} from "../../../src/domain/channel/subscription.ts";
import { EVENT_LIMITS } from "../../../src/domain/limits/events.ts";

Deno.test("subscriptionId() is that of the owner, the receiver, the name and the arguments", () => {
  const args = { channel_id: "chn_a", kinds: ["bot"] };
  const id = subscriptionId("guest:a", "https://a.example/", "turn.mine", args);
  assert.match(id, /^sub_[0-9a-f]{32}$/);
  const turned = { kinds: ["bot"], channel_id: "chn_a" };
  assert.equal(subscriptionId("guest:a", "https://a.example/", "turn.mine", turned), id);
  const others = [
    subscriptionId("guest:b", "https://a.example/", "turn.mine", args),
    subscriptionId("guest:a", "https://a.example/b", "turn.mine", args),
    subscriptionId("guest:a", "https://a.example/", "message.created", args),
    subscriptionId("guest:a", "https://a.example/", "turn.mine", { channel_id: "chn_a" }),
  ];
  assert.equal(new Set([id, ...others]).size, 5);
});

Deno.test("expiryOf() grants what is suggested, within bounds and those of the grant", () => {
  const { ttlMs, shortestTtlMs, longestTtlMs } = EVENT_LIMITS;
  const table: [suggested: number | undefined, grantEnd: number, expected: number][] = [
    [undefined, Infinity, ttlMs],
    [0, Infinity, shortestTtlMs],
    [shortestTtlMs + 1, Infinity, shortestTtlMs + 1],
    [longestTtlMs + 1, Infinity, longestTtlMs],
    [undefined, 1_000 + 5, 5],
  ];
  for (const [suggested, grantEnd, expected] of table) {
    assert.equal(expiryOf(suggested, grantEnd, 1_000, EVENT_LIMITS) - 1_000, expected);
  }
});

Deno.test("afterFailure() waits twice as long each time, and gives up in the end", () => {
  const { firstRetryMs, longestRetryMs, givenUpAfterMs } = EVENT_LIMITS;
  let subscription = { cursor: { entry: 1 } } as Subscription;
  let now = 0;
  const pauses: number[] = [];
  while (!subscription.suspended) {
    subscription = afterFailure(subscription, "timeout", now, EVENT_LIMITS);
    pauses.push(subscription.failing!.next_at - now);
    now = subscription.failing!.next_at;
  }
  assert.deepEqual(pauses.slice(0, 3), [firstRetryMs, 2 * firstRetryMs, 4 * firstRetryMs]);
  assert.equal(pauses.at(-1), longestRetryMs);
  assert.equal(subscription.failing!.since, 0);
  assert.ok(now >= givenUpAfterMs && now < givenUpAfterMs + 2 * longestRetryMs);
  assert.deepEqual(subscription.cursor, { entry: 1 });
});

Deno.test("cursorIn() reads what cursorText() wrote, and nothing else", () => {
  const cursors = [{ entry: 0 }, { entry: 57, told: "your_turn.55" }, {
    entry: 9,
    told: "closed.",
  }];
  for (const cursor of cursors) {
    assert.deepEqual({ ...cursorIn(cursorText(cursor)) }, { told: undefined, ...cursor });
  }
  for (const text of ["", "x", "-1", "1.2", "1e3", "57.your_turn.55.1", `${"9".repeat(16)}`]) {
    assert.equal(cursorIn(text), null, text);
  }
});
