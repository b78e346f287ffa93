/** The one Worker of a host process, or of the server itself where there are no subprocesses.
 *  One request at a time; a Worker that missed a deadline is never asked again. */

/** Nothing at all: the guest has no network yet, and everything it loads was loaded when it started. */
const NOTHING = {
  net: false,
  read: false,
  write: false,
  env: false,
  run: false,
  ffi: false,
  sys: false,
  import: false,
} as const;

export class WorkerLink {
  #worker: Worker;
  #answer: PromiseWithResolvers<string | undefined> | undefined;
  #loaded = Promise.withResolvers<void>();
  #broken = false;

  constructor() {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      deno: { permissions: NOTHING },
    });
    this.#worker.onmessage = () => {
      this.#worker.onmessage = ({ data }) => this.#answer?.resolve(data);
      this.#loaded.resolve();
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#broken = true;
      this.#answer?.resolve(undefined);
    };
  }

  /** The Worker's answer, or undefined when it failed or did not answer within `timeoutMs`. */
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

  /** Busy native code may spin on in its thread: only the end of the process stops it. */
  terminate(): void {
    this.#broken = true;
    this.#worker.terminate();
    this.#answer?.resolve(undefined);
  }
}
