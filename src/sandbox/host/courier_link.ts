/** The couriers of a host process: one for each recently used set of declared hosts, started on
 *  demand. */
import type { CourierResult, CourierSetup, CourierTask } from "../wire/courier_task.ts";
import { NO_PERMISSIONS } from "../walls/permissions.ts";

/** Few, because bots take turns on a host and each courier takes some megabytes. */
const MAX_COURIERS = 2;
const GONE: CourierResult = { kind: "failed", why: "unreachable" };

export class CourierLink {
  #worker: Worker;
  #ready = Promise.withResolvers<void>();
  #open = new Map<number, (result: CourierResult) => void>();
  #last = 0;
  #gone = false;

  /** Throws if the process itself lacks permission for one of the hosts. */
  constructor(net: string[] | true, setup: CourierSetup) {
    const worker = this.#worker = new Worker(new URL("../courier/main.ts", import.meta.url), {
      type: "module",
      deno: { permissions: { ...NO_PERMISSIONS, net } },
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

  /** Never rejects. If the courier has ended or ends meanwhile, the result is `unreachable`. */
  async perform(task: CourierTask): Promise<CourierResult> {
    await this.#ready.promise;
    if (this.#gone) return GONE;
    const { promise, resolve } = Promise.withResolvers<CourierResult>();
    this.#open.set(++this.#last, resolve);
    this.#worker.postMessage([this.#last, task]);
    return await promise;
  }

  /** Ends the courier. This is the only reliable way to stop its open requests. */
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
  /** By their permission, the most recently used last. */
  #links = new Map<string, CourierLink>();

  constructor(setup: CourierSetup) {
    this.#setup = setup;
  }

  /** Throws if no courier can be started. */
  for(net: string[] | true): CourierLink {
    const key = String(net);
    const known = this.#links.get(key);
    const link = known && !known.gone ? known : new CourierLink(net, this.#setup);
    this.#links.delete(key);
    this.#links.set(key, link);
    for (const [oldest, idle] of this.#links) {
      if (this.#links.size <= MAX_COURIERS) break;
      idle.terminate();
      this.#links.delete(oldest);
    }
    return link;
  }
}
