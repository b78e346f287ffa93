/** The only Worker of a host process, or of the server itself where there are no subprocesses. It
 *  handles one request at a time. After it misses a deadline, it gets no further request. */
import { type NetCall, type NetReply, type Network, replyTo } from "../wire/net_call.ts";

/** More than an honest guest ever has open: the calls that a hook may make, and one. */
const MAX_OPEN_CALLS = 16;

export class WorkerLink {
  #worker: Worker;
  #network: Network | undefined;
  #answer: PromiseWithResolvers<string | undefined> | undefined;
  #loaded = Promise.withResolvers<void>();
  #broken = false;
  #openCalls = 0;

  /** The Worker is new. Without a network, its network calls are refused. `setup`, if not
   *  undefined, is sent before the first request. */
  constructor(worker: Worker, network?: Network, setup?: Uint8Array<ArrayBuffer> | null) {
    this.#network = network;
    this.#worker = worker;
    this.#worker.onmessage = () => {
      this.#worker.onmessage = ({ data }) => {
        if (typeof data === "string") this.#answer?.resolve(data);
        else this.#perform(data as NetCall);
      };
      if (setup !== undefined) this.#worker.postMessage(setup, setup ? [setup.buffer] : []);
      this.#loaded.resolve();
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#broken = true;
      this.#answer?.resolve(undefined);
    };
  }

  /** The Worker's answer, or undefined if it failed or did not answer within `timeoutMs`. */
  async ask(request: string, timeoutMs: number): Promise<string | undefined> {
    if (this.#broken || this.#answer) return undefined;
    const answer = this.#answer = Promise.withResolvers<string | undefined>();
    const deadline = setTimeout(() => answer.resolve(undefined), timeoutMs);
    this.#loaded.promise.then(() => this.#worker.postMessage(request));
    const text = await answer.promise;
    clearTimeout(deadline);
    this.#answer = undefined;
    if (typeof text === "string") return text;
    this.#broken = true;
    return undefined;
  }

  /** Native code may keep the thread busy even so: only the end of the process stops it. */
  terminate(): void {
    this.#broken = true;
    this.#worker.terminate();
    this.#answer?.resolve(undefined);
  }

  async #perform({ call, request, reply }: NetCall): Promise<void> {
    const asking = this.#answer;
    if (++this.#openCalls > MAX_OPEN_CALLS) return this.terminate();
    const answer = await this.#network?.perform(request) ?? NO_NETWORK;
    this.#openCalls--;
    if (reply) return replyTo(reply, answer);
    // An answer to an earlier hook is discarded.
    if (asking === this.#answer) this.#worker.postMessage({ call, answer } satisfies NetReply);
  }
}

const NO_NETWORK = {
  kind: "failed",
  reason: "refused",
  message: "This server gives bots no network.",
} as const;
