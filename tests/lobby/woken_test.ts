/** Seekers who do not wait: a task, and the event `match.found`. */
import assert from "node:assert/strict";
import { LOBBY_LIMITS } from "../../src/domain/limits/lobby.ts";
import { keys } from "../../src/store/keys.ts";
import { acceptingSandbox } from "../support/accepting_sandbox.ts";
import { instances } from "../support/apps.ts";
import { EventsClient, subscription } from "../support/events_client.ts";
import { Player, type Wire } from "../support/player.ts";
import { taskClient } from "../support/task_client.ts";
import { type WebhookReceiver, webhookReceiver } from "../support/webhook_receiver.ts";

const WISH = { bot_preset: "Duel", timeout_ms: 0 };
const builtins = new Map([["Duel", JSON.stringify({ summary: "Duel" })]]);

/** Two instances whose clock the test moves on, and a player at each. */
async function scene(receiver?: WebhookReceiver) {
  let aheadMs = 0;
  const apps = await instances(2, {
    sandbox: acceptingSandbox(),
    builtins,
    now: () => new Date(Date.now() + aheadMs),
    ...(receiver && { testNetwork: receiver.network, testEvents: { firstRetryMs: 1 } }),
  });
  const players = await Promise.all(apps.urls.map((url) => Player.at(url)));
  return Object.assign(apps, {
    players: players as [Player, Player],
    pass: (ms: number) => void (aheadMs += ms),
  });
}

Deno.test("a client that takes tasks gets one, which ends with the match", async () => {
  await using apps = await scene();
  const { players: [ann, bob], urls } = apps;
  let url = urls[0]!;
  const mcp = taskClient(() => `${url}/mcp`, ann.token);
  const wish = { bot_preset: "Duel" };
  const { taskId, status } = await mcp.call("find_match", wish);
  assert.equal(status, "working");
  url = urls[1]!;
  assert.equal((await mcp.get(taskId)).status, "working");
  apps.pass(LOBBY_LIMITS.idleMs - 60_000);
  assert.equal((await mcp.get(taskId)).status, "working", "each question keeps the ticket");
  apps.pass(LOBBY_LIMITS.idleMs - 60_000);
  const stranger = taskClient(() => `${url}/mcp`, bob.token);
  const { error } = await stranger.request("tasks/get", { taskId });
  assert.ok(error, "a task is its owner's");
  const theirs = await bob.call("find_match", WISH);
  const { status: after, result } = await mcp.get(taskId);
  assert.equal(after, "completed");
  const { structuredContent: told } = result;
  assert.deepEqual([told.status, told.channel_id], ["matched", theirs.channel_id]);
  assert.match(told.rejoin_token, /^rejoin_/);
  const now = await mcp.call("find_match", wish);
  assert.equal(now.structuredContent.channel_id, theirs.channel_id, "answered at once");
});

Deno.test("a task ends with a ticket that ends, and a challenge's code is no task", async () => {
  await using apps = await scene();
  const { players: [ann], urls } = apps;
  const mcp = taskClient(() => `${urls[0]}/mcp`, ann.token);
  const { structuredContent: made } = await mcp.call("find_match", {
    bot_preset: "Duel",
    challenge: "new",
  });
  assert.match(made.challenge, /^challenge_/);
  const { taskId } = await mcp.call("find_match", { ticket: made.ticket });
  await mcp.call("find_match", { ticket: made.ticket, cancel: true });
  const { status, result } = await mcp.get(taskId);
  assert.deepEqual([status, result.structuredContent.status], ["completed", "cancelled"]);
});

Deno.test("match.found wakes a seeker who has gone, and keeps the ticket until then", async () => {
  await using receiver = await webhookReceiver();
  await using apps = await scene(receiver);
  const { players: [ann, bob], urls } = apps;
  const events = new EventsClient(urls[0]!, ann.token);
  const { ticket } = await ann.call("find_match", WISH);
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  const { id } = await events.call(
    "events/subscribe",
    subscription("match.found", { ticket }, delivery),
  );
  // The clock stays, because the receiver checks the time of what is signed.
  const { value: until } = await apps.kv.get<number>(keys.ticketSeen(ticket));
  assert.ok(until! > Date.now() + 5 * LOBBY_LIMITS.idleMs, "a subscription keeps the ticket");
  const theirs = await bob.call("find_match", WISH);
  assert.equal(theirs.status, "matched");
  const [{ body, subscription: of }] = await receiver.taken(1) as [Wire];
  assert.equal(of, id);
  assert.equal(body.name, "match.found");
  const { data } = body;
  assert.equal(data.ticket, ticket);
  assert.equal(data.channel_id, theirs.channel_id);
  assert.notEqual(data.player_id, theirs.player_id);
  assert.equal(data.rejoin_token, undefined, "no token leaves the server unasked");
  const mine = await ann.call("find_match", { ticket });
  assert.equal(mine.player_id, data.player_id);
  // It is told once, also to one who asks anew.
  const poll = { name: "match.found", arguments: { ticket } };
  const polled = await events.call("events/poll", { ...poll, cursor: "0" });
  assert.deepEqual(polled.events.map(({ eventId }: Wire) => eventId), [body.eventId]);
  assert.deepEqual((await events.call("events/poll", { ...poll, cursor: body.cursor })).events, []);
  assert.equal(receiver.received.length, 1);
});

Deno.test("match.found is told to the ticket's owner alone, and ends with the ticket", async () => {
  await using receiver = await webhookReceiver();
  await using apps = await scene(receiver);
  const { players: [ann, bob], urls } = apps;
  const { ticket } = await ann.call("find_match", WISH);
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  const wanted = subscription("match.found", { ticket }, delivery);
  const stranger = new EventsClient(urls[1]!, bob.token);
  const hidden = await stranger.refused("events/subscribe", wanted);
  const absent = await stranger.refused(
    "events/subscribe",
    subscription("match.found", { ticket: "ticket_AAAAAAAAAAAAAAAAAAAAAA" }, delivery),
  );
  assert.deepEqual(hidden, absent);
  assert.equal(hidden.code, -32012);
  const events = new EventsClient(urls[0]!, ann.token);
  await events.call("events/subscribe", wanted);
  await ann.call("find_match", { ticket, cancel: true });
  const [{ body }] = await receiver.taken(1) as [Wire];
  assert.equal(body.type, "terminated");
  assert.equal((await events.refused("events/subscribe", wanted)).code, -32012);
});

Deno.test("a subscription that is ended leaves the ticket its ten minutes", async () => {
  await using receiver = await webhookReceiver();
  await using apps = await scene(receiver);
  const { players: [ann, bob], urls } = apps;
  const { ticket } = await ann.call("find_match", WISH);
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  const events = new EventsClient(urls[0]!, ann.token);
  const wanted = subscription("match.found", { ticket }, delivery);
  await events.call("events/subscribe", wanted);
  await events.call("events/unsubscribe", wanted);
  apps.pass(LOBBY_LIMITS.idleMs + 1_000);
  assert.equal((await bob.call("find_match", WISH)).status, "waiting");
  assert.equal((await ann.call("find_match", { ticket })).status, "expired");
});
