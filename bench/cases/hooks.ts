/** One hook from the server to its sandbox and back, without a channel: both languages, warm and
 *  cold, and the time to replace a killed host. */
import type { HookJob } from "../../src/domain/bot/bot.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { Figure } from "../figure.ts";
import { median, pause, Rounds, timed } from "../stats.ts";

const ROUNDS = 5;
const HOOKS = 300;
const PYTHON_HOOKS = 30;
/** Longer than the start of an interpreter, so that each Python hook finds one waiting. */
const PYTHON_PAUSE_MS = 250;
/** Longer than the end of an idle host and the making of an interpreter's image together. */
const PYTHON_GONE_MS = 2_000;
const HOSTS = 2;

const JAVASCRIPT = `export default class EchoBot {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === "user") this.ctx.post("bot", { echo: msg.body });
  }
}`;
const PYTHON = `class EchoBot:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        if msg.get('kind') == 'user':
            self.ctx.post('bot', {'echo': msg.get('body')})
`;
/** Uses CPU that no budget counts: an extension of the engine hashes a large buffer. */
const STUCK = `export default class Stuck {
  async on_message() {
    for (const large = new Uint8Array(8e6);;) await crypto.subtle.digest("SHA-512", large);
  }
}`;

const job = (language: HookJob["language"], source: string): HookJob => ({
  source,
  language,
  class_name: "EchoBot",
  hook: "on_message",
  args: [{ id: 7, kind: "user", body: { text: "a message of usual length" } }],
  params: {},
  state: null,
  players: [{ player_id: "p1", display_name: "Ada" }],
  timers: [],
  env: {},
  net: [],
  now_ms: Date.UTC(2026, 0, 1),
  seed: "5a".repeat(32),
});

async function done(sandbox: Sandbox, wanted: HookJob): Promise<void> {
  const outcome = await sandbox.run(wanted);
  if (outcome.kind !== "done") throw new Error(`Cannot go on: ${JSON.stringify(outcome)}`);
}

export async function hooks(): Promise<Figure[]> {
  const sandbox = await openSandbox({ hosts: HOSTS, hookTimeoutMs: 5_000 });
  try {
    return [...await javascript(sandbox), ...await python(sandbox), await killed()];
  } finally {
    await sandbox.close();
  }
}

async function javascript(sandbox: Sandbox): Promise<Figure[]> {
  const echo = job("javascript", JAVASCRIPT);
  const rounds = new Rounds<"hook">();
  const rates: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    if (round >= 0) rounds.begin(); // the first one warms up
    for (let i = 0; i < HOOKS; i++) {
      const ms = await timed(() => done(sandbox, echo));
      if (round >= 0) rounds.add("hook", ms);
    }
    const together = Array.from({ length: HOSTS * 2 }, async () => {
      for (let i = 0; i < HOOKS; i++) await done(sandbox, echo);
    });
    rates.push(HOSTS * 2 * HOOKS / await timed(() => Promise.all(together)) * 1000);
  }
  return [
    { name: "JavaScript hook, p50", value: rounds.p50("hook"), unit: "ms", target: { atMost: 2 } },
    { name: "JavaScript hook, p99", value: rounds.p99("hook"), unit: "ms", target: { atMost: 10 } },
    {
      name: `JavaScript hooks, ${HOSTS} hosts`,
      value: median(rates),
      unit: "/s",
      target: { atLeast: 800 },
    },
  ];
}

async function python(sandbox: Sandbox): Promise<Figure[]> {
  const echo = job("python", PYTHON);
  const fleeting = await openSandbox({ hosts: 1, hookTimeoutMs: 5_000, idleMs: 50 });
  const first = await timed(() => done(fleeting, echo));
  const colds: number[] = [];
  for (let i = 0; i < 5; i++) {
    await pause(PYTHON_GONE_MS);
    colds.push(await timed(() => done(fleeting, echo)));
  }
  await fleeting.close();
  const rounds = new Rounds<"hook">();
  rounds.begin();
  for (let i = -3; i < PYTHON_HOOKS; i++) {
    await pause(PYTHON_PAUSE_MS);
    const ms = await timed(() => done(sandbox, echo));
    if (i >= 0) rounds.add("hook", ms);
  }
  const together = Array.from({ length: HOSTS }, async () => {
    for (let i = 0; i < PYTHON_HOOKS; i++) await done(sandbox, echo);
  });
  const rate = HOSTS * PYTHON_HOOKS / await timed(() => Promise.all(together)) * 1000;
  const warm = rounds.p50("hook");
  return [
    { name: "Python hook, warm interpreter, p50", value: warm, unit: "ms", target: { atMost: 8 } },
    { name: "Python hook, warm interpreter, p99", value: rounds.p99("hook"), unit: "ms" },
    {
      name: "Python hook, no process yet",
      value: median(colds),
      unit: "ms",
      target: { atMost: 250 },
    },
    { name: "  the first after the server's start", value: first, unit: "ms" },
    { name: `Python hooks one after another, ${HOSTS} hosts`, value: rate, unit: "/s" },
  ];
}

/** With one host: the time from its death to the answer of the next hook. */
async function killed(): Promise<Figure> {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 300 });
  try {
    const times: number[] = [];
    for (let i = 0; i < 7; i++) {
      const outcome = await sandbox.run(job("javascript", STUCK));
      if (outcome.kind !== "killed") {
        throw new Error(`Cannot go on: the outcome was ${outcome.kind}`);
      }
      times.push(await timed(() => done(sandbox, job("javascript", JAVASCRIPT))));
    }
    const value = median(times);
    return { name: "killed host replaced", value, unit: "ms", target: { atMost: 150 } };
  } finally {
    await sandbox.close();
  }
}
