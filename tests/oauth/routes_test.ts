import assert from "node:assert/strict";
import { Hono } from "@hono/hono";
import { Door, refusal } from "./door.ts";

Deno.test("oauthRoutes() mounted at the root answer their own errors and leave other paths alone", async () => {
  using door = await Door.open();
  const app = new Hono();
  app.route("/", door.routes);
  app.get("/other", (c) => c.text("other"));
  app.onError((_error, c) => c.text("the app's own", 500));

  const response = await app.request("/token", { method: "POST", body: "{}" });
  assert.equal(await refusal(response), "400 invalid_request");
  const other = await app.request("/other");
  assert.equal(await other.text(), "other");
  assert.deepEqual([...other.headers.keys()], ["content-type"]);
});

Deno.test("oauthRoutes() let a client in a browser through, but not to the consent page", async () => {
  using door = await Door.open();
  const preflight = async (path: string) => {
    const headers = {
      Origin: "https://inspector.example",
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "mcp-protocol-version",
    };
    return (await door.send(path, { method: "OPTIONS", headers })).headers;
  };
  for (const path of ["/register", "/token", "/revoke", "/oauth/token"]) {
    const headers = await preflight(path);
    assert.equal(headers.get("access-control-allow-origin"), "*", path);
    assert.equal(headers.get("access-control-allow-headers"), "mcp-protocol-version", path);
    assert.equal(headers.get("access-control-allow-credentials"), null, path);
  }
  const closed = await preflight("/oauth/authorize");
  assert.equal(closed.get("access-control-allow-origin"), null);
});

Deno.test("oauthRoutes() refuse a large body that does not tell its size", async () => {
  using door = await Door.open();
  for (const path of ["/register", "/token", "/revoke", "/oauth/authorize"]) {
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1024)),
    });
    const request = new Request(`https://play.example${path}`, { method: "POST", body });
    assert.equal(await refusal(await door.app.fetch(request)), "413 invalid_request", path);
  }
});
