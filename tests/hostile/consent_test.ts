/** The consent page: cross-site request forgery, replay, framing, and markup in a client's metadata
 *  (RFC 6749 10.12 and 10.13, RFC 9700 4.16). */
import assert from "node:assert/strict";
import { type Answer, verdictOf } from "./answer.ts";
import { type Attacker, type ConsentPage, STRANGER } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";

const PAGE = "400 page";
const ALLOW = { decision: "allow" };

async function opened(kit: Attacker, metadata = {}, changes = {}): Promise<ConsentPage> {
  const client = await kit.client({ redirect_uris: [STRANGER], ...metadata });
  const page = await kit.consent(client, changes);
  assert.equal(verdictOf(page.answer), "200 page");
  assert.notEqual(page.cookie, "");
  return page;
}

async function press(
  kit: Attacker,
  page: ConsentPage,
  cookie: string,
  more: Record<string, string> = ALLOW,
): Promise<Answer> {
  return await kit.press({ ...page, cookie }, more);
}

/** Asserts that afterwards the browser to which the page was shown can still answer it. */
async function pressedWrongly(
  kit: Attacker,
  wrongly: (page: ConsentPage) => Promise<Answer>,
): Promise<Answer> {
  const page = await opened(kit);
  const answer = await wrongly(page);
  assert.ok(!answer.headers.get("location")?.includes("code="), "no code for a forged answer");
  assert.equal(verdictOf(await press(kit, page, page.cookie)), "303 code", "the owner is served");
  return answer;
}

const FORGERY: AttackTable = {
  "consent is given from a browser without cookies": [
    PAGE,
    async ({ kit }) => await pressedWrongly(kit, (page) => press(kit, page, "")),
  ],
  "consent is given from another browser that has a page open": [PAGE, async ({ kit }) => {
    const other = await opened(kit);
    return await pressedWrongly(kit, (page) => press(kit, page, other.cookie));
  }],
  "consent is given with a made-up cookie": [PAGE, async ({ kit }) => {
    return await pressedWrongly(kit, (page) => {
      const made = page.cookie.replace(/=.*/, `=${"A".repeat(43)}`);
      return press(kit, page, made);
    });
  }],
  "consent is given with an empty cookie": [PAGE, async ({ kit }) => {
    return await pressedWrongly(
      kit,
      (page) => press(kit, page, page.cookie.replace(/=.*/, "=")),
    );
  }],
  "the attacker's page is answered by the victim's browser": [PAGE, async ({ kit }) => {
    const victims = await opened(kit);
    const attackers = await opened(kit, { client_name: "evil" });
    return await press(kit, attackers, victims.cookie);
  }],
  "an answered page is answered again": [PAGE, async ({ kit }) => {
    const page = await opened(kit);
    assert.equal(verdictOf(await press(kit, page, page.cookie)), "303 code");
    return await press(kit, page, page.cookie);
  }],
  "a refused page is answered again": [PAGE, async ({ kit }) => {
    const page = await opened(kit);
    const refused = await press(kit, page, page.cookie, { decision: "deny" });
    assert.equal(verdictOf(refused), "303 access_denied");
    return await press(kit, page, page.cookie);
  }],
  "a page is answered many times at once": ["one code", async ({ kit }) => {
    const page = await opened(kit);
    const tries = await Promise.all([1, 2, 3, 4].map(() => press(kit, page, page.cookie)));
    const codes = tries.map(verdictOf).filter((verdict) => verdict === "303 code");
    return codes.length === 1 ? "one code" : `${codes.length} codes`;
  }],
  "the button is pressed by a link": [
    ["400 page", "303 invalid_request"],
    async ({ kit }) =>
      await pressedWrongly(kit, ({ form, cookie }) => {
        const query = new URLSearchParams({ ...form, ...ALLOW });
        return kit.get(`/oauth/authorize?${query}`, { cookie });
      }),
  ],
  "one link requests and gives consent": ["200 page", async ({ kit }) => {
    const client = await kit.client({ redirect_uris: [STRANGER] });
    const changes = { redirect_uri: STRANGER, decision: "allow", consent: "x", prompt: "none" };
    return await kit.authorize(client, changes);
  }],
  "neither button is pressed": ["303 access_denied", async ({ kit }) => {
    const page = await opened(kit);
    return await press(kit, page, page.cookie, {});
  }],
  "a handle is guessed": [
    PAGE,
    async ({ kit }) =>
      await pressedWrongly(kit, (page) => {
        const guessed = Object.keys(page.form).map((name) => [name, "A".repeat(43)]);
        return press(kit, { ...page, form: Object.fromEntries(guessed) }, page.cookie);
      }),
  ],
  "the form names another address": ["as asked", async ({ kit }) => {
    const page = await opened(kit);
    const more = { ...ALLOW, redirect_uri: "https://evil.example/", client_id: "x", state: "y" };
    const answer = await press(kit, page, page.cookie, more);
    const { origin, searchParams } = new URL(answer.headers.get("location")!);
    return origin === new URL(STRANGER).origin && searchParams.get("state") === "st"
      ? "as asked"
      : origin;
  }],
  "a form of plain text, as other sites may send": [
    ["400 invalid_request", "400 page", "415 invalid_request"],
    async ({ kit }) =>
      await pressedWrongly(kit, ({ form, cookie }) => {
        const body = `${new URLSearchParams({ ...form, ...ALLOW })}`;
        const headers = { cookie, "content-type": "text/plain" };
        return kit.send("/oauth/authorize", { method: "POST", body, headers });
      }),
  ],
};

/** The directives of a Content-Security-Policy, by name. */
function policyOf({ headers }: Answer): Map<string, string> {
  const directives = (headers.get("content-security-policy") ?? "").split(";");
  return new Map(directives.map((directive) => {
    const [name, ...values] = directive.trim().split(/\s+/);
    return [name!, values.join(" ")];
  }));
}

/** Whether a page forbids framing, scripts and caching. */
function guarded(answer: Answer): string {
  const policy = policyOf(answer);
  const found = {
    framing: policy.get("frame-ancestors") === "'none'",
    "old framing": answer.headers.get("x-frame-options")?.toUpperCase() === "DENY",
    scripts: (policy.get("script-src") ?? policy.get("default-src")) === "'none'",
    sniffing: answer.headers.get("x-content-type-options") === "nosniff",
    caching: answer.headers.get("cache-control")?.includes("no-store") ?? false,
    referrer: answer.headers.get("referrer-policy") === "no-referrer",
    base: policy.get("base-uri") === "'none'",
  };
  const open = Object.entries(found).filter(([, closed]) => !closed).map(([name]) => name);
  return open.length === 0 ? "guarded" : `open to ${open.join(", ")}`;
}

const HOSTILE_NAME = `</b><script>alert(1)</script><img src=x onerror='alert("1")'>`;

const PAGES: AttackTable = {
  "the consent page is framed": [
    "guarded",
    async ({ kit }) => guarded((await opened(kit)).answer),
  ],
  "an error page is framed": ["guarded", async ({ kit }) => {
    return guarded(await kit.authorize({ client_id: "nobody" }));
  }],
  "the page after a forged answer is framed": ["guarded", async ({ kit }) => {
    const page = await opened(kit);
    return guarded(await press(kit, page, ""));
  }],
  "the home page is framed": ["framed by nobody", async ({ kit }) => {
    const home = await kit.get("/", { accept: "text/html" });
    const ancestors = policyOf(home).get("frame-ancestors");
    const framing = home.headers.get("x-frame-options");
    const safe = /^'(none|self)'$/.test(ancestors ?? "") || /^(DENY|SAMEORIGIN)$/.test(framing!);
    return safe ? "framed by nobody" : `${ancestors}, ${framing}`;
  }],
  "a script reads the consent cookie, or another site sends it": ["kept", async ({ kit }) => {
    const { answer } = await opened(kit);
    const lines = answer.headers.getSetCookie();
    const kept = lines.every((line) =>
      /; httponly/i.test(line) && /; samesite=(lax|strict)/i.test(line) && !/; domain=/i.test(line)
    );
    return kept && lines.length > 0 ? "kept" : lines.join();
  }],
  "a client's name is markup": ["shown as text", async ({ kit }) => {
    const { answer } = await opened(kit, { client_name: HOSTILE_NAME });
    return /<script|<img|onerror='/.test(answer.text) ? answer.text : "shown as text";
  }],
  "a client's name turns the text around": ["shown as text", async ({ kit }) => {
    const { status, json } = await kit.register({
      client_name: "\u202e elgooG \u2066",
      redirect_uris: [STRANGER],
    });
    if (status === 400) return "shown as text";
    const { answer } = await kit.consent(json);
    return /<bdi>[^<]*\u202e[^<]*<\/bdi>/.test(answer.text) || !answer.text.includes("\u202e")
      ? "shown as text"
      : "turns around";
  }],
  "state, which is markup, comes back in a page": ["not shown", async ({ kit }) => {
    const { answer } = await opened(kit, {}, { state: HOSTILE_NAME });
    return answer.text.includes("alert(") ? "shown" : "not shown";
  }],
  "parameters that are markup come back in an error page": ["not shown", async ({ kit }) => {
    const answer = await kit.authorize({ client_id: HOSTILE_NAME }, {
      redirect_uri: HOSTILE_NAME,
      scope: HOSTILE_NAME,
    });
    assert.equal(verdictOf(answer), PAGE);
    return answer.text.includes("alert(") ? "shown" : "not shown";
  }],
};

attacks("the consent page", { ...FORGERY, ...PAGES });
attacks("the consent page behind https", {
  "the cookie is set for plain http and for neighbours": ["bound", async ({ kit }) => {
    const client = await kit.client({ redirect_uris: [STRANGER] });
    const lines = (await kit.consent(client)).answer.headers.getSetCookie();
    const bound = lines.every((line) =>
      line.startsWith("__Host-") && /; secure/i.test(line) && /; path=\/(;|$)/i.test(line) &&
      !/; domain=/i.test(line)
    );
    return bound && lines.length > 0 ? "bound" : lines.join();
  }],
  "a cookie without the prefix, as a neighbour may set it": [PAGE, async ({ kit }) => {
    const client = await kit.client({ redirect_uris: [STRANGER] });
    const page = await kit.consent(client);
    return await press(kit, page, page.cookie.replace("__Host-", ""));
  }],
}, { publicUrl: "https://play.example" });
