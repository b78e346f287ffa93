/** Sign-in at an identity provider: forged callbacks and id tokens, session fixation, forms of
 *  other sites, and open redirects (OpenID Connect Core 3.1.3.7, RFC 9700 4.4, 4.5 and 4.7). */
import assert from "node:assert/strict";
import { generateKeyPair } from "jose";
import { type Answer, verdictOf } from "./answer.ts";
import { type Attacker, cookiesOf, LOOPBACK, STRANGER } from "./attacker.ts";
import { type AttackTable, play } from "./attacks.ts";
import { CLIENT, type Provider, provider } from "./provider.ts";
import { begun, callback, sessionIn, signedIn, who } from "./sign_in.ts";

const STALE = "400 page";
const DISBELIEVED = "502 page";
const NOWHERE = ["404 NOT_FOUND", "405 METHOD_NOT_ALLOWED"];

/** Ends a sign-in with an invalid id token. Asserts that nobody is signed in. */
async function disbelieved(kit: Attacker, codeOf: (nonce: string) => string): Promise<Answer> {
  const login = await begun(kit);
  const answer = await callback(
    kit,
    { state: login.state, code: codeOf(login.nonce) },
    login.cookie,
  );
  assert.equal(await who(kit, kit.pageOf(answer, login.cookie).cookie), "nobody");
  return answer;
}

const HEX_SECRET = new TextEncoder().encode(CLIENT.secret.padEnd(32, "-"));
const part = (json: object) => btoa(JSON.stringify(json)).replace(/=+$/, "");

function tokenRows(idp: Provider): AttackTable {
  const now = Math.floor(Date.now() / 1000);
  const claims: Record<string, Record<string, unknown>> = {
    "of another sign-in": { nonce: "another" },
    "without nonce": { nonce: null },
    "for another client": { aud: "another" },
    "for two clients, and not made for this one": { aud: [CLIENT.id, "b"], azp: "b" },
    "of another issuer": { iss: "https://accounts.google.com" },
    "that has expired": { iat: now - 7200, exp: now - 3600 },
    "without a subject": { sub: "" },
    "with a line break in its subject": { sub: "1\nadmin" },
    "with a number as its subject": { sub: 1 },
  };
  const unsigned = (nonce: string) => {
    const body = { iss: idp.issuer, aud: CLIENT.id, sub: "1", iat: now, exp: now + 60, nonce };
    return idp.codeFor(`${part({ alg: "none" })}.${part(body)}.`);
  };
  return {
    ...Object.fromEntries(
      Object.entries(claims).map(([name, changes]) => [
        `an id token ${name}`,
        [
          DISBELIEVED,
          ({ kit }: { kit: Attacker }) =>
            disbelieved(kit, (nonce) => idp.code({ nonce, ...changes })),
        ] as const,
      ]),
    ),
    "an unsigned id token": [
      DISBELIEVED,
      async ({ kit }) => await disbelieved(kit, unsigned),
    ],
    "an id token signed with the client secret": [DISBELIEVED, async ({ kit }) => {
      const how = { header: { alg: "HS256" }, key: HEX_SECRET };
      return await disbelieved(kit, (nonce) => idp.code({ nonce }, how));
    }],
    "an id token signed with another key": [DISBELIEVED, async ({ kit }) => {
      const { privateKey: key } = await generateKeyPair("ES256");
      const how = { header: { alg: "ES256", kid: "1" }, key };
      return await disbelieved(kit, (nonce) => idp.code({ nonce }, how));
    }],
  };
}

function browserRows(idp: Provider): AttackTable {
  return {
    "a valid sign-in": ["oidc:7", async ({ kit }) => {
      return await who(kit, await signedIn(kit, idp, "7"));
    }],
    "a callback in a browser without cookies": [STALE, async ({ kit }) => {
      const { state, nonce } = await begun(kit);
      return await callback(kit, { state, code: idp.code({ nonce }) }, "");
    }],
    "the attacker's callback in the victim's browser": [STALE, async ({ kit }) => {
      const [attacker, other] = [await begun(kit), await begun(kit)];
      const code = idp.code({ nonce: attacker.nonce });
      return await callback(kit, { state: attacker.state, code }, other.cookie);
    }],
    "a callback that is used twice": [STALE, async ({ kit }) => {
      const { state, nonce, cookie } = await begun(kit);
      await callback(kit, { state, code: idp.code({ nonce }) }, cookie);
      return await callback(kit, { state, code: idp.code({ nonce }) }, cookie);
    }],
    "a callback with a state that was guessed": [STALE, async ({ kit }) => {
      const { nonce, cookie } = await begun(kit);
      return await callback(kit, { state: "A".repeat(43), code: idp.code({ nonce }) }, cookie);
    }],
    "a callback with two states": [STALE, async ({ kit }) => {
      const { state, cookie } = await begun(kit);
      return await callback(kit, [["state", state], ["state", "x"], ["code", "x"]], cookie);
    }],
    "a callback that names another issuer": [DISBELIEVED, async ({ kit }) => {
      const { state, nonce, cookie } = await begun(kit);
      const iss = "https://evil.example";
      return await callback(kit, { state, code: idp.code({ nonce }), iss }, cookie);
    }],
    "a provider's error that is markup": ["not shown", async ({ kit }) => {
      const { state, cookie } = await begun(kit);
      const evil = "<script>alert(1)</script>";
      const answer = await callback(kit, { state, error: evil, error_description: evil }, cookie);
      return answer.text.includes("<script") || answer.text.includes("alert(")
        ? "shown"
        : "not shown";
    }],
    "a sign-in begun by a link of another site": [NOWHERE, async ({ kit }) => {
      return await kit.get("/login/oidc");
    }],
    "a sign-in begun by a form of another site": [STALE, async ({ kit }) => {
      const { cookie } = await begun(kit);
      return await kit.form("/login/oidc", {}, cookiesOf(cookie));
    }],
    "a sign-in begun with the proof of another browser": [STALE, async ({ kit }) => {
      const [own, other] = [await begun(kit), await begun(kit)];
      return await kit.form("/login/oidc", { proof: other.proof }, cookiesOf(own.cookie));
    }],
    "a session that the attacker planted before": ["nobody", async ({ kit }) => {
      const planted = `session=${"A".repeat(43)}`;
      const cookie = await signedIn(kit, idp, "8", planted);
      assert.equal(await who(kit, cookie), "oidc:8");
      return await who(kit, planted);
    }],
    "a session that the attacker plants during a sign-in": ["nobody", async ({ kit }) => {
      const planted = sessionIn(await signedIn(kit, idp, "attacker"));
      const { state, nonce, cookie } = await begun(kit);
      const code = idp.code({ sub: "9", nonce });
      const answer = await callback(kit, { state, code }, `${cookie}; ${planted}`);
      assert.equal(await who(kit, kit.pageOf(answer, cookie).cookie), "oidc:9");
      return await who(kit, planted);
    }],
    "a sign-in leads where a parameter says": ["here", async ({ kit }) => {
      const evil = "https://evil.example/";
      const away = { next: evil, return_to: evil, redirect_uri: evil, url: `//${evil}`, rd: evil };
      const page = kit.pageOf(await kit.get(`/login?${new URLSearchParams(away)}`), "");
      const sent = await kit.form("/login/oidc", { ...page.form, ...away }, cookiesOf(page.cookie));
      const { origin, searchParams } = new URL(sent.headers.get("location")!);
      assert.equal(origin, idp.issuer);
      const code = idp.code({ nonce: searchParams.get("nonce") });
      const back = { ...away, state: searchParams.get("state")!, code };
      const answer = await callback(kit, back, page.cookie);
      return new URL(answer.headers.get("location")!, kit.url).origin === kit.url ? "here" : "away";
    }],
    "signing out by a form of another site": ["oidc:10", async ({ kit }) => {
      const cookie = await signedIn(kit, idp, "10");
      assert.equal(verdictOf(await kit.form("/logout", {}, cookiesOf(cookie))), STALE);
      assert.ok(NOWHERE.includes(verdictOf(await kit.get("/logout", cookiesOf(cookie)))));
      return await who(kit, cookie);
    }],
    "a session after signing out": ["nobody", async ({ kit }) => {
      const cookie = await signedIn(kit, idp, "11");
      const { form } = kit.pageOf(await kit.get("/me", cookiesOf(cookie)), cookie);
      await kit.form("/logout", form, cookiesOf(cookie));
      return await who(kit, cookie);
    }],
    "an app goes on without a click because it is on loopback": ["200 page", async ({ kit }) => {
      const cookie = await signedIn(kit, idp, "12");
      return await kit.authorize(await kit.client(), { redirect_uri: LOOPBACK }, cookiesOf(cookie));
    }],
    "an app goes on without a click because another of that host did": [
      "200 page",
      async ({ kit }) => {
        const cookie = await signedIn(kit, idp, "13");
        const metadata = { redirect_uris: [STRANGER], client_name: "same name" };
        const page = await kit.consent(await kit.client(metadata), {}, cookie);
        assert.equal(verdictOf(await kit.press(page)), "303 code");
        return (await kit.consent(await kit.client(metadata), {}, cookie)).answer;
      },
    ],
    "a page for one person is answered by the next": [STALE, async ({ kit }) => {
      const client = await kit.client({ redirect_uris: [STRANGER] });
      const page = await kit.consent(client, {}, await signedIn(kit, idp, "14"));
      const next = sessionIn(await signedIn(kit, idp, "15"));
      return await kit.press({ ...page, cookie: page.cookie.replace(/session=[\w-]+/, next) });
    }],
    "a session as an access token": ["401 invalid_token", async ({ kit }) => {
      const cookie = await signedIn(kit, idp, "16");
      return await kit.knock(sessionIn(cookie).slice("session=".length));
    }],
    "a session at the endpoints of programs": ["401 unauthorized", async ({ kit }) => {
      const cookie = await signedIn(kit, idp, "17");
      return await kit.json("/health_check", {}, cookiesOf(cookie));
    }],
  };
}

Deno.test("attacks: signing in", async (t) => {
  await using idp = await provider();
  const login = { oidc: { ...CLIENT, issuer: idp.issuer, name: "Test ID" } };
  await play(t, { ...tokenRows(idp), ...browserRows(idp) }, { login });
});
