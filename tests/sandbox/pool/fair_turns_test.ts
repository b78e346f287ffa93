import assert from "node:assert/strict";
import { Refusal } from "../../../src/kernel/refusal.ts";
import { FairTurns, type Turn, type TurnLimits } from "../../../src/sandbox/pool/fair_turns.ts";

const LIMITS: TurnLimits = {
  atOnce: 2,
  perPrincipal: 1,
  waiting: 10,
  waitingPerPrincipal: 2,
  waitMs: 600_000,
};
const tooMany = () => new Refusal("RATE_LIMIT", "Too many.", 5_000);
const isRefused = (code: string) => (error: unknown) =>
  error instanceof Refusal && error.code === code;

/** Turns, and the order in which they were granted. */
function turnsWith(limits: Partial<TurnLimits> = {}) {
  const turns = new FairTurns({ ...LIMITS, ...limits }, tooMany);
  const had: string[] = [];
  /** The first letter of a name is its principal. */
  const take = async (name: string, signal?: AbortSignal): Promise<Turn> => {
    const turn = await turns.take(name[0]!, signal);
    had.push(name);
    return turn;
  };
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve));
  return { take, had, settle };
}

Deno.test("FairTurns: many calls of one principal leave a turn to another principal", async () => {
  const { take, had, settle } = turnsWith();
  const [first, second, third] = [take("a1"), take("a2"), take("a3")];
  const other = take("b1");
  await settle();
  assert.deepEqual(had, ["a1", "b1"]);
  (await first)[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  (await other)[Symbol.dispose]();
  assert.deepEqual(had, ["a1", "b1", "a2", "a3"]);
});

Deno.test("FairTurns: a principal that fills its places is refused, and nobody else", async () => {
  const { take } = turnsWith({ atOnce: 1 });
  const turn = await take("a1");
  const waiting = [take("a2"), take("a3")];
  await assert.rejects(take("a4"), isRefused("RATE_LIMIT"));
  waiting.push(take("b1"));
  turn[Symbol.dispose]();
  for (const nth of [2, 0, 1]) (await waiting[nth]!)[Symbol.dispose]();
});

Deno.test("FairTurns: an aborted call gives its place up", async () => {
  const { take, had } = turnsWith({ atOnce: 1 });
  const turn = await take("a1");
  const caller = new AbortController();
  const gone = [take("a2", caller.signal), take("a3", caller.signal)]
    .map((each) => assert.rejects(each, isRefused("TIMEOUT")));
  caller.abort();
  await Promise.all(gone);
  await assert.rejects(take("b1", caller.signal), isRefused("TIMEOUT"));
  const next = take("a4");
  turn[Symbol.dispose]();
  (await next)[Symbol.dispose]();
  assert.deepEqual(had, ["a1", "a4"]);
});

Deno.test("FairTurns: a wait has a limit", async () => {
  const { take } = turnsWith({ atOnce: 1, waitMs: 1 });
  const turn = await take("a1");
  await assert.rejects(take("b1"), isRefused("RATE_LIMIT"));
  turn[Symbol.dispose]();
  (await take("b2"))[Symbol.dispose]();
});
