/** Floods and guesses, with small budgets. The server refuses excess requests and names the time to
 *  retry, whichever spelling, endpoint or forged address they use, and other callers do not
 *  notice. */
import assert from "node:assert/strict";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { type Answer, verdictOf } from "./answer.ts";
import { Attacker, basic } from "./attacker.ts";
import { attacks, type AttackTable, type Scene } from "./attacks.ts";
import { callTool, rpc, toolCall } from "./rpc.ts";

const TEN_MINUTES = 10 * 60_000;
const rate = (quota: number) => ({ quota, windowMs: TEN_MINUTES });

/** An operator's settings behind one proxy, with smaller numbers. */
const SETTINGS = {
  rateLimits: true,
  trustedProxies: 1,
  testRates: {
    registrations: rate(12),
    sign_ins: rate(30),
    guesses: rate(5),
    guesses_from: rate(12),
    calls: rate(100),
    channels: rate(4),
  },
};

let addresses = 0;

/** A caller with an address of its own. */
function elsewhere({ kit }: Scene): Attacker {
  return new Attacker(kit.url, { "x-forwarded-for": `203.0.113.${++addresses}` });
}

/** Repeats an attack until a rate limit refuses it. */
async function flood(attack: (i: number) => Promise<Answer>, most = 120): Promise<Answer> {
  for (let i = 0; i < most; i++) {
    const answer = await attack(i);
    if (!/429|RATE_LIMIT/.test(verdictOf(answer))) continue;
    assert.ok(i > 0, "the first is served");
    if (answer.status === 429) {
      assert.match(
        answer.headers.get("retry-after") ?? "",
        /^[1-9]\d*$/,
        "it says when to retry",
      );
    }
    return answer;
  }
  throw new Error(`${most} were served`);
}

const guess = (i: number) => `inv_${String(i).padStart(22, "A")}`;
const HTTP = "429 too_many_requests";
const REST = "429 RATE_LIMIT";
const TOOL = "200 RATE_LIMIT";

const FLOODS: AttackTable = {
  "registrations": [HTTP, async (scene) => {
    const kit = elsewhere(scene);
    return await flood(() => kit.register());
  }],
  "registrations, at both paths in turn": [HTTP, async (scene) => {
    const kit = elsewhere(scene);
    const body = { redirect_uris: ["http://localhost/cb"] };
    await flood((i) => kit.json(i % 2 ? "/register" : "/oauth/register", body), 13);
    return await kit.json("/oauth/register", body);
  }],
  "registrations, with another spelling of the path": [
    [HTTP, "404 NOT_FOUND"],
    async (scene) => {
      const kit = elsewhere(scene);
      await flood(() => kit.register());
      for (const path of ["//register", "/register/", "/REGISTER", "/./register"]) {
        const { status } = await kit.json(path, { redirect_uris: ["http://localhost/cb"] });
        assert.ok([404, 429].includes(status), `${path}: ${status}`);
      }
      return await kit.json("/%72egister", { redirect_uris: ["http://localhost/cb"] });
    },
  ],
  "registrations, each with another forged address": [HTTP, async (scene) => {
    const own = `198.51.100.${++addresses}`;
    return await flood((i) =>
      new Attacker(scene.kit.url, { "x-forwarded-for": `192.0.2.${i}, ${own}` }).register()
    );
  }],
  "registrations, from many addresses of one IPv6 network": [HTTP, async (scene) => {
    return await flood((i) =>
      new Attacker(scene.kit.url, { "x-forwarded-for": `2001:db8:5:5::${i}` }).register()
    );
  }],
  "guesses of a client's secret": [HTTP, async (scene) => {
    const kit = elsewhere(scene);
    const { client_id } = await kit.client({ token_endpoint_auth_method: "client_secret_basic" });
    const form = { grant_type: "client_credentials" };
    return await flood((i) => kit.token(form, basic({ client_id, client_secret: `guess-${i}` })));
  }],
  "guesses of a code": [HTTP, async (scene) => {
    const kit = elsewhere(scene);
    const purchase = await kit.buy();
    return await flood((i) => kit.redeem(purchase, { code: String(i).padStart(43, "A") }));
  }],
  "guesses of a consent": [HTTP, async (scene) => {
    const kit = elsewhere(scene);
    const form = { consent: "A".repeat(43), decision: "allow" };
    return await flood(() => kit.form("/oauth/authorize", form));
  }],
  "guesses of an invite over REST": [REST, async (scene) => {
    const kit = elsewhere(scene);
    const { access_token } = await kit.signIn();
    const join = (invite_code: string) => kit.rest("join_channel", { invite_code }, access_token);
    await flood((i) => join(guess(i)), 10);
    return await join(scene.victim.freeInvite); // a right guess, but too late
  }],
  "guesses of an invite, each in a sentence": [REST, async (scene) => {
    const kit = elsewhere(scene);
    const { access_token } = await kit.signIn();
    const sentence = (i: number) => `Join with \`${guess(i)}\`, please.`;
    return await flood(
      (i) => kit.rest("join_channel", { invite_code: sentence(i) }, access_token),
      10,
    );
  }],
  "guesses of an invite over MCP": [TOOL, async (scene) => {
    const kit = elsewhere(scene);
    const { access_token } = await kit.signIn();
    return await flood(
      (i) => callTool(kit, "join_channel", { invite_code: guess(i) }, access_token),
      10,
    );
  }],
  "guesses of an invite over REST and MCP in turn": [REST, async (scene) => {
    const kit = elsewhere(scene);
    const { access_token } = await kit.signIn();
    await flood(
      (i) =>
        i % 2
          ? kit.rest("join_channel", { invite_code: guess(i) }, access_token)
          : callTool(kit, "join_channel", { invite_code: guess(i) }, access_token),
      10,
    );
    return await kit.rest("join_channel", { invite_code: guess(99) }, access_token);
  }],
  "guesses of an invite in one batch": [REST, async (scene) => {
    const kit = elsewhere(scene);
    const { access_token } = await kit.signIn();
    const batch = Array.from(
      { length: HTTP_LIMITS.batchMessages },
      (_, i) => toolCall("join_channel", { invite_code: guess(i) }, i),
    );
    await rpc(kit, batch, access_token, { "mcp-protocol-version": "2025-03-26" });
    const input = { invite_code: scene.victim.freeInvite };
    return await kit.rest("join_channel", input, access_token);
  }],
  "guesses of a rejoin token": [REST, async (scene) => {
    const kit = elsewhere(scene);
    const { access_token } = await kit.signIn();
    return await flood((i) => {
      const invite_code = `rejoin_${String(i).padStart(22, "A")}`;
      return kit.rest("join_channel", { invite_code }, access_token);
    }, 10);
  }],
  "guesses by many callers at one address": [REST, async (scene) => {
    const kit = elsewhere(scene);
    const tokens = [await kit.signIn(), await kit.signIn(), await kit.signIn(), await kit.signIn()];
    return await flood((i) => {
      const { access_token } = tokens[i % tokens.length]!;
      return kit.rest("join_channel", { invite_code: guess(i) }, access_token);
    }, 16);
  }],
  "calls": [REST, async (scene) => {
    const kit = elsewhere(scene);
    const { access_token } = await kit.signIn();
    return await flood(() => kit.knock(access_token));
  }],
  "calls with a fresh token each": ["429", async (scene) => {
    const kit = elsewhere(scene);
    const { client, access_token, refresh_token } = await kit.signIn();
    let newest = { access_token, refresh_token };
    const refused = await flood(async (i) => {
      if (i % 10 === 9) newest = (await kit.refresh(client, newest.refresh_token)).json;
      return await kit.knock(newest.access_token);
    });
    return String(refused.status);
  }],
  "channels": [REST, async (scene) => {
    const kit = elsewhere(scene);
    const { access_token } = await kit.signIn();
    const input = { name: "n", slots: ["invite:a"] };
    return await flood(() => kit.rest("create_channel", input, access_token), 10);
  }],
};

attacks("floods and guesses", FLOODS, SETTINGS);
