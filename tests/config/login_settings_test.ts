import assert from "node:assert/strict";
import { ConfigError, readConfig } from "../../src/config/config.ts";

const GITHUB = { LOGIN_GITHUB_ID: "gh", LOGIN_GITHUB_SECRET: "gh-secret" };
const GOOGLE = { LOGIN_GOOGLE_ID: "goo", LOGIN_GOOGLE_SECRET: "goo-secret" };
const OIDC = {
  LOGIN_OIDC_ISSUER: "https://id.example.org/realms/a/",
  LOGIN_OIDC_ID: "id",
  LOGIN_OIDC_SECRET: "secret",
};

function read(env: Record<string, string>) {
  return readConfig({ get: (name) => env[name] });
}

Deno.test("readConfig() takes any providers, each as the operator spells it", () => {
  assert.deepEqual(read({ ...GITHUB, ...GOOGLE, ...OIDC, GUESTS: "false" }).login, {
    github: { id: "gh", secret: "gh-secret" },
    google: { id: "goo", secret: "goo-secret" },
    oidc: { issuer: OIDC.LOGIN_OIDC_ISSUER, id: "id", secret: "secret", name: "id.example.org" },
  });
  assert.equal(read({ ...OIDC, LOGIN_OIDC_NAME: "Ours" }).login?.oidc?.name, "Ours");
  const local = { ...OIDC, LOGIN_OIDC_ISSUER: "http://localhost:4000" };
  assert.ok(read({ ...local, PUBLIC_URL: "http://127.0.0.1:8100" }).login);
  assert.deepEqual(read({ ...OIDC, ADMIN_SUBJECTS: "oidc:a, oidc:b" }).operators, [
    "oidc:a",
    "oidc:b",
  ]);
  assert.equal(read({ LOGIN_GITHUB_ID: "", LOGIN_GITHUB_SECRET: "" }).login, undefined);
});

const BAD: [env: Record<string, string>, says: RegExp][] = [
  [{ GUESTS: "false" }, /GUESTS=false needs .*LOGIN_\*/],
  [{ LOGIN_GITHUB_ID: "x" }, /LOGIN_GITHUB_ID also needs LOGIN_GITHUB_SECRET/],
  [{ LOGIN_GOOGLE_SECRET: "x" }, /LOGIN_GOOGLE_SECRET also needs LOGIN_GOOGLE_ID/],
  [{ LOGIN_OIDC_ID: "x" }, /LOGIN_OIDC_ID also needs LOGIN_OIDC_ISSUER and LOGIN_OIDC_SECRET/],
  [{ ...GITHUB, LOGIN_OIDC_NAME: "x" }, /LOGIN_OIDC_NAME needs LOGIN_OIDC_ISSUER/],
  [{ ...OIDC, LOGIN_OIDC_NAME: "x".repeat(41) }, /LOGIN_OIDC_NAME must/],
  [{ ...OIDC, LOGIN_OIDC_ISSUER: "id.example.org" }, /LOGIN_OIDC_ISSUER /],
  [{ ...OIDC, LOGIN_OIDC_ISSUER: "http://id.example.org" }, /LOGIN_OIDC_ISSUER must/],
  [{ ...OIDC, LOGIN_OIDC_ISSUER: "https://id.example.org/?a=b" }, /LOGIN_OIDC_ISSUER must/],
  [{ ADMIN_SUBJECTS: "github:1" }, /ADMIN_SUBJECTS names github:1, which needs LOGIN_GITHUB_\*/],
  [{ ...GITHUB, ADMIN_SUBJECTS: "github:1,oidc:a" }, /names oidc:a, which needs LOGIN_OIDC_\*/],
  [{ ...GITHUB, ADMIN_SUBJECTS: "guest:1" }, /ADMIN_SUBJECTS must list people as github:/],
  [{ ...GITHUB, ADMIN_SUBJECTS: "alice" }, /ADMIN_SUBJECTS must list people as github:/],
  [{ ...GITHUB, PUBLIC_URL: "http://play.example.org" }, /LOGIN_\* needs a PUBLIC_URL with https/],
];

for (const [env, says] of BAD) {
  Deno.test(`readConfig() refuses ${JSON.stringify(env)}`, () => {
    assert.throws(() => read(env), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, says);
      assert.match(error.message, /^Cannot start: [^\n]+$/);
      assert.ok(!error.message.includes("secret"), "a secret is not repeated");
      return true;
    });
  });
}
