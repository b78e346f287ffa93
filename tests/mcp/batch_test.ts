/** Batches of 2025-03-26, and the cost of a message: one call, whatever its method. */
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const HOUR = 60 * 60_000;

const asks = (id: number, method: string, params?: unknown) => ({
  jsonrpc: "2.0",
  id,
  method,
  params,
});
const PINGED = { jsonrpc: "2.0", method: "notifications/initialized" };

/** Posts a body to the MCP endpoint. Returns the messages of the answer. */
async function post(url: string, token: string, body: unknown, headers = {}) {
  const response = await fetch(`${url}/mcp`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const events = [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => data!);
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  // Proxies would collect the answers otherwise.
  if (isStream) assert.equal(response.headers.get("x-accel-buffering"), "no");
  const texts = isStream ? events : text === "" ? [] : [text];
  const messages: Wire[] = texts.map((each) => JSON.parse(each));
  const [, left] = /r=(\d+)/.exec(response.headers.get("ratelimit") ?? "") ?? [];
  return { status: response.status, messages, left: Number(left), bytes: text.length };
}

const limited = (quota: number) =>
  testServer({
    sandbox: "off",
    rateLimits: true,
    testRates: { calls: { quota, windowMs: HOUR } },
  });

Deno.test("every message costs one call, whatever its method, valid or not", async () => {
  await using server = await limited(1_000);
  const { url } = server;
  const { token } = await Player.at(url);
  const called = (name: string) => asks(1, "tools/call", { name, arguments: {} });
  const initialize = asks(1, "initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "t", version: "1" },
  });
  const bodies: [calls: number, body: unknown][] = [
    [1, asks(1, "ping")],
    [1, initialize],
    [1, asks(1, "tools/list")],
    [1, asks(1, "prompts/list")],
    [1, asks(1, "prompts/get", { name: "judge" })],
    [1, asks(1, "resources/list")],
    [1, asks(1, "resources/templates/list")],
    [1, asks(1, "resources/read", { uri: "guide://bots" })],
    [1, asks(1, "completion/complete", {})],
    [1, asks(1, "no/such")],
    [1, called("health_check")],
    [1, called("sync_messages")],
    [1, called("no_such_tool")],
    [1, PINGED],
    [1, "no message"],
    [1, []],
    [3, [asks(1, "ping"), PINGED, called("health_check")]],
    [HTTP_LIMITS.batchMessages, Array(500).fill(asks(1, "ping"))],
  ];
  let before = (await post(url, token, asks(1, "ping"))).left;
  for (const [calls, body] of bodies) {
    const { left } = await post(url, token, body);
    assert.equal(before - left, calls, JSON.stringify(body).slice(0, 200));
    before = left;
  }
});

Deno.test("each message of a spent budget gets a refusal in the form of its kind", async () => {
  await using server = await limited(2);
  const { token } = await Player.at(server.url);
  const health = { name: "health_check", arguments: {} };
  const { status, messages } = await post(server.url, token, [
    asks(1, "ping"),
    PINGED,
    asks(2, "resources/list"),
    asks(3, "tools/call", health),
  ]);
  assert.equal(status, 200);
  const [pinged, listed, called] = messages;
  assert.deepEqual([pinged.id, pinged.result], [1, {}]);
  assert.deepEqual([listed.id, listed.error.code, listed.error.data.code], [
    2,
    -32005,
    "RATE_LIMIT",
  ]);
  assert.match(
    listed.error.message,
    /^RATE_LIMIT: You call too often\. .*\(retry_after_ms: \d+\)$/,
  );
  assert.ok(listed.error.data.retry_after_ms > 0);
  assert.deepEqual([called.id, called.result.isError], [3, true]);
  assert.match(called.result.content[0].text, /^RATE_LIMIT: .*\(retry_after_ms: \d+\)$/);
  const single = await post(server.url, token, asks(4, "tools/list"));
  assert.deepEqual([single.status, single.messages[0].error.code], [200, -32005]);
  const notified = await post(server.url, token, PINGED);
  assert.deepEqual([notified.status, notified.messages], [202, []], "notifications get no answer");
});

Deno.test("a batch gets its answers one by one, in the order of its messages", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  const { channel_id, token } = alice!;
  const say = (id: number) =>
    asks(id, "tools/call", { name: "post_message", arguments: { channel_id, body: `m${id}` } });
  const { status, messages } = await post(server.url, token, [
    say(7),
    PINGED,
    say(7),
    asks(9, "resources/read", { uri: "guide://none" }),
    asks(10, "no/such"),
  ]);
  assert.equal(status, 200);
  assert.deepEqual(messages.map(({ id, error }) => [id, error?.code]), [
    [7, undefined],
    [7, undefined],
    [9, -32602],
    [10, -32601],
  ]);
  const [first, second] = messages.map(({ result }) => result?.structuredContent?.msg_id);
  assert.equal(second, first + 1, "one after the other");
  assert.deepEqual((await post(server.url, token, [PINGED, PINGED])).status, 202);
});

Deno.test("a batch has a limit of messages, and holds nothing but messages", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { token } = await Player.at(server.url);
  const ping = asks(1, "ping");
  const { messages } = await post(server.url, token, Array(HTTP_LIMITS.batchMessages).fill(ping));
  assert.equal(messages.length, HTTP_LIMITS.batchMessages);
  const unfit = [
    [Array(HTTP_LIMITS.batchMessages + 1).fill(ping), /at most \d+ messages/],
    [[], /empty/],
    [[ping, [ping]], /JSON-RPC message/],
    [[ping, asks(1, "initialize", {})], /initialize/],
  ] as const;
  for (const [batch, why] of unfit) {
    const { status, messages: [{ error }] } = await post(server.url, token, batch);
    assert.deepEqual([status, error.code], [400, -32600]);
    assert.match(error.message, why);
  }
});

Deno.test("a batch's answer has a limit of bytes, and messages beyond it are not processed", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  const { channel_id, token } = alice!;
  for (let i = 0; i < 30; i++) await alice!.say("x".repeat(15_000));
  const read = { uri: `channel://${channel_id}/transcript` };
  const last = { name: "post_message", arguments: { channel_id, body: "not done" } };
  const { messages, bytes } = await post(server.url, token, [
    ...Array.from({ length: 18 }, (_, i) => asks(i, "resources/read", read)),
    asks(99, "tools/call", last),
  ]);
  assert.equal(messages.length, 19, "each has its answer");
  const served = messages.filter(({ result }) => result !== undefined);
  const largest = Math.max(...served.map((each) => JSON.stringify(each).length));
  assert.ok(bytes < HTTP_LIMITS.batchBytes + 2 * largest, `${bytes} bytes`);
  const { error } = messages.at(-1);
  assert.equal(error.data.code, "TOO_LARGE");
  assert.match(error.message, /did not process this message. Send it again on its own/);
  const all = await alice!.readUntil(({ body }) => body !== null);
  assert.ok(!JSON.stringify(all).includes("not done"));
});

Deno.test("a page of a transcript is small, however large its messages, and names the next page", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  const { channel_id, token } = alice!;
  for (let i = 0; i < 20; i++) await alice!.say("é".repeat(7_000));
  const ids: number[] = [];
  let uri: string | undefined = `channel://${channel_id}/transcript`;
  while (uri) {
    const { messages } = await post(server.url, token, asks(1, "resources/read", { uri }));
    const { text } = messages[0].result.contents[0];
    assert.ok(text.length < 1.25 * CHANNEL_LIMITS.transcriptBytes, `${text.length} characters`);
    const document: Wire = JSON.parse(text);
    assert.ok(document.messages.length > 0);
    ids.push(...document.messages.map(({ id }: Wire) => id));
    uri = document.next_uri;
  }
  assert.deepEqual(ids, ids.map((_, i) => i + 1));
  assert.ok(ids.length > 20);
});
