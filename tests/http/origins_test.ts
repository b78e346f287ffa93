/** Hosts and origins: the policy in tables, and at the endpoints of a real server. */
import assert from "node:assert/strict";
import { originPolicy } from "../../src/http/origins.ts";
import { signIn } from "../support/player.ts";
import { bareRequest } from "../support/raw_http.ts";
import { testServer } from "../support/server.ts";

const LOCAL = { publicUrl: "http://127.0.0.1:8100", anyHost: false, allowedOrigins: undefined };
const PUBLIC = { ...LOCAL, publicUrl: "https://play.example" };

Deno.test("originPolicy() allows the public host and loopback names", () => {
  const table: [settings: typeof LOCAL, host: string, allowed: boolean][] = [
    [LOCAL, "127.0.0.1:8100", true],
    [LOCAL, "localhost:8100", true],
    [LOCAL, "LOCALHOST", true],
    [LOCAL, "[::1]:8100", true],
    [LOCAL, "127.0.0.2:9", true],
    [LOCAL, "evil.example:8100", false],
    [LOCAL, "localhost.evil.example", false],
    [LOCAL, "127.0.0.1.evil.example", false],
    [LOCAL, "evil.example#localhost", false],
    [LOCAL, "192.168.1.5:8100", false],
    [LOCAL, "", false],
    [PUBLIC, "play.example", true],
    [PUBLIC, "Play.Example.", true],
    [PUBLIC, "play.example:443", true],
    [PUBLIC, "localhost:8100", true],
    [PUBLIC, "evil.play.example", false],
    [PUBLIC, "play.example.evil.example", false],
    [{ ...PUBLIC, anyHost: true }, "any.deno.example", true],
  ];
  for (const [settings, host, allowed] of table) {
    assert.equal(
      originPolicy(settings).hostAllowed(host),
      allowed,
      `${settings.publicUrl} ${host}`,
    );
  }
});

Deno.test("originPolicy() lets all pages call a public server, and only local pages a local one", () => {
  const inspector = "https://inspector.example";
  const listed = (publicUrl: string, ...allowedOrigins: string[]) => ({
    ...LOCAL,
    publicUrl,
    allowedOrigins,
  });
  const table: [settings: Parameters<typeof originPolicy>[0], origin: string, allowed: boolean][] =
    [
      [LOCAL, "http://127.0.0.1:8100", true],
      [LOCAL, "http://localhost:6274", true],
      [LOCAL, "https://[::1]", true],
      [LOCAL, inspector, false],
      [LOCAL, "http://localhost.evil.example", false],
      [LOCAL, "http://evil.example:8100", false],
      [LOCAL, "null", false],
      [LOCAL, "", false],
      [listed(LOCAL.publicUrl, inspector), inspector, true],
      [listed(LOCAL.publicUrl, inspector), "http://localhost:6274", true],
      [listed(LOCAL.publicUrl, inspector), "https://evil.example", false],
      [listed(LOCAL.publicUrl, "*"), "https://evil.example", true],
      [PUBLIC, inspector, true],
      [PUBLIC, "null", true],
      [listed(PUBLIC.publicUrl, inspector), inspector, true],
      [listed(PUBLIC.publicUrl, inspector), PUBLIC.publicUrl, true],
      [listed(PUBLIC.publicUrl, inspector), "https://evil.example", false],
      [listed(PUBLIC.publicUrl, inspector), "http://localhost:6274", false],
      [{ ...LOCAL, publicUrl: "http://192.168.1.5:8100" }, "http://192.168.1.5:8100", true],
      [{ ...LOCAL, publicUrl: "http://192.168.1.5:8100" }, inspector, false],
    ];
  for (const [settings, origin, allowed] of table) {
    assert.equal(
      originPolicy(settings).originAllowed(origin),
      allowed,
      JSON.stringify([settings, origin]),
    );
  }
});

Deno.test("a rebound name reaches no endpoint, with or without a token", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const { port } = new URL(server.url);
  const authorization = `Bearer ${await signIn(server.url)}`;
  const host = `evil.example:${port}`;
  for (const path of ["/", "/mcp", "/health_check", "/register", "/token", "/oauth/authorize"]) {
    for (const method of ["GET", "POST"]) {
      await t.step(`${method} ${path}`, async () => {
        const headers = { host, authorization, origin: `http://${host}` };
        const { status, body } = await bareRequest(server.url, method, path, headers);
        assert.deepEqual([status, JSON.parse(body).code], [421, "HOST_NOT_SERVED"]);
      });
    }
  }
  for (const path of ["/healthz", "/readyz"]) {
    const { status } = await bareRequest(server.url, "GET", path, { host: "10.0.0.7" });
    assert.equal(status, 200, `${path} answers calls by address`);
  }
});

Deno.test("a foreign page reaches no endpoint of a server on its visitor's machine", async () => {
  await using server = await testServer({ sandbox: "off" });
  const authorization = `Bearer ${await signIn(server.url)}`;
  const from = async (origin: string, path: string, method: string) => {
    const headers = { origin, authorization };
    const response = await fetch(server.url + path, { method, headers });
    return [response.status, (await response.json()).code, response.headers.get(ALLOW_ORIGIN)];
  };
  for (const path of ["/", "/mcp", "/health_check", "/register", "/token"]) {
    assert.deepEqual(
      await from("https://evil.example", path, "POST"),
      [403, "ORIGIN_NOT_ALLOWED", null],
      path,
    );
  }
  const [status, , shared] = await from("http://localhost:6274", "/health_check", "POST");
  assert.deepEqual([status, shared], [200, "http://localhost:6274"]);
});

const ALLOW_ORIGIN = "access-control-allow-origin";
