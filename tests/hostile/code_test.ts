/** Authorization codes: reuse, theft, and the requirements of PKCE (RFC 7636) and RFC 9700. */
import assert from "node:assert/strict";
import { parameterOf, verdictOf } from "./answer.ts";
import { type Attacker, challengeOf, LOOPBACK, type Purchase } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";

const GRANT = "400 invalid_grant";
const REQUEST = "303 invalid_request";

/** Redeems the attacker's own code with changed parameters. The honest attempt must work
 *  afterwards, which shows that the change caused the refusal. */
async function redeemWith(kit: Attacker, changes: Record<string, string | undefined>) {
  const purchase = await kit.buy();
  const answer = await kit.redeem(purchase, changes);
  assert.equal(verdictOf(await kit.redeem(purchase)), "200 ok", "the honest client is served");
  return answer;
}

/** Gets a code with changed PKCE parameters. */
async function buyWith(kit: Attacker, changes: Record<string, string | undefined>) {
  const answer = await kit.authorize(await kit.client(), changes);
  assert.equal(parameterOf(answer, "code"), null);
  return answer;
}

async function redeemTwice(kit: Attacker) {
  const purchase = await kit.buy();
  const first = (await kit.redeem(purchase)).json;
  return { purchase, first, again: await kit.redeem(purchase) };
}

const PLAIN = "plain-verifier-of-enough-characters-0123456789";

const CODES: AttackTable = {
  "a code is redeemed twice": [GRANT, async ({ kit }) => (await redeemTwice(kit)).again],
  "a code redeemed twice takes back the access token it bought": [
    "401 invalid_token",
    async ({ kit }) => await kit.knock((await redeemTwice(kit)).first.access_token),
  ],
  "a code redeemed twice takes back the refresh token it bought": [GRANT, async ({ kit }) => {
    const { purchase, first } = await redeemTwice(kit);
    return await kit.refresh(purchase.client, first.refresh_token);
  }],
  "a code redeemed twice takes back what its refresh token bought": [
    "401 invalid_token",
    async ({ kit }) => {
      const purchase = await kit.buy();
      const first = (await kit.redeem(purchase)).json;
      const { access_token } = (await kit.refresh(purchase.client, first.refresh_token)).json;
      await kit.redeem(purchase);
      return await kit.knock(access_token);
    },
  ],
  "a code is redeemed twice at once": ["at most one", async ({ kit }) => {
    const purchase = await kit.buy();
    const tries = await Promise.all([1, 2, 3, 4].map(() => kit.redeem(purchase)));
    const won = tries.filter(({ status }) => status === 200);
    assert.ok(tries.every(({ status }) => status === 200 || status === 400));
    for (const { json } of won) {
      assert.equal(verdictOf(await kit.knock(json.access_token)), "401 invalid_token");
    }
    return won.length <= 1 ? "at most one" : `${won.length} were served`;
  }],
  "a stolen code is redeemed by another public client": [GRANT, async ({ kit }) => {
    const thief = await kit.client();
    return await redeemWith(kit, { client_id: thief.client_id });
  }],
  "a stolen code is redeemed by another confidential client": [GRANT, async ({ kit }) => {
    const thief = await kit.client({ token_endpoint_auth_method: "client_secret_post" });
    return await redeemWith(kit, { ...thief });
  }],
  "a stolen code of a confidential client is redeemed without its secret": [
    "401 invalid_client",
    async ({ kit }) => {
      const owner = await kit.client({ token_endpoint_auth_method: "client_secret_post" });
      return await kit.redeem(await kit.buy(owner));
    },
  ],
  "a stolen code of a confidential client is redeemed with a wrong secret": [
    "401 invalid_client",
    async ({ kit }) => {
      const owner = await kit.client({ token_endpoint_auth_method: "client_secret_post" });
      return await kit.redeem(await kit.buy(owner), { client_secret: "x".repeat(43) });
    },
  ],
  "a stolen code comes without client_id": [
    ["401 invalid_client", "400 invalid_request"],
    async ({ kit }) => await redeemWith(kit, { client_id: undefined }),
  ],
  "a code is guessed": [
    GRANT,
    async ({ kit }) => await redeemWith(kit, { code: "A".repeat(43) }),
  ],
  "a code of another session is injected into one's own": [GRANT, async ({ kit }) => {
    const client = await kit.client();
    const [stolen, own] = [await kit.buy(client), await kit.buy(client)];
    return await kit.redeem({ ...own, code: stolen.code });
  }],
  "a code is used as an access token": [
    "401 invalid_token",
    async ({ kit }) => await kit.knock((await kit.buy()).code),
  ],
  "a code is used as a refresh token": [GRANT, async ({ kit }) => {
    const { client, code } = await kit.buy();
    return await kit.refresh(client, code);
  }],
  "a code is redeemed with another redirect URI of the client's": [
    GRANT,
    async ({ kit }) => {
      const redirect_uris = [LOOPBACK, `${LOOPBACK}/other`];
      const purchase: Purchase = await kit.buy(await kit.client({ redirect_uris }));
      return await kit.redeem(purchase, { redirect_uri: redirect_uris[1] });
    },
  ],
  "a code is redeemed with a redirect URI at another port": [
    GRANT,
    async ({ kit }) => await redeemWith(kit, { redirect_uri: LOOPBACK.replace(":9/", ":10/") }),
  ],

  "no PKCE at all": [
    REQUEST,
    async ({ kit }) =>
      await buyWith(kit, { code_challenge: undefined, code_challenge_method: undefined }),
  ],
  "no challenge, though its method is named": [
    REQUEST,
    async ({ kit }) => await buyWith(kit, { code_challenge: undefined }),
  ],
  "an empty challenge": [
    REQUEST,
    async ({ kit }) => await buyWith(kit, { code_challenge: "" }),
  ],
  "PKCE downgraded to plain": [
    REQUEST,
    async ({ kit }) =>
      await buyWith(kit, { code_challenge: PLAIN, code_challenge_method: "plain" }),
  ],
  "PKCE downgraded to plain by leaving the method out": [
    REQUEST,
    async ({ kit }) => await buyWith(kit, { code_challenge_method: undefined }),
  ],
  "a PKCE method in another case": [
    REQUEST,
    async ({ kit }) => await buyWith(kit, { code_challenge_method: "s256" }),
  ],
  "a challenge that is not a SHA-256 hash": [
    REQUEST,
    async ({ kit }) => await buyWith(kit, { code_challenge: "abc" }),
  ],
  "the challenge itself as verifier": [GRANT, async ({ kit }) => {
    const purchase = await kit.buy();
    return await kit.redeem(purchase, { code_verifier: challengeOf(purchase.verifier) });
  }],
  "no verifier": [
    ["400 invalid_request", GRANT],
    async ({ kit }) => await redeemWith(kit, { code_verifier: undefined }),
  ],
  "an empty verifier": [
    ["400 invalid_request", GRANT],
    async ({ kit }) => await redeemWith(kit, { code_verifier: "" }),
  ],
  "a wrong verifier": [
    GRANT,
    async ({ kit }) => await redeemWith(kit, { code_verifier: "w".repeat(43) }),
  ],
  "a verifier that is too short, though its hash fits": [GRANT, async ({ kit }) => {
    const verifier = "v".repeat(42);
    const purchase = await kit.buy(undefined, { code_challenge: challengeOf(verifier) });
    return await kit.redeem({ ...purchase, verifier });
  }],
  "a verifier that is too long, though its hash fits": [GRANT, async ({ kit }) => {
    const verifier = "v".repeat(129);
    const purchase = await kit.buy(undefined, { code_challenge: challengeOf(verifier) });
    return await kit.redeem({ ...purchase, verifier });
  }],
  "a verifier of forbidden characters, though its hash fits": [GRANT, async ({ kit }) => {
    const verifier = `${"v".repeat(43)}\n`;
    const purchase = await kit.buy(undefined, { code_challenge: challengeOf(verifier) });
    return await kit.redeem({ ...purchase, verifier });
  }],
  "two verifiers, one of them right": ["400 invalid_request", async ({ kit }) => {
    const { client, code, verifier } = await kit.buy();
    return await kit.form("/token", [
      ["grant_type", "authorization_code"],
      ["client_id", client.client_id],
      ["code", code],
      ["code_verifier", "w".repeat(43)],
      ["code_verifier", verifier],
    ]);
  }],
};

attacks("authorization codes and PKCE", CODES);
