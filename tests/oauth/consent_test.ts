import assert from "node:assert/strict";
import { STYLE_SOURCE } from "../../src/web/frame/style.ts";
import { authorization, Door, location, newPkce, PUBLIC_URL, STRANGER } from "./door.ts";

const PKCE = newPkce();

interface Page {
  response: Response;
  html: string;
  handle: string;
  cookie: string;
}

async function ask(door: Door, name = "An app", headers: HeadersInit = {}): Promise<Page> {
  const client = await door.register({ client_name: name, redirect_uris: [STRANGER] });
  const response = await door.authorize(authorization(client, PKCE, STRANGER), headers);
  const html = await response.text();
  return {
    response,
    html,
    handle: /name="consent" value="([^"]+)"/.exec(html)?.[1] ?? "",
    cookie: response.headers.get("set-cookie")?.split(";")[0] ?? "",
  };
}

async function answer(door: Door, handle: string, cookie: string, decision = "allow") {
  return await door.post(
    "/oauth/authorize",
    { consent: handle, decision },
    cookie === "" ? {} : { Cookie: cookie },
  );
}

Deno.test("askConsent() shows who asks and where the answer goes", async () => {
  using door = await Door.open();
  const { response, html } = await ask(door, `<b>Evil</b> & "co"`);
  assert.equal(response.status, 200);
  assert(html.includes("&lt;b&gt;Evil&lt;/b&gt; &amp; &quot;co&quot;"), html);
  assert(html.includes("app.example"));
  assert(!/<script|<img|<link|https?:\/\//.test(html));
});

Deno.test("askConsent() can be framed, scripted, cached or sent on by nobody", async () => {
  using door = await Door.open();
  const { headers } = (await ask(door)).response;
  const policy = headers.get("content-security-policy")?.split("; ");
  assert.deepEqual(policy, [
    "default-src 'none'",
    `style-src ${STYLE_SOURCE}`,
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

Deno.test("takeConsent() sends a code when allowed", async () => {
  using door = await Door.open();
  const { handle, cookie } = await ask(door);
  const response = await answer(door, handle, cookie);
  assert.equal(response.status, 303);
  const to = location(response);
  assert.equal(to.origin + to.pathname, STRANGER);
  assert(to.searchParams.has("code"));
  assert.equal(to.searchParams.get("state"), "s t&te");
  assert.equal(to.searchParams.get("iss"), PUBLIC_URL);
});

Deno.test("takeConsent() tells the client of a refusal", async () => {
  using door = await Door.open();
  for (const decision of ["deny", ""]) {
    const { handle, cookie } = await ask(door);
    const to = location(await answer(door, handle, cookie, decision));
    assert.equal(to.searchParams.get("error"), "access_denied");
    assert.equal(to.searchParams.get("state"), "s t&te");
    assert.equal(to.searchParams.get("iss"), PUBLIC_URL);
  }
});

Deno.test("takeConsent() works once", async () => {
  using door = await Door.open();
  const { handle, cookie } = await ask(door);
  const answers = await Promise.all([answer(door, handle, cookie), answer(door, handle, cookie)]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 400]);
  assert.equal((await answer(door, handle, cookie)).status, 400);
});

Deno.test("takeConsent() refuses another browser and spends nothing", async () => {
  using door = await Door.open();
  const { handle, cookie } = await ask(door);
  const foreign = (await ask(door)).cookie;
  const forged = ["", foreign, "__Host-consent=", `consent=${cookie.split("=")[1]}`];
  for (const wrong of forged) {
    const response = await answer(door, handle, wrong);
    assert.equal(response.status, 400);
    assert.equal(response.headers.get("location"), null);
  }
  assert.equal((await answer(door, handle, cookie)).status, 303);
});

Deno.test("takeConsent() refuses two answers at once and spends nothing", async () => {
  using door = await Door.open();
  const { handle, cookie } = await ask(door);
  const form = [["consent", handle], ["decision", "allow"], ["decision", "h"]];
  const response = await door.post("/oauth/authorize", form, { Cookie: cookie });
  assert.equal(response.status, 400);
  assert(location(await answer(door, handle, cookie)).searchParams.has("code"));
});

Deno.test("takeConsent() refuses a handle that nobody gave out", async () => {
  using door = await Door.open();
  const { cookie } = await ask(door);
  for (const handle of ["", "x", cookie.split("=")[1] ?? ""]) {
    assert.equal((await answer(door, handle, cookie)).status, 400);
  }
});

Deno.test("takeConsent() refuses a page older than ten minutes", async () => {
  using door = await Door.open();
  const { handle, cookie } = await ask(door);
  door.pass(10 * 60_000);
  assert.equal((await answer(door, handle, cookie)).status, 400);
});

Deno.test("takeConsent() answers two pages of one browser", async () => {
  using door = await Door.open();
  const first = await ask(door);
  const second = await ask(door, "Another", { Cookie: first.cookie });
  assert.equal(second.cookie, first.cookie);
  assert.equal((await answer(door, second.handle, second.cookie)).status, 303);
  assert.equal((await answer(door, first.handle, first.cookie)).status, 303);
});

Deno.test("takeConsent() works over plain http on the own machine", async () => {
  using door = await Door.open({ publicUrl: "http://127.0.0.1:8100" });
  const { handle, cookie, response } = await ask(door);
  assert.match(response.headers.get("set-cookie") ?? "", /^consent=[\w-]{43};(?!.*Secure)/);
  assert.equal((await answer(door, handle, cookie)).status, 303);
});
