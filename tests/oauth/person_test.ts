/** The sign-in of people at an https address: cookies, and clients that the operator vouches
 *  for. */
import assert from "node:assert/strict";
import { formProof } from "../../src/accounts/secret.ts";
import { Browser } from "../support/browser.ts";
import { authorization, newPkce, OAuthEndpoints, PUBLIC_URL, STRANGER } from "./oauth_endpoints.ts";
import { CLIENT, type StandIn, standIn } from "./github_stand_in.ts";

const PKCE = newPkce();

function browserAt(oauth: OAuthEndpoints, cookies: string[] = []): Browser {
  return new Browser({
    [PUBLIC_URL]: async (request) => {
      const response = await oauth.app.fetch(request);
      cookies.push(...response.headers.getSetCookie());
      return response;
    },
  });
}

async function endpointsWith(
  { endpoints }: StandIn,
  trusted?: (id: string) => boolean,
): Promise<OAuthEndpoints> {
  return await OAuthEndpoints.open({ login: { github: { ...CLIENT, endpoints } }, trusted });
}

/** Presses the button on the open page and returns from GitHub. */
async function signIn(browser: Browser): Promise<void> {
  await browser.press("Sign in with GitHub");
  const state = browser.page.url.searchParams.get("state");
  await browser.open(`${PUBLIC_URL}/login/github/callback?code=c&state=${state}`);
}

Deno.test("the session cookie is hidden from scripts, plain http and other hosts", async () => {
  await using github = standIn();
  using oauth = await endpointsWith(github);
  const cookies: string[] = [];
  const browser = browserAt(oauth, cookies);
  await browser.open(`${PUBLIC_URL}/login`);
  await signIn(browser);
  assert.match(
    cookies.find((cookie) => cookie.startsWith("__Host-session")) ?? "",
    /^__Host-session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  const secrets = ["__Host-session", "__Host-consent"].map((name) => browser.cookie(name)!);
  const stored = await Array.fromAsync(oauth.kv.list({ prefix: [] }));
  const text = JSON.stringify(stored.map(({ key, value }) => [key, value]));
  assert.ok(text.includes("github:583231"));
  for (const secret of secrets) assert.ok(secret && !text.includes(secret), "is stored hashed");

  browser.plant("session", browser.cookie("__Host-session")!, "play.example");
  await browser.send(`${PUBLIC_URL}/logout`, { proof: formProof(secrets[0]!) });
  assert.ok(browser.form("Sign in with GitHub"), "the server ignores a cookie without the prefix");
  assert.equal(browser.cookie("__Host-session"), undefined);
});

Deno.test("a client that the operator vouches for needs no consent and can be revoked", async () => {
  await using github = standIn();
  const vouched = new Set<string>();
  using oauth = await endpointsWith(github, (id) => vouched.has(id));
  const client = await oauth.register({ redirect_uris: [STRANGER], client_name: "Vouched" });
  vouched.add(client.client_id);
  const ask = `${PUBLIC_URL}/oauth/authorize?${new URLSearchParams(
    authorization(client, PKCE, STRANGER),
  )}`;
  const browser = browserAt(oauth);
  await browser.open(ask);
  await signIn(browser);
  assert.equal(browser.page.url.origin, new URL(STRANGER).origin);
  assert.ok(browser.page.url.searchParams.get("code"));

  assert.deepEqual((await oauth.apps("github:583231")).map(({ label }) => label), ["Vouched"]);
  vouched.clear();
  await browser.open(ask);
  assert.match(browser.page.html, /github:583231/, "the operator's approval ends with the setting");
  await browser.press("Allow");
  await browser.open(ask);
  assert.equal(browser.page.url.origin, new URL(STRANGER).origin, "the person's approval lasts");
});

Deno.test("a client that the operator vouches for needs no consent of a guest", async () => {
  using oauth = await OAuthEndpoints.open({ trusted: () => true });
  const client = await oauth.register({ redirect_uris: [STRANGER] });
  const response = await oauth.authorize(authorization(client, PKCE, STRANGER));
  assert.equal(response.status, 303);
});

const APP = "com.example.app:/callback";

Deno.test("a person is asked each time where any program may claim the answer's scheme", async () => {
  await using github = standIn();
  using oauth = await endpointsWith(github, () => true);
  const client = await oauth.register({ redirect_uris: [APP], client_name: "Vouched" });
  const query = new URLSearchParams(authorization(client, PKCE, APP));
  const ask = `${PUBLIC_URL}/oauth/authorize?${query}`;
  const browser = browserAt(oauth);
  await browser.open(ask);
  await signIn(browser);
  for (let time = 0; time < 2; time++) {
    assert.match(browser.page.html, /opens\s+<b><bdi>com\.example\.app:</);
    await browser.press("Allow");
    assert.ok(browser.page.url.href.startsWith(`${APP}?code=`));
    await browser.open(ask);
  }
  const [app] = await oauth.apps("github:583231");
  assert.deepEqual([app?.label, app?.redirectHosts], ["Vouched", ["com.example.app:"]]);
});

Deno.test("a guest is asked where any program may claim the answer's scheme", async () => {
  using oauth = await OAuthEndpoints.open({ trusted: () => true });
  const client = await oauth.register({ redirect_uris: [APP] });
  const response = await oauth.authorize(authorization(client, PKCE, APP));
  assert.equal(response.status, 200);
  assert.match(await response.text(), /opens\s+<b><bdi>com\.example\.app:</);
});

Deno.test("a session ends once the operator removes its provider", async () => {
  await using github = standIn();
  using oauth = await endpointsWith(github);
  const browser = browserAt(oauth);
  await browser.open(`${PUBLIC_URL}/login`);
  await signIn(browser);
  const headers = { cookie: `__Host-session=${browser.cookie("__Host-session")}` };
  const greeted = await oauth.send("/login", { headers });
  assert.deepEqual([greeted.status, greeted.headers.get("location")], [303, "/me"]);
  const oidc = { id: "id", secret: "secret", issuer: "https://id.example", name: "Ours" };
  const later = oauth.withLogin({ oidc });
  const response = await later.send("/login", { headers });
  assert.match(await response.text(), /Sign in with Ours/);
});

Deno.test("a request that is too long to store is refused", async () => {
  await using github = standIn();
  using oauth = await endpointsWith(github);
  const client = await oauth.register({ redirect_uris: [STRANGER] });
  const long = { ...authorization(client, PKCE, STRANGER), more: "x".repeat(20_000) };
  const response = await oauth.authorize(long);
  const { searchParams } = new URL(response.headers.get("location")!);
  assert.equal(searchParams.get("error"), "invalid_request");
});

Deno.test("a server without sign-in has no sign-in pages", async () => {
  using oauth = await OAuthEndpoints.open();
  for (const path of ["/login", "/login/github/callback"]) {
    assert.equal((await oauth.send(path)).status, 404);
  }
  for (const path of ["/login", "/login/github", "/logout"]) {
    assert.equal((await oauth.post(path, {})).status, 404);
  }
});
