/** Keeps a number of hosts warm and gives each request one of them, first come, first served.
 *  A host that ends is replaced: at once when it was killed for a hook, ever later when hosts end by themselves
 *  or fail to start. Time spent waiting for a host is no part of any deadline. */
import { Refusal } from "../domain/refusal.ts";
import type { Host, Listener } from "./host.ts";
import type { Request } from "./protocol.ts";

const MAX_WAITING = 1_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 30_000;

export class HostPool {
  #start: () => Promise<Host>;
  #hosts = new Set<Host>();
  #idle: Host[] = [];
  #ended = new WeakSet<Host>();
  #waiting: PromiseWithResolvers<Host>[] = [];
  #starting = new Set<Promise<void>>();
  #failures = 0;
  #retries = new Set<ReturnType<typeof setTimeout>>();
  #closed = false;

  /** `start` resolves with a host that is ready to be asked. */
  constructor(size: number, start: () => Promise<Host>, first: Host) {
    this.#start = start;
    this.#add(first);
    for (let i = 1; i < size; i++) this.#grow();
  }

  /** How many hosts are up, and how many of them have nothing to do. */
  get size(): { up: number; idle: number } {
    return { up: this.#hosts.size, idle: this.#idle.length };
  }

  /** Throws `Refusal("UNAVAILABLE")` when no host can be had, `Refusal("RATE_LIMIT")` when too many wait. */
  async ask(request: Request, listener?: Listener): ReturnType<Host["ask"]> {
    const host = await this.#take();
    const answer = await host.ask(request, listener);
    if (this.#closed) throw unavailable();
    if (answer.kind === "killed" || this.#ended.has(host)) this.#replace(host);
    else this.#giveBack(host);
    return answer;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const retry of this.#retries) clearTimeout(retry);
    this.#refuseWaiting();
    await Promise.all([...this.#hosts].map((host) => host.end()));
    await Promise.all(this.#starting);
  }

  #take(): Host | Promise<Host> {
    if (this.#closed) throw unavailable();
    const host = this.#idle.pop();
    if (host) return host;
    if (this.#hosts.size === 0 && this.#starting.size === 0) throw unavailable();
    if (this.#waiting.length >= MAX_WAITING) {
      throw new Refusal("RATE_LIMIT", "Too many bots are waiting to run; try again soon.", 1_000);
    }
    const turn = Promise.withResolvers<Host>();
    this.#waiting.push(turn);
    return turn.promise;
  }

  #giveBack(host: Host): void {
    const next = this.#waiting.shift();
    if (next) next.resolve(host);
    else this.#idle.push(host);
  }

  #add(host: Host): void {
    this.#hosts.add(host);
    host.ended.then(() => this.#lost(host));
    this.#giveBack(host);
  }

  #replace(host: Host): void {
    this.#hosts.delete(host);
    this.#grow();
  }

  /** A busy host is replaced when its request has been answered; one that ended while idle did so by itself. */
  #lost(host: Host): void {
    this.#ended.add(host);
    const at = this.#idle.indexOf(host);
    if (at < 0) return;
    this.#idle.splice(at, 1);
    this.#hosts.delete(host);
    this.#growLater();
  }

  #grow(): void {
    const started = this.#start().then(
      async (host) => {
        this.#starting.delete(started);
        if (this.#closed) return await host.end();
        this.#failures = 0;
        this.#add(host);
      },
      () => {
        this.#starting.delete(started);
        this.#growLater();
      },
    );
    this.#starting.add(started);
  }

  #growLater(): void {
    if (this.#closed) return;
    if (this.#hosts.size === 0 && this.#starting.size === 0) this.#refuseWaiting();
    const retryMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures++, LAST_RETRY_MS);
    const retry = setTimeout(() => {
      this.#retries.delete(retry);
      this.#grow();
    }, retryMs);
    this.#retries.add(retry);
  }

  #refuseWaiting(): void {
    for (const turn of this.#waiting.splice(0)) turn.reject(unavailable());
  }
}

function unavailable(): Refusal {
  return new Refusal("UNAVAILABLE", "No sandbox can run bots right now; try again soon.", 1_000);
}
