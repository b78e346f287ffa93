/** Equal jobs give equal bytes: in another process, in another order, and after any other bots. */
import assert from "node:assert/strict";
import type { HookJob } from "../../src/domain/bot/bot.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import {
  MODULE_OF,
  VARIED_JAVASCRIPT,
  VARIED_PYTHON,
  VETTED_MODULES,
} from "./hostile/varied_bots.ts";
import { initJob, job } from "./job.ts";
import { pythonInitJob } from "./python_job.ts";
import { runs } from "../support/thorough.ts";

const RUNS = runs(8);
/** Bots that take a second each; they run only a few times. */
const SLOW_RUNS = 2;
const SLOW = /^the end of the/;

interface NamedJob {
  name: string;
  job: HookJob;
}

/** Jobs of every bot, each with a different seed, state, time and parameters. */
function jobs(): NamedJob[] {
  type Made = (fields: Partial<HookJob>) => HookJob;
  const madeOf = (
    bots: Record<string, string>,
    made: (body: string, fields: Partial<HookJob>, name: string) => HookJob,
    suffix = "",
  ) =>
    Object.entries(bots).map(([name, body]): [string, Made] => [
      name + suffix,
      (fields) => made(body, fields, name),
    ]);
  const bots = [
    ...madeOf(VARIED_JAVASCRIPT, initJob),
    ...madeOf(VARIED_PYTHON, pythonInitJob, ", in Python"),
    ...madeOf(VETTED_MODULES, (body, fields, name) =>
      job(
        `import * as lib from "${MODULE_OF[name]}";
export default class Bot { constructor(ctx) { this.ctx = ctx; } async on_init() { ${body} } }`,
        fields,
      )),
  ];
  return bots.flatMap(([name, made]) =>
    Array.from({ length: SLOW.test(name) ? SLOW_RUNS : RUNS }, (_, i) => ({
      name,
      job: made({
        seed: (0x10 + i).toString(16).repeat(32),
        now_ms: Date.UTC(2026, i, 28, 1, 59, 59, 999),
        params: { round: i },
        state: i % 2 === 0 ? null : { n: i, log: [] },
      }),
    }))
  );
}

/** Runs jobs, a number of them at a time. Returns the outcomes as JSON in the order of the list,
 *  whatever the order of the runs. */
async function played(
  sandbox: Sandbox,
  list: readonly NamedJob[],
  order: readonly number[],
  atOnce: number,
): Promise<string[]> {
  const outcomes: string[] = [];
  const next = order.values();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const i of next) outcomes[i] = JSON.stringify(await sandbox.run(list[i]!.job));
  }));
  return outcomes;
}

/** Another seed, time or state gives another outcome. */
const VARIES =
  /^(random|time|cryptography|files|a large state|the state|chess|decimal|ed25519|an error$)/;

/** Detects a bot that fails by mistake. */
function endingOf(name: string): string {
  if (/caught/.test(name)) return "done";
  if (/budget/.test(name)) return "out_of_budget";
  if (/memory/.test(name)) return "out_of_memory";
  if (/never settles/.test(name)) return "never_settled";
  return /^an error( of the engine|, in Python)?$/.test(name) ? "threw" : "done";
}

Deno.test("equal jobs give equal bytes in other processes and in another order", async (t) => {
  const list = jobs();
  const forwards = [...list.keys()];
  const shuffled = forwards.map((i) => (i * 89 + 7) % list.length);
  assert.equal(new Set(shuffled).size, list.length, "every job once");
  const opened = [1, 2].map((hosts) => openSandbox({ hosts, hookTimeoutMs: 60_000 }));
  const [first, second] = await Promise.all(opened);
  const before = await played(first!, list, forwards, 1);
  const after = await played(second!, list, shuffled, 2);
  await Promise.all([first!.close(), second!.close()]);
  for (const name of new Set(list.map(({ name }) => name))) {
    await t.step(name, () => {
      const places = forwards.filter((i) => list[i]!.name === name);
      for (const i of places) {
        assert.equal(after[i], before[i]);
        assert.equal(JSON.parse(before[i]!).kind, endingOf(name), before[i]);
      }
      if (VARIES.test(name)) assert.ok(new Set(places.map((i) => before[i])).size > 1);
    });
  }
});
