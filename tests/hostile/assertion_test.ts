/** Clients that authenticate with a key (`private_key_jwt`): assertions that are forged, stolen,
 *  expired, used before, or meant for another server (RFC 7523 3, RFC 8725). */
import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";
import { type Answer, verdictOf } from "./answer.ts";
import { type Attacker, type Client, LOOPBACK } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";

const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const REFUSED = ["401 invalid_client", "400 invalid_client", "400 invalid_request"];

type Claims = Record<string, unknown>;
interface How {
  header?: JWTHeaderParameters;
  key?: CryptoKey | Uint8Array;
}

/** A client with a key of its own. `prove` signs valid claims with `changes`; null omits a
 *  claim. */
async function keyed(kit: Attacker) {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = { ...await exportJWK(publicKey), alg: "ES256", kid: "1" };
  const client = await kit.client({
    token_endpoint_auth_method: "private_key_jwt",
    jwks: { keys: [jwk] },
  });
  const prove = async (changes: Claims = {}, how: How = {}): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const usual = {
      ...{ iss: client.client_id, sub: client.client_id, aud: `${kit.url}/token` },
      ...{ jti: crypto.randomUUID(), iat: now, exp: now + 60 },
    };
    const all = Object.entries({ ...usual, ...changes }).filter(([, value]) => value !== null);
    const { header = { alg: "ES256", kid: "1" }, key = privateKey } = how;
    const claims = Object.fromEntries(all);
    return kit.secret(await new SignJWT(claims).setProtectedHeader(header).sign(key));
  };
  return { client, jwk, prove };
}

/** Redeems a client's code with an assertion. */
async function redeem(
  kit: Attacker,
  client: Client,
  client_assertion: string | undefined,
  more: Record<string, string | undefined> = {},
): Promise<Answer> {
  const { code, verifier } = await kit.buy(client);
  return await kit.token({
    grant_type: "authorization_code",
    ...{ code, code_verifier: verifier, redirect_uri: LOOPBACK, client_id: client.client_id },
    ...{ client_assertion_type: TYPE, client_assertion, ...more },
  });
}

const seconds = (from: number) => Math.floor(Date.now() / 1000) + from;

const CLAIMS: Record<string, Claims> = {
  "meant for another server": { aud: "https://evil.example/token" },
  "meant for this server and another": { aud: ["https://evil.example/token", "REPLACED"] },
  "without an audience": { aud: null },
  "that never expires": { exp: null },
  "that expires in a year": { exp: seconds(365 * 24 * 3600) },
  "that has expired": { iat: seconds(-7200), exp: seconds(-3600) },
  "that is not valid yet": { nbf: seconds(3600) },
  "without an id": { jti: null },
  "with an id that is a number": { jti: 1 },
  "with an empty id": { jti: "" },
  "about another client": { sub: "another" },
  "of another issuer": { iss: "another" },
  "without a subject": { sub: null },
};

const FORGED: AttackTable = Object.fromEntries(
  Object.entries(CLAIMS).map(([name, changes]) => [
    `an assertion ${name}`,
    [REFUSED, async ({ kit }) => {
      const { client, prove } = await keyed(kit);
      const { aud } = changes;
      const mixed = Array.isArray(aud) ? { aud: [aud[0], `${kit.url}/token`] } : {};
      return await redeem(kit, client, await prove({ ...changes, ...mixed }));
    }],
  ]),
);

const part = (json: object) => btoa(JSON.stringify(json)).replace(/=+$/, "");

const ASSERTIONS: AttackTable = {
  "a valid assertion": ["200 ok", async ({ kit }) => {
    const { client, prove } = await keyed(kit);
    return await redeem(kit, client, await prove());
  }],
  "no assertion": [REFUSED, async ({ kit }) => {
    const { client } = await keyed(kit);
    return await redeem(kit, client, undefined, { client_assertion_type: undefined });
  }],
  "an assertion that is used twice": [REFUSED, async ({ kit }) => {
    const { client, prove } = await keyed(kit);
    const assertion = await prove();
    assert.equal(verdictOf(await redeem(kit, client, assertion)), "200 ok");
    return await redeem(kit, client, assertion);
  }],
  "an assertion that is used four times at once": ["one of them", async ({ kit }) => {
    const { client, prove } = await keyed(kit);
    const assertion = await prove();
    const all = await Promise.all([1, 2, 3, 4].map(() => redeem(kit, client, assertion)));
    const served = all.filter(({ status }) => status === 200);
    return served.length === 1 ? "one of them" : `${served.length} were served`;
  }],
  "an unsigned assertion": [REFUSED, async ({ kit }) => {
    const { client, prove } = await keyed(kit);
    const [, claims] = (await prove()).split(".");
    return await redeem(kit, client, `${part({ alg: "none" })}.${claims}.`);
  }],
  "an assertion whose signature is cut off": [REFUSED, async ({ kit }) => {
    const { client, prove } = await keyed(kit);
    return await redeem(kit, client, (await prove()).replace(/[^.]*$/, ""));
  }],
  "an assertion signed with the public key as a secret": [REFUSED, async ({ kit }) => {
    const { client, jwk, prove } = await keyed(kit);
    const key = new TextEncoder().encode(JSON.stringify(jwk));
    return await redeem(kit, client, await prove({}, { header: { alg: "HS256", kid: "1" }, key }));
  }],
  "an assertion that brings its own key": [REFUSED, async ({ kit }) => {
    const { client, prove } = await keyed(kit);
    const { privateKey: key, publicKey } = await generateKeyPair("ES256");
    const header = { alg: "ES256", jwk: await exportJWK(publicKey), jku: `${kit.url}/jwks` };
    return await redeem(kit, client, await prove({}, { header, key }));
  }],
  "an assertion with an unknown critical header": [REFUSED, async ({ kit }) => {
    const { client, prove } = await keyed(kit);
    const [, claims, signature] = (await prove()).split(".");
    const header = part({ alg: "ES256", kid: "1", crit: ["exp"], exp: 1 });
    return await redeem(kit, client, `${header}.${claims}.${signature}`);
  }],
  "the attacker's assertion about the victim's client": [REFUSED, async ({ kit }) => {
    const [own, other] = [await keyed(kit), await keyed(kit)];
    const { client_id } = other.client;
    return await redeem(kit, other.client, await own.prove({ iss: client_id, sub: client_id }));
  }],
  "an assertion of one client, and the id of another": [REFUSED, async ({ kit }) => {
    const [own, other] = [await keyed(kit), await keyed(kit)];
    return await redeem(kit, other.client, await own.prove());
  }],
  "an assertion beside a secret": [REFUSED, async ({ kit }) => {
    const { client, prove } = await keyed(kit);
    return await redeem(kit, client, await prove(), { client_secret: "x".repeat(43) });
  }],
  "an assertion of another type": [REFUSED, async ({ kit }) => {
    const { client, prove } = await keyed(kit);
    const client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    return await redeem(kit, client, await prove(), { client_assertion_type });
  }],
  "an assertion with an id of five thousand characters": [
    ["200 ok", ...REFUSED],
    async ({ kit }) => {
      const { client, prove } = await keyed(kit);
      return await redeem(kit, client, await prove({ jti: "x".repeat(5_000) }));
    },
  ],
  "an assertion whose id is a lone surrogate": [["200 ok", ...REFUSED], async ({ kit }) => {
    const { client, prove } = await keyed(kit);
    return await redeem(kit, client, await prove({ jti: "\ud800" }));
  }],
  "an assertion whose expiry is out of range": [REFUSED, async ({ kit }) => {
    const { client, prove } = await keyed(kit);
    return await redeem(kit, client, await prove({ exp: 1e300 }));
  }],
  "a client registers its private key": [["400 invalid_client_metadata"], async ({ kit }) => {
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    const keys = [await exportJWK(privateKey)];
    return await kit.register({ token_endpoint_auth_method: "private_key_jwt", jwks: { keys } });
  }],
  "a client registers a secret as its key": [["400 invalid_client_metadata"], async ({ kit }) => {
    const keys = [{ kty: "oct", k: "c2VjcmV0", alg: "HS256" }];
    return await kit.register({ token_endpoint_auth_method: "private_key_jwt", jwks: { keys } });
  }],
  "a client registers a thousand keys": [
    ["400 invalid_client_metadata", "413 invalid_request", "413 TOO_LARGE"],
    async ({ kit }) => {
      const keys = Array.from(
        { length: 1_000 },
        () => ({ kty: "EC", crv: "P-256", x: "x", y: "y" }),
      );
      return await kit.register({ token_endpoint_auth_method: "private_key_jwt", jwks: { keys } });
    },
  ],
};

attacks("clients that authenticate with a key", { ...FORGED, ...ASSERTIONS });
