import assert from "node:assert/strict";
import { STYLE_SOURCE } from "../../src/web/frame/style.ts";
import {
  authorization,
  location,
  newPkce,
  OAuthEndpoints,
  PUBLIC_URL,
  STRANGER,
} from "./oauth_endpoints.ts";

const PKCE = newPkce();

interface Page {
  response: Response;
  html: string;
  handle: string;
  cookie: string;
}

async function ask(
  oauth: OAuthEndpoints,
  name = "An app",
  headers: HeadersInit = {},
): Promise<Page> {
  const client = await oauth.register({ client_name: name, redirect_uris: [STRANGER] });
  const response = await oauth.authorize(authorization(client, PKCE, STRANGER), headers);
  const html = await response.text();
  return {
    response,
    html,
    handle: /name="consent" value="([^"]+)"/.exec(html)?.[1] ?? "",
    cookie: response.headers.get("set-cookie")?.split(";")[0] ?? "",
  };
}

async function answer(oauth: OAuthEndpoints, handle: string, cookie: string, decision = "allow") {
  return await oauth.post(
    "/oauth/authorize",
    { consent: handle, decision },
    cookie === "" ? {} : { Cookie: cookie },
  );
}

Deno.test("askGuest() shows the client and the host that receives the answer", async () => {
  using oauth = await OAuthEndpoints.open();
  const { response, html } = await ask(oauth, `<b>Evil</b> & "co"`);
  assert.equal(response.status, 200);
  assert(html.includes("&lt;b&gt;Evil&lt;/b&gt; &amp; &quot;co&quot;"), html);
  assert(html.includes("app.example"));
  assert(!/<script|<img|<link rel="(?!icon)|https?:\/\//.test(html));
});

Deno.test("askGuest() forbids framing, scripts, caching and referrers", async () => {
  using oauth = await OAuthEndpoints.open();
  const { headers } = (await ask(oauth)).response;
  const policy = headers.get("content-security-policy")?.split("; ");
  assert.deepEqual(policy, [
    "default-src 'none'",
    `style-src ${STYLE_SOURCE}`,
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'self' https:",
    "frame-ancestors 'none'",
  ]);
  assert.equal(headers.get("x-frame-options"), "DENY");
  assert.equal(headers.get("referrer-policy"), "no-referrer");
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("access-control-allow-origin"), null);
  assert.match(
    headers.get("set-cookie") ?? "",
    /^__Host-consent=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
});

Deno.test("takeConsent() sends a code for consent", async () => {
  using oauth = await OAuthEndpoints.open();
  const { handle, cookie } = await ask(oauth);
  const response = await answer(oauth, handle, cookie);
  assert.equal(response.status, 303);
  const to = location(response);
  assert.equal(to.origin + to.pathname, STRANGER);
  assert(to.searchParams.has("code"));
  assert.equal(to.searchParams.get("state"), "s t&te");
  assert.equal(to.searchParams.get("iss"), PUBLIC_URL);
});

Deno.test("takeConsent() sends the client an error for a refusal", async () => {
  using oauth = await OAuthEndpoints.open();
  for (const decision of ["deny", ""]) {
    const { handle, cookie } = await ask(oauth);
    const to = location(await answer(oauth, handle, cookie, decision));
    assert.equal(to.searchParams.get("error"), "access_denied");
    assert.equal(to.searchParams.get("state"), "s t&te");
    assert.equal(to.searchParams.get("iss"), PUBLIC_URL);
  }
});

Deno.test("takeConsent() works once", async () => {
  using oauth = await OAuthEndpoints.open();
  const { handle, cookie } = await ask(oauth);
  const answers = await Promise.all([answer(oauth, handle, cookie), answer(oauth, handle, cookie)]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 400]);
  assert.equal((await answer(oauth, handle, cookie)).status, 400);
});

Deno.test("takeConsent() refuses another browser and keeps the handle valid", async () => {
  using oauth = await OAuthEndpoints.open();
  const { handle, cookie } = await ask(oauth);
  const foreign = (await ask(oauth)).cookie;
  const forged = ["", foreign, "__Host-consent=", `consent=${cookie.split("=")[1]}`];
  for (const wrong of forged) {
    const response = await answer(oauth, handle, wrong);
    assert.equal(response.status, 400);
    assert.equal(response.headers.get("location"), null);
  }
  assert.equal((await answer(oauth, handle, cookie)).status, 303);
});

Deno.test("takeConsent() refuses a form with two decisions and keeps the handle valid", async () => {
  using oauth = await OAuthEndpoints.open();
  const { handle, cookie } = await ask(oauth);
  const form = [["consent", handle], ["decision", "allow"], ["decision", "h"]];
  const response = await oauth.post("/oauth/authorize", form, { Cookie: cookie });
  assert.equal(response.status, 400);
  assert(location(await answer(oauth, handle, cookie)).searchParams.has("code"));
});

Deno.test("takeConsent() refuses an unknown handle", async () => {
  using oauth = await OAuthEndpoints.open();
  const { cookie } = await ask(oauth);
  for (const handle of ["", "x", cookie.split("=")[1] ?? ""]) {
    assert.equal((await answer(oauth, handle, cookie)).status, 400);
  }
});

Deno.test("takeConsent() refuses a page older than ten minutes", async () => {
  using oauth = await OAuthEndpoints.open();
  const { handle, cookie } = await ask(oauth);
  oauth.pass(10 * 60_000);
  assert.equal((await answer(oauth, handle, cookie)).status, 400);
});

Deno.test("takeConsent() answers two pages of one browser", async () => {
  using oauth = await OAuthEndpoints.open();
  const first = await ask(oauth);
  const second = await ask(oauth, "Another", { Cookie: first.cookie });
  assert.equal(second.cookie, first.cookie);
  assert.equal((await answer(oauth, second.handle, second.cookie)).status, 303);
  assert.equal((await answer(oauth, first.handle, first.cookie)).status, 303);
});

Deno.test("takeConsent() works over plain http on loopback", async () => {
  using oauth = await OAuthEndpoints.open({ publicUrl: "http://127.0.0.1:8100" });
  const { handle, cookie, response } = await ask(oauth);
  assert.match(response.headers.get("set-cookie") ?? "", /^consent=[\w-]{43};(?!.*Secure)/);
  assert.equal((await answer(oauth, handle, cookie)).status, 303);
});
