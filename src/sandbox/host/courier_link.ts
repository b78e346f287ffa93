/** The couriers of a host process: one for each set of hosts that was asked lately, made when it is
 *  first needed. */
import type { CourierResult, CourierSetup, CourierTask } from "../wire/courier_task.ts";
import { NOTHING } from "../walls/permissions.ts";

/** Bots take turns on a host, so few are kept: each holds some megabytes. */
const KEPT_COURIERS = 2;
const GONE: CourierResult = { kind: "failed", why: "unreachable" };

export class CourierLink {
  #worker: Worker;
  #ready = Promise.withResolvers<void>();
  #open = new Map<number, (result: CourierResult) => void>();
  #last = 0;
  #gone = false;

  /** Throws when the process itself may not ask one of the hosts. */
  constructor(net: string[] | true, setup: CourierSetup) {
    const worker = this.#worker = new Worker(new URL("../courier/main.ts", import.meta.url), {
      type: "module",
      deno: { permissions: { ...NOTHING, net } },
    });
    worker.onmessage = () => {
      worker.onmessage = ({ data: [id, result] }) => {
        this.#open.get(id)?.(result);
        this.#open.delete(id);
      };
      worker.postMessage(setup);
      this.#ready.resolve();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.terminate();
    };
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Never rejects; a courier that is gone or goes leaves its tasks unreachable. */
  async perform(task: CourierTask): Promise<CourierResult> {
    await this.#ready.promise;
    if (this.#gone) return GONE;
    const { promise, resolve } = Promise.withResolvers<CourierResult>();
    this.#open.set(++this.#last, resolve);
    this.#worker.postMessage([this.#last, task]);
    return await promise;
  }

  /** Ends the courier and its open requests: nothing else stops a request for good. */
  terminate(): void {
    this.#gone = true;
    this.#worker.terminate();
    this.#ready.resolve();
    for (const resolve of this.#open.values()) resolve(GONE);
    this.#open.clear();
  }
}

export class Couriers {
  #setup: CourierSetup;
  /** By what they may ask, the one used last at the end. */
  #links = new Map<string, CourierLink>();

  constructor(setup: CourierSetup) {
    this.#setup = setup;
  }

  /** Throws when none can be made. */
  for(net: string[] | true): CourierLink {
    const key = String(net);
    const known = this.#links.get(key);
    const link = known && !known.gone ? known : new CourierLink(net, this.#setup);
    this.#links.delete(key);
    this.#links.set(key, link);
    for (const [oldest, idle] of this.#links) {
      if (this.#links.size <= KEPT_COURIERS) break;
      idle.terminate();
      this.#links.delete(oldest);
    }
    return link;
  }
}
