/** Clients whose id is the URL of a document, with documents on a real https site. */
import assert from "node:assert/strict";
import { ACCOUNT_LIMITS } from "../../../src/domain/limits/accounts.ts";
import { publicFetch } from "../../../src/outbound/public_fetch.ts";
import { type ClientSite, clientSite } from "../../oauth/client_site.ts";
import {
  authorization,
  CLAUDE,
  newPkce,
  OAuthEndpoints,
  refusal,
  STRANGER,
} from "../../oauth/oauth_endpoints.ts";

const MINUTE_MS = 60_000;

/** The endpoints' answer to an authorization request of this client, as text. */
async function answer(
  oauth: OAuthEndpoints,
  clientId: string,
  redirectUri = CLAUDE,
): Promise<string> {
  const asked = authorization({ client_id: clientId }, newPkce(), redirectUri);
  const response = await oauth.authorize(asked);
  const text = await response.text();
  return response.status === 303 ? "code" : text.replaceAll(/<[^>]*>|\s+/g, " ");
}

async function opened(): Promise<{ site: ClientSite; oauth: OAuthEndpoints } & AsyncDisposable> {
  const site = await clientSite(CLAUDE);
  const oauth = await OAuthEndpoints.open({ site });
  return {
    site,
    oauth,
    async [Symbol.asyncDispose]() {
      oauth[Symbol.dispose]();
      await site[Symbol.asyncDispose]();
    },
  };
}

Deno.test("ClientDirectory finds a client by its document, and fetches it once", async () => {
  await using it = await opened();
  const client = { client_id: it.site.putClient("/client.json", { client_name: "Published" }) };
  const first = await it.oauth.signIn(client);
  const grant = await it.oauth.store.access(first.access_token, it.oauth.now);
  assert.equal(grant?.clientId, client.client_id);
  const response = await it.oauth.refresh(client, first.refresh_token);
  assert.equal(response.status, 200);
  const second = await response.json();
  const revoked = { client_id: client.client_id, token: second.access_token };
  assert.equal((await it.oauth.post("/revoke", revoked)).status, 200);
  assert.equal(await it.oauth.who(second.access_token), undefined);
  assert.deepEqual(it.site.seen, ["/client.json"]);
});

Deno.test("ClientDirectory shows the document's name on the consent page", async () => {
  await using it = await opened();
  const id = it.site.putClient("/c", { client_name: "<Chess>", redirect_uris: [STRANGER] });
  assert.match(await answer(it.oauth, id, STRANGER), /&lt;Chess&gt;.*app\.example/);
});

Deno.test("authorize() needs no consent for a client that the operator lists by its exact id", async () => {
  await using site = await clientSite(STRANGER);
  const [listed, other] = [site.putClient("/listed"), site.putClient("/listed2")];
  using oauth = await OAuthEndpoints.open({ site, trusted: (id) => id === listed });
  assert.equal(await answer(oauth, listed, STRANGER), "code");
  assert.match(await answer(oauth, other, STRANGER), /app\.example/);
  assert.match(await answer(oauth, listed, CLAUDE), /did not register/);
});

Deno.test("ClientDirectory binds code and tokens to the client of the document", async () => {
  await using it = await opened();
  const mine = { client_id: it.site.putClient("/mine") };
  const other = { client_id: it.site.putClient("/other") };
  const pkce = newPkce();
  const code = await it.oauth.code(mine, pkce);
  assert.equal(await refusal(await it.oauth.redeem(other, pkce, code)), "400 invalid_grant");
  const tokens = await (await it.oauth.redeem(mine, pkce, code)).json();
  const refreshed = await it.oauth.refresh(other, tokens.refresh_token);
  assert.equal(await refusal(refreshed), "400 invalid_grant");
  assert(await it.oauth.who(tokens.access_token));
});

Deno.test("ClientDirectory accepts a redirect URI of the document, on loopback with any port", async () => {
  await using it = await opened();
  const redirect_uris = [CLAUDE, "http://localhost/cb", "app.private:/cb"];
  const id = it.site.putClient("/c", { redirect_uris });
  assert.equal(await answer(it.oauth, id, "http://localhost:8123/cb"), "code");
  assert.match(await answer(it.oauth, id, "app.private:/cb"), /opens +app\.private: +links/);
  for (const uri of [STRANGER, "http://localhost/other", "app.private:/other"]) {
    assert.match(await answer(it.oauth, id, uri), /did not register/, uri);
  }
});

const REFUSED_IDS: [why: string, id: (origin: string) => string, message: RegExp][] = [
  ["http", (origin) => `${origin.replace("https", "http")}/c`, /must use https/],
  ["another scheme", () => "urn:client:1", /must use https/],
  ["a fragment", (origin) => `${origin}/c#x`, /fragment/],
  ["an empty fragment", (origin) => `${origin}/c#`, /fragment/],
  ["a user name", (origin) => `${origin.replace("//", "//me@")}/c`, /user name/],
  ["no path", (origin) => origin, /have a path/],
  ["the root", (origin) => `${origin}/`, /have a path/],
  ["dot segments", (origin) => `${origin}/a/../c`, /dot segments/],
  ["encoded dot segments", (origin) => `${origin}/a/%2e%2E/c`, /dot segments/],
  ["capitals in the host", (origin) => `${origin.replace("local", "LOCAL")}/c`, /normal form/],
  ["a default port", () => "https://localhost:443/c", /normal form/],
  ["a space", (origin) => `${origin}/ c`, /normal form/],
  ["a long URL", (origin) => `${origin}/${"c".repeat(500)}`, /longer than 500/],
  ["an address", (origin) => `${origin.replace("localhost", "127.0.0.1")}/c`, /small JSON/],
  ["an IPv6 address", (origin) => `${origin.replace("localhost", "[::1]")}/c`, /small JSON/],
  ["an odd address", () => "https://0x7f000001/c", /normal form/],
];

for (const [why, id, message] of REFUSED_IDS) {
  Deno.test(`ClientDirectory fetches no document whose URL has ${why}`, async () => {
    await using it = await opened();
    it.site.putClient("/c");
    assert.match(await answer(it.oauth, id(it.site.origin)), message);
    const form = { client_id: id(it.site.origin), grant_type: "refresh_token", refresh_token: "x" };
    assert.equal(await refusal(await it.oauth.post("/token", form)), "401 invalid_client");
    assert.deepEqual(it.site.seen, []);
  });
}

const REFUSED_DOCUMENTS: [why: string, metadata: Record<string, unknown>, message: RegExp][] = [
  ["another client_id", { client_id: "https://localhost/c" }, /client_id: must be the URL/],
  ["no client_id", { client_id: undefined }, /client_id/],
  ["no redirect URIs", { redirect_uris: undefined }, /redirect_uris/],
  ["unusable redirect URIs", { redirect_uris: ["http://app.example/", "x:/y"] }, /redirect_uris/],
  ["51 redirect URIs", { redirect_uris: Array(51).fill(CLAUDE) }, /redirect_uris/],
  ["a secret", { client_secret: "s" }, /client_secret/],
  ["a shared secret", { token_endpoint_auth_method: "client_secret_post" }, /auth_method/],
  ["a proof without keys", { token_endpoint_auth_method: "private_key_jwt" }, /jwks/],
  ["keys twice", { jwks: { keys: [] }, jwks_uri: "https://localhost/keys" }, /jwks/],
  ["keys over http", { jwks_uri: "http://localhost/keys" }, /jwks_uri/],
  ["another grant", { grant_types: ["client_credentials"] }, /grant_types/],
  ["a long name", { client_name: "n".repeat(101) }, /client_name/],
];

for (const [why, metadata, message] of REFUSED_DOCUMENTS) {
  Deno.test(`ClientDirectory refuses a document with ${why}`, async () => {
    await using it = await opened();
    const id = it.site.putClient("/c", metadata);
    assert.match(await answer(it.oauth, id), message);
  });
}

Deno.test("ClientDirectory accepts a document that offers private_key_jwt and none", async () => {
  await using it = await opened();
  const client_id = it.site.putClient("/chatgpt.json", {
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_methods_supported: ["none", "private_key_jwt"],
    jwks_uri: `${it.site.origin}/keys`,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    scope: "anything",
    logo_uri: "https://localhost/logo.png",
  });
  assert(await it.oauth.who((await it.oauth.signIn({ client_id })).access_token));
});

const json = (body: string, headers: HeadersInit = {}, status = 200) => () =>
  new Response(body, { status, headers: { "content-type": "application/json", ...headers } });

const BAD_ANSWERS: [why: string, page: (origin: string) => () => Response, message: RegExp][] = [
  ["a redirect", (origin) => () => Response.redirect(`${origin}/good`), /status 200/],
  ["another success", () => json("{}", {}, 201), /status 200/],
  ["nothing there", () => json("{}", {}, 404), /status 200/],
  ["a failure", () => json("{}", {}, 500), /cannot be fetched/],
  ["no JSON", () => json("{"), /JSON/],
  ["bytes that are not text", () => () => json("\xff")(), /JSON|refused/],
  ["HTML", () => () => new Response("{}", { headers: { "content-type": "text/html" } }), /JSON/],
  ["too many bytes", () => json(`"${"x".repeat(ACCOUNT_LIMITS.documentBytes)}"`), /small/],
  ["endless bytes", () => () => json("")() && endless(), /small/],
];

function endless(): Response {
  const chunk = new TextEncoder().encode(" ".repeat(1024));
  const body = new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
  return new Response(body, { headers: { "content-type": "application/json" } });
}

for (const [why, page, message] of BAD_ANSWERS) {
  Deno.test(`ClientDirectory refuses a site that answers with ${why}`, async () => {
    await using it = await opened();
    it.site.putClient("/good");
    const id = it.site.put("/c", page(it.site.origin));
    assert.match(await answer(it.oauth, id), message);
    assert.deepEqual(it.site.seen, ["/c"]);
    await answer(it.oauth, id);
    assert.deepEqual(it.site.seen, ["/c"], "the server does not retry a failed site at once");
    it.oauth.pass(10_000);
    it.site.putClient("/c");
    assert.equal(await answer(it.oauth, id), "code");
  });
}

Deno.test("ClientDirectory reports an unreachable site at the token endpoint", async () => {
  await using it = await opened();
  const client_id = it.site.put("/c", json("{}", {}, 503));
  const form = { client_id, grant_type: "refresh_token", refresh_token: "x" };
  const response = await it.oauth.post("/token", form);
  assert.equal(response.headers.get("retry-after"), "60");
  assert.equal(await refusal(response), "503 temporarily_unavailable");
});

Deno.test("ClientDirectory fetches only from public addresses", async () => {
  await using site = await clientSite(CLAUDE);
  using oauth = await OAuthEndpoints.open(); // with the fetch of production
  const id = site.putClient("/c");
  assert.match(await answer(oauth, id), /cannot be fetched from a public address/);
  assert.deepEqual(site.seen, []);
  assert.deepEqual(oauth.log, ["oauth.document_not_fetched"]);
});

Deno.test("ClientDirectory refuses a certificate of an unknown authority", async () => {
  await using it = await opened();
  const { network } = it.site;
  const stranger = await OAuthEndpoints.open({
    site: { ...it.site, network: { ...network, caCerts: [] } },
  });
  using oauth = stranger;
  assert.match(await answer(oauth, it.site.putClient("/c")), /cannot be fetched/);
  assert.deepEqual(it.site.seen, []);
});

for (const what of ["answers", "ends"]) {
  Deno.test(`publicFetch() gives up on a site that never ${what}`, async () => {
    await using site = await clientSite(CLAUDE);
    const over = Promise.withResolvers<void>();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("[")),
      pull: () => over.promise,
    });
    const headers = { "content-type": "application/json" };
    const url = site.put("/c", async () => {
      if (what === "answers") await over.promise;
      return new Response(body, { headers });
    });
    try {
      await assert.rejects(publicFetch({ test: site.network, withinMs: 50 })(url), {
        kind: "away",
      });
    } finally {
      over.resolve();
    }
  });
}

const LIFETIMES: [cacheControl: string | undefined, freshMinutes: number][] = [
  [undefined, 60],
  ["public, max-age=1800", 30],
  ["max-age=0", 5],
  ["no-store, max-age=1800", 5],
  ["max-age=999999999", 24 * 60],
];

for (const [cacheControl, minutes] of LIFETIMES) {
  Deno.test(`ClientDirectory keeps a document ${minutes} minutes for ${cacheControl}`, async () => {
    await using it = await opened();
    const document = JSON.stringify({
      client_id: `${it.site.origin}/c`,
      redirect_uris: [CLAUDE],
    });
    const id = it.site.put(
      "/c",
      json(document, cacheControl ? { "cache-control": cacheControl } : {}),
    );
    await answer(it.oauth, id);
    it.oauth.pass(minutes * MINUTE_MS - 1);
    await answer(it.oauth, id);
    assert.equal(it.site.seen.length, 1);
    it.oauth.pass(1);
    assert.equal(await answer(it.oauth, id), "code");
    assert.equal(it.site.seen.length, 2);
  });
}

Deno.test("ClientDirectory serves a stale document for a day while its site is unreachable", async () => {
  await using it = await opened();
  const id = it.site.putClient("/c");
  await answer(it.oauth, id);
  it.site.put("/c", json("", {}, 502));
  it.oauth.pass(25 * 60 * MINUTE_MS - 1);
  assert.equal(await answer(it.oauth, id), "code");
  it.oauth.pass(1);
  assert.match(await answer(it.oauth, id), /cannot be fetched/);
});

/** Whether the metadata tells clients to use documents. */
async function isOffered(oauth: OAuthEndpoints): Promise<boolean> {
  const metadata = await oauth.send("/.well-known/oauth-authorization-server");
  return (await metadata.json()).client_id_metadata_document_supported;
}

Deno.test("ClientDirectory offers documents again ten minutes after a fetch failed", async () => {
  await using it = await opened();
  const id = it.site.put("/c", json("", {}, 502));
  assert.equal(await isOffered(it.oauth), true);
  await answer(it.oauth, id);
  assert.equal(await isOffered(it.oauth), false);
  it.oauth.pass(10 * MINUTE_MS - 1);
  assert.equal(await isOffered(it.oauth), false);
  it.oauth.pass(1);
  assert.equal(await isOffered(it.oauth), true);
});

Deno.test("ClientDirectory offers documents again once a fetch succeeds", async () => {
  await using it = await opened();
  await answer(it.oauth, it.site.put("/away", json("", {}, 403)));
  assert.equal(await isOffered(it.oauth), false);
  await answer(it.oauth, it.site.putClient("/c"));
  assert.equal(await isOffered(it.oauth), true);
});

Deno.test("ClientDirectory goes on offering documents after a site answered that it has none", async () => {
  await using it = await opened();
  await answer(it.oauth, it.site.put("/none", json("", {}, 404)));
  assert.equal(await isOffered(it.oauth), true);
});

Deno.test("ClientDirectory waits no longer for a failed site if the clock is set back", async () => {
  await using it = await opened();
  const id = it.site.put("/c", json("{}", {}, 503));
  await answer(it.oauth, id);
  it.oauth.setClock(-60 * MINUTE_MS);
  it.site.putClient("/c");
  it.oauth.pass(10_000);
  assert.equal(await answer(it.oauth, id), "code");
});

Deno.test("ClientDirectory fetches a document again if its copy is from the future", async () => {
  await using it = await opened();
  const id = it.site.putClient("/c");
  await answer(it.oauth, id);
  it.oauth.setClock(-60 * MINUTE_MS);
  assert.equal(await answer(it.oauth, id), "code");
  assert.deepEqual(it.site.seen, ["/c", "/c"]);
});

Deno.test("ClientDirectory drops a document that is gone or changed", async () => {
  await using it = await opened();
  const id = it.site.putClient("/c");
  await answer(it.oauth, id);
  it.oauth.pass(60 * MINUTE_MS);
  it.site.put("/c", json("", {}, 404));
  assert.match(await answer(it.oauth, id), /status 200/);
  it.oauth.pass(MINUTE_MS);
  it.site.put("/c", json("", {}, 502));
  assert.match(await answer(it.oauth, id), /cannot be fetched/);
  it.oauth.pass(MINUTE_MS);
  it.site.putClient("/c", { redirect_uris: [STRANGER] });
  assert.match(await answer(it.oauth, id), /did not register/);
});

Deno.test("ClientDirectory shares concurrent fetches and bounds their number", async () => {
  await using it = await opened();
  const all = Promise.withResolvers<void>();
  const arrived = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const held = async ({ url }: Request) => {
    const client_id = url;
    arrived[it.site.seen.length - 1]?.resolve();
    await all.promise;
    return Response.json({ client_id, redirect_uris: [CLAUDE] });
  };
  const [one, two, three] = ["/1", "/2", "/3"].map((path) => it.site.put(path, held));
  const waiting = [one, one, one, two, one].map((id) => answer(it.oauth, id!));
  await Promise.all(arrived.map(({ promise }) => promise));
  assert.match(await answer(it.oauth, three!), /cannot be fetched/);
  all.resolve();
  assert.deepEqual(await Promise.all(waiting), Array(5).fill("code"));
  assert.deepEqual(it.site.seen.toSorted(), ["/1", "/2"]);
});

Deno.test("ClientDirectory bounds the fetches per minute", async () => {
  await using it = await opened();
  const most = ACCOUNT_LIMITS.documentFetchesPerMinute;
  for (let i = 0; i < most + 3; i++) await answer(it.oauth, `${it.site.origin}/${i}`);
  assert.equal(it.site.seen.length, most);
  it.oauth.pass(MINUTE_MS);
  assert.equal(await answer(it.oauth, it.site.putClient("/c")), "code");
});
