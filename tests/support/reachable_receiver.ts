/** A receiver of MCP events that a server of the start task reaches. */
import { proxyTo } from "./proxy.ts";
import { webhookReceiver } from "./webhook_receiver.ts";

/** A receiver, and the settings of a server that reaches it as it would on the internet: through a
 *  proxy that knows its name, with a certificate that the machine trusts. */
export async function reachableReceiver() {
  const receiver = await webhookReceiver();
  const proxy = proxyTo(receiver.port);
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/ca.pem`, receiver.ca);
  return {
    receiver,
    proxy,
    settings: {
      HTTPS_PROXY: proxy.url,
      NO_PROXY: "127.0.0.1",
      DENO_CERT: `${folder}/ca.pem`,
      DENO_NO_UPDATE_CHECK: "1",
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
