/** Runs a table of attacks against a real server, one after the other. After each attack it checks
 *  that the log and the answers have no secret, no stack trace and no failure of the server, and
 *  that the victim is unharmed. At the end of the table it verifies all channels in the store from
 *  the first entry to the last. */
import assert from "node:assert/strict";
import type { Config } from "../../src/config/config.ts";
import { type TestServer, testServer } from "../support/server.ts";
import { type Answer, verdictOf } from "./answer.ts";
import { Attacker } from "./attacker.ts";
import { Victim } from "./victim.ts";

export interface Scene {
  kit: Attacker;
  victim: Victim;
  server: TestServer;
  /** Sets the server's clocks forward. */
  pass: (ms: number) => void;
}

/** One row: the expected verdict, or several acceptable ones, and the attack. If the attack returns
 *  a text, that is its verdict. */
export type Attack = [
  expected: string | readonly string[],
  send: (scene: Scene) => Promise<Answer | string>,
];

export type AttackTable = Record<string, Attack>;

/** Declares the test of a table. */
export function attacks(name: string, table: AttackTable, settings: Partial<Config> = {}): void {
  Deno.test(`attacks: ${name}`, (t) => play(t, table, settings));
}

/** Runs a table, one step per row. */
export async function play(
  t: Deno.TestContext,
  table: AttackTable,
  settings: Partial<Config> = {},
): Promise<void> {
  let aheadMs = 0;
  await using server = await testServer({ sandbox: "off", ...settings }, {
    now: () => new Date(Date.now() + aheadMs),
    nowMs: () => performance.now() + aheadMs,
  });
  const pass = (ms: number) => void (aheadMs += ms);
  const victim = await Victim.at(new Attacker(server.url));
  for (const [row, [expected, send]] of Object.entries(table)) {
    await t.step(row, async () => {
      const kit = new Attacker(server.url, {}, settings.publicUrl);
      const logged = server.logged.length;
      const answer = await send({ kit, victim, server, pass });
      const verdict = typeof answer === "string" ? answer : verdictOf(answer);
      const said = typeof answer === "string" ? "" : answer.text.slice(0, 500);
      assert.ok([expected].flat().includes(verdict), `${verdict}, not ${expected}: ${said}`);
      assertNoLeak(kit, victim, JSON.stringify(server.logged.slice(logged)));
      await victim.isUnharmed();
    });
  }
  await victim.canGoOn();
}

/** The server may fail so if a client's site is unreachable or an identity provider is not
 *  trustworthy. */
const OTHERS_FAILURES = ["503 temporarily_unavailable", "502 page"];

const STACK = /\n\s+at |file:\/\/\/\S*\.m?[jt]s|node_modules|\.m?[jt]s:\d+/;

function assertNoLeak(kit: Attacker, victim: Victim, log: string): void {
  for (const answer of kit.answers) {
    const { status, text, headers } = answer;
    const failed = status >= 500 && !OTHERS_FAILURES.includes(verdictOf(answer));
    assert.ok(!failed, `an answer is ${status}: ${text.slice(0, 300)}`);
    assert.doesNotMatch(text, STACK, "an answer shows where it came from");
    const sent = text + JSON.stringify([...headers]);
    for (const secret of victim.kit.secrets) {
      assert.ok(!sent.includes(secret), "an answer sends the attacker a secret of the victim");
    }
  }
  for (const secret of [...kit.secrets, ...victim.kit.secrets]) {
    assert.ok(!log.includes(secret), `the log holds a secret: ${log.slice(0, 500)}`);
  }
}
