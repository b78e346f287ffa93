import assert from "node:assert/strict";
import {
  authorization,
  CLAUDE,
  location,
  newPkce,
  OAuthEndpoints,
  PUBLIC_URL,
  STRANGER,
} from "./oauth_endpoints.ts";

const PKCE = newPkce();

Deno.test("authorize() sends a known client a code at once", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const response = await oauth.authorize(authorization(client, PKCE));
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(response.headers.get("referrer-policy"), "no-referrer");
  const to = location(response);
  assert.equal(to.origin + to.pathname, CLAUDE);
  assert.match(to.searchParams.get("code") ?? "", /^[A-Za-z0-9_-]{43}$/);
  assert.equal(to.searchParams.get("state"), "s t&te");
  assert.equal(to.searchParams.get("iss"), PUBLIC_URL);
});

Deno.test("authorize() answers a loopback client on its current port and keeps the query", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register({ redirect_uris: ["http://localhost/cb?a=b%20c"] });
  const asked = "http://localhost:40123/cb?a=b%20c";
  const to = location(await oauth.authorize(authorization(client, PKCE, asked)));
  assert(to.href.startsWith(`${asked}&code=`), to.href);
});

Deno.test("authorize() uses the only registered redirect URI if the request has none", async () => {
  using oauth = await OAuthEndpoints.open();
  const { redirect_uri: _, ...params } = authorization(await oauth.register(), PKCE);
  assert(location(await oauth.authorize(params)).href.startsWith(`${CLAUDE}?code=`));
  const other = await oauth.register({ redirect_uris: [CLAUDE, STRANGER] });
  const response = await oauth.authorize({ ...params, client_id: other.client_id });
  assert.equal(response.status, 400);
});

const PAGES: [title: string, change: Record<string, string>][] = [
  ["an unknown client", { client_id: "nobody" }],
  ["an absent client", { client_id: "" }],
  ["an overlong client", { client_id: "x".repeat(5000) }],
  ["an unregistered redirect URI", { redirect_uri: "https://evil.example/cb" }],
  ["a redirect URI with a suffix", { redirect_uri: `${CLAUDE}/x` }],
  ["an invalid redirect URI", { redirect_uri: "javascript:alert(1)" }],
];

for (const [title, change] of PAGES) {
  Deno.test(`authorize() never redirects for ${title}`, async () => {
    using oauth = await OAuthEndpoints.open();
    const client = await oauth.register();
    const response = await oauth.authorize({ ...authorization(client, PKCE), ...change });
    assert.equal(response.status, 400);
    assert.equal(response.headers.get("location"), null);
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
    assert(!(await response.text()).includes("evil.example"));
  });
}

Deno.test("authorize() never redirects for two redirect URIs", async () => {
  using oauth = await OAuthEndpoints.open();
  const params = new URLSearchParams(authorization(await oauth.register(), PKCE));
  params.append("redirect_uri", CLAUDE);
  const response = await oauth.send(`/oauth/authorize?${params}`);
  assert.equal(response.status, 400);
});

const ERRORS: [title: string, change: Record<string, string>, error: string][] = [
  ["no response_type", { response_type: "" }, "invalid_request"],
  ["the implicit flow", { response_type: "token" }, "unsupported_response_type"],
  ["another response_mode", { response_mode: "fragment" }, "invalid_request"],
  ["no challenge", { code_challenge: "" }, "invalid_request"],
  ["a short challenge", { code_challenge: "abc" }, "invalid_request"],
  ["the plain method", { code_challenge_method: "plain" }, "invalid_request"],
  ["no method", { code_challenge_method: "" }, "invalid_request"],
  ["a foreign resource", { resource: "https://other.example/mcp" }, "invalid_target"],
];

for (const [title, change, error] of ERRORS) {
  Deno.test(`authorize() sends the client an error for ${title}`, async () => {
    using oauth = await OAuthEndpoints.open();
    const client = await oauth.register();
    const response = await oauth.authorize({ ...authorization(client, PKCE), ...change });
    const to = location(response);
    assert.equal(to.origin + to.pathname, CLAUDE);
    assert.equal(to.searchParams.get("error"), error);
    assert.equal(to.searchParams.get("code"), null);
    assert.equal(to.searchParams.get("state"), "s t&te");
    assert.equal(to.searchParams.get("iss"), PUBLIC_URL);
  });
}

Deno.test("authorize() sends the client an error for a repeated parameter", async () => {
  using oauth = await OAuthEndpoints.open();
  const params = new URLSearchParams(authorization(await oauth.register(), PKCE));
  params.append("code_challenge", newPkce().challenge);
  const to = location(await oauth.send(`/oauth/authorize?${params}`));
  assert.equal(to.searchParams.get("error"), "invalid_request");
});

Deno.test("authorize() refuses a client without the grant type", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register({
    token_endpoint_auth_method: "client_secret_post",
    grant_types: ["client_credentials"],
  });
  const to = location(await oauth.authorize(authorization(client, PKCE)));
  assert.equal(to.searchParams.get("error"), "unauthorized_client");
});

Deno.test("authorize() admits nobody on a server without guests and sign-in", async () => {
  using oauth = await OAuthEndpoints.open({ guests: false });
  const to = location(await oauth.authorize(authorization(await oauth.register(), PKCE)));
  assert.equal(to.searchParams.get("error"), "access_denied");
});

Deno.test("authorize() accepts every spelling of the endpoint as the resource", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  for (const path of ["", "/", "/mcp", "/mcp/", "/mcp/play", "/mcp/play/"]) {
    const params = { ...authorization(client, PKCE), resource: PUBLIC_URL + path };
    assert(location(await oauth.authorize(params)).searchParams.has("code"), path);
  }
  for (
    const path of ["/mcp/x", "/mcp/play/x", "/mcp/playx", "/other", "/?x=1", "/mcp#x", ":8443/mcp"]
  ) {
    const params = { ...authorization(client, PKCE), resource: PUBLIC_URL + path };
    const to = location(await oauth.authorize(params));
    assert.equal(to.searchParams.get("error"), "invalid_target", path);
  }
});

Deno.test("authorize() for a guest needs one read and one write on a server without sign-in", async () => {
  const asked: string[] = [];
  const kv = await Deno.openKv(":memory:");
  const counted = new Proxy(kv, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        asked.push(String(name));
        return member.apply(target, args);
      };
    },
  });
  using oauth = await OAuthEndpoints.open({ kv: counted });
  const client = await oauth.register();
  asked.length = 0;
  const response = await oauth.authorize(authorization(client, PKCE), {
    cookie: `__Host-session=${"x".repeat(43)}`,
  });
  assert.ok(location(response).searchParams.has("code"));
  assert.deepEqual(asked, ["get", "atomic"]);
});
