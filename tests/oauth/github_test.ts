/** Sign-in with GitHub. Tests can't reach GitHub itself, so a stand-in answers. A test compares the
 *  requests to the real addresses with those of arctic. */
import { GitHub, Google } from "arctic";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { GITHUB } from "../../src/accounts/providers/github.ts";
import { providers } from "../../src/accounts/providers/identity_providers.ts";
import { Browser } from "../support/browser.ts";
import { CLIENT, type StandIn, standIn } from "./github_stand_in.ts";
import { OAuthApp } from "./oauth_app.ts";

async function signIn(app: OAuthApp): Promise<Browser> {
  const browser = new Browser();
  await browser.open(`${app.url}/login`);
  await browser.press("Sign in with GitHub");
  const state = browser.page.url.searchParams.get("state");
  await browser.open(`${app.url}/login/github/callback?code=the+code&state=${state}`);
  return browser;
}

Deno.test("gitHub() identifies a person by the account's id, even after a change of name", async () => {
  await using github = standIn();
  const { endpoints } = github;
  await using app = await OAuthApp.open({ login: { github: { ...CLIENT, endpoints } } });
  const browser = await signIn(app);
  assert.match(browser.page.html, /<bdi>octocat<\/bdi><\/b> \(<bdi>github:583231<\/bdi>\)/);

  const [authorize, token, user] = github.asked;
  const asked = new URL(authorize!.url).searchParams;
  const [form] = github.forms;
  assert.equal(asked.get("client_id"), CLIENT.id);
  assert.equal(asked.get("redirect_uri"), `${app.url}/login/github/callback`);
  assert.equal(asked.get("scope"), null);
  assert.equal(asked.get("code_challenge_method"), "S256");
  const verifier = form!.get("code_verifier") ?? "";
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  assert.equal(asked.get("code_challenge"), challenge);
  assert.equal(form!.get("code"), "the code");
  assert.equal(
    token!.headers.get("authorization"),
    `Basic ${btoa(`${CLIENT.id}:${CLIENT.secret}`)}`,
  );
  assert.equal(user!.headers.get("authorization"), "Bearer gho_token");
  assert.ok(user!.headers.get("user-agent"));

  github.user = { id: 583231, login: "renamed", name: "The Cat" };
  assert.match((await signIn(app)).page.html, /The Cat.*github:583231/);
  github.user = { id: 7, login: "octocat", name: null };
  assert.match((await signIn(app)).page.html, /octocat.*github:7</);

  const stored = await Array.fromAsync(app.kv.list({ prefix: [] }));
  const text = JSON.stringify(
    stored.map(({ key, value }) => [key, value]),
    (_, value) => typeof value === "bigint" ? String(value) : value,
  );
  assert.ok(!/gho_token|example\.org/.test(text), "the store has neither a token nor an address");
});

const ANSWERS: [title: string, answers: Pick<Partial<StandIn>, "token" | "user">][] = [
  ["refuses the code with status 200", { token: { error: "bad_verification_code" } }],
  ["returns no token", { token: {} }],
  ["does not identify the person", { user: { message: "Bad credentials" } }],
  ["returns a name but no id", { user: { login: "octocat" } }],
  ["returns an id that is text", { user: { id: "583231", login: "octocat" } }],
  ["returns a negative id", { user: { id: -1, login: "octocat" } }],
];

for (const [title, answers] of ANSWERS) {
  Deno.test(`gitHub() signs nobody in when GitHub ${title}`, async () => {
    await using github = standIn();
    Object.assign(github, answers);
    const { endpoints } = github;
    await using app = await OAuthApp.open({ login: { github: { ...CLIENT, endpoints } } });
    const browser = await signIn(app);
    assert.equal(browser.page.status, 502);
    assert.equal(browser.cookie("session"), undefined);
    assert.ok(!JSON.stringify(app.logged).includes("gho_token"));
  });
}

Deno.test("providers() use the same addresses of GitHub and Google as arctic", async () => {
  const login = { github: CLIENT, google: CLIENT };
  const all = providers(login, "https://play.example", () => new Date());
  assert.deepEqual([...all.keys()], ["github", "google"]);
  const proofs = { state: "s", verifier: "v", nonce: "n" };
  const ours = await all.get("github")!.begin(proofs);
  const redirectUri = "https://play.example/login/github/callback";
  const theirs = new GitHub(CLIENT.id, CLIENT.secret, redirectUri).createAuthorizationURL("s", []);
  for (const name of ["code_challenge", "code_challenge_method"]) ours.searchParams.delete(name);
  ours.searchParams.sort();
  theirs.searchParams.sort();
  assert.equal(ours.href, theirs.href);
  assert.equal(GITHUB.token, "https://github.com/login/oauth/access_token");
  assert.equal(GITHUB.user, "https://api.github.com/user");

  const google = new Google(CLIENT.id, CLIENT.secret, redirectUri);
  const { origin } = google.createAuthorizationURL("s", "v", ["openid"]);
  assert.equal(all.get("google")!.origin, origin);
});
