/** Client-ID metadata documents: server-side request forgery by strangers, and invalid documents
 *  (draft-ietf-oauth-client-id-metadata-document, security considerations). */
import assert from "node:assert/strict";
import { generateKeyPair, SignJWT } from "jose";
import { type ClientSite, clientSite } from "../oauth/client_site.ts";
import { type Answer, verdictOf } from "./answer.ts";
import { type Attacker, LOOPBACK } from "./attacker.ts";
import { attacks, type AttackTable, play, type Scene } from "./attacks.ts";

/** Counts connections, and answers none. */
function trap() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let caught = 0;
  const done = (async () => {
    for await (const conn of listener) {
      caught++;
      conn.close();
    }
  })();
  return {
    port: listener.addr.port,
    get caught() {
      return caught;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await done;
    },
  };
}

/** `PORT` is a trap on this machine. */
const FORGED = {
  "plain http": "http://localhost:PORT/client.json",
  "plain http at an address": "http://127.0.0.1:PORT/client.json",
  "loopback": "https://127.0.0.1:PORT/client.json",
  "another loopback": "https://127.9.9.9:PORT/client.json",
  "loopback as one number": "https://2130706433:PORT/client.json",
  "loopback in hexadecimal": "https://0x7f000001:PORT/client.json",
  "loopback in octal": "https://0177.0.0.1:PORT/client.json",
  "loopback in short": "https://127.1:PORT/client.json",
  "loopback by name": "https://localhost:PORT/client.json",
  "loopback by name with a dot": "https://localhost.:PORT/client.json",
  "a name below localhost": "https://client.localhost:PORT/client.json",
  "loopback of IPv6": "https://[::1]:PORT/client.json",
  "loopback of IPv4 in IPv6": "https://[::ffff:127.0.0.1]:PORT/client.json",
  "loopback of IPv4 in IPv6, in hexadecimal": "https://[::ffff:7f00:1]:PORT/client.json",
  "loopback behind NAT64": "https://[64:ff9b::7f00:1]:PORT/client.json",
  "loopback of IPv4 in the oldest IPv6": "https://[::127.0.0.1]:PORT/client.json",
  "loopback translated to IPv6": "https://[::ffff:0:127.0.0.1]:PORT/client.json",
  "loopback behind 6to4": "https://[2002:7f00:1::]:PORT/client.json",
  "loopback behind Teredo": "https://[2001:0:7f00:1::]:PORT/client.json",
  "loopback, each number in another base": "https://0x7f.0.0.01:PORT/client.json",
  "loopback with a percent-encoded digit": "https://%3127.0.0.1:PORT/client.json",
  "all addresses": "https://0.0.0.0:PORT/client.json",
  "all addresses of IPv6": "https://[::]:PORT/client.json",
  "the cloud's metadata": "https://169.254.169.254/latest/meta-data/",
  "a private network": "https://10.0.0.1:PORT/client.json",
  "another private network": "https://192.168.1.1:PORT/client.json",
  "the private network of a carrier": "https://100.64.0.1:PORT/client.json",
  "everybody on the network": "https://255.255.255.255:PORT/client.json",
  "a group": "https://224.0.0.1:PORT/client.json",
  "the cloud's metadata, as one number": "https://2852039166/latest/meta-data/",
  "the cloud's metadata of IPv6": "https://[fd00:ec2::254]/latest/meta-data/",
  "a unique local address": "https://[fd00::1]:PORT/client.json",
  "a link-local address": "https://[fe80::1]:PORT/client.json",
  "a link-local address with its zone": "https://[fe80::1%25lo]:PORT/client.json",
  "a user name": "https://claude.ai@localhost:PORT/client.json",
  "a password": "https://claude.ai:x@localhost:PORT/client.json",
  "a backslash": "https://claude.ai\\@localhost:PORT/client.json",
  "a fragment": "https://localhost:PORT/client.json#x",
  "no path": "https://localhost:PORT",
  "dot segments": "https://localhost:PORT/x/../client.json",
  "digits that are full-width": "https://１２７.0.0.1:PORT/client.json",
  "a line break": "https://localhost:PORT/client.json\r\nHost: evil",
  "a file": "file:///etc/passwd",
  "a script": "javascript:alert(1)",
  "data": `data:application/json,{"client_id":"x"}`,
  "ftp": "ftp://localhost:PORT/client.json",
  "five thousand characters": `https://localhost:PORT/${"x".repeat(5_000)}`,
};

const UNKNOWN = [
  "401 invalid_client",
  "400 invalid_client",
  "400 invalid_request",
  "400 temporarily_unavailable",
  "503 temporarily_unavailable",
];

/** Sends a client id to every endpoint that takes one. Asserts that the server never connects to
 *  the trap, and that no answer reveals why. */
async function named({ kit }: Scene, clientId: (port: number) => string): Promise<Answer> {
  await using closed = trap();
  const client_id = clientId(closed.port);
  const grant = { grant_type: "authorization_code", code: "x", code_verifier: "v".repeat(43) };
  const answers = [
    await kit.token({ ...grant, client_id }),
    await kit.form("/revoke", { client_id, token: "x" }),
  ];
  for (const answer of answers) assert.ok(UNKNOWN.includes(verdictOf(answer)), verdictOf(answer));
  const page = await kit.authorize({ client_id });
  assert.equal(closed.caught, 0, "the server came to the trap");
  for (const { text } of [page, ...answers]) {
    assert.doesNotMatch(text, /refused|ECONN|resolve|certificate|timed? ?out|127\.0\.0\.1 /i);
  }
  return page;
}

const FORGERY: AttackTable = Object.fromEntries([
  ...Object.entries(FORGED).map(([name, url]): [string, AttackTable[string]] => [
    `the server is sent to ${name}`,
    ["400 page", async (scene) => await named(scene, (port) => url.replace("PORT", `${port}`))],
  ]),
  ["the server is sent to itself", ["400 page", async (scene: Scene) => {
    const { host } = new URL(scene.kit.url);
    return await named(scene, () => `https://${host}/.well-known/oauth-authorization-server`);
  }]],
]);

attacks("fetches of client documents", FORGERY);

type Respond = (document: object) => Response;

/** Sends the assertion of a client whose document refers to keys at `jwks_uri`. */
async function proven({ kit }: Scene, { origin, put }: ClientSite, jwks_uri: string) {
  const path = `/${crypto.randomUUID()}.json`;
  const client_id = origin + path;
  const token_endpoint_auth_method = "private_key_jwt";
  put(path, { client_id, redirect_uris: [LOOPBACK], token_endpoint_auth_method, jwks_uri });
  const { privateKey } = await generateKeyPair("ES256");
  const client_assertion = await new SignJWT({ iss: client_id, sub: client_id, jti: "1" })
    .setProtectedHeader({ alg: "ES256" }).setAudience(`${kit.url}/token`)
    .setExpirationTime("1m").sign(privateKey);
  const client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  const grant = { grant_type: "authorization_code", code: "x", code_verifier: "v".repeat(43) };
  return await kit.token({ ...grant, client_id, client_assertion, client_assertion_type });
}

/** Publishes a valid document with `changes`, and requests a code with its URL. */
async function published(
  kit: Attacker,
  { origin, put }: ClientSite,
  changes: Record<string, unknown>,
  respond: Respond = (document) => Response.json(document),
): Promise<Answer> {
  const path = `/${crypto.randomUUID()}.json`;
  const client_id = origin + path;
  const redirect_uris = [LOOPBACK];
  put(path, () => respond({ client_id, client_name: "attacker", redirect_uris, ...changes }));
  return await kit.authorize({ client_id });
}

const DOCUMENTS: Record<string, Record<string, unknown>> = {
  "another's client_id": { client_id: "https://claude.ai/oauth/mcp-oauth-client-metadata" },
  "a client_id in another spelling": { client_id: "HTTPS://LOCALHOST/x" },
  "no client_id": { client_id: undefined },
  "a client_id that is a list": { client_id: ["https://localhost/x"] },
  "no redirect URI": { redirect_uris: [] },
  "a redirect URI that is a script": { redirect_uris: ["javascript:alert(1)"] },
  "other redirect URIs than that of the request": {
    redirect_uris: ["https://app.example/callback"],
  },
  "a secret": { client_secret: "published", token_endpoint_auth_method: "client_secret_post" },
  "an authentication method that needs a secret": {
    token_endpoint_auth_method: "client_secret_basic",
  },
  "authentication with a key, but no keys": { token_endpoint_auth_method: "private_key_jwt" },
  "a name of a thousand characters": { client_name: "x".repeat(1_000) },
};

const RESPONSES: Record<string, Respond> = {
  "a permanent redirect": () => Response.redirect("http://127.0.0.1/", 308),
  "an error with a document": (body) => Response.json(body, { status: 404 }),
  "no content": () => new Response(null, { status: 204 }),
  "a web page": (body) =>
    new Response(JSON.stringify(body), { headers: { "content-type": "text/html" } }),
  "a list of documents": (body) => Response.json([body]),
  "no JSON": () => new Response("{", { headers: { "content-type": "application/json" } }),
  "a megabyte": (body) => Response.json({ ...body, padding: "x".repeat(1024 * 1024) }),
  "a document without end": () => {
    const part = new TextEncoder().encode(`{"padding":"${"x".repeat(60_000)}`);
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(part) });
    return new Response(body, { headers: { "content-type": "application/json" } });
  },
  "a document that is compressed": (body) =>
    new Response(
      new Response(JSON.stringify(body)).body!.pipeThrough(new CompressionStream("gzip")),
      {
        headers: { "content-type": "application/json", "content-encoding": "gzip" },
      },
    ),
};

Deno.test("attacks: documents", async (t) => {
  await using site = await clientSite(LOOPBACK);
  const row = (name: string, changes: object, respond?: Respond): [string, AttackTable[string]] => [
    `a document with ${name}`,
    ["400 page", async ({ kit }) => await published(kit, site, { ...changes }, respond)],
  ];
  const table: AttackTable = {
    ...Object.fromEntries(Object.entries(DOCUMENTS).map(([name, changes]) => row(name, changes))),
    ...Object.fromEntries(Object.entries(RESPONSES).map(([name, how]) => row(name, {}, how))),
    "a valid document": [
      "303 code",
      async ({ kit }) => await published(kit, site, {}),
    ],
    "a document, and its code is stolen": ["400 invalid_grant", async ({ kit }) => {
      const client_id = site.putClient("/honest.json");
      const purchase = await kit.buy({ client_id });
      return await kit.redeem(purchase, { client_id: (await kit.client()).client_id });
    }],
    "keys behind a redirect that is followed": ["not followed", async (scene) => {
      const keys = site.put("/keys.json", { keys: [] });
      const jwks_uri = site.put("/moved.json", () => Response.redirect(keys, 302));
      const answer = await proven(scene, site, jwks_uri);
      assert.ok(UNKNOWN.includes(verdictOf(answer)), verdictOf(answer));
      assert.ok(site.seen.includes("/moved.json"), "the server asked for the keys");
      return site.seen.includes("/keys.json") ? "followed" : "not followed";
    }],
    "a redirect that is followed": ["not followed", async ({ kit }) => {
      const elsewhere = site.putClient("/elsewhere.json");
      await published(kit, site, {}, () => Response.redirect(elsewhere, 302));
      return site.seen.includes("/elsewhere.json") ? "followed" : "not followed";
    }],
  };
  await play(t, table, { testNetwork: site.network, clientDocuments: true });
});

/** `PORT` is a trap on this machine. */
const KEYS = [
  "http://127.0.0.1:PORT/keys",
  "http://localhost:PORT/keys",
  "http://[::1]:PORT/keys",
  "file:///etc/passwd",
  "gopher://127.0.0.1:PORT/x",
];

Deno.test("attacks: fetches of client keys", async (t) => {
  await using site = await clientSite(LOOPBACK);
  await using closed = trap();
  const table: AttackTable = Object.fromEntries(KEYS.map((url) => [
    `the server is sent to ${url}`,
    [UNKNOWN, async (scene: Scene) => {
      const answer = await proven(scene, site, url.replace("PORT", `${closed.port}`));
      assert.equal(closed.caught, 0, "the server came to the trap");
      return answer;
    }],
  ]));
  await play(t, table, { testNetwork: site.network, clientDocuments: true });
});
