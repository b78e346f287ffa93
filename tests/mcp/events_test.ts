/** The Events extension: subscriptions, and deliveries to a real https server. */
import assert from "node:assert/strict";
import type { Config } from "../../src/config/config.ts";
import { instances } from "../support/apps.ts";
import { EventsClient, subscription } from "../support/events_client.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import {
  type Received,
  type WebhookReceiver,
  webhookReceiver,
} from "../support/webhook_receiver.ts";

/** Retries at once, so that no test waits. */
const QUICK = { firstRetryMs: 1, longestRetryMs: 1 };

/** A server that reaches a receiver, and runs no bots. */
async function serverFor({ network }: WebhookReceiver, more: Partial<Config> = {}) {
  return await testServer({
    testNetwork: network,
    testEvents: QUICK,
    sandbox: "off",
    ...more,
  });
}

/** Two members of a private channel on a server that reaches a receiver. */
async function scene(url: string) {
  const host = await Player.at(url);
  const created = await host.call("create_channel", {
    name: "room",
    slots: ["invite:a", "invite:b", "invite:c"],
  });
  await host.join(created.invites[0]);
  const member = await Player.at(url);
  const { slot_id } = await member.join(created.invites[1]);
  const { channel_id } = created;
  const events = new EventsClient(url, member.token);
  return { host, member, events, channel_id, slot_id, invites: created.invites as string[] };
}

Deno.test("server/discover names the extension, and a client of the SDK lists its events", async () => {
  await using apps = await instances(1);
  const [url] = apps.urls as [string];
  const player = await Player.at(url);
  const events = new EventsClient(url, player.token);
  const { capabilities } = await events.call("server/discover");
  assert.deepEqual(capabilities.events, {});
  assert.deepEqual(capabilities.extensions["io.modelcontextprotocol/events"], {});
  const list = await events.call("events/list");
  assert.equal(list.resultType, "complete");
  for (const event of list.events) {
    assert.deepEqual(event.delivery, ["webhook", "poll"]);
    assert.equal(event.inputSchema.type, "object");
    const about = event.name === "match.found" ? "ticket" : "channel_id";
    assert.deepEqual(event.inputSchema.required, [about]);
    assert.equal(event.payloadSchema.type, "object");
  }
  assert.ok(list.events.some(({ name }: { name: string }) => name === "message.created"));
  for (const kind of ["v1", "v2 legacy"] as const) {
    await using mcp = await mcpClient(kind, url, player.token);
    const { extensions } = mcp.client.getServerCapabilities()!;
    assert.equal(extensions?.["io.modelcontextprotocol/events"], undefined);
  }
});

Deno.test("a message of another is delivered, signed and in order; one's own and a whisper are not", async () => {
  await using receiver = await webhookReceiver();
  await using server = await serverFor(receiver);
  const { host, member, events, channel_id, invites } = await scene(server.url);
  const third = await Player.at(server.url);
  await third.join(invites[2]!);
  const secret = receiver.secret();
  const subscribed = await events.call(
    "events/subscribe",
    subscription("message.created", { channel_id, kinds: ["user"] }, {
      url: receiver.url(),
      secret,
    }),
  );
  assert.match(subscribed.id, /^sub_[0-9a-f]{32}$/);
  assert.equal(subscribed.truncated, false);
  assert.ok(Date.parse(subscribed.refreshBefore) > Date.now());
  assert.equal(receiver.challenges.length, 1);
  assert.equal(receiver.challenges[0]!.subscription, subscribed.id);
  assert.match(receiver.challenges[0]!.id, /^msg_verification_/);

  await host.say("one");
  await member.say("my own");
  await host.call("post_message", { channel_id, body: "for you", to: [member.player_id] });
  await host.call("post_message", { channel_id, body: "not for you", to: [third.player_id] });
  await host.say("two");
  const taken = await receiver.taken(3);
  assert.deepEqual(taken.map(({ body }) => body.data.message.body.text), ["one", "for you", "two"]);
  const page = await member.call("sync_messages", { channel_id });
  for (const { id, subscription, body } of taken) {
    assert.equal(id, body.eventId);
    assert.equal(subscription, subscribed.id);
    assert.equal(body.name, "message.created");
    const { message } = body.data;
    assert.equal(body.cursor, String(message.id));
    assert.equal(body.timestamp, message.ts);
    const read = page.messages.find((each: { id: number }) => each.id === message.id);
    assert.deepEqual(message.body, read.body);
    assert.equal(message.sender, host.player_id);
  }
  assert.equal(receiver.received.length, 3);
  assert.ok(!JSON.stringify(server.logged).includes(secret.slice(6)));
});

Deno.test("events/subscribe refuses what the extension says it refuses", async () => {
  await using receiver = await webhookReceiver();
  await using apps = await instances(1, { testNetwork: receiver.network });
  const [url] = apps.urls as [string];
  const { events, channel_id } = await scene(url);
  const stranger = new EventsClient(url, (await Player.at(url)).token);
  const secret = receiver.secret();
  const good = { name: "message.created", args: { channel_id }, url: receiver.url(), secret };
  const table: [what: string, changed: Record<string, unknown>, code: number, data?: object][] = [
    ["an unknown event", { name: "moon.full" }, -32011, { kind: "event" }],
    ["an argument that no event has", { args: { channel_id, wish: 1 } }, -32602],
    ["no channel", { args: {} }, -32602],
    ["an unknown kind", { args: { channel_id, kinds: ["shout"] } }, -32602],
    ["plain http", { url: "http://hooks.example.com/" }, -32602],
    ["no URL", { url: "hooks" }, -32602],
    ["a URL with a password", { url: "https://me:pw@hooks.example.com/" }, -32602],
    ["an address", { url: "https://127.0.0.1/" }, -32602],
    ["an address of IPv6", { url: "https://[::1]/" }, -32602],
    ["a URL without end", { url: `https://hooks.example.com/${"x".repeat(2_048)}` }, -32602],
    ["no secret", { secret: undefined }, -32602],
    ["a secret without its prefix", { secret: secret.slice(6) }, -32602],
    ["a secret of 23 bytes", { secret: receiver.secret(23) }, -32602],
    ["a secret of 65 bytes", { secret: receiver.secret(65) }, -32602],
    ["a secret that is no base64", { secret: `whsec_${"!".repeat(40)}` }, -32602],
    ["another mode", { mode: "push" }, -32014, { feature: "deliveryMode", value: "push" }],
    ["a channel that does not exist", { args: { channel_id: "chn_none" } }, -32012],
  ];
  for (const [what, changed, code, data] of table) {
    const { name, args, mode = "webhook", ...delivery } = { ...good, mode: undefined, ...changed };
    const params = { name, arguments: args, delivery: { mode, ...delivery } };
    const error = await events.refused("events/subscribe", params);
    assert.equal(error.code, code, `${what}: ${error.message}`);
    if (data) assert.deepEqual(error.data, data, what);
  }
  const args = (channelId: string) =>
    subscription("message.created", { channel_id: channelId }, { url: receiver.url(), secret });
  const forbidden = await stranger.refused("events/subscribe", args(channel_id));
  assert.equal(forbidden.code, -32012);
  assert.deepEqual(forbidden, await stranger.refused("events/subscribe", args("chn_none")));
  assert.equal(receiver.challenges.length, 0);
});

Deno.test("a receiver that does not return the challenge gets nothing more", async () => {
  await using receiver = await webhookReceiver();
  await using server = await serverFor(receiver);
  const { host, events, channel_id } = await scene(server.url);
  const params = (path: string) =>
    subscription("message.created", { channel_id }, {
      url: receiver.url(path),
      secret: receiver.secret(),
    });
  const table: [what: string, verify: () => Response, reason: string][] = [
    ["another challenge", () => Response.json({ challenge: "mine" }), "challenge_failed"],
    ["no JSON", () => new Response("yes"), "challenge_failed"],
    ["nothing", () => new Response(null, { status: 204 }), "challenge_failed"],
    ["a redirect", () => Response.redirect(receiver.url("/elsewhere"), 307), "challenge_failed"],
    ["not found", () => new Response("", { status: 404 }), "http_4xx"],
    ["an error", () => new Response("", { status: 500 }), "http_5xx"],
  ];
  for (const [what, verify, reason] of table) {
    receiver.verify = verify;
    const error = await events.refused("events/subscribe", params("/unproven"));
    assert.equal(error.code, -32015, what);
    assert.equal(error.data.reason, reason, what);
  }
  assert.ok(!receiver.challenges.some(({ path }) => path === "/elsewhere"), "followed a redirect");
  await host.say("one");
  receiver.verify = ({ body: { challenge } }) => Response.json({ challenge });
  await events.call("events/subscribe", params("/proven"));
  await host.say("two");
  const [first] = await receiver.taken(1);
  assert.deepEqual([first!.path, first!.body.data.message.body.text], ["/proven", "two"]);

  receiver.network.names[`silent.example`] = ["127.0.0.1"];
  const silent = params("/x");
  const delivery = {
    ...silent.delivery as object,
    url: `https://silent.example:${receiver.port}/x`,
  };
  const tls = await events.refused("events/subscribe", { ...silent, delivery });
  assert.deepEqual([tls.code, tls.data.reason], [-32015, "tls_error"]);
});

Deno.test("a name that is bound to a private address is never connected to", async () => {
  await using receiver = await webhookReceiver();
  await using server = await serverFor(receiver);
  const { host, events, channel_id } = await scene(server.url);
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  const params = subscription("message.created", { channel_id }, delivery);
  const name = new URL(delivery.url).hostname;
  for (
    const address of ["10.0.0.1", "169.254.169.254", "192.168.1.1", "::ffff:10.0.0.1", "fd00::1"]
  ) {
    receiver.network.names[name] = [address];
    const error = await events.refused("events/subscribe", params);
    assert.deepEqual([error.code, error.data.reason], [-32015, "connection_refused"], address);
  }
  receiver.network.names[name] = ["127.0.0.1"];
  await events.call("events/subscribe", params);
  receiver.network.names[name] = ["10.0.0.1"];
  await host.say("behind the wall");
  while (!server.logged.some(({ event }) => event === "delivery_failed")) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(receiver.received.length, 0);
  const status = await events.call("events/subscribe", params);
  assert.equal(status.deliveryStatus.lastError, "connection_refused");
  receiver.network.names[name] = ["127.0.0.1"];
  const [first] = await receiver.taken(1);
  assert.equal(first!.body.data.message.body.text, "behind the wall");
});

Deno.test("failed deliveries are repeated under the same id and in order; 410 and 413 are not", async () => {
  await using receiver = await webhookReceiver();
  await using server = await serverFor(receiver);
  const { host, events, channel_id } = await scene(server.url);
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  await events.call("events/subscribe", subscription("message.created", { channel_id }, delivery));
  const statuses = [500, 404, 302, 410, 204, 413, 429];
  receiver.respond = () => {
    const status = statuses.shift() ?? 204;
    return new Response(null, { status, headers: { location: receiver.url("/elsewhere") } });
  };
  for (const text of ["one", "two", "three", "four"]) await host.say(text);
  await receiver.taken(2);
  const said = receiver.received.map(({ body, status }) => [
    body.data.message.body.text,
    status,
  ]);
  assert.deepEqual(said, [
    ["one", 500],
    ["one", 404],
    ["one", 302],
    ["one", 410],
    ["two", 204],
    ["three", 413],
    ["four", 429],
    ["four", 204],
  ]);
  const ids = new Set(receiver.received.map(({ id }) => id));
  assert.equal(ids.size, 4);
  assert.ok(receiver.received.every(({ path }) => path === "/hook"));
});

Deno.test("a subscription is one by its caller, receiver, name and arguments", async () => {
  await using receiver = await webhookReceiver();
  await using server = await serverFor(receiver);
  const { host, member, events, channel_id } = await scene(server.url);
  const other = new EventsClient(server.url, host.token);
  const secret = receiver.secret();
  const params = (changed: Record<string, unknown> = {}, path = "/hook") =>
    subscription("message.created", { channel_id, ...changed }, {
      url: receiver.url(path),
      secret,
    });
  const first = await events.call("events/subscribe", params({ kinds: ["bot", "user"] }));
  const again = await events.call("events/subscribe", params({ kinds: ["user", "bot", "user"] }));
  assert.equal(again.id, first.id);
  assert.deepEqual(again.deliveryStatus, { active: true, lastDeliveryAt: null, lastError: null });
  const ids = new Set([first.id]);
  for (
    const subscribed of [
      await events.call("events/subscribe", params()),
      await events.call("events/subscribe", params({}, "/other")),
      await events.call("events/subscribe", params({ rejoin_token: member.rejoin_token })),
      await other.call("events/subscribe", params({ kinds: ["bot", "user"] })),
    ]
  ) ids.add(subscribed.id);
  assert.equal(ids.size, 5);
  // A receiver is asked once by each principal and URL.
  assert.equal(receiver.challenges.length, 3);

  const stranger = new EventsClient(server.url, (await Player.at(server.url)).token);
  const none = await stranger.refused("events/unsubscribe", params());
  assert.deepEqual([none.code, none.data], [-32011, { kind: "subscription" }]);
  await other.call("events/unsubscribe", params({ kinds: ["user", "bot"] }));
  assert.equal(
    (await other.refused("events/unsubscribe", params({ kinds: ["user", "bot"] }))).code,
    -32011,
  );
  for (
    const each of [params(), params({}, "/other"), params({ rejoin_token: member.rejoin_token })]
  ) {
    await events.call("events/unsubscribe", each);
  }
  await host.say("once");
  await receiver.taken(1);
  await events.call("events/unsubscribe", params({ kinds: ["user", "bot"] }));
  await host.say("nobody listens");
  assert.deepEqual(receiver.received.map(({ subscription }) => subscription), [first.id]);
});

Deno.test("a new secret signs beside the old one, so that no delivery is lost", async () => {
  await using receiver = await webhookReceiver();
  await using server = await serverFor(receiver);
  const { host, events, channel_id } = await scene(server.url);
  const old = receiver.secret();
  const unknown = `whsec_${crypto.getRandomValues(new Uint8Array(24)).toBase64()}`;
  for (const secret of [old, unknown]) {
    const delivery = { url: receiver.url(), secret };
    await events.call(
      "events/subscribe",
      subscription("message.created", { channel_id }, delivery),
    );
  }
  await host.say("signed twice");
  await receiver.taken(1);
});

Deno.test("who was put out gets the end of the subscription and nothing more", async () => {
  await using receiver = await webhookReceiver();
  await using server = await serverFor(receiver);
  const { host, events, channel_id, slot_id } = await scene(server.url);
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  const params = subscription("message.created", { channel_id }, delivery);
  await events.call("events/subscribe", params);
  // Messages that were pending when the member is put out are not its to read any more.
  const [came, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  receiver.respond = async ({ body }) => {
    came.resolve();
    if (body.data?.message.body.text === "one") await held.promise;
    return new Response(null, { status: 204 });
  };
  await host.say("one");
  await came.promise;
  await host.say("two");
  await host.call("update_channel", {
    channel_id,
    ops: [{ type: "yield_slot", slot_id }],
  });
  await host.say("three");
  held.resolve();
  const [first, second] = await receiver.taken(2);
  assert.equal(first!.body.data.message.body.text, "one");
  assert.deepEqual(second!.body, {
    type: "terminated",
    error: { code: -32012, message: "Forbidden", data: { reason: "Access revoked" } },
  });
  assert.match(second!.id, /^msg_terminated_/);
  assert.equal((await events.refused("events/unsubscribe", params)).code, -32011);
  assert.equal((await events.refused("events/subscribe", params)).code, -32012);
  assert.equal(receiver.received.length, 2);
});

Deno.test("events/poll tells the same events as a delivery, page by page", async () => {
  await using receiver = await webhookReceiver();
  await using server = await serverFor(receiver);
  const { host, events, channel_id } = await scene(server.url);
  const wanted = { name: "message.created", arguments: { channel_id, kinds: ["user"] } };
  const now = await events.call("events/poll", { ...wanted, cursor: null });
  assert.deepEqual([now.events, now.hasMore, now.truncated], [[], false, false]);
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  await events.call("events/subscribe", { ...subscription("", {}, delivery), ...wanted });
  for (const text of ["one", "two", "three"]) await host.say(text);
  const taken = await receiver.taken(3);
  const polled = [];
  let { cursor } = now;
  for (let hasMore = true; hasMore;) {
    const page = await events.call("events/poll", { ...wanted, cursor, maxEvents: 2 });
    assert.ok(page.events.length <= 2);
    polled.push(...page.events);
    ({ cursor, hasMore } = page);
  }
  assert.deepEqual(polled, taken.map(({ body: { cursor: _, ...event } }) => event));
  const rest = await events.call("events/poll", { ...wanted, cursor });
  assert.deepEqual([rest.events, rest.cursor], [[], cursor]);
  const odd = await events.call("events/poll", { ...wanted, cursor: "999999" });
  assert.deepEqual([odd.events, odd.truncated], [[], true]);
  const late = await events.call("events/poll", { ...wanted, cursor: now.cursor, maxAgeMs: 0 });
  assert.deepEqual([late.events, late.truncated], [[], true]);
});

Deno.test("a subscription begins at the client's cursor", async () => {
  await using receiver = await webhookReceiver();
  await using server = await serverFor(receiver);
  const { host, events, channel_id } = await scene(server.url);
  const sent = [];
  for (const text of ["one", "two", "three"]) sent.push(await host.say(text));
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  await events.call(
    "events/subscribe",
    subscription("message.created", { channel_id }, delivery, { cursor: String(sent[0]!.msg_id) }),
  );
  const taken = await receiver.taken(2);
  assert.deepEqual(taken.map(({ body }) => body.data.message.body.text), ["two", "three"]);
});

Deno.test("a subscription keeps to its seat when its owner takes another one", async () => {
  await using receiver = await webhookReceiver();
  await using server = await serverFor(receiver);
  const { host, member, events, channel_id, invites } = await scene(server.url);
  const { player_id } = member;
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  const params = subscription("message.created", { channel_id, kinds: ["user"] }, delivery);
  await events.call("events/subscribe", params);
  await member.join(invites[2]!);
  const whisper = (body: string, to: string) =>
    host.call("post_message", { channel_id, body, to: [to] });
  await whisper("for the other seat", member.player_id);
  await whisper("for this seat", player_id);
  const [first] = await receiver.taken(1);
  assert.equal(first!.body.data.message.body.text, "for this seat");
  const error = await events.refused("events/subscribe", params);
  assert.deepEqual([error.code, error.data.reason], [-32012, "SEAT_AMBIGUOUS"]);
});

Deno.test("the private words of others, and their length, change no event", async () => {
  await using receiver = await webhookReceiver();
  await using server = await serverFor(receiver);
  const seen: string[] = [];
  for (const [i, secretWords] of ["x", "y".repeat(9_000)].entries()) {
    const { host, member, events, channel_id, invites } = await scene(server.url);
    const third = await Player.at(server.url);
    await third.join(invites[2]!);
    const delivery = { url: receiver.url(`/${i}`), secret: receiver.secret() };
    const all = subscription("message.created", { channel_id }, delivery, { cursor: "0" });
    const whisper = (body: string, player: Player) =>
      host.call("post_message", { channel_id, body, to: [player.player_id] });
    await host.say("one");
    await whisper(secretWords, third);
    await whisper("for you", member);
    await third.say("two");
    const { cursor: head } = await member.call("sync_messages", { channel_id });
    const answers = [await events.call("events/subscribe", all)];
    for (const name of ["message.created", "turn.mine"]) {
      for (const maxEvents of [1, 3, 20]) {
        const wanted = { name, arguments: { channel_id }, cursor: "0", maxEvents };
        answers.push(await events.call("events/poll", wanted));
      }
    }
    const isLast = ({ path, body }: Received) => path === `/${i}` && body.cursor === String(head);
    for (let count = 1; !receiver.received.some(isLast); count++) await receiver.taken(count);
    const delivered = receiver.received.filter(({ path }) => path === `/${i}`);
    seen.push(
      JSON.stringify([answers, delivered.map(({ body }) => body)])
        .replaceAll(channel_id, "CHANNEL")
        .replace(/sha256:[0-9a-f]{64}/g, "COMMITMENT")
        .replace(/(?:evt|sub)_[0-9a-f]{32}/g, "ID")
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME"),
    );
  }
  assert.equal(seen[0], seen[1]);
  assert.ok(seen[0]!.includes("for you") && !seen[0]!.includes('"x"'));
});
