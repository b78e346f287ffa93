/** The plain listener, in a process of its own that has few file descriptors. */
import assert from "node:assert/strict";

const SERVER = `
  import { listenPlainly } from "${new URL(
  "../../../src/http/listener/plain_listener.ts",
  import.meta.url,
)}";
  const log = (_level, event) => console.log(event);
  const { addr } = listenPlainly({ hostname: "127.0.0.1", port: 0, log }, () => new Response("ok"));
  console.log(addr.port);
`;

Deno.test("listenPlainly() serves again after the process ran out of descriptors", async () => {
  const script = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(script, SERVER);
  const run =
    `ulimit -n 100 && exec "${Deno.execPath()}" run --quiet --no-config --allow-net ${script}`;
  const child = new Deno.Command("sh", {
    args: ["-c", run],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const lines = linesOf(child.stdout);
    const port = Number((await lines.next()).value);
    const idle: Deno.TcpConn[] = [];
    const failed = lines.next();
    for (let i = 0; i < 150; i++) {
      // While it does not listen, connections are refused.
      const conn = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
      if (conn) idle.push(conn);
    }
    assert.equal((await failed).value, "accept_failed");
    for (const conn of idle) conn.close();
    assert.equal(await answer(`http://127.0.0.1:${port}`), "ok");
  } finally {
    child.kill("SIGKILL");
    await child.status;
    await child.stdout.cancel().catch(() => {});
    await Deno.remove(script);
  }
});

/** Sends requests until one gets an answer. */
async function answer(url: string): Promise<string> {
  for (;;) {
    const response = await fetch(url).catch(() => null);
    if (response) return await response.text();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
