/** Starts the hosts of a pool. If they fail to start or end by themselves, it pauses with
 *  exponential backoff, so that a permanent fault does not keep the machine busy. */
import type { Host } from "./host.ts";

const FIRST_REST_MS = 100;
const LAST_REST_MS = 30_000;

interface HostStarterOptions {
  /** Resolves with a host that is ready for requests. */
  start: () => Promise<Host>;
  started: (host: Host) => void;
  failed: (error: unknown) => void;
  /** Called after a pause. */
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

  /** The number of hosts that are starting. */
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

  /** Call it after a host ended by itself or failed to start. */
  rest(): void {
    if (this.#closed) return;
    const restMs = Math.min(FIRST_REST_MS * 2 ** this.#failures++, LAST_REST_MS);
    this.#rest ??= setTimeout(() => {
      this.#rest = undefined;
      this.#options.rested();
    }, restMs);
  }

  /** Call it after a started host has served a request: resets the backoff. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Starts no further host. Resolves after every pending start has succeeded or failed. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#rest);
    await Promise.all(this.#starting);
  }
}
