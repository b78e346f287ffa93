/** A server in its own process that reads a request and sends as many bytes as `health_check`
 *  does. */
import { callBytes } from "./doors.ts";

const PROGRAM = `
  const body = JSON.stringify({ result: "x".repeat(330) });
  Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: ({ port }) => Deno.stdout.writeSync(new TextEncoder().encode(String(port))),
  }, async (request) => {
    await request.text();
    return new Response(body, { headers: { "content-type": "application/json" } });
  });`;

export class EmptyServer implements AsyncDisposable {
  readonly url: URL;
  readonly #process: Deno.ChildProcess;

  private constructor(url: URL, process: Deno.ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  static async start(): Promise<EmptyServer> {
    const args = [
      "run",
      "--quiet",
      "--no-config",
      "--allow-net=127.0.0.1",
      `data:,${encodeURIComponent(PROGRAM)}`,
    ];
    const process = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped" })
      .spawn();
    for await (const chunk of process.stdout) {
      return new EmptyServer(
        new URL(`http://127.0.0.1:${new TextDecoder().decode(chunk)}`),
        process,
      );
    }
    throw new Error("Cannot start the empty server");
  }

  /** A call of usual length. */
  get request(): Uint8Array {
    return callBytes("2026", this.url, "x".repeat(43), "health_check", {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
  }
}
