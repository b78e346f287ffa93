/** Deliveries by several instances, to receivers that are slow or gone, and for subscribers who
 *  have lost their rights. */
import assert from "node:assert/strict";
import { EVENT_LIMITS } from "../../../src/domain/limits/events.ts";
import { RATES } from "../../../src/domain/limits/work.ts";
import { secretHash } from "../../../src/kernel/hash.ts";
import { keys } from "../../../src/store/keys.ts";
import { instances } from "../../support/apps.ts";
import { EventsClient, subscription } from "../../support/events_client.ts";
import { Player, type Wire } from "../../support/player.ts";
import { type Received, RECEIVER, webhookReceiver } from "../../support/webhook_receiver.ts";

const QUICK = { firstRetryMs: 1, longestRetryMs: 1 };

/** A member with a subscription to the user messages of a channel, and the host who writes them. */
async function room(url: string) {
  const host = await Player.at(url);
  const { invites, channel_id } = await host.call("create_channel", {
    name: "room",
    slots: ["invite:a", "invite:b"],
  });
  await host.join(invites[0]);
  const member = await Player.at(url);
  await member.join(invites[1]);
  const events = new EventsClient(url, member.token);
  const subscribe = (delivery: { url: string; secret: string }, more: Wire = {}) =>
    events.call(
      "events/subscribe",
      subscription("message.created", { channel_id, kinds: ["user"] }, delivery, more),
    );
  return { host, member, events, channel_id, subscribe };
}

const textsOf = (received: Wire[]) => received.map(({ body }) => body.data.message.body.text);

Deno.test("any instance delivers what it commits, each event once", async () => {
  await using receiver = await webhookReceiver();
  await using apps = await instances(2, { testNetwork: receiver.network, testEvents: QUICK });
  const [here, there] = apps.urls as [string, string];
  const { host, events, channel_id, subscribe } = await room(here);
  const { id } = await subscribe({ url: receiver.url(), secret: receiver.secret() });
  for (const [i, url] of [there, here, there, here].entries()) {
    host.moveTo(url);
    await host.say(`${i}`);
  }
  assert.deepEqual(textsOf(await receiver.taken(4)), ["0", "1", "2", "3"]);
  events.moveTo(there);
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  const params = subscription("message.created", { channel_id, kinds: ["user"] }, delivery);
  assert.equal((await events.call("events/subscribe", params)).id, id);
  await events.call("events/unsubscribe", params);
  host.moveTo(here);
  await host.say("nobody listens");
  assert.equal(receiver.received.length, 4);
});

Deno.test("what an instance committed before it died, another delivers", async () => {
  await using receiver = await webhookReceiver();
  const testEvents = { ...QUICK, lookAgainMs: 5 };
  await using apps = await instances(2, { testNetwork: receiver.network, testEvents });
  const [dying, other] = apps.apps;
  const { host, subscribe } = await room(apps.urls[0]!);
  await subscribe({ url: receiver.url(), secret: receiver.secret() });
  await other!.resume();
  await dying!.close(); // it commits what it still has, and delivers nothing
  await host.say("left behind");
  assert.deepEqual(textsOf(await receiver.taken(1)), ["left behind"]);
});

Deno.test("a receiver that does not answer delays no other", async () => {
  await using receiver = await webhookReceiver();
  await using apps = await instances(1, { testNetwork: receiver.network, testEvents: QUICK });
  const { host, subscribe } = await room(apps.urls[0]!);
  const silent = `https://other.hooks.mcp-test.example:${receiver.port}/silent`;
  const secret = receiver.secret();
  await subscribe({ url: silent, secret });
  await subscribe({ url: receiver.url(), secret });
  const end = Promise.withResolvers<void>();
  receiver.respond = async ({ path }) => {
    if (path === "/silent") await end.promise;
    return new Response(null, { status: 204 });
  };
  for (const text of ["one", "two", "three"]) await host.say(text);
  await receiver.taken(3);
  const paths = receiver.received.map(({ path }) => path);
  assert.deepEqual(paths.filter((path) => path === "/silent").length, 1);
  end.resolve();
  const taken = await receiver.taken(6);
  const late = taken.filter(({ path }) => path === "/silent");
  assert.deepEqual(textsOf(late), ["one", "two", "three"]);
});

Deno.test("a receiver that does not answer delays no other of its own subscriber", async () => {
  await using receiver = await webhookReceiver();
  await using apps = await instances(1, { testNetwork: receiver.network, testEvents: QUICK });
  const { host, subscribe } = await room(apps.urls[0]!);
  const secret = receiver.secret();
  const silent = `https://other.hooks.mcp-test.example:${receiver.port}/silent`;
  const count = EVENT_LIMITS.atOnceForPrincipal;
  for (let i = 0; i < count; i++) await subscribe({ url: `${silent}/${i}`, secret });
  await subscribe({ url: receiver.url(), secret });
  const end = Promise.withResolvers<void>();
  receiver.respond = async ({ path }) => {
    if (path.startsWith("/silent")) await end.promise;
    return new Response(null, { status: 204 });
  };
  await host.say("one");
  await host.say("two");
  const taken = textsOf(await receiver.taken(2));
  const held = receiver.received.filter(({ path }) => path.startsWith("/silent"));
  end.resolve();
  assert.ok(held.length <= EVENT_LIMITS.atOnceToHost, "nothing has waited for the silent ones");
  assert.deepEqual(taken, ["one", "two"]);
});

Deno.test("deliveries that fail for too long wait for the client's next refresh", async () => {
  await using receiver = await webhookReceiver();
  const testEvents = { ...QUICK, givenUpAfterMs: 0 };
  await using apps = await instances(1, { testNetwork: receiver.network, testEvents });
  const { host, subscribe } = await room(apps.urls[0]!);
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  await subscribe(delivery);
  receiver.respond = () => new Response(null, { status: 500 });
  await host.say("one");
  await receiver.posts(1);
  await host.say("two");
  // The refresh asks until the failure is stored: it tells of it, and wakes the subscription.
  let status: Wire;
  do ({ deliveryStatus: status } = await subscribe(delivery)); while (status.lastError === null);
  assert.equal(status.lastError, "http_5xx");
  assert.equal(status.active, false);
  receiver.respond = () => new Response(null, { status: 204 });
  while (receiver.received.every(({ status }) => status !== 204)) await subscribe(delivery);
  assert.deepEqual(textsOf(await receiver.taken(2)), ["one", "two"]);
});

Deno.test("a subscription ends with its time and with the grant of its app", async (t) => {
  await using receiver = await webhookReceiver();
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  await using apps = await instances(1, { testNetwork: receiver.network, testEvents: QUICK, now });
  const url = apps.urls[0]!;
  await t.step("its time is as suggested, within bounds and those of the grant", async () => {
    const { subscribe } = await room(url);
    const secret = receiver.secret();
    const table: [ttlMs: number | undefined, expected: number][] = [
      [10, EVENT_LIMITS.shortestTtlMs],
      [30 * 60_000, 30 * 60_000],
      // A guest's token of client credentials ends its grant after an hour.
      [undefined, 60 * 60_000],
      [EVENT_LIMITS.longestTtlMs * 9, 60 * 60_000],
    ];
    for (const [ttlMs, expected] of table) {
      const { refreshBefore } = await subscribe({ url: receiver.url("/ttl"), secret }, { ttlMs });
      const granted = Date.parse(refreshBefore) - Date.now();
      assert.ok(granted <= expected && granted > expected - 60_000, `${ttlMs}: ${granted}`);
    }
  });
  await t.step("the grant is revoked", async () => {
    const { host, member, subscribe } = await room(url);
    await subscribe({ url: receiver.url("/revoked"), secret: receiver.secret() });
    const { value } = await apps.kv.get<Wire>(keys.access(secretHash(member.token)));
    await apps.kv.delete(keys.grant(value.grantId));
    await host.say("for nobody");
    const [ended] = await receiver.taken(1) as [Received];
    assert.equal(ended.body.type, "terminated");
    assert.equal(ended.path, "/revoked");
  });
  await t.step("its time is over", async () => {
    const { host, subscribe } = await room(url);
    await subscribe({ url: receiver.url("/over"), secret: receiver.secret() }, { ttlMs: 60_000 });
    ahead = 61_000;
    await host.say("too late");
    ahead = 0;
    await apps.apps[0]!.close(); // waits for the look at the subscription
    assert.ok(receiver.received.every(({ path }) => path !== "/over"));
  });
});

Deno.test("a flood of subscriptions is refused: of one principal, and to one host", async (t) => {
  await using receiver = await webhookReceiver();
  const testEvents = { ...QUICK, subscriptions: 3, subscriptionsToHost: 4 };
  await using apps = await instances(1, { testNetwork: receiver.network, testEvents });
  const url = apps.urls[0]!;
  const secret = receiver.secret();
  const attempt = async (events: EventsClient, channel_id: string, path: string, origin = "") => {
    const to = origin === "" ? receiver.url(path) : `${origin}${path}`;
    const params = subscription("message.created", { channel_id }, { url: to, secret });
    return await events.refused("events/subscribe", params).catch(() => null);
  };
  const { events, channel_id } = await room(url);
  await t.step("of one principal", async () => {
    for (const path of ["/1", "/2", "/3"]) {
      assert.equal(await attempt(events, channel_id, path), null);
    }
    const error = await attempt(events, channel_id, "/4");
    assert.deepEqual([error!.code, error!.data], [-32013, { limit: "subscriptions", max: 3 }]);
    assert.equal(await attempt(events, channel_id, "/3"), null, "a refresh is none");
  });
  await t.step("to one host, whoever asks", async () => {
    const other = await room(url);
    assert.equal(await attempt(other.events, other.channel_id, "/1"), null);
    const error = await attempt(other.events, other.channel_id, "/2");
    assert.equal(error!.code, -32013);
    assert.deepEqual(error!.data, { limit: "subscriptions_to_host", max: 4 });
  });
  await t.step("whatever port and form of its name they give", async () => {
    const other = await room(url);
    for (const origin of [`https://${RECEIVER}:1`, `https://${RECEIVER}.:${receiver.port}`]) {
      const error = await attempt(other.events, other.channel_id, "/3", origin);
      assert.equal(error!.data.limit, "subscriptions_to_host", origin);
    }
  });
  await t.step("to a host that wants none, which is left alone after a while", async () => {
    receiver.verify = () => new Response("who are you?", { status: 404 });
    const victim = `https://other.hooks.mcp-test.example:${receiver.port}`;
    const before = receiver.challenges.length;
    const codes = new Set<number>();
    for (const attacker of await Promise.all([1, 2, 3, 4].map(() => room(url)))) {
      for (let i = 0; i < 10; i++) {
        const refused = await attempt(attacker.events, attacker.channel_id, `/${i}`, victim);
        codes.add(refused!.code);
      }
    }
    assert.deepEqual(codes, new Set([-32015, -32013]));
    assert.equal(receiver.challenges.length - before, RATES.refusals_of_host.quota);
    const { events, channel_id } = await room(url);
    const elsewhere = victim.replace(/\d+$/, "1");
    assert.equal((await attempt(events, channel_id, "/1", elsewhere))!.code, -32013);
  });
});

Deno.test("a principal that subscribes many times at once has no more than the limit", async () => {
  await using receiver = await webhookReceiver();
  const testEvents = { ...QUICK, subscriptions: 3 };
  await using apps = await instances(1, { testNetwork: receiver.network, testEvents });
  const { events, channel_id } = await room(apps.urls[0]!);
  const secret = receiver.secret();
  const answers = await Promise.all(["/1", "/2", "/3", "/4", "/5", "/6"].map((path) => {
    const delivery = { url: receiver.url(path), secret };
    return events.send(
      "events/subscribe",
      subscription("message.created", { channel_id }, delivery),
    );
  }));
  const codes = answers.map(({ error }) => error?.code ?? 0);
  assert.deepEqual(codes.toSorted((a, b) => b - a), [0, 0, 0, -32013, -32013, -32013]);
});
