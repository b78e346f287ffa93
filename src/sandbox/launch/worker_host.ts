/** A host without a separate process: its Worker runs inside the server (`SANDBOX=worker`). The
 *  walls of the guest and of the Worker are the same as in a host process; the third is missing. */
import type { Host, Listener } from "../pool/host.ts";
import { closedWorker } from "../host/closed_worker.ts";
import { WorkerLink } from "../host/worker_link.ts";
import { deadlineOf, readAnswer, type Request, START_MS } from "../wire/protocol.ts";

/** Starts a Worker and waits for its report that every wall stands. Throws if there is none. */
export async function startWorkerHost(hookTimeoutMs: number): Promise<Host> {
  const host = new WorkerHost(hookTimeoutMs);
  const answer = await host.ask({ kind: "probe" }, undefined, START_MS);
  if (answer.kind === "probed" && answer.open.length === 0) return host;
  await host.end();
  const why = answer.kind === "probed" ? `may use ${answer.open}` : "did not answer";
  throw new Error(`Cannot start a sandbox Worker: it ${why}`);
}

class WorkerHost implements Host {
  #link = new WorkerLink(closedWorker("javascript"));
  #hookTimeoutMs: number;
  #ended = Promise.withResolvers<void>();

  constructor(hookTimeoutMs: number) {
    this.#hookTimeoutMs = hookTimeoutMs;
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async ask(
    request: Request,
    _listener?: Listener,
    timeoutMs = deadlineOf(request, this.#hookTimeoutMs),
  ): ReturnType<Host["ask"]> {
    const text = await this.#link.ask(JSON.stringify(request), timeoutMs);
    const answer = text === undefined ? undefined : readAnswer(request, text);
    if (answer) return answer;
    await this.end();
    return { kind: "killed", after_ms: this.#hookTimeoutMs };
  }

  end(): Promise<void> {
    this.#link.terminate();
    this.#ended.resolve();
    return this.#ended.promise;
  }
}
