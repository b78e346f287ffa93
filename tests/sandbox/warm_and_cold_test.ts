/** A hook's inputs are its job and its answers, and nothing else: bots that watch all they can
 *  see the same in a host that has run a hundred other hooks as in one that has run none, the
 *  same when the keys of their job stand in another order, and the same when they are answered
 *  from a record. */
import assert from "node:assert/strict";
import type { HookJob, HookOutcome } from "../../src/domain/bot/bot.ts";
import type { Exchange } from "../../src/domain/bot/evidence.ts";
import type { Json } from "../../src/kernel/json.ts";
import type { Host, HostLanguage } from "../../src/sandbox/pool/host.ts";
import { startHostProcess } from "../../src/sandbox/launch/host_process.ts";
import { SPYING_JAVASCRIPT, SPYING_PYTHON } from "./hostile/spying_bots.ts";
import { VARIED_JAVASCRIPT, VARIED_PYTHON } from "./hostile/varied_bots.ts";
import { initJob } from "./job.ts";
import { pythonInitJob } from "./python_job.ts";

const WARMING_HOOKS = 100;
/** How many bots see a host that has run at most as many others: starting one for each takes too
 *  long. */
const PER_COLD_HOST = 7;
/** Bots that take a second each, or end their host's machine. */
const SLOW = /^the end of the|garbage/;

const LANGUAGES = {
  javascript: { made: initJob, varied: VARIED_JAVASCRIPT, spying: SPYING_JAVASCRIPT },
  python: { made: pythonInitJob, varied: VARIED_PYTHON, spying: SPYING_PYTHON },
};

/** What the spies are called with: keys whose order tells where they come from, whole numbers
 *  among them. */
const FIELDS: Partial<HookJob> = {
  params: { zebra: 1, "10": { y: 1, x: [{ b: 1, a: 2 }] }, "9": 0, apple: "é" },
  state: { turn: "p2", scores: { p2: 1, p1: 2 }, "2": null, "11": true },
  players: [
    { player_id: "p1", display_name: "Alice", label: "alice" },
    { player_id: "p2", display_name: "Bob", label: "bob" },
  ],
  timers: ["one", "two"],
};

function hostOf(language: HostLanguage): Promise<Host> {
  return startHostProcess({
    language,
    hookTimeoutMs: 60_000,
    denoPath: Deno.execPath(),
    network: { schemes: "https", denied: [] },
  });
}

interface Ran {
  outcome: HookOutcome;
  exchanges: Exchange[];
}

async function ran(host: Host, job: HookJob, recorded?: readonly Exchange[]): Promise<Ran> {
  const exchanges: Exchange[] = [];
  const exchanged = (exchange: Exchange) => void exchanges.push(exchange);
  const answer = await host.ask({ kind: "run", job, recorded }, { exchanged });
  assert.equal(answer.kind, "ran", JSON.stringify(answer));
  return { outcome: (answer as { outcome: HookOutcome }).outcome, exchanges };
}

/** What a channel would be told, as text: a state that was not set counts for nothing. */
function told({ outcome, exchanges }: Ran): string {
  const counts = outcome.kind !== "done" || outcome.state_set;
  return JSON.stringify([counts ? outcome : { ...outcome, state: null }, exchanges]);
}

/** The same value, the keys of every object in it the other way round. */
function turned<T>(value: T): T {
  const of = (json: Json): Json => {
    if (typeof json !== "object" || json === null) return json;
    if (Array.isArray(json)) return json.map(of);
    return Object.fromEntries(
      Object.entries(json).reverse().map(([name, item]) => [name, of(item)]),
    );
  };
  return of(value as Json) as T;
}

/** Hooks of all kinds, those that ask the network and those that fail among them. */
async function warm(host: Host, { made, varied }: typeof LANGUAGES[HostLanguage]): Promise<void> {
  const bodies = Object.entries(varied).filter(([name]) => !SLOW.test(name));
  for (let n = 0; n < WARMING_HOOKS; n++) {
    const [, body] = bodies[n % bodies.length]!;
    await ran(host, made(body, { seed: (n % 90 + 10).toString().repeat(32), params: { n } }));
  }
}

for (const language of ["javascript", "python"] as const) {
  const { made, spying } = LANGUAGES[language];
  Deno.test(`a ${language} hook is told nothing but its job and its answers`, async (t) => {
    const warmHost = await hostOf(language);
    let coldHost: Host | undefined;
    try {
      await warm(warmHost, LANGUAGES[language]);
      for (const [n, [name, body]] of Object.entries(spying).entries()) {
        await t.step(name, async () => {
          // Nothing is reached: what may be asked is refused by the bot's own list.
          const job = made(body, { ...FIELDS, net: ["declared.example"] });
          const first = await ran(warmHost, job);
          if (n % PER_COLD_HOST === 0) {
            await coldHost?.end();
            coldHost = await hostOf(language);
          }
          const cold = await ran(coldHost!, turned(job));
          assert.equal(told(cold), told(first), "in a cold host");
          const again = await ran(coldHost!, job, first.exchanges);
          assert.equal(told(again), told(first), "from the record");
          assert.ok(first.outcome.kind === "done" || first.outcome.kind === "threw");
          if (first.outcome.kind === "done") assert.ok(first.outcome.posts.length > 0);
        });
      }
    } finally {
      await Promise.all([warmHost, coldHost].map((host) => host?.end()));
    }
  });
}
