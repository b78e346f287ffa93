/** REST: the same operations over plain HTTP. */
import assert from "node:assert/strict";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { Player, roomOf, signIn } from "../support/player.ts";
import { testServer } from "../support/server.ts";

Deno.test("GET serves the operations that read, with parameters as text in the URL", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${alice!.token}` };
    const response = await fetch(server.url + path, { headers });
    return { status: response.status, body: await response.json() };
  };
  const at = `channel_id=${alice!.channel_id}`;
  const synced = await get(`/sync_messages?${at}&cursor=1&timeout_ms=0&limit=5`);
  assert.deepEqual(synced.body.messages.map(({ id }: { id: number }) => id), [2]);
  for (const path of [`/who?${at}`, `/get_channel_info?${at}`]) {
    assert.equal((await get(path)).body.you.player_id, alice!.player_id);
  }
  // The parameter `query` stays text, even if it looks like a number.
  assert.deepEqual((await get("/list_channels?query=42")).body.channels, []);
  assert.equal((await get("/health_check")).body.status, "healthy");
  const wrong = await get(`/sync_messages?${at}&timeout_ms=soon`);
  assert.deepEqual([wrong.status, wrong.body.code], [400, "INVALID_REQUEST"]);
  assert.equal((await get(`/post_message?${at}&body=hi`)).status, 405, "GET never writes");
});

Deno.test("refusals are RFC 9457 problems with the same codes as over MCP", async () => {
  await using server = await testServer({ sandbox: "off" });
  const token = await signIn(server.url);
  const response = await fetch(`${server.url}/join_channel`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ invite_code: "inv_none" }),
  });
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const problem = await response.json();
  assert.deepEqual([problem.code, problem.title, problem.status], [
    "INVITE_INVALID",
    "INVITE_INVALID",
    404,
  ]);
});

Deno.test("invalid bodies are refused", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  const { channel_id } = alice!;
  const post = async (body: string) => {
    const response = await fetch(`${server.url}/post_message`, {
      method: "POST",
      headers: { authorization: `Bearer ${alice!.token}`, "content-type": "application/json" },
      body,
    });
    return [response.status, (await response.json()).code];
  };
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  const table: [string, string, [number, string]][] = [
    ["no JSON", "hello", [400, "INVALID_REQUEST"]],
    ["an array", "[]", [400, "INVALID_REQUEST"]],
    ["null", "null", [400, "INVALID_REQUEST"]],
    ["no body field", JSON.stringify({ channel_id }), [400, "INVALID_REQUEST"]],
    ["a boolean as body", JSON.stringify({ channel_id, body: true }), [400, "INVALID_REQUEST"]],
    ["an array as body", JSON.stringify({ channel_id, body: [4] }), [400, "INVALID_REQUEST"]],
    ["an infinite number", `{"channel_id":"${channel_id}","body":{"n":1e999}}`, [
      400,
      "INVALID_REQUEST",
    ]],
    ["a lone surrogate", `{"channel_id":"${channel_id}","body":"\\ud800"}`, [
      400,
      "INVALID_REQUEST",
    ]],
    ["50,000 levels", `{"channel_id":"${channel_id}","body":{"a":${deep}}}`, [413, "TOO_LARGE"]],
    ["a large body", JSON.stringify({ channel_id, body: "x".repeat(BOT_LIMITS.bodyBytes) }), [
      413,
      "TOO_LARGE",
    ]],
    ["a huge request", JSON.stringify({ channel_id, body: "x".repeat(HTTP_LIMITS.requestBytes) }), [
      413,
      "TOO_LARGE",
    ]],
    ["another kind", JSON.stringify({ channel_id, body: "x", kind: "system" }), [
      400,
      "INVALID_REQUEST",
    ]],
  ];
  for (const [name, body, expected] of table) {
    await t.step(name, async () => assert.deepEqual(await post(body), expected));
  }
  const { messages } = await alice!.call("sync_messages", { channel_id, timeout_ms: 0 });
  assert.equal(messages.length, 2, "none of them was posted");
});

Deno.test("keys with a special meaning in JavaScript arrive unchanged", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  const { channel_id, token } = alice!;
  const body = `{"channel_id":"${channel_id}","body":{"__proto__":{"x":1},"constructor":"c"}}`;
  const posted = await fetch(`${server.url}/post_message`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body,
  });
  const { msg_id } = await posted.json();
  const read = await fetch(
    `${server.url}/sync_messages?channel_id=${channel_id}&cursor=${msg_id - 1}&timeout_ms=0`,
    { headers: { authorization: `Bearer ${token}` } },
  );
  assert.match(await read.text(), /"body":\{"__proto__":\{"x":1\},"constructor":"c"\}/);
});

Deno.test("without a token, the server serves only health checks, sign-in and the page", async () => {
  await using server = await testServer({ sandbox: "off" });
  for (const path of ["/who", "/list_channels", "/mcp", "/sync_messages"]) {
    const response = await fetch(server.url + path);
    await response.body?.cancel();
    assert.equal(response.status, 401, path);
  }
  const page = await fetch(server.url, { headers: { accept: "text/html" } });
  assert.match(await page.text(), new RegExp(`${server.url}/mcp`));
  const unknown = await fetch(`${server.url}/nothing`);
  assert.deepEqual([unknown.status, (await unknown.json()).code], [404, "NOT_FOUND"]);
});

Deno.test("the log has no secrets, even at the debug level", async () => {
  await using server = await testServer();
  const { players: [alice], created } = await roomOf(server.url, {
    slots: ["bot:echo", "invite:a"],
    bot_preset: "EchoBot",
  }, 1);
  await alice!.say("the password is swordfish");
  await alice!.readUntil(({ body }) => body.echo !== undefined);
  await alice!.call("nonsense").catch(() => {});
  await Player.at(server.url).then((p) => p.join("inv_wrong")).catch(() => {});
  const log = JSON.stringify(server.logged);
  for (const secret of [alice!.token, alice!.rejoin_token, created.invites[0], "swordfish"]) {
    assert.ok(!log.includes(secret), secret);
  }
});
