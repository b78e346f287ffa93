/** Checks the entries that an attack caused: they are the expected ones, and reveal nothing about
 *  the host. */
import assert from "node:assert/strict";
import { Problem, type Wire } from "../../support/player.ts";
import type { Attack } from "./attack.ts";

/** Texts that would reveal a host, its engine, its source or its environment. No hash or seed
 *  matches by chance. */
const LEAK = /file:|wasm|node_modules|\/src\/|prelude|deno|(5ec2e7){3}|\.tsx?\b|\.js\b/gi;

/** Asserts that a value reveals nothing about the host that is not in the attacker's own source.
 *  `value` must not contain random ids, which may spell anything. */
function assertNoLeak(value: unknown, { source, env = {} }: Attack): void {
  const text = JSON.stringify(value);
  const found = text.match(LEAK) ?? [];
  assert.deepEqual(found.filter((leak) => !source.includes(leak)), [], text);
  assert.ok(!Object.values(env).some((sealed) => text.includes(sealed)), text);
}

/** `caused` are the entries that the attack caused. */
export function judge(attack: Attack, caused: Wire[]): void {
  const { name, ending } = attack;
  assertNoLeak(caused.map(({ kind, sender, body }) => ({ kind, sender, body })), attack);
  // The evidence of network requests precedes the outcome.
  const entries = caused.filter(({ body }) => body.type !== "bot:evidence");
  const [first] = entries;
  if (typeof ending === "object" && "announced" in ending) return;
  if (typeof ending === "object" && "saw" in ending) {
    const bodies = entries.map(({ body }) => {
      const { bot_id: _, state_version: __, state_hash: ___, ...own } = body;
      return own;
    });
    assert.deepEqual(bodies, [ending.saw].flat(), name);
    return;
  }
  assert.equal(entries.length, 1, JSON.stringify(entries));
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

/** `answer` is the result of attaching the bot. */
export function judgeRefusal(attack: Attack, answer: unknown): void {
  assert.ok(answer instanceof Problem, JSON.stringify(answer));
  assert.equal(answer.code, "BOT_REJECTED", answer.detail);
  const { refused, line } = attack.ending as { refused: string; line?: number };
  assert.ok(answer.detail.includes(refused), answer.detail);
  assert.equal(/^line (\d+):/.exec(answer.detail)?.[1], line?.toString(), answer.detail);
  assertNoLeak(answer.detail.replace(/lib:\S+/g, ""), attack);
}
