/** Floods from one address with forged forwarding headers, at a server without a proxy: the server
 *  ignores what clients claim about their address. */
import { type Answer, verdictOf } from "./answer.ts";
import { Attacker } from "./attacker.ts";
import { attacks, type AttackTable, type Scene } from "./attacks.ts";

const rate = (quota: number) => ({ quota, windowMs: 10 * 60_000 });

const SETTINGS = {
  rateLimits: true,
  trustedProxies: 0,
  testRates: {
    registrations: rate(12),
    sign_ins: rate(100),
    guesses: rate(100),
    guesses_from: rate(8),
    calls: rate(1_000),
    channels: rate(10),
  },
};

/** Headers that would give the attacker another address, if the server trusted them. */
const CLAIMS: Record<string, (address: string) => Record<string, string>> = {
  "X-Forwarded-For": (address) => ({ "x-forwarded-for": address }),
  "X-Forwarded-For of many proxies": (address) => ({
    "x-forwarded-for": `${address}, ${address}, 10.0.0.1`,
  }),
  "Forwarded": (address) => ({ forwarded: `for=${address}` }),
  "X-Real-IP": (address) => ({ "x-real-ip": address }),
  "CF-Connecting-IP": (address) => ({ "cf-connecting-ip": address }),
  "True-Client-IP": (address) => ({ "true-client-ip": address }),
};

/** Repeats an attack, each time with another claimed address, until a rate limit refuses it. */
async function flood(
  { kit }: Scene,
  claim: (address: string) => Record<string, string>,
  attack: (kit: Attacker, i: number) => Promise<Answer>,
): Promise<Answer | string> {
  for (let i = 0; i < 15; i++) {
    const answer = await attack(new Attacker(kit.url, claim(`203.0.113.${i}`)), i);
    if (/429|RATE_LIMIT/.test(verdictOf(answer))) return answer;
  }
  return "all were served";
}

const rows = (name: string, row: (claim: typeof CLAIMS[string]) => AttackTable[string]) =>
  Object.entries(CLAIMS).map(([header, claim]): [string, AttackTable[string]] => [
    `${name}, each with another ${header}`,
    row(claim),
  ]);

const GUESSES = rows("guesses of an invite", (claim) => ["429 RATE_LIMIT", async (scene) => {
  const { access_token } = await scene.kit.signIn();
  return await flood(scene, claim, (kit, i) => {
    const invite_code = `inv_${String(i).padStart(22, "A")}`;
    return kit.rest("join_channel", { invite_code }, access_token);
  });
}]);

const REGISTRATIONS = rows("registrations", (claim) => [
  "429 too_many_requests",
  async (scene) => await flood(scene, claim, (kit) => kit.register()),
]);

attacks("claimed addresses", Object.fromEntries([...GUESSES, ...REGISTRATIONS]), SETTINGS);
