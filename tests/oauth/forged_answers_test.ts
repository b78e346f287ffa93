/** Lying providers and forged answers. The server signs nobody in, logs the reason for the operator
 *  and logs no token. The provider here answers as each row says; the server accepts only the
 *  honest row. */
import assert from "node:assert/strict";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { Browser } from "../support/browser.ts";
import { OAuthApp } from "./oauth_app.ts";

const CLIENT = { id: "multiplayer", secret: "a-shared-secret-of-32-characters" };
const [ours, foreign] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
const shared = new TextEncoder().encode(CLIENT.secret);
const publicPem = new TextEncoder().encode(await exportSPKI(ours.publicKey));

interface Facts {
  issuer: string;
  nonce: string;
}

class Liar implements AsyncDisposable {
  discovery: (honest: Record<string, unknown>) => Response = (honest) => Response.json(honest);
  token: () => Response | Promise<Response> = () => new Response(null, { status: 500 });
  userinfo: () => Response = () => Response.json({ sub: "alice", name: "Alice" });
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => this.#answer(new URL(request.url).pathname),
  );
  readonly issuer = `http://127.0.0.1:${this.#server.addr.port}`;

  async #answer(path: string): Promise<Response> {
    const { issuer } = this;
    switch (path) {
      case "/.well-known/openid-configuration":
        return this.discovery({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          userinfo_endpoint: `${issuer}/userinfo`,
        });
      case "/jwks":
        return Response.json({ keys: [{ ...await exportJWK(ours.publicKey), kid: "1" }] });
      case "/token":
        return await this.token();
      case "/userinfo":
        return this.userinfo();
      default:
        return new Response("the person signs in here");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function claims({ issuer, nonce }: Facts): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return { iss: issuer, aud: CLIENT.id, sub: "alice", nonce, iat: now, exp: now + 300 };
}

async function signed(
  payload: Record<string, unknown>,
  key: CryptoKey | Uint8Array = ours.privateKey,
  header = { alg: "RS256", kid: "1" },
): Promise<string> {
  return await new SignJWT(payload).setProtectedHeader(header).sign(key);
}

/** Begins a sign-in, lets the provider answer with the result of `lie`, and opens the callback. */
async function comeBack(
  app: OAuthApp,
  liar: Liar,
  lie: (facts: Facts) => Promise<unknown>,
): Promise<Browser> {
  const browser = new Browser();
  await browser.open(`${app.url}/login`);
  await browser.press("Sign in with Liar");
  const asked = browser.page.url.searchParams;
  const nonce = asked.get("nonce") ?? "";
  liar.token = async () => Response.json(await lie({ issuer: liar.issuer, nonce }));
  const answer = new URLSearchParams({ code: "code", state: asked.get("state") ?? "" });
  await browser.open(`${app.url}/login/oidc/callback?${answer}`);
  return browser;
}

function tokens(idToken: string) {
  return { access_token: "the-access-token", token_type: "Bearer", id_token: idToken };
}

async function appOf(liar: Liar): Promise<OAuthApp> {
  return await OAuthApp.open({ login: { oidc: { ...CLIENT, issuer: liar.issuer, name: "Liar" } } });
}

Deno.test("an honest id token is accepted, with the name in it", async () => {
  await using liar = new Liar();
  await using app = await appOf(liar);
  const name = "<script>alert(1)</script>\n\u202eecila";
  const browser = await comeBack(
    app,
    liar,
    async (facts) => tokens(await signed({ ...claims(facts), name })),
  );
  assert.equal(browser.page.url.href, `${app.url}/me`);
  assert.match(browser.page.html, /<bdi>&lt;script&gt;alert\(1\)&lt;\/script&gt; ecila<\/bdi>/);
  assert.match(browser.page.html, /oidc:alice/);
});

Deno.test("userinfo supplies the name only for the same person, and may fail", async () => {
  await using liar = new Liar();
  await using app = await appOf(liar);
  const honest = async (facts: Facts) => tokens(await signed(claims(facts)));
  const rows: [answer: () => Response, shown: RegExp][] = [
    [() => Response.json({ sub: "alice", preferred_username: "Al" }), /<bdi>Al<\/bdi>/],
    [() => Response.json({ sub: "bob", name: "Bob" }), /<bdi>alice<\/bdi>/],
    [() => new Response("{", { status: 200 }), /<bdi>alice<\/bdi>/],
    [() => new Response(null, { status: 401 }), /<bdi>alice<\/bdi>/],
  ];
  for (const [answer, shown] of rows) {
    liar.userinfo = answer;
    const browser = await comeBack(app, liar, honest);
    assert.match(browser.page.html, shown);
    assert.match(browser.page.html, /oidc:alice/);
  }
});

const IN_THE_PAST = Math.floor(Date.now() / 1000) - 3600;

/** Each row forges the token answer of an honest provider. */
const FORGED: [title: string, forge: (facts: Facts) => Promise<unknown> | unknown, why: RegExp][] =
  [
    [
      "without a signature",
      (facts) => tokens(new UnsecuredJWT(claims(facts)).encode()),
      /ALG_NOT_ALLOWED/,
    ],
    [
      "signed with the shared secret",
      async (facts) => tokens(await signed(claims(facts), shared, { alg: "HS256", kid: "1" })),
      /ALG_NOT_ALLOWED/,
    ],
    [
      "signed with the public key as a secret",
      async (facts) => tokens(await signed(claims(facts), publicPem, { alg: "HS256", kid: "1" })),
      /ALG_NOT_ALLOWED/,
    ],
    [
      "signed with another key",
      async (facts) => tokens(await signed(claims(facts), foreign.privateKey)),
      /SIGNATURE_VERIFICATION_FAILED/,
    ],
    [
      "signed with an unpublished key",
      async (facts) => {
        const header = { alg: "RS256", kid: "2" };
        return tokens(await signed(claims(facts), foreign.privateKey, header));
      },
      /JWKS_NO_MATCHING_KEY/,
    ],
    [
      "whose claims were changed after it was signed",
      async (facts) => {
        const [head, , signature] = (await signed(claims(facts))).split(".");
        const body = new TextEncoder().encode(JSON.stringify({ ...claims(facts), sub: "root" }))
          .toBase64({ alphabet: "base64url", omitPadding: true });
        return tokens(`${head}.${body}.${signature}`);
      },
      /SIGNATURE_VERIFICATION_FAILED/,
    ],
    ["for another client", changed({ aud: "another" }), /"aud"/],
    ["for two clients", changed({ aud: [CLIENT.id, "another"] }), /another client/],
    ["for another authorized party", changed({ azp: "another" }), /another client/],
    ["of another issuer", changed({ iss: "https://evil.example" }), /"iss"/],
    ["that has expired", changed({ exp: IN_THE_PAST }), /"exp"/],
    ["that never expires", changed({ exp: undefined }), /"exp"/],
    ["that is not valid yet", changed({ nbf: IN_THE_PAST + 7200 }), /"nbf"/],
    ["of another sign-in", changed({ nonce: "another" }), /another sign-in/],
    ["without a nonce", changed({ nonce: undefined }), /"nonce"/],
    ["without a subject", changed({ sub: undefined }), /"sub"/],
    ["with an empty subject", changed({ sub: "" }), /malformed/],
    ["with blanks in the subject", changed({ sub: "alice bob" }), /malformed/],
    ["with a line break in the subject", changed({ sub: "alice\nX: y" }), /malformed/],
    ["with a subject that is too long", changed({ sub: "a".repeat(256) }), /malformed/],
    ["that is a number", () => tokens(7 as unknown as string), /no id token/],
    ["that is not a JWT", () => tokens("a.b.c"), /is not valid/],
    ["that is absent", () => ({ access_token: "the-access-token", token_type: "Bearer" }), /no id/],
    ["that is an error", () => ({ error: "server_error" }), /no id token/],
  ];

function changed(change: Record<string, unknown>) {
  return async (facts: Facts) => {
    const payload = Object.entries({ ...claims(facts), ...change });
    return tokens(await signed(Object.fromEntries(payload.filter(([, v]) => v !== undefined))));
  };
}

Deno.test("finishLogin() signs nobody in with an invalid id token", async (t) => {
  await using liar = new Liar();
  await using app = await appOf(liar);
  for (const [title, forge, why] of FORGED) {
    await t.step(title, async () => {
      app.logged.length = 0;
      let sent = "";
      const browser = await comeBack(app, liar, async (facts) => {
        const answer = await forge(facts);
        sent = String((answer as { id_token?: string }).id_token ?? "");
        return answer;
      });
      assert.equal(browser.page.status, 502);
      assert.equal(browser.cookie("session"), undefined);
      assert.match(String(app.reasons()[0]), why);
      const log = JSON.stringify(app.logged);
      assert.ok(!log.includes("the-access-token") && !(sent.length > 9 && log.includes(sent)), log);
    });
  }
});

const TOKEN_ANSWERS: [title: string, answer: () => Response, why: RegExp][] = [
  ["an error", () => Response.json({ error: "invalid_client" }, { status: 401 }), /invalid_client/],
  ["a page", () => new Response("<p>"), /no valid response/],
  ["a failure", () => new Response("no", { status: 503 }), /no valid response/],
  ["null", () => Response.json(null), /no valid response/],
];

for (const [title, answer, why] of TOKEN_ANSWERS) {
  Deno.test(`finishLogin() signs nobody in when the token endpoint answers ${title}`, async () => {
    await using liar = new Liar();
    await using app = await appOf(liar);
    const browser = new Browser();
    await browser.open(`${app.url}/login`);
    await browser.press("Sign in with Liar");
    liar.token = answer;
    const state = browser.page.url.searchParams.get("state");
    await browser.open(`${app.url}/login/oidc/callback?code=c&state=${state}`);
    assert.equal(browser.page.status, 502);
    assert.match(String(app.reasons()[0]), why);
  });
}

const DISCOVERIES: [
  title: string,
  answer: (honest: Record<string, unknown>) => Response,
  why: RegExp,
][] = [
  [
    "is of another issuer",
    (honest) => Response.json({ ...honest, issuer: "https://evil.example" }),
    /issuer/,
  ],
  [
    "names an endpoint without https",
    (honest) => Response.json({ ...honest, token_endpoint: "http://evil.example/token" }),
    /not https/,
  ],
  [
    "has a file URL for its keys",
    (honest) => Response.json({ ...honest, jwks_uri: "file:///etc/passwd" }),
    /not https/,
  ],
  ["lacks an endpoint", ({ jwks_uri: _, ...honest }) => Response.json(honest), /lacks jwks_uri/],
  ["is a redirect", () => Response.redirect("https://evil.example/"), /redirects/],
  ["is a page", () => new Response("<p>"), /not JSON/],
  ["is absent", () => new Response(null, { status: 404 }), /404/],
  ["is too large", () => new Response(" ".repeat(1024 * 1024)), /more than/],
];

for (const [title, answer, why] of DISCOVERIES) {
  Deno.test(`beginLogin() does not redirect when the discovery document ${title}`, async () => {
    await using liar = new Liar();
    await using app = await appOf(liar);
    const honest = liar.discovery;
    liar.discovery = answer;
    const browser = new Browser();
    await browser.open(`${app.url}/login`);
    await browser.press("Sign in with Liar");
    assert.equal(browser.page.status, 502);
    assert.equal(browser.page.url.origin, app.url);
    assert.match(String(app.reasons()[0]), why);

    liar.discovery = honest;
    await browser.open(`${app.url}/login`);
    await browser.press("Sign in with Liar");
    assert.equal(browser.page.url.origin, liar.issuer, "the server retries a failed discovery");
  });
}
