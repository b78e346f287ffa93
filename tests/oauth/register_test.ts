import assert from "node:assert/strict";
import { OAuthClientInformationFullSchema } from "@modelcontextprotocol/core";
import {
  authorization,
  CLAUDE,
  newPkce,
  OAuthEndpoints,
  refusal,
  STRANGER,
} from "./oauth_endpoints.ts";

Deno.test("register() gives a public client no secret", async () => {
  using oauth = await OAuthEndpoints.open();
  const response = await oauth.tryRegister({
    client_name: "Claude",
    redirect_uris: [CLAUDE],
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    scope: "play offline_access",
  });
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const client = OAuthClientInformationFullSchema.parse(await response.json());
  assert.match(client.client_id, /^[A-Za-z0-9_-]{22}$/);
  assert.equal(client.client_secret, undefined);
  assert.equal(client.client_id_issued_at, oauth.now.getTime() / 1000);
  assert.equal(client.token_endpoint_auth_method, "none");
  assert.deepEqual(client.grant_types, ["authorization_code", "refresh_token"]);
});

Deno.test("register() gives a client without metadata a secret and all fitting grants", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await (await oauth.tryRegister({ redirect_uris: [CLAUDE] })).json();
  assert.match(client.client_secret, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(client.client_secret_expires_at, 0);
  assert.equal(client.token_endpoint_auth_method, "client_secret_basic");
  assert.deepEqual(client.grant_types, [
    "authorization_code",
    "refresh_token",
    "client_credentials",
  ]);
});

Deno.test("register() drops unknown grant types", async () => {
  using oauth = await OAuthEndpoints.open();
  const grant_types = ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"];
  const response = await oauth.tryRegister({ redirect_uris: [CLAUDE], grant_types });
  assert.deepEqual((await response.json()).grant_types, ["authorization_code"]);
});

Deno.test("register() needs no redirect URI for client_credentials alone", async () => {
  using oauth = await OAuthEndpoints.open();
  const response = await oauth.tryRegister({ client_name: "script" });
  const client = await response.json();
  assert.equal(response.status, 201);
  assert.deepEqual([client.grant_types, client.response_types], [["client_credentials"], []]);
});

Deno.test("register() stores no secret", async () => {
  using oauth = await OAuthEndpoints.open();
  const { client_secret } = await (await oauth.tryRegister({ redirect_uris: [CLAUDE] })).json();
  for await (const entry of oauth.kv.list({ prefix: [] })) {
    assert(!JSON.stringify([entry.key, entry.value]).includes(client_secret));
  }
});

const uris = (count: number) => Array.from({ length: count }, (_, i) => `https://a.example/${i}`);

const REFUSED: [title: string, metadata: unknown, answer: string][] = [
  ["an array", [], "400 invalid_client_metadata"],
  ["null", null, "400 invalid_client_metadata"],
  ["a bad redirect URI", { redirect_uris: ["http://a.example/"] }, "400 invalid_redirect_uri"],
  [
    "only bad redirect URIs",
    { redirect_uris: ["javascript:alert(1)", "http://a.example/", 5] },
    "400 invalid_redirect_uri",
  ],
  [
    "authorization_code without a redirect URI",
    { grant_types: ["authorization_code"] },
    "400 invalid_redirect_uri",
  ],
  ["too many redirect URIs", { redirect_uris: uris(21) }, "400 invalid_client_metadata"],
  [
    "redirect URIs that are neither a list nor a text",
    { redirect_uris: { uri: CLAUDE } },
    "400 invalid_client_metadata",
  ],
  [
    "a long name",
    { redirect_uris: [CLAUDE], client_name: "x".repeat(101) },
    "400 invalid_client_metadata",
  ],
  [
    "an unknown auth method",
    { redirect_uris: [CLAUDE], token_endpoint_auth_method: "client_secret_jwt" },
    "400 invalid_client_metadata",
  ],
  [
    "a signer without keys",
    { redirect_uris: [CLAUDE], token_endpoint_auth_method: "private_key_jwt" },
    "400 invalid_client_metadata",
  ],
  [
    "a signer with jwks_uri",
    {
      redirect_uris: [CLAUDE],
      token_endpoint_auth_method: "private_key_jwt",
      jwks_uri: "https://app.example/keys",
    },
    "400 invalid_client_metadata",
  ],
  [
    "only unknown grants",
    { redirect_uris: [CLAUDE], grant_types: ["password"] },
    "400 invalid_client_metadata",
  ],
  [
    "client_credentials without a secret",
    { token_endpoint_auth_method: "none", grant_types: ["client_credentials"] },
    "400 invalid_client_metadata",
  ],
  [
    "many grants",
    { redirect_uris: [CLAUDE], grant_types: Array(21).fill("refresh_token") },
    "400 invalid_client_metadata",
  ],
  ["a large body", { client_name: "x".repeat(17_000) }, "413 invalid_request"],
];

for (const [title, metadata, answer] of REFUSED) {
  Deno.test(`register() refuses ${title}`, async () => {
    using oauth = await OAuthEndpoints.open();
    assert.equal(await refusal(await oauth.tryRegister(metadata)), answer);
  });
}

Deno.test("register() refuses a body that is not JSON", async () => {
  using oauth = await OAuthEndpoints.open();
  const response = await oauth.send("/register", { method: "POST", body: "{" });
  assert.equal(await refusal(response), "400 invalid_client_metadata");
});

Deno.test("register() refuses a client_credentials client on a server without guests", async () => {
  using oauth = await OAuthEndpoints.open({ guests: false });
  assert.equal(await refusal(await oauth.tryRegister({})), "400 invalid_client_metadata");
});

Deno.test("an unused registration expires after 30 days", async () => {
  using oauth = await OAuthEndpoints.open();
  const [client, claude] = [
    await oauth.register(),
    await oauth.register({ client_name: "Claude" }),
  ];
  oauth.pass(30 * 24 * 3600_000 - 1);
  assert.equal(await refusal(await oauth.refresh(client, "x")), "400 invalid_grant");
  oauth.pass(1);
  for (const each of [client, claude]) {
    assert.equal(await refusal(await oauth.refresh(each, "x")), "401 invalid_client");
  }
});

Deno.test("a registration expires half a year after the client's last token", async () => {
  using oauth = await OAuthEndpoints.open();
  const days = (count: number) => count * 24 * 3600_000;
  const client = await oauth.register();
  oauth.pass(days(30) - 1);
  assert.equal(typeof (await oauth.signIn(client)).access_token, "string");
  oauth.pass(days(179));
  assert.equal(typeof (await oauth.signIn(client)).access_token, "string");
  oauth.pass(days(181));
  const answer = await oauth.refresh(client, "x");
  assert.equal(await refusal(answer), "401 invalid_client");
});

const CLAUDE_COM = "https://claude.com/api/mcp/auth_callback";
const AT_ONCE: [what: string, metadata: Record<string, unknown>, token: boolean][] = [
  ["Claude", {}, true],
  ["Claude with both callbacks", { redirect_uris: [CLAUDE, CLAUDE_COM] }, true],
  ["Claude with a secret", { token_endpoint_auth_method: "client_secret_post" }, true],
  ["Claude elsewhere", { redirect_uris: [STRANGER] }, false],
  ["Claude here and elsewhere", { redirect_uris: [CLAUDE, STRANGER] }, false],
  ["Claude on loopback", { redirect_uris: ["http://localhost/callback"] }, false],
  ["Claude nowhere", { redirect_uris: [], token_endpoint_auth_method: undefined }, false],
  ["another name", { client_name: "Claude Code" }, false],
  ["a name that looks like it", { client_name: "Ｃlaude" }, false],
  ["no name", { client_name: undefined }, false],
];

for (const [what, metadata, token] of AT_ONCE) {
  Deno.test(`register() gives ${what} ${token ? "a" : "no"} first token`, async () => {
    using oauth = await OAuthEndpoints.open();
    const asked = {
      client_name: "Claude",
      redirect_uris: [CLAUDE],
      token_endpoint_auth_method: "none",
      ...metadata,
    };
    const client = await (await oauth.tryRegister(asked)).json();
    assert.equal(typeof client.client_id, "string");
    assert.equal("access_token" in client, token);
    if (!token) return;
    assert.deepEqual([client.token_type, client.expires_in], ["Bearer", 3600]);
    assert.equal(client.refresh_token, undefined);
    const one = await oauth.who(client.access_token);
    assert.equal(one?.scope, "play");
    const grant = await oauth.store.access(client.access_token, oauth.now);
    assert.equal(grant?.clientId, client.client_id);
    const again = await (await oauth.tryRegister(asked)).json();
    const two = await oauth.who(again.access_token);
    const three = await oauth.who((await oauth.signIn(client)).access_token);
    assert.equal(new Set([one, two, three].map((who) => who?.principal)).size, 3);
    oauth.pass(3600_000);
    assert.equal(await oauth.who(client.access_token), undefined);
  });
}

Deno.test("register() gives no token on a server without guests", async () => {
  using oauth = await OAuthEndpoints.open({ guests: false });
  assert(!("access_token" in await oauth.register({ client_name: "Claude" })));
});

Deno.test("register() gives no token on a server with sign-in", async () => {
  using oauth = await OAuthEndpoints.open({ login: { google: { id: "id", secret: "secret" } } });
  assert(!("access_token" in await oauth.register({ client_name: "Claude" })));
});

Deno.test("register() accepts Cursor's registration, which needs consent", async () => {
  using oauth = await OAuthEndpoints.open();
  const cursor = "cursor://anysphere.cursor-mcp/oauth/callback";
  const client = await oauth.register({
    client_name: "Cursor",
    redirect_uris: [cursor, "https://www.cursor.com/agents/mcp/oauth/callback"],
  });
  const page = await oauth.authorize(authorization(client, newPkce(), cursor));
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-security-policy") ?? "", /form-action [^;]* cursor:/);
  assert.match(await page.text(), /opens\s+<b><bdi>cursor:<\/bdi>[^]*anysphere\.cursor-mcp/);
});

Deno.test("register() stores at most 4 KiB of a client and suggests how to shrink it", async () => {
  using oauth = await OAuthEndpoints.open();
  const long = `https://app.example/${"x".repeat(450)}`;
  const of = (count: number) => Array.from({ length: count }, (_, i) => `${long}${i}`);
  assert.equal((await oauth.tryRegister({ redirect_uris: of(5) })).status, 201);
  const response = await oauth.tryRegister({ redirect_uris: of(15) });
  assert.equal(response.status, 400);
  const { error, error_description } = await response.json();
  assert.equal(error, "invalid_client_metadata");
  assert.match(error_description, /4096 bytes.*fewer redirect URIs/);
});
