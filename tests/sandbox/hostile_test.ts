/** Hostile bots against a real server, and against a sandbox where only that can be exact. */
import assert from "node:assert/strict";
import { type ArenaOptions, withArena } from "./hostile/arena.ts";
import { type Attack, attacksOf, javascript } from "./hostile/attack.ts";
import { JAVASCRIPT_ATTACKS } from "./hostile/javascript_attacks.ts";
import { ECHO_BOT } from "./job.ts";

/** Plays attacks as many at a time as the arena does, and has a step for each. */
async function playAll(
  t: Deno.TestContext,
  options: ArenaOptions,
  attacks: readonly Attack[],
): Promise<void> {
  await withArena(options, async (arena) => {
    const verdicts = arena.play(attacks);
    for (const [i, { name }] of attacks.entries()) {
      const fn = () => verdicts[i]!;
      await t.step({ name, fn, sanitizeOps: false, sanitizeResources: false });
    }
  });
}

const ARENA = { language: "javascript", neighbour: ECHO_BOT, lanes: 2 } as const;

Deno.test("hostile JavaScript ends by itself", async (t) => {
  const attacks = attacksOf(JAVASCRIPT_ATTACKS, javascript, (ending) => ending !== "killed");
  await playAll(t, { ...ARENA, hookTimeoutMs: 30_000, serverGrowth: 100, hostSize: 150 }, attacks);
});

Deno.test("hostile JavaScript that never looks up is killed", async (t) => {
  const attacks = attacksOf(JAVASCRIPT_ATTACKS, javascript, (ending) => ending === "killed");
  await playAll(t, { ...ARENA, hookTimeoutMs: 1_500, serverGrowth: 100, hostSize: 150 }, attacks);
});
