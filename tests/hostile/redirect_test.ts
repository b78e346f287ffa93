/** Redirect URIs: the ones that a client may register, and tricks that send an answer elsewhere
 *  (RFC 6749 10.6, RFC 8252 7.3 and 8.4, RFC 9700 4.1 and 4.11). The issuer in every answer
 *  prevents mix-up attacks (RFC 9207). */
import assert from "node:assert/strict";
import { locationOf, parameterOf, verdictOf } from "./answer.ts";
import { type Attacker, LOOPBACK, STRANGER } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";

/** Requests an answer to an unregistered URI. The server shows a page and sends nothing there. */
async function askedAt(kit: Attacker, registered: string, asked: string): Promise<string> {
  const client = await kit.client({ redirect_uris: [registered] });
  const honest = await kit.authorize(client, { redirect_uri: registered });
  assert.ok(["303 code", "200 page"].includes(verdictOf(honest)), "what was registered is served");
  const answer = await kit.authorize(client, { redirect_uri: asked });
  assert.equal(answer.headers.get("location"), null);
  return verdictOf(answer);
}

/** Rows that call `askedAt`, named by the requested URI. */
function elsewhere(registered: string, asked: Record<string, string>): AttackTable {
  return Object.fromEntries(
    Object.entries(asked).map(([name, uri]) => [
      `a request for an answer at ${name}`,
      ["400 page", async ({ kit }) => await askedAt(kit, registered, uri)],
    ]),
  );
}

const ELSEWHERE = elsewhere(STRANGER, {
  "the registered address as a prefix": `${STRANGER}.evil.example`,
  "a path below the registered one": `${STRANGER}/../evil`,
  "a deeper path": `${STRANGER}/deeper`,
  "the registered address as a suffix": "https://evil.example/?https://app.example/callback",
  "the registered host as a prefix": "https://app.example.evil.example/callback",
  "the registered host as a suffix": "https://evil-app.example/callback",
  "the registered host as user name": "https://app.example@evil.example/callback",
  "the registered host with a user name": "https://evil@app.example/callback",
  "a fragment": `${STRANGER}#@evil.example`,
  "a query that was not registered": `${STRANGER}?next=https://evil.example`,
  "another port, though it is not loopback": "https://app.example:8443/callback",
  "the default port spelled out": "https://app.example:443/callback",
  "another scheme": "http://app.example/callback",
  "a host in another case": "https://APP.example/callback",
  "a path in another case": "https://app.example/Callback",
  "a trailing slash": `${STRANGER}/`,
  "a doubled slash": "https://app.example//callback",
  "dot segments that lead back": "https://app.example/a/../callback",
  "a percent-encoded letter": "https://app.example/%63allback",
  "a percent-encoded slash": "https://app.example%2fcallback",
  "a backslash for a slash": "https://app.example\\callback",
  "a backslash before a user name": "https://evil.example\\@app.example/callback",
  "a host with a trailing dot": "https://app.example./callback",
  "an address without scheme": "//app.example/callback",
  "a relative address": "/callback",
  "an address with a line break": `${STRANGER}\r\nSet-Cookie: consent=x`,
  "an address with a NUL": `${STRANGER}\0`,
  "a script": "javascript:alert(1)//app.example/callback",
});

const ELSEWHERE_ON_LOOPBACK = elsewhere("http://127.0.0.1:8000/cb", {
  "loopback by another name": "http://localhost:8000/cb",
  "loopback written as one number": "http://2130706433:8000/cb",
  "loopback written short": "http://127.1:8000/cb",
  "loopback written in hexadecimal": "http://0x7f000001:8000/cb",
  "loopback with another path": "http://127.0.0.1:8000/cb2",
  "loopback with dot segments": "http://127.0.0.1:8000/x/../cb",
  "loopback with a query": "http://127.0.0.1:8000/cb?x",
  "loopback with a user name": "http://x@127.0.0.1:8000/cb",
  "loopback as a user name": "http://127.0.0.1:8000@evil.example/cb",
  "loopback with a fragment": "http://127.0.0.1:9000/cb#x",
  "loopback with an invalid port": "http://127.0.0.1:80000/cb",
});

/** Redirect URIs that no client may register. */
const UNREGISTRABLE = {
  "a script": "javascript:alert(document.domain)",
  "a document": "data:text/html,<script>1</script>",
  "a file": "file:///etc/passwd",
  "a blob": "blob:https://app.example/1",
  "a script in the place of an app": "javascript://app.example/%0aalert(1)",
  "a program of the operating system": "ms-msdt:/id",
  "a name that is not an address": "myapp:callback",
  "http beyond loopback": "http://app.example/callback",
  "http at a name that starts like loopback": "http://127.0.0.1.evil.example/callback",
  "http at a subdomain of localhost": "http://localhost.evil.example/callback",
  "http at a private address": "http://192.168.0.1/callback",
  "http at all addresses": "http://0.0.0.0/callback",
  "a user name": "https://user@app.example/callback",
  "a fragment": `${STRANGER}#x`,
  "an empty fragment": `${STRANGER}#`,
  "a wildcard": "https://*.example/callback",
  "a host that looks like another": "https://аpp.example/callback",
  "white space": `${STRANGER} https://evil.example`,
  "a line break": `${STRANGER}\r\nLocation: https://evil.example`,
  "a backslash": "https://app.example\\@evil.example/",
  "a scheme without slashes": "https:app.example/callback",
  "a scheme with too many slashes": "https:///app.example/callback",
  "nothing": "",
  "three thousand characters": `${STRANGER}?${"x".repeat(3000)}`,
};

const REGISTRATIONS: AttackTable = Object.fromEntries(
  Object.entries(UNREGISTRABLE).map(([name, uri]) => [
    `a redirect URI is registered that is ${name}`,
    [
      ["400 invalid_redirect_uri", "400 invalid_client_metadata"],
      async ({ kit }) => {
        // Beside a good one, it is left out.
        const { json } = await kit.register({ redirect_uris: [STRANGER, uri] });
        assert.deepEqual(json.redirect_uris, [STRANGER]);
        return await kit.register({
          redirect_uris: [uri],
          grant_types: ["authorization_code"],
        });
      },
    ],
  ]),
);

const APP = "com.example.app:/callback";

const PRIVATE_USE: AttackTable = {
  ...elsewhere(APP, {
    "an app's scheme with another path": `${APP}2`,
    "an app's scheme with an authority": "com.example.app://callback",
    "an app's scheme in another case": APP.toUpperCase(),
    "a scheme that begins with the app's": "com.example.app.evil:/callback",
  }),
  "any program claims an app's scheme, and the client of another": ["asked", async ({ kit }) => {
    const client = await kit.client({ redirect_uris: [APP, LOOPBACK], client_name: "Claude" });
    const answer = await kit.authorize(client, { redirect_uri: APP });
    assert.equal(answer.headers.get("location"), null);
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert.match(policy, /form-action 'self' https: com\.example\.app:;/);
    return verdictOf(answer) === "200 page" ? "asked" : verdictOf(answer);
  }],
};

/** Every answer names its issuer, also a refusal. */
async function issuerOf(kit: Attacker, changes: Record<string, string | undefined>) {
  const answer = await kit.authorize(await kit.client(), changes);
  assert.equal(locationOf(answer).origin, new URL(LOOPBACK).origin);
  return parameterOf(answer, "iss") === kit.url ? verdictOf(answer) : "no issuer";
}

const ANSWERS: AttackTable = {
  "mix-up: an answer with a code names its issuer": [
    "303 code",
    async ({ kit }) => await issuerOf(kit, {}),
  ],
  "mix-up: an answer that refuses names its issuer": [
    "303 unsupported_response_type",
    async ({ kit }) => await issuerOf(kit, { response_type: "token" }),
  ],
  "mix-up: an answer to a request that is malformed names its issuer": [
    "303 invalid_target",
    async ({ kit }) => await issuerOf(kit, { resource: "https://evil.example/mcp" }),
  ],
  "mix-up: the metadata promises the issuer, and names the same one": ["kept", async ({ kit }) => {
    const { json } = await kit.get("/.well-known/oauth-authorization-server");
    const { issuer, authorization_response_iss_parameter_supported: promised } = json;
    return issuer === kit.url && promised === true ? "kept" : `${issuer}, ${promised}`;
  }],
  "the implicit grant": [
    "303 unsupported_response_type",
    async ({ kit }) => await kit.authorize(await kit.client(), { response_type: "id_token token" }),
  ],
  "a request for an answer in the fragment": [
    "303 invalid_request",
    async ({ kit }) => await kit.authorize(await kit.client(), { response_mode: "fragment" }),
  ],
  "an unknown client and an address of the attacker's": [
    "400 page",
    async ({ kit }) =>
      await kit.authorize({ client_id: "nobody" }, { redirect_uri: "https://evil.example/" }),
  ],
  "no client": [
    "400 page",
    async ({ kit }) => await kit.authorize({ client_id: "" }, { redirect_uri: STRANGER }),
  ],
  "two redirect URIs, one of them registered": ["400 page", async ({ kit }) => {
    const [params] = kit.request(await kit.client());
    const query = `${new URLSearchParams(params)}&redirect_uri=https%3A%2F%2Fevil.example`;
    return await kit.get(`/oauth/authorize?${query}`);
  }],
  "parameters of the answer are injected through state": ["kept", async ({ kit }) => {
    const state = "x&code=forged&iss=https://evil.example#\r\nLocation: https://evil.example";
    const answer = await kit.authorize(await kit.client(), { state });
    const { searchParams, hash } = locationOf(answer);
    assert.deepEqual([searchParams.getAll("code").length, hash], [1, ""]);
    assert.deepEqual(searchParams.getAll("iss"), [kit.url]);
    return searchParams.get("state") === state ? "kept" : "changed";
  }],
  "parameters of the answer are injected through the registered URI": [
    "own last",
    async ({ kit }) => {
      const redirect_uri = "http://127.0.0.1/cb?code=forged&iss=https%3A%2F%2Fevil.example&state=x";
      const { status, json } = await kit.register({ redirect_uris: [redirect_uri] });
      if (status === 400) return "own last";
      const answer = await kit.authorize(json, { redirect_uri });
      return locationOf(answer).searchParams.getAll("iss").at(-1) === kit.url
        ? "own last"
        : "forged";
    },
  ],
};

attacks("redirect URIs", {
  ...ELSEWHERE,
  ...ELSEWHERE_ON_LOOPBACK,
  ...REGISTRATIONS,
  ...PRIVATE_USE,
  ...ANSWERS,
});
