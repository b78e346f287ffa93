/** A hook's only inputs are its job and its network answers. Bots that observe all they can see the
 *  same in a host that has run a hundred other hooks as in a new one, the same if the keys of their
 *  job are in another order, and the same if a record answers them. */
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
/** The number of bots that share a cold host, because starting one for each takes too long. */
const PER_COLD_HOST = 7;
/** Bots that take a second each, or after which their host's machine is discarded. */
const SLOW = /^the end of the|garbage/;

const LANGUAGES = {
  javascript: { made: initJob, varied: VARIED_JAVASCRIPT, spying: SPYING_JAVASCRIPT },
  python: { made: pythonInitJob, varied: VARIED_PYTHON, spying: SPYING_PYTHON },
};

/** The inputs of the spying bots. The order of their keys would reveal their origin; some keys are
 *  whole numbers. */
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

/** The part of an outcome that reaches a channel, as text. A state that was not set does not
 *  count. */
function reported({ outcome, exchanges }: Ran): string {
  const counts = outcome.kind !== "done" || outcome.state_set;
  return JSON.stringify([counts ? outcome : { ...outcome, state: null }, exchanges]);
}

/** The same value with the keys of every object in reverse order. */
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

/** Hooks of all kinds, including some that use the network and some that fail. */
async function warm(host: Host, { made, varied }: typeof LANGUAGES[HostLanguage]): Promise<void> {
  const bodies = Object.entries(varied).filter(([name]) => !SLOW.test(name));
  for (let n = 0; n < WARMING_HOOKS; n++) {
    const [, body] = bodies[n % bodies.length]!;
    await ran(host, made(body, { seed: (n % 90 + 10).toString().repeat(32), params: { n } }));
  }
}

for (const language of ["javascript", "python"] as const) {
  const { made, spying } = LANGUAGES[language];
  Deno.test(`a ${language} hook learns nothing but its job and its network answers`, async (t) => {
    const warmHost = await hostOf(language);
    let coldHost: Host | undefined;
    try {
      await warm(warmHost, LANGUAGES[language]);
      for (const [n, [name, body]] of Object.entries(spying).entries()) {
        await t.step(name, async () => {
          // No host is reached: the bot's own list of hosts refuses every request.
          const job = made(body, { ...FIELDS, net: ["declared.example"] });
          const first = await ran(warmHost, job);
          if (n % PER_COLD_HOST === 0) {
            await coldHost?.end();
            coldHost = await hostOf(language);
          }
          const cold = await ran(coldHost!, turned(job));
          assert.equal(reported(cold), reported(first), "in a cold host");
          const again = await ran(coldHost!, job, first.exchanges);
          assert.equal(reported(again), reported(first), "from the record");
          assert.ok(first.outcome.kind === "done" || first.outcome.kind === "threw");
          if (first.outcome.kind === "done") assert.ok(first.outcome.posts.length > 0);
        });
      }
    } finally {
      await Promise.all([warmHost, coldHost].map((host) => host?.end()));
    }
  });
}
