/** Sign-in at a started server, with only the permissions and settings of the start task. */
import assert from "node:assert/strict";
import { Browser } from "../support/browser.ts";
import { oidcProvider, signInAtProvider } from "../support/oidc_provider.ts";
import { startProcess } from "../support/process.ts";

Deno.test("a server started with LOGIN_* and GUESTS=false signs people in", async () => {
  const publicUrl = "http://127.0.0.1:9";
  await using provider = await oidcProvider(`${publicUrl}/login/oidc/callback`);
  const server = await startProcess({
    KV_URL: ":memory:",
    SANDBOX: "off",
    GUESTS: "false",
    PUBLIC_URL: publicUrl,
    LOGIN_GITHUB_ID: "id",
    LOGIN_GITHUB_SECRET: "secret",
    LOGIN_OIDC_ISSUER: provider.issuer,
    LOGIN_OIDC_ID: "multiplayer",
    LOGIN_OIDC_SECRET: "a secret+with/odd=characters",
    LOGIN_OIDC_NAME: "Test ID",
  });
  try {
    const browser = new Browser();
    await browser.open(`${server.url}/login`);
    await browser.press("Sign in with GitHub");
    assert.equal(browser.page.url.origin, "https://github.com");
    await browser.open(`${server.url}/login`);
    await browser.press("Sign in with Test ID");
    await signInAtProvider(browser, "alice");
    // The public address differs from the address that this test connects to.
    const { pathname, search } = browser.page.url;
    await browser.open(server.url + pathname + search);
    assert.match(browser.page.html, /oidc:alice/);
  } finally {
    await server.kill("SIGTERM");
  }
});
