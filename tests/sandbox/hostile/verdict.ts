/** Whether what a channel was told of an attack is what it must be told, and nothing of the
 *  host. */
import assert from "node:assert/strict";
import { Problem, type Wire } from "../../support/player.ts";
import type { Attack } from "./attack.ts";

/** Where a host, its engine, its source or its environment would show through. No hash or seed
 *  matches by chance. */
const LEAK = /file:|wasm|node_modules|\/src\/|prelude|deno|(5ec2e7){3}|\.tsx?\b|\.js\b/gi;

/** Nothing of the host is told but what the attacker said itself. `told` is without ids of random
 *  letters, which may spell anything. */
function assertNoLeak(told: unknown, { source, env = {} }: Attack): void {
  const text = JSON.stringify(told);
  const found = text.match(LEAK) ?? [];
  assert.deepEqual(found.filter((leak) => !source.includes(leak)), [], text);
  assert.ok(!Object.values(env).some((sealed) => text.includes(sealed)), text);
}

/** `caused` are the entries that the attack caused. */
export function judge(attack: Attack, caused: Wire[]): void {
  const { name, ending } = attack;
  assertNoLeak(caused.map(({ kind, sender, body }) => ({ kind, sender, body })), attack);
  // What it asked of the network is told before what came of it.
  const told = caused.filter(({ body }) => body.type !== "bot:evidence");
  const [first] = told;
  if (typeof ending === "object" && "told" in ending) return;
  if (typeof ending === "object" && "saw" in ending) {
    const bodies = told.map(({ body }) => {
      const { bot_id: _, state_version: __, state_hash: ___, ...own } = body;
      return own;
    });
    assert.deepEqual(bodies, [ending.saw].flat(), name);
    return;
  }
  assert.equal(told.length, 1, JSON.stringify(told));
  const { kind, sender, body } = first;
  assert.deepEqual([kind, sender, body.type, body.hook], [
    "control",
    "system",
    "bot:failed",
    "on_message",
  ]);
  if (typeof ending === "string") {
    assert.equal(body.reason, ending, JSON.stringify(body));
    assert.equal(body.message, undefined);
    return;
  }
  const { threw, line = attack.line } = ending as { threw: string; line?: number | null };
  assert.equal(body.reason, "threw", JSON.stringify(body));
  assert.equal(body.message.slice(0, threw.length), threw);
  assert.equal(body.line ?? null, line, body.message);
}

/** `answer` is what came of attaching it. */
export function judgeRefusal(attack: Attack, answer: unknown): void {
  assert.ok(answer instanceof Problem, JSON.stringify(answer));
  assert.equal(answer.code, "BOT_REJECTED", answer.detail);
  const { refused, line } = attack.ending as { refused: string; line?: number };
  assert.ok(answer.detail.includes(refused), answer.detail);
  assert.equal(/^line (\d+):/.exec(answer.detail)?.[1], line?.toString(), answer.detail);
  assertNoLeak(answer.detail.replace(/lib:\S+/g, ""), attack);
}
