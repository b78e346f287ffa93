import assert from "node:assert/strict";
import { Hono } from "@hono/hono";
import { OAuthEndpoints, refusal } from "./oauth_endpoints.ts";

Deno.test("oauthRoutes() mounted at the root answer their own errors and leave other paths alone", async () => {
  using oauth = await OAuthEndpoints.open();
  const app = new Hono();
  app.route("/", oauth.routes);
  app.get("/other", (c) => c.text("other"));
  app.onError((_error, c) => c.text("the app's own", 500));

  const response = await app.request("/token", { method: "POST", body: "{}" });
  assert.equal(await refusal(response), "400 invalid_request");
  const other = await app.request("/other");
  assert.equal(await other.text(), "other");
  assert.deepEqual([...other.headers.keys()], ["content-type"]);
});

Deno.test("oauthRoutes() refuse a large body without Content-Length", async () => {
  using oauth = await OAuthEndpoints.open();
  for (const path of ["/register", "/token", "/revoke", "/oauth/authorize"]) {
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1024)),
    });
    const request = new Request(`https://play.example${path}`, { method: "POST", body });
    assert.equal(await refusal(await oauth.app.fetch(request)), "413 invalid_request", path);
  }
});
