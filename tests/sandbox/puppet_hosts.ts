/** Hosts that a test controls, in the test's own process. */
import type { Host, Listener } from "../../src/sandbox/pool/host.ts";
import { type Asking, HostPool, type HostPoolOptions } from "../../src/sandbox/pool/host_pool.ts";
import type { Request } from "../../src/sandbox/wire/protocol.ts";
import { job } from "./job.ts";

type HostAnswer = Awaited<ReturnType<Host["ask"]>>;

const DONE: HostAnswer = {
  kind: "ran",
  outcome: { kind: "done", posts: [], state: null, state_set: false },
  trace: { log: [], fuel: 0 },
};

/** A hook that a host received. */
export interface AskedHook {
  name: string;
  host: PuppetHost;
  listener: Listener | undefined;
  answer(): void;
  kill(): void;
}

export class PuppetHost implements Host {
  readonly #ended = Promise.withResolvers<void>();
  readonly ended = this.#ended.promise;
  hasEnded = false;
  readonly #stage: PuppetStage;
  #kill: (() => void) | undefined;

  constructor(stage: PuppetStage) {
    this.#stage = stage;
  }

  ask(request: Request, listener?: Listener): Promise<HostAnswer> {
    const { promise, resolve } = Promise.withResolvers<HostAnswer>();
    this.#kill = () => resolve({ kind: "killed", after_ms: 1 });
    if (this.hasEnded) this.#kill();
    if (this.#stage.answersAtOnce) resolve(DONE);
    this.#stage.asked.push({
      name: request.kind === "run" ? request.job.class_name : request.kind,
      host: this,
      listener,
      answer: () => resolve(DONE),
      kill: () => void this.end(),
    });
    this.#stage.changed();
    return promise;
  }

  end(): Promise<void> {
    this.hasEnded = true;
    this.#kill?.();
    this.#ended.resolve();
    this.#stage.changed();
    return this.ended;
  }
}

/** Starts puppet hosts for a pool, and records everything that happens to them. */
export class PuppetStage {
  readonly hosts: PuppetHost[] = [];
  /** Every hook that a host received, in order. */
  readonly asked: AskedHook[] = [];
  answersAtOnce = false;
  readonly #awaited = new Set<() => void>();

  readonly start = (): Promise<Host> => {
    const host = new PuppetHost(this);
    this.hosts.push(host);
    this.changed();
    return Promise.resolve(host);
  };

  get up(): number {
    return this.hosts.filter(({ hasEnded }) => !hasEnded).length;
  }

  /** The names of the hooks that hosts received, in order. */
  get names(): string[] {
    return this.asked.map(({ name }) => name);
  }

  hook(name: string): AskedHook {
    const found = this.asked.findLast((hook) => hook.name === name);
    if (!found) throw new Error(`Cannot find ${name} among ${this.names}`);
    return found;
  }

  /** Resolves as soon as a condition holds. */
  async when(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => this.#awaited.add(resolve));
    }
  }

  changed(): void {
    for (const resolve of this.#awaited) resolve();
    this.#awaited.clear();
  }
}

/** A pool of puppets. By default all hosts are warm, no hook ever stalls or is late, and no host is
 *  idle for too long. */
export function puppetPool(stage: PuppetStage, options: Partial<HostPoolOptions>) {
  const size = options.size ?? 1;
  const pool = new HostPool({
    warm: size,
    size,
    max: size,
    idleMs: 600_000,
    start: stage.start,
    stalledAfterMs: 600_000,
    lateAfterMs: () => 600_000,
    ...options,
  });
  /** Requests a hook by name; the name's first letter is the principal. */
  const run = (name: string, principal = name[0]!, asking: Asking = {}) =>
    pool.ask({ kind: "run", job: job("", { class_name: name }) }, {
      key: { principal },
      ...asking,
    });
  /** Lets all pending callbacks run. */
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve));
  return { pool, run, settle };
}
