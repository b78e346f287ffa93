/** Consent and account pages of people who sign in: forms of other sites, browsers of other people,
 *  and endpoints that are only for guests. */
import assert from "node:assert/strict";
import { testServer } from "../support/server.ts";
import { type Answer, verdictOf } from "./answer.ts";
import { Attacker, basic, cookiesOf, STRANGER } from "./attacker.ts";
import { type AttackTable, play } from "./attacks.ts";
import { CLIENT, type Provider, provider } from "./provider.ts";
import { sessionIn, signedIn, who } from "./sign_in.ts";

const STALE = "400 page";
const FOREIGN = "403 ORIGIN_NOT_ALLOWED";

/** A person with a consent page open, in a browser of their own. */
async function asked(kit: Attacker, idp: Provider, sub: string) {
  const client = await kit.client({ redirect_uris: [STRANGER] });
  const page = await kit.consent(client, {}, await signedIn(kit, idp, sub));
  assert.equal(verdictOf(page.answer), "200 page");
  return { client, page };
}

/** A person whose app has a token. */
async function served(kit: Attacker, idp: Provider, sub: string) {
  const client = await kit.client({ redirect_uris: [STRANGER] });
  const cookie = await signedIn(kit, idp, sub);
  const [params, verifier] = kit.request(client, { redirect_uri: STRANGER });
  const opened = await kit.get(`/oauth/authorize?${new URLSearchParams(params)}`, { cookie });
  const answer = await kit.press(kit.pageOf(opened, cookie));
  const code = kit.secret(new URL(answer.headers.get("location")!).searchParams.get("code")!);
  const { json } = await kit.redeem({ client, code, verifier, redirectUri: STRANGER });
  assert.equal(verdictOf(await kit.knock(json.access_token)), "200 ok");
  return { client, cookie, token: json.access_token };
}

const without = (cookie: string, name: string) =>
  cookie.split("; ").filter((pair) => !pair.startsWith(`${name}=`)).join("; ");

const proofFor = async (kit: Attacker, cookie: string) =>
  kit.pageOf(await kit.get("/me", cookiesOf(cookie)), cookie).form.proof!;

const framing = ({ headers }: Answer) =>
  headers.get("x-frame-options") === "DENY" &&
    headers.get("content-security-policy")?.includes("frame-ancestors 'none'")
    ? "refused"
    : "framed";

function consentRows(idp: Provider): AttackTable {
  return {
    "a person's page is answered without the session": [STALE, async ({ kit }) => {
      const { page } = await asked(kit, idp, "20");
      return await kit.press({ ...page, cookie: without(page.cookie, "session") });
    }],
    "a person's page is answered with the session alone": [STALE, async ({ kit }) => {
      const { page } = await asked(kit, idp, "21");
      return await kit.press({ ...page, cookie: sessionIn(page.cookie) });
    }],
    "a person's page is answered after signing out": [STALE, async ({ kit }) => {
      const { page } = await asked(kit, idp, "22");
      const proof = await proofFor(kit, page.cookie);
      assert.equal((await kit.form("/logout", { proof }, { cookie: page.cookie })).status, 303);
      return await kit.press(page);
    }],
    "the attacker's page is answered by a person's browser": [STALE, async ({ kit }) => {
      const [own, other] = [await asked(kit, idp, "23"), await asked(kit, idp, "24")];
      return await kit.press({ ...own.page, cookie: other.page.cookie });
    }],
    "a form of another site allows an app, guessing the fields": [STALE, async ({ kit }) => {
      const { page } = await asked(kit, idp, "25");
      return await kit.press({ ...page, form: { proof: page.form.proof ?? "x" } });
    }],
    "a link allows an app": ["200 page", async ({ kit }) => {
      const { client, page } = await asked(kit, idp, "26");
      const more = { ...page.form, decision: "allow", prompt: "none", redirect_uri: STRANGER };
      return await kit.authorize(client, more, { cookie: page.cookie });
    }],
    "a person's page is framed": ["refused", async ({ kit }) => {
      return framing((await asked(kit, idp, "27")).page.answer);
    }],
    "a person's profile is framed": ["refused", async ({ kit }) => {
      return framing(await kit.get("/me", cookiesOf(await signedIn(kit, idp, "28"))));
    }],
    "the page to sign in is framed": ["refused", async ({ kit }) => {
      return framing(await kit.get("/login"));
    }],
  };
}

function accountRows(idp: Provider): AttackTable {
  return {
    "an app is revoked by a form of another site": ["200 ok", async ({ kit }) => {
      const { client, cookie, token } = await served(kit, idp, "30");
      const answer = await kit.form("/me/apps", { revoke: client.client_id }, { cookie });
      assert.equal(verdictOf(answer), FOREIGN);
      return await kit.knock(token);
    }],
    "an app is revoked with the proof of another browser": ["200 ok", async ({ kit }) => {
      const { client, cookie, token } = await served(kit, idp, "31");
      const proof = await proofFor(kit, await signedIn(kit, idp, "32"));
      const answer = await kit.form("/me/apps", { revoke: client.client_id, proof }, { cookie });
      assert.equal(verdictOf(answer), FOREIGN);
      return await kit.knock(token);
    }],
    "another person's app is revoked": ["200 ok", async ({ kit }) => {
      const { client, token } = await served(kit, idp, "33");
      const cookie = await signedIn(kit, idp, "34");
      const form = { revoke: client.client_id, proof: await proofFor(kit, cookie) };
      await kit.form("/me/apps", form, { cookie });
      return await kit.knock(token);
    }],
    "a revoked app goes on": ["401 invalid_token", async ({ kit }) => {
      const { client, cookie, token } = await served(kit, idp, "35");
      const form = { revoke: client.client_id, proof: await proofFor(kit, cookie) };
      await kit.form("/me/apps", form, { cookie });
      return await kit.knock(token);
    }],
    "two sessions in one browser, the attacker's first": ["nobody else", async ({ kit }) => {
      const own = sessionIn(await signedIn(kit, idp, "attacker"));
      const theirs = sessionIn(await signedIn(kit, idp, "36"));
      const seen = [await who(kit, `${own}; ${theirs}`), await who(kit, `${theirs}; ${own}`)];
      const known = ["oidc:attacker", "oidc:36", "nobody"];
      return seen.every((name) => known.includes(name)) ? "nobody else" : seen.join();
    }],
  };
}

const CLAUDE = {
  client_name: "Claude",
  redirect_uris: ["https://claude.ai/api/mcp/auth_callback"],
};

/** The victim of the other tables is a guest, so these tests can't use it. */
const GUESTS: Record<string, [string | string[], (kit: Attacker) => Promise<Answer | string>]> = {
  "a guest's way in: credentials of a client": [
    ["400 unauthorized_client", "400 unsupported_grant_type"],
    async (kit) => {
      const client = await kit.client({ token_endpoint_auth_method: "client_secret_basic" });
      return await kit.token({ grant_type: "client_credentials" }, basic(client));
    },
  ],
  "a guest's way in: a client for nothing else": [
    "400 invalid_client_metadata",
    async (kit) => {
      const grant_types = ["client_credentials"];
      const token_endpoint_auth_method = "client_secret_post";
      return await kit.register({ redirect_uris: [], grant_types, token_endpoint_auth_method });
    },
  ],
  "a guest's way in: registering as Claude": ["no token", async (kit) => {
    const { status, json } = await kit.register(CLAUDE);
    assert.equal(status, 201);
    return json.access_token === undefined ? "no token" : "a token";
  }],
  "a guest's way in: an app on loopback": ["200 page", async (kit) => {
    return await kit.authorize(await kit.client());
  }],
  "a guest's way in: allowing without a person": ["303 access_denied", async (kit) => {
    const client = await kit.client({ redirect_uris: [STRANGER] });
    return await kit.press(await kit.consent(client));
  }],
};

Deno.test("attacks: people's pages", async (t) => {
  await using idp = await provider();
  const login = { oidc: { ...CLIENT, issuer: idp.issuer, name: "Test ID" } };
  await play(t, { ...consentRows(idp), ...accountRows(idp) }, { login });
});

Deno.test("attacks: a server without guests", async (t) => {
  await using idp = await provider();
  const login = { oidc: { ...CLIENT, issuer: idp.issuer, name: "Test ID" } };
  await using server = await testServer({ sandbox: "off", login, guests: false });
  for (const [row, [expected, send]] of Object.entries(GUESTS)) {
    await t.step(row, async () => {
      const answer = await send(new Attacker(server.url));
      const verdict = typeof answer === "string" ? answer : verdictOf(answer);
      assert.ok([expected].flat().includes(verdict), `${verdict}, not ${expected}`);
    });
  }
});
