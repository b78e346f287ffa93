/** Issued tokens: refresh reuse and races, theft between clients, audiences, scopes, revocation
 *  (RFC 6749 6 and 10.4, RFC 7009, RFC 8707, RFC 9700 4.14), and ways to send a Bearer token (RFC
 *  6750). */
import assert from "node:assert/strict";
import { verdictOf, type Wire } from "./answer.ts";
import { type Attacker, basic, bearer, LOOPBACK } from "./attacker.ts";
import { attacks, type AttackTable, type Scene } from "./attacks.ts";

const GRANT = "400 invalid_grant";
const DEAD = "401 invalid_token";
const OPEN = "200 ok";

/** How long a client may repeat a refresh token. */
const REPEAT_MS = 60_000;

/** Signs in and uses the refresh token twice, the second time after a while. */
async function replayed({ kit, pass }: Scene) {
  const first = await kit.signIn();
  const second = (await kit.refresh(first.client, first.refresh_token)).json;
  pass(REPEAT_MS);
  const replay = await kit.refresh(first.client, first.refresh_token);
  return { first, second, replay };
}

const REFRESH: AttackTable = {
  "a refresh token is used twice": [GRANT, async (scene) => (await replayed(scene)).replay],
  "a reused refresh token ends the newest one": [GRANT, async (scene) => {
    const { first, second } = await replayed(scene);
    return await scene.kit.refresh(first.client, second.refresh_token);
  }],
  "a reused refresh token ends the newest access token": [
    DEAD,
    async (scene) => await scene.kit.knock((await replayed(scene)).second.access_token),
  ],
  "a reused refresh token ends the first access token": [
    DEAD,
    async (scene) => await scene.kit.knock((await replayed(scene)).first.access_token),
  ],
  "a refresh token is reused many generations later": [DEAD, async ({ kit, pass }) => {
    const { client, refresh_token } = await kit.signIn();
    let newest: Wire = { refresh_token };
    for (let i = 0; i < 5; i++) newest = (await kit.refresh(client, newest.refresh_token)).json;
    pass(REPEAT_MS);
    assert.equal(verdictOf(await kit.refresh(client, refresh_token)), GRANT);
    return await kit.knock(newest.access_token);
  }],
  "a refresh token is used many times at once, and once later": ["all, and later none", async ({
    kit,
    pass,
  }) => {
    const { client, refresh_token } = await kit.signIn();
    const tries = await Promise.all([1, 2, 3, 4].map(() => kit.refresh(client, refresh_token)));
    for (const { json } of tries) assert.equal(verdictOf(await kit.knock(json.access_token)), OPEN);
    pass(REPEAT_MS);
    assert.equal(verdictOf(await kit.refresh(client, refresh_token)), GRANT);
    for (const { json } of tries) {
      assert.equal(verdictOf(await kit.refresh(client, json.refresh_token)), GRANT);
      assert.equal(verdictOf(await kit.knock(json.access_token)), DEAD);
    }
    return "all, and later none";
  }],
  "repeats of a refresh token prolong the time in which it may be repeated": [
    GRANT,
    async ({ kit, pass }) => {
      const { client, refresh_token } = await kit.signIn();
      for (let i = 0; i < 3; i++) {
        assert.equal(verdictOf(await kit.refresh(client, refresh_token)), OPEN);
        pass(REPEAT_MS / 3);
      }
      return await kit.refresh(client, refresh_token);
    },
  ],
  "a spent refresh token is used by another client": [DEAD, async ({ kit }) => {
    const { client, refresh_token } = await kit.signIn();
    const { access_token } = (await kit.refresh(client, refresh_token)).json;
    assert.equal(verdictOf(await kit.refresh(await kit.client(), refresh_token)), GRANT);
    return await kit.knock(access_token);
  }],
  "a refresh token is used while its grant is revoked": ["dead", async ({ kit }) => {
    const { client, refresh_token } = await kit.signIn();
    const [refreshed] = await Promise.all([
      kit.refresh(client, refresh_token),
      kit.form("/revoke", { client_id: client.client_id, token: refresh_token }),
    ]);
    if (refreshed.status === 400) return "dead";
    const after = verdictOf(await kit.knock(refreshed.json.access_token));
    return after === DEAD ? "dead" : after;
  }],
  "a stolen refresh token is used by another client": [GRANT, async ({ kit, victim }) => {
    return await kit.refresh(await kit.client(), victim.self.refresh_token);
  }],
  "a stolen refresh token of a confidential client is used without its secret": [
    "401 invalid_client",
    async ({ kit }) => {
      const owner = await kit.client({ token_endpoint_auth_method: "client_secret_basic" });
      const { refresh_token } = (await kit.token({
        grant_type: "authorization_code",
        ...await owned(kit, owner),
      }, basic(owner))).json;
      return await kit.refresh({ client_id: owner.client_id }, refresh_token);
    },
  ],
  "an access token is used as a refresh token": [GRANT, async ({ kit }) => {
    const { client, access_token } = await kit.signIn();
    return await kit.refresh(client, access_token);
  }],
  "a refresh token is used as an access token": [
    DEAD,
    async ({ kit }) => await kit.knock((await kit.signIn()).refresh_token),
  ],
  "a refresh asks for more scopes than were granted": ["no more", async ({ kit }) => {
    const { client, refresh_token } = await kit.signIn();
    const before = new Set(["play", "watch", "offline_access"]);
    const scope = "play watch offline_access admin mcp:admin *";
    const answer = await kit.refresh(client, refresh_token, { scope });
    if (answer.status === 400) return answer.json.error === "invalid_scope" ? "no more" : "odd";
    const got: string[] = answer.json.scope.split(" ");
    return got.every((name) => before.has(name)) ? "no more" : got.join(" ");
  }],
};

/** The parameters with which a confidential client redeems its own code. */
async function owned(kit: Attacker, client: { client_id: string }) {
  const { code, verifier } = await kit.buy(client);
  return { code, code_verifier: verifier, redirect_uri: LOOPBACK };
}

/** URIs of other resources, some of which begin or end like this one. */
const ALIENS: Record<string, (url: string) => string> = {
  "of another server": () => "https://evil.example/mcp",
  "that this server's address begins": (url) => `${url}.evil.example/mcp`,
  "with this server as user name": (url) => `${url}@evil.example/mcp`,
  "of another path here": (url) => `${url}/admin`,
  "of a path below": (url) => `${url}/mcp/x`,
  "with a query": (url) => `${url}/mcp?x`,
  "with a fragment": (url) => `${url}/mcp#x`,
  "of another port": (url) => url.replace(/\d+$/, "1"),
  "of another scheme": (url) => url.replace("http:", "https:"),
  "that is relative": () => "/mcp",
};

const AUDIENCES: AttackTable = Object.fromEntries(
  Object.entries(ALIENS).flatMap(([name, alien]): [string, AttackTable[string]][] => [
    [`a token is bought with a resource ${name}`, ["400 invalid_target", async ({ kit }) => {
      return await kit.redeem(await kit.buy(), { resource: alien(kit.url) });
    }]],
    [`a code is requested for a resource ${name}`, ["303 invalid_target", async ({ kit }) => {
      return await kit.authorize(await kit.client(), { resource: alien(kit.url) });
    }]],
  ]),
);

async function revoke(kit: Attacker, form: Record<string, string>, headers: HeadersInit = {}) {
  return await kit.form("/revoke", form, headers);
}

const REVOCATION: AttackTable = {
  "a victim's token is revoked by another client": [OPEN, async ({ kit, victim }) => {
    const { client_id } = await kit.client();
    for (const token of [victim.self.access_token, victim.self.refresh_token]) {
      const answer = await revoke(kit, { client_id, token });
      assert.ok([200, 400].includes(answer.status));
    }
    return await kit.knock(victim.self.access_token);
  }],
  "a token is revoked without a client": [
    ["401 invalid_client", "400 invalid_request"],
    async ({ kit, victim }) => await revoke(kit, { token: victim.self.access_token }),
  ],
  "a token of a confidential client is revoked without its secret": [
    "401 invalid_client",
    async ({ kit }) => {
      const owner = await kit.client({ token_endpoint_auth_method: "client_secret_basic" });
      const form = { grant_type: "authorization_code", ...await owned(kit, owner) };
      const { access_token } = (await kit.token(form, basic(owner))).json;
      const answer = await revoke(kit, { client_id: owner.client_id, token: access_token });
      assert.equal(verdictOf(await kit.knock(access_token)), OPEN);
      return answer;
    },
  ],
  "a revoked access token is used": [DEAD, async ({ kit }) => {
    const { client, access_token } = await kit.signIn();
    const { client_id } = client;
    assert.equal(verdictOf(await kit.knock(access_token)), OPEN);
    assert.equal((await revoke(kit, { client_id, token: access_token })).status, 200);
    return await kit.knock(access_token);
  }],
  "a revoked refresh token revokes its access token": [DEAD, async ({ kit }) => {
    const { client, access_token, refresh_token } = await kit.signIn();
    await revoke(kit, { client_id: client.client_id, token: refresh_token });
    return await kit.knock(access_token);
  }],
  "a revoked access token is refreshed": [GRANT, async ({ kit }) => {
    const { client, access_token, refresh_token } = await kit.signIn();
    await revoke(kit, { client_id: client.client_id, token: access_token });
    return await kit.refresh(client, refresh_token);
  }],
  "revocation reveals whether a token exists": ["the same answer", async ({ kit, victim }) => {
    const { client_id } = await kit.client();
    const real = await revoke(kit, { client_id, token: victim.self.refresh_token });
    const none = await revoke(kit, { client_id, token: "x".repeat(43) });
    assert.equal(real.text, none.text);
    return real.status === none.status ? "the same answer" : `${real.status}, ${none.status}`;
  }],
};

attacks("issued tokens", { ...REFRESH, ...AUDIENCES, ...REVOCATION });

type Shown = (token: string) => { headers?: Record<string, string>; query?: string };

/** Ways to send a token that RFC 6750 does not define, or that this server does not support. */
const SHOWN: Record<string, Shown> = {
  "nothing": () => ({}),
  "Bearer alone": () => ({ headers: { authorization: "Bearer" } }),
  "Bearer and spaces": () => ({ headers: { authorization: "Bearer   " } }),
  "a token without Bearer": (token) => ({ headers: { authorization: token } }),
  "Basic": (token) => ({ headers: { authorization: `Basic ${btoa(`${token}:${token}`)}` } }),
  "Basic with the token as it is": (token) => ({ headers: { authorization: `Basic ${token}` } }),
  "Bearer with a tab": (token) => ({ headers: { authorization: `Bearer\t${token}` } }),
  "Bearer without a space": (token) => ({ headers: { authorization: `Bearer${token}` } }),
  "two tokens in one header": (token) => ({ headers: { authorization: `Bearer ${token} x` } }),
  "two headers in one": (token) => ({ headers: { authorization: `Bearer x, Bearer ${token}` } }),
  "a quoted token": (token) => ({ headers: { authorization: `Bearer "${token}"` } }),
  "a token in another case": (token) => ({ headers: bearer(swapCase(token)) }),
  "a token with an extra character": (token) => ({ headers: bearer(`${token}A`) }),
  "a token without its last character": (token) => ({ headers: bearer(token.slice(0, -1)) }),
  "a token of 60,000 characters": () => ({ headers: bearer("A".repeat(60_000)) }),
  "a token in the query": (token) => ({ query: `?access_token=${token}` }),
  "a token in a cookie": (token) => ({ headers: { cookie: `access_token=${token}` } }),
  "a token in a header of its own": (token) => ({ headers: { "x-access-token": token } }),
  "a token for a proxy": (token) => ({ headers: { "proxy-authorization": `Bearer ${token}` } }),
};

const BEARER: AttackTable = Object.fromEntries(
  Object.entries(SHOWN).flatMap(([name, shown]) =>
    ["/health_check", "/mcp"].map((path): [string, AttackTable[string]] => [
      `${name} at ${path}`,
      [
        [
          "401 unauthorized",
          DEAD,
          "400 invalid_request",
          "400 INVALID_REQUEST",
          "400 -32600",
          "431",
        ],
        async ({ kit, victim }) => {
          const { headers = {}, query = "" } = shown(victim.self.access_token);
          const answer = await kit.json(path + query, {}, headers);
          const challenge = answer.headers.get("www-authenticate") ?? "";
          if (answer.status === 401) assert.match(challenge, /^Bearer .*resource_metadata="http/);
          return answer;
        },
      ],
    ])
  ),
);

attacks("ways to send a token", {
  ...BEARER,
  "a token in a form": ["401 unauthorized", async ({ kit, victim }) => {
    return await kit.form("/health_check", { access_token: victim.self.access_token });
  }],
});

function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, (c) => c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase());
}
