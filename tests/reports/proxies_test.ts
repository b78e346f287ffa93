/** A server whose only way to public hosts is the proxy of a company's network. The proxy and the
 *  site behind it are real and on this machine; the site's name exists only at the proxy. */
import assert from "node:assert/strict";
import { testAuthority } from "../support/certificates.ts";
import { startProcess } from "../support/process.ts";
import { PROXY_PASSWORD, proxyTo } from "../support/proxy.ts";
import type { Report } from "./report.ts";

const SITE = "apps.mcp-test.example";

/** A site with the document of a client at every path. */
async function clientSite() {
  const authority = await testAuthority();
  const identity = await authority.issue({ names: [SITE] });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, ...identity, onListen() {} }, (r) => {
    const client_id = `https://${SITE}${new URL(r.url).pathname}`;
    return Response.json({
      client_id,
      client_name: "Behind the proxy",
      redirect_uris: ["https://app.example/callback"],
      token_endpoint_auth_method: "none",
    });
  });
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/ca.pem`, authority.cert);
  return {
    port: server.addr.port,
    caFile: `${folder}/ca.pem`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

interface Row extends Report {
  clientId: string;
  /** What a person sees who signs in with this client. */
  right: "consent" | "refused";
  /** Whether the proxy is asked. */
  proxied: boolean;
}

const ROWS: Row[] = [
  {
    what: "a document at a name that only the proxy resolves",
    clientId: `https://${SITE}/client.json`,
    right: "consent",
    proxied: true,
  },
  ...[
    "https://127.0.0.1/client.json",
    "https://[::1]/client.json",
    "https://10.0.0.1/client.json",
    "https://2130706433/client.json",
    "https://localhost/client.json",
    "https://metadata.google.internal/client.json",
    "https://intranet/client.json",
    "https://printer.local/client.json",
    `https://${SITE}:8443/client.json`,
  ].map((clientId): Row => ({
    what: `no proxy is asked for ${clientId}`,
    clientId,
    right: "refused",
    proxied: false,
  })),
  {
    what: "NO_PROXY names the host",
    clientId: "https://direct.mcp-test.example/client.json",
    right: "refused",
    proxied: false,
  },
];

Deno.test("HTTPS_PROXY: a server started by its task reaches public hosts through it alone", async (t) => {
  await using site = await clientSite();
  await using proxy = proxyTo(site.port);
  const server = await startProcess({
    KV_URL: ":memory:",
    SANDBOX: "off",
    CLIENT_DOCUMENTS: "on",
    DENO_CERT: site.caFile,
    DENO_NO_UPDATE_CHECK: "1",
    HTTPS_PROXY: proxy.url,
    NO_PROXY: "127.0.0.1,direct.mcp-test.example",
  });
  for (const { what, clientId, right, proxied } of ROWS) {
    await t.step(what, async () => {
      proxy.asked.length = 0;
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: "https://app.example/callback",
        response_type: "code",
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method: "S256",
        state: "s",
      });
      const answer = await fetch(`${server.url}/oauth/authorize?${query}`, { redirect: "manual" });
      const text = await answer.text();
      const seen = text.includes("Behind the proxy") ? "consent" : "refused";
      assert.deepEqual([seen, proxy.asked], [right, proxied ? [`${SITE}:443`] : []], text);
    });
  }
  await server.kill("SIGTERM");
  assert.ok(!server.log.join().includes(PROXY_PASSWORD), "the password is in no log");
});

Deno.test("HTTPS_PROXY: a host and port without a scheme is an http proxy", async () => {
  await using proxy = proxyTo(0);
  const server = await startProcess({
    KV_URL: ":memory:",
    SANDBOX: "off",
    CLIENT_DOCUMENTS: "on",
    DENO_NO_UPDATE_CHECK: "1",
    HTTPS_PROXY: new URL(proxy.url).host,
  });
  const query = new URLSearchParams({ client_id: `https://${SITE}/client.json` });
  const answer = await fetch(`${server.url}/oauth/authorize?${query}`);
  await answer.body?.cancel();
  assert.deepEqual(proxy.asked, [`${SITE}:443`]);
  await server.kill("SIGTERM");
});

Deno.test("HTTPS_PROXY: relays of drand are asked through it, too", async () => {
  await using site = await clientSite();
  await using proxy = proxyTo(site.port);
  const error = await startProcess({
    SANDBOX: "off",
    DENO_CERT: site.caFile,
    DENO_NO_UPDATE_CHECK: "1",
    HTTPS_PROXY: proxy.url,
    SEED_BEACON: "drand",
    DRAND_CHAIN: "0c".repeat(32),
    DRAND_RELAYS: `https://${SITE}`,
  }).then(() => null, (e: Error) => e);
  assert.match(String(error), /Cannot start: DRAND_CHAIN can't be looked up/, "no relay, a site");
  assert.deepEqual(new Set(proxy.asked), new Set([`${SITE}:443`]));
});

Deno.test("HTTPS_PROXY: what is no URL stops the start, without a word of its value", async () => {
  for (
    const HTTPS_PROXY of [
      `user:${PROXY_PASSWORD}@proxy:3128`,
      `ftp://user:${PROXY_PASSWORD}@proxy:3128`,
    ]
  ) {
    const error = await startProcess({ SANDBOX: "off", HTTPS_PROXY }).catch((e: Error) => e);
    assert.match(String(error), /Cannot start: HTTPS_PROXY must be a URL such as http:/);
    assert.ok(!String(error).includes(PROXY_PASSWORD));
  }
});
