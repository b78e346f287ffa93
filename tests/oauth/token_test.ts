import assert from "node:assert/strict";
import {
  authorization,
  basic,
  location,
  newPkce,
  OAuthEndpoints,
  PUBLIC_URL,
  refusal,
  type Registered,
  type Tokens,
} from "./oauth_endpoints.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Like the scripts of the original server: registers without an authentication method. */
async function scripted(oauth: OAuthEndpoints): Promise<Registered & { client_secret: string }> {
  const metadata = { client_name: "script", redirect_uris: ["http://localhost/callback"] };
  return await (await oauth.tryRegister(metadata)).json();
}

Deno.test("token() exchanges a code for tokens of a new guest", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const pkce = newPkce();
  const response = await oauth.redeem(client, pkce, await oauth.code(client, pkce));
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(response.headers.get("pragma"), "no-cache");
  const { access_token, refresh_token, ...rest } = await response.json();
  assert.match(access_token, /^[A-Za-z0-9_-]{43}$/);
  assert.match(refresh_token, /^[A-Za-z0-9_-]{43}$/);
  assert.deepEqual(rest, { token_type: "Bearer", expires_in: 3600, scope: "play" });

  const first = await oauth.who(access_token);
  const second = await oauth.who((await oauth.signIn(client)).access_token);
  assert.match(first?.principal ?? "", /^guest:[A-Za-z0-9_-]{22}$/);
  assert.notEqual(first?.principal, second?.principal);
  assert.notEqual(first?.principal, `guest:${client.client_id}`);
});

Deno.test("token() gives no refresh token to a client that did not ask for the grant", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register({ grant_types: ["authorization_code"] });
  assert.equal((await oauth.signIn(client)).refresh_token, undefined);
});

Deno.test("token() stores no secret, only hashes", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const pkce = newPkce();
  const code = await oauth.code(client, pkce);
  const tokens: Tokens = await (await oauth.redeem(client, pkce, code)).json();
  const secrets = [code, tokens.access_token, tokens.refresh_token ?? ""];
  for await (const entry of oauth.kv.list({ prefix: [] })) {
    const text = JSON.stringify([entry.key, entry.value]);
    for (const secret of secrets) assert(!text.includes(secret), text);
  }
});

Deno.test("token() refuses a code twice and revokes the tokens that it issued", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const pkce = newPkce();
  const code = await oauth.code(client, pkce);
  const tokens: Tokens = await (await oauth.redeem(client, pkce, code)).json();
  assert(await oauth.who(tokens.access_token));

  assert.equal(await refusal(await oauth.redeem(client, pkce, code)), "400 invalid_grant");
  assert.equal(await oauth.who(tokens.access_token), undefined);
  assert.equal(
    await refusal(await oauth.refresh(client, tokens.refresh_token)),
    "400 invalid_grant",
  );
  assert.deepEqual(oauth.log, ["oauth.replay_revoked_grant"]);
});

Deno.test("token() recognises a replayed code after it expired", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const pkce = newPkce();
  const code = await oauth.code(client, pkce);
  const { access_token }: Tokens = await (await oauth.redeem(client, pkce, code)).json();
  oauth.pass(5 * MINUTE);
  assert(await oauth.who(access_token));
  assert.equal(await refusal(await oauth.redeem(client, pkce, code)), "400 invalid_grant");
  assert.equal(await oauth.who(access_token), undefined);
});

Deno.test("token() lets at most one of many simultaneous redemptions win, and then revokes it", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const pkce = newPkce();
  const code = await oauth.code(client, pkce);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => oauth.redeem(client, pkce, code)),
  );
  const won = answers.filter(({ ok }) => ok);
  assert.equal(won.length, 1);
  const { access_token } = await won[0]?.json();
  assert.equal(await oauth.who(access_token), undefined);
});

Deno.test("token() refuses a code from another client; its own client can still use it", async () => {
  using oauth = await OAuthEndpoints.open();
  const [owner, thief] = [await oauth.register(), await oauth.register()];
  const pkce = newPkce();
  const code = await oauth.code(owner, pkce);
  assert.equal(await refusal(await oauth.redeem(thief, pkce, code)), "400 invalid_grant");
  assert.equal((await oauth.redeem(owner, pkce, code)).status, 200);
});

const MISFITS: [title: string, change: Record<string, string>, answer: string][] = [
  ["a wrong verifier", { code_verifier: newPkce().verifier }, "400 invalid_grant"],
  ["a short verifier", { code_verifier: "abc" }, "400 invalid_grant"],
  ["no verifier", { code_verifier: "" }, "400 invalid_request"],
  ["another redirect URI", { redirect_uri: "http://localhost/x" }, "400 invalid_grant"],
  ["an unknown code", { code: "x" }, "400 invalid_grant"],
  ["no code", { code: "" }, "400 invalid_request"],
  ["a foreign resource", { resource: "https://other.example/" }, "400 invalid_target"],
  ["a resource that is not a URL", { resource: "mcp" }, "400 invalid_target"],
  ["no grant type", { grant_type: "" }, "400 invalid_request"],
  ["an unknown grant type", { grant_type: "password" }, "400 unsupported_grant_type"],
  [
    "a grant that the client lacks",
    { grant_type: "client_credentials" },
    "400 unauthorized_client",
  ],
  ["an unknown client", { client_id: "nobody" }, "401 invalid_client"],
  ["an overlong client", { client_id: "x".repeat(3000) }, "401 invalid_client"],
  ["no client", { client_id: "" }, "401 invalid_client"],
  ["a secret from a public client", { client_secret: "x" }, "401 invalid_client"],
];

for (const [title, change, answer] of MISFITS) {
  Deno.test(`token() refuses ${title}, and the code stays valid`, async () => {
    using oauth = await OAuthEndpoints.open();
    const client = await oauth.register();
    const pkce = newPkce();
    const code = await oauth.code(client, pkce);
    assert.equal(await refusal(await oauth.redeem(client, pkce, code, change)), answer);
    assert.equal((await oauth.redeem(client, pkce, code)).status, 200);
  });
}

Deno.test("token() refuses a code after a minute", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const pkce = newPkce();
  const code = await oauth.code(client, pkce);
  oauth.pass(MINUTE);
  assert.equal(await refusal(await oauth.redeem(client, pkce, code)), "400 invalid_grant");
});

Deno.test("token() accepts both spellings of the resource, also mixed and repeated", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const pkce = newPkce();
  const code = await oauth.code(client, pkce, { resource: `${PUBLIC_URL}/mcp` });
  const response = await oauth.post("/oauth/token", [
    ["grant_type", "authorization_code"],
    ["client_id", client.client_id],
    ["code", code],
    ["code_verifier", pkce.verifier],
    ["resource", PUBLIC_URL],
    ["resource", `${PUBLIC_URL}/mcp/`],
  ]);
  assert.equal(response.status, 200);
});

Deno.test("token() rotates refresh tokens and keeps the guest", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const first = await oauth.signIn(client);
  oauth.pass(29 * DAY);
  const second: Tokens = await (await oauth.refresh(client, first.refresh_token)).json();
  oauth.pass(29 * DAY);
  const third: Tokens = await (await oauth.refresh(client, second.refresh_token)).json();
  assert.equal(new Set([first, second, third].map((t) => t.refresh_token)).size, 3);
  const who = await oauth.who(third.access_token);
  assert.match(who?.principal ?? "", /^guest:/);
  assert.equal(await oauth.who(second.access_token), undefined);
});

Deno.test("token() keeps the principal over a refresh", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const first = await oauth.signIn(client);
  const second: Tokens = await (await oauth.refresh(client, first.refresh_token)).json();
  const [before, after] = [
    await oauth.who(first.access_token),
    await oauth.who(second.access_token),
  ];
  assert.equal(before?.principal, after?.principal);
});

Deno.test("token() refuses a refresh token a minute after its use and revokes the family", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const first = await oauth.signIn(client);
  const second: Tokens = await (await oauth.refresh(client, first.refresh_token)).json();
  oauth.pass(MINUTE);
  assert.equal(
    await refusal(await oauth.refresh(client, first.refresh_token)),
    "400 invalid_grant",
  );
  assert.equal(await oauth.who(first.access_token), undefined);
  assert.equal(await oauth.who(second.access_token), undefined);
  assert.equal(
    await refusal(await oauth.refresh(client, second.refresh_token)),
    "400 invalid_grant",
  );
  assert.deepEqual(oauth.log, ["oauth.replay_revoked_grant"]);
});

Deno.test("token() serves many simultaneous refreshes, and all their tokens work", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const first = await oauth.signIn(client);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => oauth.refresh(client, first.refresh_token)),
  );
  const owner = await oauth.who(first.access_token);
  for (const answer of answers) {
    const tokens: Tokens = await answer.json();
    assert.deepEqual(await oauth.who(tokens.access_token), owner);
    assert.equal((await oauth.refresh(client, tokens.refresh_token)).status, 200);
  }
  assert.deepEqual(oauth.log, []);
});

Deno.test("token() answers a refresh token at most 64 times, and its family lives on", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const { access_token, refresh_token } = await oauth.signIn(client);
  for (let i = 0; i < 64; i++) {
    assert.equal((await oauth.refresh(client, refresh_token)).status, 200);
  }
  const answer = await oauth.refresh(client, refresh_token);
  assert.equal(await refusal(answer), "503 temporarily_unavailable");
  assert(await oauth.who(access_token));
  oauth.pass(MINUTE);
  assert.equal(await refusal(await oauth.refresh(client, refresh_token)), "400 invalid_grant");
  assert.equal(await oauth.who(access_token), undefined);
});

Deno.test("token() revokes the family when another client sends a spent refresh token", async () => {
  using oauth = await OAuthEndpoints.open();
  const [owner, thief] = [await oauth.register(), await oauth.register()];
  const first = await oauth.signIn(owner);
  assert.equal(await refusal(await oauth.refresh(thief, first.refresh_token)), "400 invalid_grant");
  assert(await oauth.who(first.access_token), "an unspent one is only refused");
  await oauth.refresh(owner, first.refresh_token);
  assert.equal(await refusal(await oauth.refresh(thief, first.refresh_token)), "400 invalid_grant");
  assert.equal(await oauth.who(first.access_token), undefined);
});

Deno.test("token() requires the secret of a confidential client for a repeat, too", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await scripted(oauth);
  const pkce = newPkce();
  const asked = await oauth.authorize(authorization(client, pkce, "http://localhost/callback"));
  const secret = { client_secret: client.client_secret };
  const bought = await oauth.redeem(client, pkce, location(asked).searchParams.get("code") ?? "", {
    redirect_uri: "http://localhost/callback",
    ...secret,
  });
  const { access_token, refresh_token }: Tokens = await bought.json();
  const repeat = async (more: Record<string, string>) =>
    await oauth.post("/token", {
      grant_type: "refresh_token",
      client_id: client.client_id,
      refresh_token: refresh_token ?? "",
      ...more,
    });
  assert.equal((await repeat(secret)).status, 200);
  assert.equal(await refusal(await repeat({})), "401 invalid_client");
  assert.equal(await refusal(await repeat({ client_secret: "x" })), "401 invalid_client");
  assert.equal((await repeat(secret)).status, 200);
  assert(await oauth.who(access_token));
});

Deno.test("token() refuses a refresh token after 30 days", async () => {
  using oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  const { refresh_token } = await oauth.signIn(client);
  oauth.pass(30 * DAY);
  assert.equal(await refusal(await oauth.refresh(client, refresh_token)), "400 invalid_grant");
});

Deno.test("token() serves the original's scripts: register, HTTP Basic, an unknown scope", async () => {
  using oauth = await OAuthEndpoints.open();
  const { client_id, client_secret } = await scripted(oauth);
  const form = { grant_type: "client_credentials", scope: "mcp" };
  const response = await oauth.post("/token", form, basic(client_id, client_secret));
  assert.equal(response.status, 200);
  const { access_token, ...rest } = await response.json();
  assert.deepEqual(rest, { token_type: "Bearer", expires_in: 3600, scope: "play" });
  assert.equal((await oauth.who(access_token))?.principal, `guest:${client_id}`);
});

Deno.test("token() gives client_credentials the same principal each time", async () => {
  using oauth = await OAuthEndpoints.open();
  const { client_id, client_secret } = await scripted(oauth);
  const form = { grant_type: "client_credentials", client_id, client_secret };
  for (let time = 0; time < 2; time++) {
    const { access_token } = await (await oauth.post("/token", form)).json();
    assert.equal((await oauth.who(access_token))?.principal, `guest:${client_id}`);
  }
});

const STRANGERS: [title: string, headers: (id: string, secret: string) => HeadersInit][] = [
  ["a wrong secret", (id) => basic(id, "wrong")],
  ["no secret", (id) => basic(id, "")],
  ["another scheme", (id) => ({ Authorization: `Bearer ${id}` })],
  ["broken base64", () => ({ Authorization: "Basic A" })],
  ["no colon", (id) => ({ Authorization: `Basic ${btoa(id)}` })],
];

for (const [title, headers] of STRANGERS) {
  Deno.test(`token() refuses a client with ${title}`, async () => {
    using oauth = await OAuthEndpoints.open();
    const { client_id, client_secret } = await scripted(oauth);
    const form = { grant_type: "client_credentials" };
    const response = await oauth.post("/token", form, headers(client_id, client_secret));
    assert.match(response.headers.get("www-authenticate") ?? "", /^Basic /);
    assert.equal(await refusal(response), "401 invalid_client");
  });
}

Deno.test("token() refuses two ways to authenticate at once", async () => {
  using oauth = await OAuthEndpoints.open();
  const { client_id, client_secret } = await scripted(oauth);
  const form = { grant_type: "client_credentials", client_secret };
  const response = await oauth.post("/token", form, basic(client_id, client_secret));
  assert.equal(await refusal(response), "400 invalid_request");
});

Deno.test("token() issues no tokens to guests once the operator refuses guests", async () => {
  using oauth = await OAuthEndpoints.open();
  const script = await scripted(oauth);
  const client = await oauth.register();
  const { refresh_token } = await oauth.signIn(client);

  const closed = oauth.withoutGuests();
  const form = { grant_type: "client_credentials" };
  const response = await closed.post("/token", form, basic(script.client_id, script.client_secret));
  assert.equal(await refusal(response), "400 unsupported_grant_type");
  assert.equal(await refusal(await closed.refresh(client, refresh_token)), "400 invalid_grant");
  assert.equal((await oauth.refresh(client, refresh_token)).status, 200);
});

Deno.test("token() refuses a body that is not a form, is too large or repeats a parameter", async () => {
  using oauth = await OAuthEndpoints.open();
  const json = await oauth.send("/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ grant_type: "client_credentials" }),
  });
  assert.equal(await refusal(json), "400 invalid_request");
  const large = await oauth.post("/token", { client_id: "x".repeat(17_000) });
  assert.equal(await refusal(large), "413 invalid_request");
  const client = await oauth.register();
  const twice = await oauth.post("/token", [
    ["grant_type", "refresh_token"],
    ["grant_type", "refresh_token"],
    ["client_id", client.client_id],
  ]);
  assert.equal(await refusal(twice), "400 invalid_request");
});

Deno.test("token() shows no stack trace if the store fails", async () => {
  const oauth = await OAuthEndpoints.open();
  const client = await oauth.register();
  oauth.kv.close();
  const response = await oauth.refresh(client, "x");
  assert.equal(await refusal(response), "500 server_error");
  assert.deepEqual(oauth.log, ["oauth.failed"]);
});
