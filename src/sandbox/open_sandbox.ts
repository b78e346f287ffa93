/** Opens the sandbox: a pool of hosts behind the `Sandbox` interface, checked with a bot before anyone uses it. */
import type { HookJob, HookOutcome, Inspection } from "../domain/bot.ts";
import { HOOKS } from "../domain/bot.ts";
import type { Host } from "./host.ts";
import { HostPool } from "./host_pool.ts";
import { type BotNetwork, startHostProcess } from "./host_process.ts";
import type { BotSource, RunContext, Sandbox } from "./sandbox.ts";
import { startWorkerHost } from "./worker_host.ts";

export interface SandboxOptions {
  /** How many hooks run at the same time. */
  hosts: number;
  hookTimeoutMs: number;
  /** The program that runs a host; the running Deno if not given. */
  denoPath?: string;
  /** None if not given. */
  network?: BotNetwork;
}

const NO_NETWORK: BotNetwork = { schemes: "off", denied: [] };

/** All three walls. Throws when a host cannot be started, has a wall open, or fails the test bot. */
export function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { hosts, hookTimeoutMs, denoPath = Deno.execPath(), network = NO_NETWORK } = options;
  return open(
    hosts,
    () => startHostProcess({ language: "javascript", hookTimeoutMs, denoPath, network }),
  );
}

/** Without the process wall, for platforms that have no subprocesses: a Worker that had to be terminated may spin
 *  on in its thread until the server ends, and a guest that crashes V8 takes the server with it. */
export function openWorkerSandbox(
  { hosts, hookTimeoutMs }: Pick<SandboxOptions, "hosts" | "hookTimeoutMs">,
): Promise<Sandbox> {
  return open(hosts, () => startWorkerHost(hookTimeoutMs));
}

async function open(size: number, start: () => Promise<Host>): Promise<Sandbox> {
  const first = await start();
  const probe = await first.ask({ kind: "probe" });
  if (probe.kind !== "probed") throw new Error("Cannot open the sandbox: its host is gone");
  const sandbox = new PooledSandbox(new HostPool(size, start, first));
  const outcome = await sandbox.run(TEST_JOB);
  if (JSON.stringify(outcome) === JSON.stringify(TEST_OUTCOME)) return sandbox;
  await sandbox.close();
  throw new Error(`Cannot open the sandbox: the test bot gave ${JSON.stringify(outcome)}`);
}

const TEST_JOB: HookJob = {
  source: "export default class { constructor(ctx) { ctx.post('bot', { now: Date.now() }); } }",
  language: "javascript",
  class_name: "Bot",
  hook: "on_init",
  args: [],
  params: {},
  state: null,
  players: [],
  timers: [],
  env: {},
  net: [],
  now_ms: 1_000,
  seed: "00".repeat(32),
};
const TEST_OUTCOME: HookOutcome = {
  kind: "done",
  posts: [{ kind: "bot", body: { now: 1_000 } }],
  state: null,
  state_set: false,
};

class PooledSandbox implements Sandbox {
  #pool: HostPool;

  constructor(pool: HostPool) {
    this.#pool = pool;
  }

  async inspect({ source, language, name }: BotSource): Promise<Inspection> {
    const hooks = [...HOOKS];
    const answer = await this.#pool.ask({ kind: "inspect", source, language, name, hooks });
    if (answer.kind === "inspected") return answer.inspection;
    return { kind: "rejected", message: "Loading the source took too long." };
  }

  async run(job: HookJob, context: RunContext = {}): Promise<HookOutcome> {
    const { exchanged } = context;
    const answer = await this.#pool.ask({ kind: "run", job }, { exchanged });
    if (answer.kind === "ran") return answer.outcome;
    if (answer.kind === "killed") return answer;
    throw new Error(`Cannot read a hook's outcome from an answer of kind ${answer.kind}`);
  }

  async ready(): Promise<boolean> {
    const { up, idle } = this.#pool.size;
    if (idle === 0) return up > 0;
    const answer = await this.#pool.ask({ kind: "probe" });
    return answer.kind === "probed" && answer.open.length === 0;
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}
