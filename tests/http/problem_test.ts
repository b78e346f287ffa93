/** REST answers every request that it can't serve with a problem document (RFC 9457) and a code. */
import assert from "node:assert/strict";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { signIn } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const JSON_TYPE = { "content-type": "application/json" };

Deno.test("REST answers a request that it can't serve with a problem and its code", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const authorization = `Bearer ${await signIn(server.url)}`;
  const post = (body: string, headers: HeadersInit = JSON_TYPE): RequestInit => ({
    method: "POST",
    body,
    headers: { authorization, ...headers },
  });
  const table: [name: string, path: string, init: RequestInit, status: number, code: string][] = [
    ["no such path", "/nothing", {}, 404, "NOT_FOUND"],
    ["GET of an operation that writes", "/post_message", {}, 405, "METHOD_NOT_ALLOWED"],
    [
      "PUT of an operation",
      "/post_message",
      { method: "PUT", body: "{}" },
      405,
      "METHOD_NOT_ALLOWED",
    ],
    ["GET of an OAuth endpoint", "/token", {}, 405, "METHOD_NOT_ALLOWED"],
    ["PATCH of the MCP endpoint", "/mcp", { method: "PATCH" }, 405, "METHOD_NOT_ALLOWED"],
    ["a form", "/list_channels", post("a=b", {}), 415, "UNSUPPORTED_MEDIA_TYPE"],
    [
      "JSON that says it is a form",
      "/list_channels",
      post("{}", { "content-type": "application/x-www-form-urlencoded" }),
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    ["broken JSON", "/list_channels", post("{"), 400, "INVALID_REQUEST"],
    ["a wrong field", "/list_channels", post('{"limit":0}'), 400, "INVALID_REQUEST"],
    ["a large body", "/who", post("x".repeat(HTTP_LIMITS.requestBytes + 1)), 413, "TOO_LARGE"],
    [
      "a repeated parameter",
      "/list_channels?limit=1&limit=2",
      { headers: { authorization } },
      400,
      "INVALID_REQUEST",
    ],
    ["no token", "/list_channels", {}, 401, "UNAUTHORIZED"],
    [
      "an unknown token",
      "/list_channels",
      { headers: { authorization: "Bearer no" } },
      401,
      "INVALID_TOKEN",
    ],
    [
      "another's channel",
      "/who?channel_id=chn_x",
      { headers: { authorization } },
      404,
      "CHANNEL_NOT_FOUND",
    ],
  ];
  for (const [name, path, init, status, code] of table) {
    await t.step(name, async () => {
      const response = await fetch(server.url + path, init);
      const problem = await response.json();
      assert.deepEqual([response.status, problem.status, problem.code], [status, status, code]);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      assert.equal(response.headers.get("cache-control"), "no-store");
      assert.equal(problem.title, code);
      assert.equal(typeof problem.detail, "string");
    });
  }
});

Deno.test("REST takes JSON without a content type, an empty body, and types that end in +json", async () => {
  await using server = await testServer({ sandbox: "off" });
  const authorization = `Bearer ${await signIn(server.url)}`;
  const json = new TextEncoder().encode("{}"); // fetch sends no content type with bytes
  for (
    const [body, type] of [[json, ""], ["", ""], ["{}", "application/cool+json"], [
      "{}",
      "Application/JSON; charset=utf-8",
    ]] as const
  ) {
    const headers = { authorization, ...(type && { "content-type": type }) };
    const response = await fetch(`${server.url}/list_channels`, { method: "POST", body, headers });
    assert.equal(response.status, 200, await response.text());
  }
});

Deno.test("REST keeps the challenge of RFC 6750 and OAuth's members in its 401", async () => {
  await using server = await testServer({ sandbox: "off" });
  const response = await fetch(`${server.url}/who`, { headers: { authorization: "Bearer no" } });
  const problem = await response.json();
  assert.match(response.headers.get("www-authenticate")!, /^Bearer error="invalid_token", /);
  assert.match(response.headers.get("www-authenticate")!, /resource_metadata="http:/);
  assert.equal(problem.error, "invalid_token");
  assert.equal(problem.error_description, problem.detail);
});

Deno.test("405 lists the allowed methods", async () => {
  await using server = await testServer({ sandbox: "off" });
  for (
    const [path, method, allow] of [
      ["/post_message", "GET", "OPTIONS, POST"],
      ["/who", "DELETE", "GET, HEAD, OPTIONS, POST"],
      ["/mcp", "PUT", "GET, HEAD, OPTIONS, POST"],
      ["/healthz", "POST", "GET, HEAD, OPTIONS"],
    ] as const
  ) {
    const response = await fetch(server.url + path, { method });
    await response.body?.cancel();
    assert.deepEqual([response.status, response.headers.get("allow")], [405, allow], path);
  }
});

Deno.test("HEAD answers like GET, without the body", async () => {
  await using server = await testServer({ sandbox: "off" });
  const headers = { authorization: `Bearer ${await signIn(server.url)}` };
  const response = await fetch(`${server.url}/health_check`, { method: "HEAD", headers });
  assert.deepEqual([response.status, await response.text()], [200, ""]);
  assert.equal(response.headers.get("content-type"), "application/json");
});
