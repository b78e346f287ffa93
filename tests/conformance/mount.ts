/** A proxy to a real server, for a suite that can't send a token: it adds a valid token to requests
 *  that have none. It passes everything else on unchanged, even `Host` and `Origin`, which `fetch`
 *  would set itself. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { signIn } from "../support/player.ts";
import { testServer } from "../support/server.ts";

export interface Mount extends AsyncDisposable {
  url: string;
}

export async function mountedServer(): Promise<Mount> {
  let target = "";
  let authorization = "";
  const mount = createServer((incoming, answer) => {
    const headers = { authorization, ...incoming.headers };
    const { method, url } = incoming;
    const outgoing = request(new URL(url ?? "/", target), { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    outgoing.on("error", () => answer.destroy());
    answer.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => mount.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(mount.address() as AddressInfo).port}`;

  const server = await testServer({ publicUrl: url, sandbox: "off", mcpStrict: true });
  target = server.url;
  authorization = `Bearer ${await signIn(server.url)}`;
  return {
    url,
    async [Symbol.asyncDispose]() {
      mount.closeAllConnections();
      await new Promise((resolve) => mount.close(resolve));
      await server[Symbol.asyncDispose]();
    },
  };
}
