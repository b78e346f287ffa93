/** Attacks on a sign-in in progress. The server refuses each, and no session begins. */
import assert from "node:assert/strict";
import { ACCOUNT_LIMITS } from "../../src/domain/limits/accounts.ts";
import { Browser } from "../support/browser.ts";
import { signInAtProvider } from "../support/oidc_provider.ts";
import { Assistant, OAuthApp, SIGN_IN } from "./oauth_app.ts";

/** Signs in at the provider. The callback does not reach the server yet. */
async function callbackOf(app: OAuthApp, browser: Browser, person: string): Promise<URL> {
  await browser.open(`${app.url}/login`);
  browser.stopAt = /\/callback\?/;
  await browser.press(SIGN_IN);
  await signInAtProvider(browser, person);
  browser.stopAt = undefined;
  assert.equal(browser.page.url.pathname, "/login/oidc/callback");
  return browser.page.url;
}

function refused(browser: Browser, status = 400): void {
  assert.equal(browser.page.status, status, browser.page.html);
  assert.equal(browser.cookie("session"), undefined);
}

const random = () => crypto.getRandomValues(new Uint8Array(32));
const randomState = () => random().toBase64({ alphabet: "base64url", omitPadding: true });

const CALLBACKS: [title: string, change: (url: URL) => void, status?: number][] = [
  ["with another state", ({ searchParams }) => searchParams.set("state", randomState())],
  ["with a malformed state", ({ searchParams }) => searchParams.set("state", "' OR 1=1 --")],
  ["without state", ({ searchParams }) => searchParams.delete("state")],
  ["with two states", ({ searchParams }) => searchParams.append("state", randomState())],
  ["without code", ({ searchParams }) => searchParams.delete("code")],
  ["with two codes", ({ searchParams }) => searchParams.append("code", "another")],
  ["with an error beside the code", ({ searchParams }) => searchParams.set("error", "no")],
  ["with a made-up code", ({ searchParams }) => searchParams.set("code", randomState()), 502],
  ["of another issuer", ({ searchParams }) => searchParams.set("iss", "https://evil.example"), 502],
  ["without the iss that the provider announces", (u) => u.searchParams.delete("iss"), 502],
  ["at another provider", (url) => void (url.pathname = "/login/github/callback")],
  ["at a provider that is not configured", (url) => void (url.pathname = "/login/google/callback")],
];

for (const [title, change, status] of CALLBACKS) {
  Deno.test(`finishLogin() refuses a callback ${title}`, async () => {
    const login = { github: { id: "id", secret: "secret" } };
    await using app = await OAuthApp.open({}, login);
    const browser = new Browser();
    const callback = await callbackOf(app, browser, "alice");
    change(callback);
    await browser.open(callback);
    refused(browser, status);
    assert.ok(!browser.page.html.includes("evil.example"));
    const secrets = [callback.searchParams.get("code"), callback.searchParams.get("state")];
    const log = JSON.stringify(app.logged);
    for (const secret of secrets) assert.ok(!secret || !log.includes(secret), log);
  });
}

Deno.test("finishLogin() accepts a callback once", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const callback = await callbackOf(app, browser, "alice");
  await browser.open(callback);
  const session = browser.cookie("session");
  assert.ok(session);
  await browser.open(callback);
  assert.equal(browser.page.status, 400);
  assert.equal(browser.cookie("session"), session, "the existing session stays");
});

Deno.test("finishLogin() refuses a callback in another browser and keeps the attempt valid", async () => {
  await using app = await OAuthApp.open();
  const attacker = new Browser();
  const callback = await callbackOf(app, attacker, "mallory");
  const fresh = new Browser();
  await fresh.open(callback);
  refused(fresh);
  const victim = new Browser();
  await victim.open(`${app.url}/login`);
  await victim.press(SIGN_IN);
  await victim.open(callback);
  refused(victim);
  await attacker.open(callback);
  assert.ok(attacker.cookie("session"));
});

Deno.test("finishLogin() refuses a code of another sign-in", async () => {
  await using app = await OAuthApp.open();
  const attacker = new Browser();
  const stolen = (await callbackOf(app, new Browser(), "alice")).searchParams.get("code")!;
  const callback = await callbackOf(app, attacker, "mallory");
  callback.searchParams.set("code", stolen);
  await attacker.open(callback);
  refused(attacker, 502);
  assert.deepEqual(app.reasons(), ["The token endpoint answered with invalid_grant"]);
});

Deno.test("finishLogin() refuses a sign-in older than ten minutes", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const callback = await callbackOf(app, browser, "alice");
  app.pass(ACCOUNT_LIMITS.loginMs);
  await browser.open(callback);
  refused(browser);
});

Deno.test("finishLogin() makes a new session even if an attacker planted a cookie", async () => {
  await using app = await OAuthApp.open();
  const attacker = new Browser();
  await attacker.open(await callbackOf(app, attacker, "mallory"));
  const planted = attacker.cookie("session")!;

  for (const value of [planted, "fixed".padEnd(43, "x")]) {
    const victim = new Browser();
    const callback = await callbackOf(app, victim, "alice");
    victim.plant("session", value, "127.0.0.1");
    await victim.open(callback);
    assert.notEqual(victim.cookie("session"), value);
    await victim.open(`${app.url}/login`);
    assert.match(victim.page.html, /oidc:alice/);
  }
  await attacker.open(`${app.url}/login`);
  assert.ok(attacker.form(SIGN_IN), "the planted session has ended");
});

Deno.test("finishLogin() returns to the start of the sign-in and ignores parameters", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const callback = await callbackOf(app, browser, "alice");
  const evil = "https://evil.example/";
  for (const name of ["next", "redirect", "return_to", "redirect_uri", "url", "query"]) {
    callback.searchParams.set(name, evil);
  }
  await browser.open(callback);
  assert.equal(browser.page.url.href, `${app.url}/me`);
});

Deno.test("beginLogin() requires a form from a page of this browser", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  await browser.open(`${app.url}/login`);
  const other = new Browser();
  await other.open(`${app.url}/login`);
  const { proof = "" } = other.form(SIGN_IN).values;
  for (const forged of ["", proof, browser.cookie("consent")!]) {
    await browser.send("/login/oidc", { proof: forged });
    assert.equal(browser.page.status, 400);
    assert.equal(browser.page.url.origin, app.url);
    await browser.open(`${app.url}/login`);
  }
  const response = await fetch(`${app.url}/login/oidc`, { redirect: "manual" });
  await response.body?.cancel();
  assert.ok([404, 405].includes(response.status), "a link can't begin a sign-in");
});

Deno.test("beginLogin() refuses another browser's pending request", async () => {
  await using app = await OAuthApp.open();
  const attacker = new Browser();
  await new Assistant(app).ask(attacker);
  const consent = attacker.form(SIGN_IN).values.consent!;
  const victim = new Browser();
  await victim.open(`${app.url}/login`);
  await victim.press(SIGN_IN, { consent });
  assert.equal(victim.page.status, 400);
});

Deno.test("a person's forms require the proof of the person's own session", async () => {
  await using app = await OAuthApp.open();
  const [alice, bob] = [new Browser(), new Browser()];
  await new Assistant(app).signIn(alice, "alice");
  await new Assistant(app).signIn(bob, "bob");
  await alice.open(`${app.url}/login`);
  await bob.open(`${app.url}/login`);
  const { proof = "", revoke = "" } = alice.form("Revoke").values;
  const { proof: bobs = "" } = bob.form("Sign out").values;
  for (const forged of ["", bobs, alice.cookie("session")!]) {
    await alice.send("/logout", { proof: forged });
    assert.equal(alice.page.status, 400);
    await alice.open(`${app.url}/login`);
    await alice.send("/me/apps", { proof: forged, revoke });
    assert.equal(alice.page.status, 403);
    await alice.open(`${app.url}/login`);
    assert.match(alice.page.html, /oidc:alice/);
    assert.ok(alice.form("Revoke"));
  }
  await bob.send("/me/apps", { proof: bobs, revoke });
  await alice.open(`${app.url}/login`);
  assert.ok(alice.form("Revoke"), "bob revoked nothing of hers");
  await new Browser().send(`${app.url}/logout`, { proof });
  await alice.open(`${app.url}/login`);
  assert.match(alice.page.html, /oidc:alice/);
});

Deno.test("takeConsent() accepts an answer only from the person whom the page named", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  await new Assistant(app).ask(browser);
  await browser.press(SIGN_IN);
  await signInAtProvider(browser, "alice");
  const forAlice = browser.page;
  const cookie = browser.cookie("session")!;
  await browser.press("Use another account");
  const whileNobody = browser.page;

  browser.page = forAlice;
  await browser.press("Allow");
  assert.equal(browser.page.status, 400, "nobody is signed in");

  const other = new Browser();
  await other.open(await callbackOf(app, other, "bob"));
  await new Assistant(app).ask(browser);
  browser.plant("session", other.cookie("session")!, "127.0.0.1");
  await browser.open(browser.page.url);
  const forBob = browser.page;
  browser.plant("session", cookie, "127.0.0.1");
  browser.page = forBob;
  await browser.press("Allow");
  assert.equal(browser.page.status, 400, "another person is signed in");
  assert.equal(whileNobody.status, 200);
});

Deno.test("the sign-in pages forbid framing, caching and referrers", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const pages = [await browser.open(`${app.url}/login`)];
  await new Assistant(app).ask(browser);
  pages.push(browser.page);
  await browser.press(SIGN_IN);
  await signInAtProvider(browser, "alice");
  pages.push(browser.page, await browser.open(`${app.url}/login`));
  pages.push(await browser.open(`${app.url}/login/oidc/callback`));
  for (const { headers, url } of pages) {
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'; .*frame-ancestors 'none'$/, url.href);
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("cache-control"), "no-store");
  }
});
