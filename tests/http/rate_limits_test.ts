/** Rate limits of a real server, with rates so small that a test reaches them. */
import assert from "node:assert/strict";
import type { Config } from "../../src/config/config.ts";
import { instances } from "../support/apps.ts";
import { RATES } from "../../src/domain/limits/work.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, refuses, roomOf, signIn } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const limited = (testRates: Config["testRates"]) =>
  testServer({ sandbox: "off", rateLimits: true, testRates });

const who = (url: string, token: string, headers: HeadersInit = {}) =>
  fetch(`${url}/health_check`, { headers: { authorization: `Bearer ${token}`, ...headers } });

Deno.test("REST reports a caller's quota, and a refusal says when to retry", async () => {
  await using server = await limited({ calls: { quota: 2, windowMs: HOUR } });
  const token = await signIn(server.url);
  const seen: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    const response = await who(server.url, token);
    const { code, retry_after_ms } = await response.json();
    const { headers } = response;
    assert.equal(headers.get("ratelimit-policy"), '"calls";q=2;w=3600');
    const [, remaining, seconds] = /^"calls";r=(\d+);t=(\d+)$/.exec(headers.get("ratelimit")!)!;
    assert.ok(Number(seconds) > 0 && Number(seconds) <= HOUR / 1000);
    seen.push([response.status, remaining, code]);
    if (code === undefined) continue;
    assert.ok(retry_after_ms > 0 && retry_after_ms <= HOUR / 2);
    assert.equal(headers.get("retry-after"), `${Math.ceil(retry_after_ms / 1000)}`);
  }
  assert.deepEqual(seen, [[200, "1", undefined], [200, "0", undefined], [429, "0", "RATE_LIMIT"]]);
  const other = await who(server.url, await signIn(server.url));
  assert.equal(other.status, 200, "another principal has a budget of its own");
  await other.body?.cancel();
});

Deno.test("an agent gets RATE_LIMIT as a tool's answer, and all endpoints share one count", async () => {
  await using server = await limited({ calls: { quota: 3, windowMs: HOUR } });
  for (const kind of ["v1", "v2 modern"] as const) {
    const token = await signIn(server.url);
    await using client = await mcpClient(kind, `${server.url}/mcp`, token);
    await client.call("health_check");
    const rest = await who(server.url, token);
    await rest.body?.cancel();
    await client.call("sync_messages", { channel_id: "none" }).catch(() => {});
    const { isError, content } = await client.raw("sync_messages", { channel_id: "none" });
    assert.equal(isError, true);
    assert.match(content[0].text, /^RATE_LIMIT: You call too often\. .*\(retry_after_ms: \d+\)$/);
  }
});

Deno.test("the channels, bots and bytes of a principal have limits", async (t) => {
  const small = (quota: number) => ({ quota, windowMs: HOUR });
  await t.step("channels", async () => {
    await using server = await limited({ channels: small(2) });
    const host = await Player.at(server.url);
    const create = () => host.call("create_channel", { name: "r", slots: ["invite:a"] });
    await create();
    await create();
    assert.equal((await refuses(create(), "RATE_LIMIT")).status, 429);
  });
  await t.step("bots", async () => {
    await using server = await limited({ bots: small(2) });
    const host = await Player.at(server.url);
    const bots = [{ code_ref: "builtin://EchoBot" }, { code_ref: "builtin://EchoBot" }];
    const { channel_id } = await host.call("create_channel", { name: "r", slots: ["bot:b"], bots });
    const [bot] = bots;
    await refuses(host.call("attach_bot", { channel_id, bot }), "RATE_LIMIT");
    const ops = [{ type: "set_bot", slot: "b", bot_def: bot }];
    await refuses(host.call("update_channel", { channel_id, ops }), "RATE_LIMIT");
  });
  await t.step("bytes", async () => {
    await using server = await limited({ bytes: small(1_000) });
    const { players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
    const text = "€".repeat(300); // 900 bytes of UTF-8
    await alice!.say(text);
    await refuses(alice!.say(text), "RATE_LIMIT");
    await refuses(alice!.guess(text), "RATE_LIMIT");
    await alice!.say("short");
  });
  await t.step("all bytes written to the channels of one principal", async () => {
    await using server = await limited({ written: small(10_000) });
    const { players: [alice, bob] } = await roomOf(
      server.url,
      { slots: ["invite:a", "invite:b"] },
      2,
    );
    await alice!.say("x".repeat(10_000));
    await refuses(bob!.say("short"), "RATE_LIMIT");
    const { players: [carol] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
    await carol!.say("elsewhere");
  });
});

Deno.test("guesses at invites and tokens are refused, right ones too", async (t) => {
  const few = { quota: 3, windowMs: HOUR };
  await t.step("by principal", async () => {
    await using server = await limited({ guesses: few });
    const host = await Player.at(server.url);
    const { invites } = await host.call("create_channel", { name: "r", slots: ["invite:a"] });
    const guesser = await Player.at(server.url);
    await refuses(guesser.join("inv_a"), "INVITE_INVALID");
    await refuses(guesser.join("rejoin_a"), "REJOIN_TOKEN_INVALID");
    await refuses(guesser.join("inv_b"), "INVITE_INVALID");
    await refuses(guesser.join("inv_c"), "RATE_LIMIT");
    await refuses(guesser.join(invites[0]), "RATE_LIMIT");
    await guesser.call("list_channels");
    await host.join(invites[0]);
  });
  await t.step("by address, because new principals are cheap", async () => {
    await using server = await limited({ guesses_from: few });
    for (let i = 0; i < 3; i++) {
      await refuses((await Player.at(server.url)).join("inv_x"), "INVITE_INVALID");
    }
    await refuses((await Player.at(server.url)).join("inv_x"), "RATE_LIMIT");
  });
});

Deno.test("an address has limits of registrations, sign-ins and requests", async (t) => {
  const few = { quota: 2, windowMs: HOUR };
  const register = (url: string, headers: HeadersInit = {}) =>
    fetch(`${url}/register`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ redirect_uris: ["http://localhost/callback"] }),
    });
  const refused = async (response: Response, policy: string) => {
    const body = await response.json();
    assert.deepEqual([response.status, body.code], [429, "RATE_LIMIT"]);
    assert.equal(body.error, "too_many_requests", "OAuth clients read this");
    assert.equal(response.headers.get("ratelimit-policy"), `"${policy}";q=2;w=3600`);
    assert.match(response.headers.get("ratelimit")!, new RegExp(`^"${policy}";r=0;t=\\d+$`));
    assert.ok(Number(response.headers.get("retry-after")) > 0);
  };
  const spend = async (ask: () => Promise<Response>) => {
    for (let i = 0; i < 2; i++) {
      const response = await ask();
      await response.body?.cancel();
      assert.notEqual(response.status, 429);
    }
    return await ask();
  };
  await t.step("registrations", async () => {
    await using server = await limited({ registrations: few });
    await refused(await spend(() => register(server.url)), "registrations");
    // Without a trusted proxy, a forged header does not change the address.
    await refused(
      await register(server.url, { "x-forwarded-for": "198.51.100.1" }),
      "registrations",
    );
  });
  await t.step("tokens, under both names", async () => {
    await using server = await limited({ sign_ins: few });
    const names = ["/token", "/oauth/token", "/oauth/authorize"];
    const ask = () =>
      fetch(server.url + names.pop()!, { method: "POST", body: new URLSearchParams() });
    await refused(await spend(ask), "sign_ins");
  });
  await t.step("requests, and never a health check", async () => {
    await using server = await limited({ requests: few });
    await refused(await spend(() => fetch(`${server.url}/nothing`)), "requests");
    const health = await fetch(`${server.url}/healthz`);
    assert.deepEqual(await health.json(), { status: "ok" });
  });
  await t.step("by the address that a trusted proxy reports", async () => {
    await using room = await instances(1, {
      trustedProxies: 1,
      rates: { ...RATES, registrations: few },
    });
    const from = (address: string) =>
      register(room.urls[0]!, { "x-forwarded-for": `1.2.3.4, ${address}` });
    await refused(await spend(() => from("198.51.100.1")), "registrations");
    const other = await from("198.51.100.2");
    await other.body?.cancel();
    assert.equal(other.status, 201);
  });
});

Deno.test("invalid calls cost as much as others", async () => {
  await using server = await limited({ calls: { quota: 2, windowMs: HOUR } });
  const player = await Player.at(server.url);
  await refuses(player.call("sync_messages"), "INVALID_REQUEST");
  await refuses(player.call("sync_messages", { channel_id: 1 }), "INVALID_REQUEST");
  await refuses(player.call("health_check"), "RATE_LIMIT");
});

Deno.test("an address has a limit of downloaded bytes, and finishes a download that has begun", async () => {
  await using server = await limited({ downloads: { quota: 10_000, windowMs: HOUR } });
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  await alice!.say("x".repeat(12_000));
  const { channel_id } = alice!;
  const { url } = await alice!.call("export_channel", { channel_id });
  const first = await fetch(url);
  assert.equal((await first.json()).channel_id, channel_id);
  const second = await fetch(url);
  assert.deepEqual([second.status, (await second.json()).code], [429, "RATE_LIMIT"]);
  assert.match(second.headers.get("ratelimit-policy")!, /^"downloads";q=10000;/);
});

Deno.test("a quota refills with time", async () => {
  let ms = 0;
  const calls = { quota: 2, windowMs: MINUTE };
  await using room = await instances(1, { nowMs: () => ms, rates: { ...RATES, calls } });
  const [url] = room.urls as [string];
  const token = await signIn(url);
  const status = async () => {
    const response = await who(url, token);
    await response.body?.cancel();
    return response.status;
  };
  assert.deepEqual([await status(), await status(), await status()], [200, 200, 429]);
  ms += MINUTE / 2;
  assert.deepEqual([await status(), await status()], [200, 429]);
});
