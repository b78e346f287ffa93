/** The account of a signed-in person: the session, and the apps that the person allowed. */
import assert from "node:assert/strict";
import { ACCOUNT_LIMITS } from "../../src/domain/limits/accounts.ts";
import { Browser } from "../support/browser.ts";
import { signInAtProvider } from "../support/oidc_provider.ts";
import { APP, Assistant, OAuthApp, SIGN_IN, statusOf } from "./oauth_app.ts";

/** Repeats a request with the same registration, like a client that has lost its tokens. */
async function askAgain(assistant: Assistant, browser: Browser): Promise<void> {
  delete assistant.memory.tokens;
  await assistant.ask(browser);
}

function isAsked(browser: Browser): boolean {
  return browser.page.status === 200 && browser.page.html.includes("oidc:alice");
}

Deno.test("consent holds for the same app at the same host", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const assistant = new Assistant(app);
  await assistant.signIn(browser, "alice");
  await askAgain(assistant, browser);
  await assistant.take(browser);

  await new Assistant(app).ask(browser);
  assert.ok(isAsked(browser), "another registration with the same name and host needs consent");

  const elsewhere = new Browser();
  await askAgain(assistant, elsewhere);
  await elsewhere.press(SIGN_IN);
  await signInAtProvider(elsewhere, "bob");
  assert.match(elsewhere.page.html, /oidc:bob/, "another person must consent");
});

Deno.test("consent expires", async () => {
  await using app = await OAuthApp.open();
  const assistant = new Assistant(app);
  const nearlyAll = ACCOUNT_LIMITS.approvalMs - 5 * 60_000;
  app.pass(-nearlyAll); // the provider's clock can't be moved
  await assistant.signIn(new Browser(), "alice");

  app.pass(nearlyAll);
  const browser = new Browser();
  await askAgain(assistant, browser);
  await browser.press(SIGN_IN);
  await signInAtProvider(browser, "alice");
  await assistant.take(browser);

  app.pass(6 * 60_000);
  await askAgain(assistant, browser);
  assert.ok(isAsked(browser));
});

Deno.test("consent holds for one of an app's two hosts", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const assistant = new Assistant(app);
  await assistant.ask(browser);
  const other = "https://other.example/callback";
  const registered = await fetch(`${app.url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ redirect_uris: [APP, other], token_endpoint_auth_method: "none" }),
  });
  const { client_id } = await registered.json();
  const url = new URL(assistant.memory.url!);
  url.searchParams.set("client_id", client_id);
  await browser.open(url);
  await browser.press(SIGN_IN);
  await signInAtProvider(browser, "alice");
  await browser.press("Allow");
  await browser.open(url);
  assert.equal(browser.page.status, 0, "not asked");
  url.searchParams.set("redirect_uri", other);
  await browser.open(url);
  assert.ok(isAsked(browser));
});

Deno.test("revoking an app ends its tokens, its codes and its approval, and those of no other app", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const [other, revoked] = [
    new Assistant(app, { name: "Kept" }),
    new Assistant(app, { name: "Revoked" }),
  ];
  const otherToken = await other.signIn(browser, "alice");
  await revoked.ask(browser);
  await browser.press("Allow");
  const token = await revoked.take(browser);
  const others = await new Assistant(app, { name: "Revoked" }).signIn(new Browser(), "bob");

  // A code that the app has not redeemed yet.
  const { tokens } = revoked.memory;
  await askAgain(revoked, browser);
  const onItsWay = browser.page;

  await browser.open(`${app.url}/login`);
  assert.match(browser.page.html, /signed in as <b><bdi>Name of alice/);
  assert.deepEqual(
    [...browser.page.html.matchAll(/<b><bdi>([^<]*)<\/bdi><\/b> <bdi[^>]*>([^<]*)</g)].map((m) =>
      `${m[1]} ${m[2]}`
    ).sort(),
    ["Kept app.example", "Revoked app.example"],
  );
  const { client_id }: Record<string, string> = revoked.memory.client!;
  const { action, values } = browser.form("Revoke");
  await browser.send(action, { ...values, revoke: client_id! });
  assert.ok(!browser.page.html.includes("Revoked"));
  assert.ok(browser.page.html.includes("Kept"));

  assert.equal(await statusOf(app, token), 401);
  assert.equal(await statusOf(app, otherToken), 200);
  assert.equal(await statusOf(app, others), 200);
  await assert.rejects(revoked.take({ page: onItsWay } as Browser), "the code");
  if (tokens) revoked.memory.tokens = tokens;
  await assert.rejects(revoked.refresh().then((outcome) => assert.equal(outcome, "AUTHORIZED")));
  await askAgain(revoked, browser);
  assert.ok(isAsked(browser));
});

Deno.test("an app whose approval has expired is still listed and can be revoked", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const assistant = new Assistant(app, { name: "Old" });
  await assistant.signIn(browser, "alice");
  for (const part of await Array.fromAsync(app.kv.list({ prefix: ["approval"] }))) {
    await app.kv.delete(part.key);
  }
  assert.equal(await assistant.refresh(), "AUTHORIZED");
  const { access_token }: Record<string, string> = assistant.memory.tokens!;
  await browser.open(`${app.url}/login`);
  assert.match(browser.page.html, /<bdi>Old</);
  await browser.press("Revoke");
  assert.match(browser.page.html, /No app may play in your name/);
  assert.equal(await statusOf(app, access_token!), 401);
});

Deno.test("signing out ends the session, not the apps", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const assistant = new Assistant(app);
  const token = await assistant.signIn(browser, "alice");
  const session = browser.cookie("session")!;
  await browser.open(`${app.url}/login`);
  await browser.press("Sign out");
  assert.equal(browser.page.url.href, `${app.url}/login`);
  assert.ok(browser.form(SIGN_IN));
  assert.equal(browser.cookie("session"), undefined);
  browser.plant("session", session, "127.0.0.1");
  await browser.open(`${app.url}/login`);
  assert.ok(browser.form(SIGN_IN), "the old cookie no longer works");
  assert.equal(await statusOf(app, token), 200);
});

Deno.test("a session expires even if the browser keeps the cookie", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  await new Assistant(app).signIn(browser, "alice");
  app.pass(ACCOUNT_LIMITS.sessionMs - 60_000);
  await browser.open(`${app.url}/login`);
  assert.match(browser.page.html, /oidc:alice/);
  app.pass(61_000);
  await browser.open(`${app.url}/login`);
  assert.ok(browser.form(SIGN_IN));
});

Deno.test("a person can sign in without an app and gets the profile", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  await browser.open(`${app.url}/login`);
  await browser.press(SIGN_IN);
  await signInAtProvider(browser, "alice");
  assert.equal(browser.page.url.href, `${app.url}/me`);
  assert.match(browser.page.html, /oidc:alice/);
  assert.match(browser.page.html, /No app may play in your name/);
});

Deno.test("a person can switch to another account for the same request", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const assistant = new Assistant(app);
  await assistant.ask(browser);
  await browser.press(SIGN_IN);
  await signInAtProvider(browser, "alice");
  await browser.press("Use another account");
  assert.ok(browser.form("Play as a guest"));
  await browser.press("Play as a guest");
  await assistant.take(browser);
  assert.deepEqual(await Array.fromAsync(app.kv.list({ prefix: ["session"] })), []);
});
