/** Opens the sandbox: pools of hosts behind the `Sandbox` interface. Every host passes a test with
 *  a bot before it serves requests. */
import type { Log } from "../kernel/log.ts";
import { HookTally } from "./hook_tally.ts";
import type { Host, HostLanguage } from "./pool/host.ts";
import { HostPool, type HostPoolOptions } from "./pool/host_pool.ts";
import { type BotNetwork, startHostProcess } from "./launch/host_process.ts";
import { countService } from "./metrics.ts";
import { PooledSandbox } from "./pooled_sandbox.ts";
import { PythonImage } from "./launch/python_image.ts";
import { deadlineOf, type Request } from "./wire/protocol.ts";
import type { Sandbox } from "./sandbox.ts";
import { testHost } from "./launch/self_test.ts";
import { startWorkerHost } from "./launch/worker_host.ts";

interface SandboxOptions {
  /** How many hooks of a language run at the same time, not counting those that wait for the
   *  network. */
  hosts: number;
  hookTimeoutMs: number;
  /** The program that runs a host; the running Deno by default. */
  denoPath?: string;
  /** No network by default. */
  network?: BotNetwork;
  /** How long an idle host beyond the warm ones stays; a minute by default. */
  idleMs?: number;
  /** Whether a spare JavaScript host starts only once a hook stalls. False by default: then it runs
   *  from the beginning. */
  lateSpare?: boolean | undefined;
  log?: Log;
}

const NO_NETWORK: BotNetwork = { schemes: "off", denied: [] };
const IDLE_MS = 60_000;
/** A hook takes a millisecond. One that takes this long stalls, and must not hold up others:
 *  another host stands in for its own. */
const STALLED_AFTER_MS = 50;
/** Hosts that are ready to stand in. */
const SPARE = 1;
/** A JavaScript host starts in a tenth of a second, a Python host in most of a second. This is more
 *  because a machine whose hooks stall is probably busy. */
const START_AHEAD_MS = 1_500;

/** Opens the sandbox with all three walls. Throws if a host cannot be started, has an open wall, or
 *  fails the test. Python hosts are started only when the first Python bot needs one. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { hosts, hookTimeoutMs, denoPath = Deno.execPath(), network = NO_NETWORK } = options;
  const start = (language: HostLanguage, image?: PythonImage["bytes"]) =>
    startHostProcess({ language, hookTimeoutMs, denoPath, network, image });
  const image = new PythonImage(denoPath);
  const decoy = !network.test?.loopback;
  const mayWait = (request: Request) =>
    network.schemes !== "off" && request.kind === "run" && request.job.net.length > 0 &&
    !request.recorded;
  return await open(options, [
    {
      language: "javascript",
      start: () => start("javascript"),
      decoy,
      mayWait,
      warm: hosts + (options.lateSpare ? 0 : SPARE),
      spare: SPARE,
      max: Math.max(6, Math.min(hosts * 4, hosts + 8)),
    },
    // Fewer, because a Python host takes two to three times the memory: none without a Python bot,
    // and a spare one only while a hook stalls.
    {
      language: "python",
      async start() {
        const host = await start("python", image.bytes);
        image.make();
        return host;
      },
      decoy,
      mayWait,
      warm: 0,
      spare: SPARE,
      max: Math.max(4, Math.min(hosts * 2, hosts + 2)),
    },
  ], () => image.close());
}

/** Opens a sandbox without the process wall, for platforms without subprocesses. A terminated
 *  Worker may keep its thread busy until the server ends, and a guest that crashes V8 also crashes
 *  the server. JavaScript only. */
export async function openWorkerSandbox(
  options: Pick<SandboxOptions, "hosts" | "hookTimeoutMs" | "idleMs" | "log">,
): Promise<Sandbox> {
  const { hosts, hookTimeoutMs } = options;
  return await open(options, [{
    language: "javascript",
    start: () => startWorkerHost(hookTimeoutMs),
    decoy: false,
    warm: hosts,
    max: hosts + 1,
  }]);
}

interface Kind extends Pick<HostPoolOptions, "start" | "warm" | "spare" | "max" | "mayWait"> {
  language: HostLanguage;
  /** Whether the test opens a port on this machine, which its bot must not reach. */
  decoy: boolean;
}

async function open(
  { hosts, hookTimeoutMs, idleMs = IDLE_MS, log }: SandboxOptions,
  kinds: Kind[],
  closing: () => Promise<void> = () => Promise.resolve(),
): Promise<Sandbox> {
  const pools = new Map<HostLanguage, HostPool>();
  const tally = new HookTally();
  for (const kind of kinds) {
    const { language, warm, spare, max, mayWait } = kind;
    const start = () => startTested(kind);
    const first = warm > 0 ? [await start()] : [];
    const pool = new HostPool({
      start,
      warm,
      spare,
      size: hosts,
      max,
      stalledAfterMs: STALLED_AFTER_MS,
      mayWait,
      idleMs,
      lateAfterMs: (request) => lateAfterMs(request, hookTimeoutMs),
      failed: (error) => log?.("error", "host_missing", { language, error: String(error) }),
      served: (service) => {
        countService(language, service);
        tally.service(language, service);
      },
    }, ...first);
    pools.set(language, pool);
  }
  return new PooledSandbox(pools, tally, closing);
}

/** The test also warms the host up: its first hook takes ten times as long as the next. */
async function startTested({ language, start, decoy }: Kind): Promise<Host> {
  const host = await start();
  try {
    await testHost(host, language, decoy);
    return host;
  } catch (error) {
    await host.end();
    throw error;
  }
}

/** Early enough to start another host before this one is killed, but late enough for most honest
 *  hooks to end. */
function lateAfterMs(request: Request, hookTimeoutMs: number): number {
  const deadlineMs = deadlineOf(request, hookTimeoutMs);
  return deadlineMs - Math.min(START_AHEAD_MS, deadlineMs / 2);
}
