/** People sign in at a real OpenID provider, through a real MCP client, and play under their own
 *  principals. */
import assert from "node:assert/strict";
import { Browser } from "../support/browser.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { signInAtProvider } from "../support/oidc_provider.ts";
import { Assistant, OAuthApp, SIGN_IN, statusOf } from "./oauth_app.ts";

Deno.test("a person signs in at the provider and plays under the provider's principal", async () => {
  await using app = await OAuthApp.open();
  const token = await new Assistant(app).signIn(new Browser(), "alice");
  await using client = await mcpClient("v2 modern", `${app.url}/mcp`, token);
  await client.call("create_channel", { name: "Hers", slots: ["invite:me"] });
  assert.deepEqual(await app.players(), ["oidc:alice"]);
});

Deno.test("a person's seat survives a change of client and browser", async () => {
  await using app = await OAuthApp.open();
  const first = await new Assistant(app).signIn(new Browser(), "alice");
  await using before = await mcpClient("v1", `${app.url}/mcp`, first);
  const { channel_id, invites } = await before.call("create_channel", {
    name: "Ours",
    slots: ["invite:me", "invite:friend"],
  });
  const { player_id } = await before.call("join_channel", { invite_code: invites[0] });

  const second = await new Assistant(app, { name: "Another" }).signIn(new Browser(), "alice");
  await using after = await mcpClient("v2 modern", `${app.url}/mcp`, second);
  const { you } = await after.call("get_channel_info", { channel_id });
  assert.equal(you.player_id, player_id);
  await after.call("post_message", { channel_id, body: "still me" });

  const other = await new Assistant(app).signIn(new Browser(), "bob");
  await using friend = await mcpClient("v2 modern", `${app.url}/mcp`, other);
  await assert.rejects(friend.call("get_channel_info", { channel_id }), /CHANNEL_NOT_FOUND/);
});

Deno.test("the consent page shows the client, the scopes, the answer's host and the account", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  await new Assistant(app, { name: "<i>An</i> assistant" }).ask(browser);
  assert.match(browser.page.html, /&lt;i&gt;An&lt;\/i&gt; assistant/);
  assert.match(browser.page.html, /app\.example/);
  assert.match(browser.page.html, /in your name or as a guest/);
  await browser.press(SIGN_IN);
  await signInAtProvider(browser, "alice");
  const { html } = browser.page;
  assert.equal(browser.page.url.pathname, "/oauth/authorize", "the page can be reloaded");
  for (
    const part of [
      "&lt;i&gt;An&lt;/i&gt; assistant",
      "app.example",
      "Name of alice",
      "oidc:alice",
      "create and join channels, read them, post messages",
    ]
  ) assert.ok(html.includes(part), `${part} in ${html}`);
  assert.ok(!/<script|<img|<link rel="(?!icon)/.test(html));
});

Deno.test("a server with guests offers to play as a guest in one click", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const assistant = new Assistant(app);
  await assistant.ask(browser);
  await browser.press("Play as a guest");
  const token = await assistant.take(browser);
  await using client = await mcpClient("v2 modern", `${app.url}/mcp`, token);
  await client.call("create_channel", { name: "A guest's", slots: ["invite:me"] });
  const [principal] = await app.players();
  assert.ok(principal?.startsWith("guest:"), principal);
  assert.equal(browser.cookie("session"), undefined);
});

Deno.test("a server without guests offers no way to be one", async () => {
  await using app = await OAuthApp.open({ guests: false });
  const browser = new Browser();
  const assistant = new Assistant(app);
  await assistant.ask(browser);
  assert.ok(!browser.page.html.includes("guest"), browser.page.html);
  const { action, values } = browser.form("Refuse");
  await browser.send(action, { ...values, decision: "allow" });
  assert.equal(browser.page.url.searchParams.get("error"), "access_denied");
  assert.equal(browser.page.url.searchParams.get("code"), null);

  const registered = await fetch(`${app.url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ redirect_uris: ["http://localhost/callback"] }),
  });
  const { client_id, client_secret, grant_types } = await registered.json();
  assert.deepEqual(grant_types, ["authorization_code", "refresh_token"]);
  const granted = await fetch(`${app.url}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  assert.equal((await granted.json()).error, "unsupported_grant_type");

  const token = await new Assistant(app).signIn(new Browser(), "alice");
  assert.equal(await statusOf(app, token), 200);
});

Deno.test("a person can refuse on every page", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  await new Assistant(app).ask(browser);
  await browser.press("Refuse");
  assert.equal(browser.page.url.searchParams.get("error"), "access_denied");

  await new Assistant(app).ask(browser);
  await browser.press(SIGN_IN);
  await signInAtProvider(browser, "alice");
  await browser.press("Refuse");
  assert.equal(browser.page.url.searchParams.get("error"), "access_denied");
  assert.equal(browser.page.url.searchParams.get("iss"), app.url);
});

Deno.test("a person who cancels at the provider sees so and can choose again", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const assistant = new Assistant(app);
  await assistant.ask(browser);
  await browser.press(SIGN_IN);
  await browser.follow("[ Cancel ]");
  assert.equal(browser.page.status, 400);
  assert.match(browser.page.html, /You are not signed in/);
  assert.equal(browser.cookie("session"), undefined);
  await browser.follow("Choose again");
  await browser.press("Play as a guest");
  await assistant.take(browser);
});

Deno.test("a loopback client needs consent each time and gets the answer on its port", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  const assistant = new Assistant(app, { redirectUrl: "http://localhost:9/callback" });
  await assistant.signIn(browser, "alice");
  delete assistant.memory.tokens;
  await assistant.ask(browser);
  assert.match(browser.page.html, /oidc:alice/);
  await browser.press("Allow");
  await assistant.take(browser);
});
