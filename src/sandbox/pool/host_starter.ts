/** Starts the hosts of a pool. When they fail to start, or end by themselves, it rests ever longer
 *  before the next, so that what is broken for good does not keep the machine busy. */
import type { Host } from "./host.ts";

const FIRST_REST_MS = 100;
const LAST_REST_MS = 30_000;

interface HostStarterOptions {
  /** Resolves with a host that is ready to be asked. */
  start: () => Promise<Host>;
  started: (host: Host) => void;
  failed: (error: unknown) => void;
  /** Called when a rest is over. */
  rested: () => void;
}

export class HostStarter {
  readonly #options: HostStarterOptions;
  readonly #starting = new Set<Promise<void>>();
  #failures = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: HostStarterOptions) {
    this.#options = options;
  }

  /** How many hosts are being started. */
  get starting(): number {
    return this.#starting.size;
  }

  /** Whether no host should be started now. */
  get isResting(): boolean {
    return this.#closed || this.#rest !== undefined;
  }

  start(): void {
    const started = this.#options.start().then((host) => {
      this.#starting.delete(started);
      this.#options.started(host);
    }, (error) => {
      this.#starting.delete(started);
      this.rest();
      this.#options.failed(error);
    });
    this.#starting.add(started);
  }

  /** A host has ended by itself or did not come up. */
  rest(): void {
    if (this.#closed) return;
    const restMs = Math.min(FIRST_REST_MS * 2 ** this.#failures++, LAST_REST_MS);
    this.#rest ??= setTimeout(() => {
      this.#rest = undefined;
      this.#options.rested();
    }, restMs);
  }

  /** A host that it started has proven to be well. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Resolves when every host that was being started is started, or has failed to. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#rest);
    await Promise.all(this.#starting);
  }
}
