/** `private_key_jwt` at the token endpoint, with registered and with published keys. */
import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { clientSite } from "./client_site.ts";
import {
  basic,
  CLAUDE,
  OAuthEndpoints,
  PUBLIC_URL,
  refusal,
  type Registered,
} from "./oauth_endpoints.ts";

const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const MINUTE_S = 60;

interface Key {
  alg: string;
  kid: string;
  privateKey: CryptoKey;
  jwk: Record<string, unknown>;
}

async function newKey(alg: string, kid = alg): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, jwk: { ...await exportJWK(publicKey), kid, use: "sig" } };
}

const ES256 = await newKey("ES256");
const OTHER = await newKey("ES256", "other");

/** An assertion of a client: valid, unless the given claims or header change that. */
async function sign(
  oauth: OAuthEndpoints,
  clientId: string,
  key: Key,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const now = Math.floor(oauth.now.getTime() / 1000);
  return await new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: PUBLIC_URL,
    exp: now + MINUTE_S,
    jti: crypto.randomUUID(),
    ...claims,
  }).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
}

/** Requests a token with the client's own credentials. */
async function ask(
  oauth: OAuthEndpoints,
  client_assertion: string,
  extra: Record<string, string> = {},
) {
  const form = {
    grant_type: "client_credentials",
    client_assertion_type: TYPE,
    client_assertion,
    ...extra,
  };
  return await oauth.post("/token", form);
}

async function registered(oauth: OAuthEndpoints, ...keys: Key[]): Promise<Registered> {
  return await oauth.register({
    token_endpoint_auth_method: "private_key_jwt",
    jwks: { keys: keys.map(({ jwk }) => jwk) },
  });
}

for (const alg of ["ES256", "RS256", "PS256", "EdDSA"]) {
  Deno.test(`provesClient() accepts an assertion signed with ${alg}`, async () => {
    using oauth = await OAuthEndpoints.open();
    const key = await newKey(alg);
    const { client_id, client_secret } = await registered(oauth, OTHER, key);
    assert.equal(client_secret, undefined);
    const response = await ask(oauth, await sign(oauth, client_id, key));
    const { access_token } = await response.json();
    const grant = await oauth.store.access(access_token, oauth.now);
    assert.equal(grant?.clientId, client_id);
  });
}

const now = (oauth: OAuthEndpoints) => Math.floor(oauth.now.getTime() / 1000);
type Claims = (oauth: OAuthEndpoints) => Record<string, unknown>;

const TAKEN: [what: string, claims: Claims][] = [
  ["for the issuer with a slash", () => ({ aud: `${PUBLIC_URL}/` })],
  ["for the token endpoint", () => ({ aud: `${PUBLIC_URL}/token` })],
  ["for both names of the endpoint", () => ({ aud: [PUBLIC_URL, `${PUBLIC_URL}/oauth/token`] })],
  ["for an hour", (oauth) => ({ exp: now(oauth) + 60 * MINUTE_S })],
  ["by a clock that is a little behind", (oauth) => ({ exp: now(oauth) - 20 })],
  ["by a clock that is a little ahead", (oauth) => ({ nbf: now(oauth) + 20 })],
];

for (const [what, claims] of TAKEN) {
  Deno.test(`provesClient() accepts an assertion ${what}`, async () => {
    using oauth = await OAuthEndpoints.open();
    const { client_id } = await registered(oauth, ES256);
    const assertion = await sign(oauth, client_id, ES256, claims(oauth));
    assert.equal((await ask(oauth, assertion, { client_id })).status, 200);
  });
}

const REFUSED: [what: string, claims: Claims][] = [
  ["of another audience", () => ({ aud: "https://other.example" })],
  ["without an audience", () => ({ aud: undefined })],
  ["that another server could use", () => ({ aud: [PUBLIC_URL, "https://other.example"] })],
  ["of another issuer", () => ({ iss: "https://other.example" })],
  ["without an issuer", () => ({ iss: undefined })],
  ["that has expired", (oauth) => ({ exp: now(oauth) - 30 })],
  ["that never expires", () => ({ exp: undefined })],
  ["that expires in more than an hour", (oauth) => ({ exp: now(oauth) + 60 * MINUTE_S + 1 })],
  ["that is not valid yet", (oauth) => ({ nbf: now(oauth) + MINUTE_S })],
  ["without an id", () => ({ jti: undefined })],
  ["with an empty id", () => ({ jti: "" })],
  ["with an id that is not a string", () => ({ jti: 7 })],
];

for (const [what, claims] of REFUSED) {
  Deno.test(`provesClient() refuses an assertion ${what}`, async () => {
    using oauth = await OAuthEndpoints.open();
    const { client_id } = await registered(oauth, ES256);
    const assertion = await sign(oauth, client_id, ES256, claims(oauth));
    assert.equal(await refusal(await ask(oauth, assertion, { client_id })), "401 invalid_client");
  });
}

Deno.test("provesClient() accepts an assertion once for each client", async () => {
  using oauth = await OAuthEndpoints.open();
  const [one, two] = [await registered(oauth, ES256), await registered(oauth, ES256)];
  const assertion = await sign(oauth, one.client_id, ES256, { jti: "1" });
  assert.equal((await ask(oauth, assertion)).status, 200);
  assert.equal(await refusal(await ask(oauth, assertion)), "401 invalid_client");
  const again = await sign(oauth, one.client_id, ES256, { jti: "1", exp: now(oauth) + 600 });
  assert.equal(await refusal(await ask(oauth, again)), "401 invalid_client");
  assert.equal(
    (await ask(oauth, await sign(oauth, two.client_id, ES256, { jti: "1" }))).status,
    200,
  );
});

Deno.test("provesClient() accepts one of three simultaneous copies of an assertion", async () => {
  using oauth = await OAuthEndpoints.open();
  const { client_id } = await registered(oauth, ES256);
  const assertion = await sign(oauth, client_id, ES256);
  const answers = await Promise.all([1, 2, 3].map(() => ask(oauth, assertion)));
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 401, 401]);
});

Deno.test("provesClient() refuses another client's key, another client's assertion and no assertion", async () => {
  using oauth = await OAuthEndpoints.open();
  const { client_id } = await registered(oauth, ES256);
  const other = await registered(oauth, OTHER);
  const header = (fields: object) => btoa(JSON.stringify(fields)).replaceAll("=", "");
  const assertion = await sign(oauth, client_id, ES256);
  const [, payload, signature] = assertion.split(".");
  const forged = [
    await sign(oauth, client_id, OTHER),
    await sign(oauth, client_id, OTHER, {}, { kid: "ES256" }),
    await sign(oauth, client_id, OTHER, {}, { kid: undefined, jwk: OTHER.jwk }),
    await sign(oauth, other.client_id, OTHER, { iss: client_id }),
    `${header({ alg: "none" })}.${payload}.`,
    `${header({ alg: "HS256", kid: "ES256" })}.${payload}.${signature}`,
    `${assertion}x`,
    "x",
    "x.y.z",
  ];
  for (const each of forged) {
    const response = await ask(oauth, each, { client_id });
    assert.equal(await refusal(response), "401 invalid_client", each);
  }
  const form = { grant_type: "client_credentials", client_id };
  assert.equal(await refusal(await oauth.post("/token", form)), "401 invalid_client");
});

Deno.test("provesClient() tries all keys if the assertion names none", async () => {
  using oauth = await OAuthEndpoints.open();
  const { client_id } = await registered(oauth, OTHER, ES256);
  const assertion = await sign(oauth, client_id, ES256, {}, { kid: undefined });
  assert.equal((await ask(oauth, assertion)).status, 200);
});

Deno.test("authenticatedClient() requires one credential of the registered kind", async () => {
  using oauth = await OAuthEndpoints.open();
  const { client_id } = await registered(oauth, ES256);
  const secretive = await oauth.register({ token_endpoint_auth_method: "client_secret_post" });
  const { client_secret = "" } = secretive;
  const assertion = () => sign(oauth, client_id, ES256);
  const both = await ask(oauth, await assertion(), { client_secret });
  assert.equal(await refusal(both), "400 invalid_request");
  const form = {
    grant_type: "client_credentials",
    client_assertion_type: TYPE,
    client_assertion: await assertion(),
  };
  const header = await oauth.post("/token", form, basic(client_id, "x"));
  assert.equal(await refusal(header), "400 invalid_request");
  const untyped = await ask(oauth, await assertion(), { client_assertion_type: "jwt" });
  assert.equal(await refusal(untyped), "400 invalid_request");
  const foreign = await ask(oauth, await assertion(), { client_id: secretive.client_id });
  assert.equal(await refusal(foreign), "401 invalid_client");
  const own = await ask(oauth, await sign(oauth, secretive.client_id, ES256));
  assert.equal(await refusal(own), "401 invalid_client");
});

Deno.test("provesClient() uses published keys and finds new ones", async () => {
  await using site = await clientSite(CLAUDE);
  using oauth = await OAuthEndpoints.open({ site });
  const jwks_uri = site.put("/keys", { keys: [OTHER.jwk] });
  const client_id = site.putClient("/c", {
    token_endpoint_auth_method: "private_key_jwt",
    jwks_uri,
  });
  const revoke = async (key: Key) => {
    const client_assertion = await sign(oauth, client_id, key);
    const form = { client_assertion_type: TYPE, client_assertion, token: "unknown" };
    return await oauth.post("/revoke", form);
  };
  assert.equal((await revoke(OTHER)).status, 200);
  assert.equal((await revoke(OTHER)).status, 200);
  assert.deepEqual(site.seen, ["/c", "/keys"]);

  site.put("/keys", { keys: [ES256.jwk] });
  assert.equal(await refusal(await revoke(ES256)), "401 invalid_client");
  assert.deepEqual(site.seen, ["/c", "/keys"], "the server does not fetch fresh keys again");
  oauth.pass(MINUTE_S * 1000 + 1);
  assert.equal((await revoke(ES256)).status, 200);
  assert.equal(await refusal(await revoke(OTHER)), "401 invalid_client");
  assert.deepEqual(site.seen, ["/c", "/keys", "/keys"]);
});

Deno.test("provesClient() checks an optional assertion only if the client sends it", async () => {
  await using site = await clientSite(CLAUDE);
  using oauth = await OAuthEndpoints.open({ site });
  const client_id = site.putClient("/c", {
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_methods_supported: ["none", "private_key_jwt"],
    jwks: { keys: [ES256.jwk] },
  });
  const form = { token: "unknown", client_id };
  assert.equal((await oauth.post("/revoke", form)).status, 200);
  for (const [key, status] of [[ES256, 200], [OTHER, 401]] as const) {
    const client_assertion = await sign(oauth, client_id, key);
    const proven = { ...form, client_assertion_type: TYPE, client_assertion };
    assert.equal((await oauth.post("/revoke", proven)).status, status);
  }
});

const BAD_KEY_SETS: [what: string, keys: object, status: string][] = [
  ["are not a key set", { keys: "none" }, "401 invalid_client"],
  ["are private", { keys: [{ ...ES256.jwk, d: "x" }] }, "401 invalid_client"],
  ["are huge", { keys: [{ ...ES256.jwk, n: "x".repeat(1_367) }] }, "401 invalid_client"],
  ["are too many", { keys: Array(21).fill(ES256.jwk) }, "401 invalid_client"],
];

for (const [what, keys, expected] of BAD_KEY_SETS) {
  Deno.test(`provesClient() refuses published keys that ${what}`, async () => {
    await using site = await clientSite(CLAUDE);
    using oauth = await OAuthEndpoints.open({ site });
    const jwks_uri = site.put("/keys", keys);
    const client_id = site.putClient("/c", {
      token_endpoint_auth_method: "private_key_jwt",
      jwks_uri,
    });
    const client_assertion = await sign(oauth, client_id, ES256);
    const form = { client_assertion_type: TYPE, client_assertion, token: "unknown" };
    assert.equal(await refusal(await oauth.post("/revoke", form)), expected);
  });
}

Deno.test("authenticatedClient() decodes the form encoding inside HTTP Basic", async () => {
  using oauth = await OAuthEndpoints.open();
  const { client_id, client_secret = "" } = await oauth.register({
    token_endpoint_auth_method: "client_secret_basic",
  });
  const percent = (text: string) =>
    [...text].map((char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
  const form = { grant_type: "client_credentials" };
  for (
    const [id, secret, status] of [
      [client_id, client_secret, 200],
      [percent(client_id), percent(client_secret), 200],
      [client_id, `${client_secret}%`, 401],
      [client_id, `${client_secret}+`, 401],
    ] as const
  ) {
    assert.equal((await oauth.post("/token", form, basic(id, secret))).status, status);
  }
});
