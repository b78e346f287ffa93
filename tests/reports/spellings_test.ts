/** The spellings of the server's address that people type, against a server started by its task:
 *  clients sign in only where every document repeats the address that they were given. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import assert from "node:assert/strict";
import { Memory, providerFor } from "../oauth/client_provider.ts";
import { forwardedFetch } from "../support/forwarded_fetch.ts";
import type { Wire } from "../support/player.ts";
import { startProcess } from "../support/process.ts";
import type { Report } from "./report.ts";

const CALLBACK = "http://127.0.0.1:9/callback";
const TUNNEL = "https://play.example";

interface Spelling extends Report {
  /** The address that the client was given; {port} is the port that the server listens on. */
  given: string;
  /** Headers that the client or a proxy adds. */
  headers?: Record<string, string>;
  /** The address in every document, if it is not the given one. */
  right?: string;
}

const LOCAL: Spelling[] = [
  { what: "127.0.0.1, as the server says", given: "http://127.0.0.1:{port}" },
  { what: "localhost", report: 812, given: "http://localhost:{port}" },
  { what: "localhost with a dot", given: "http://localhost.:{port}" },
  { what: "the IPv6 address", given: "http://[::1]:{port}" },
  { what: "another loopback address", given: "http://127.0.0.2:{port}" },
  { what: "a forwarded port", given: "http://localhost:9999" },
  { what: "a forwarded port 80", given: "http://127.0.0.1" },
  {
    what: "headers of a proxy that nobody trusts",
    given: "http://localhost:{port}",
    headers: {
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      "x-forwarded-for": "192.0.2.1",
      "forwarded": "host=evil.example;proto=https",
    },
  },
];

const TUNNELED: Spelling[] = [
  { what: "the tunnel", given: TUNNEL },
  { what: "the tunnel, with the port", given: "https://play.example:443" },
  { what: "the local address", given: "http://127.0.0.1:{port}" },
  { what: "the other local address", given: "http://localhost:{port}" },
  {
    what: "the tunnel, which replaces Host and names its own",
    given: "http://localhost:{port}",
    headers: { "x-forwarded-host": "play.example" },
    right: TUNNEL,
  },
  {
    what: "the local address, and a forged name",
    given: "http://localhost:{port}",
    headers: { "x-forwarded-host": "evil.example" },
  },
];

/** What a client of either era sends first. */
const FIRST: Record<string, { headers: Record<string, string>; body: unknown }> = {
  "2025": {
    headers: {},
    body: { method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {} } },
  },
  "2026": {
    headers: { "mcp-protocol-version": "2026-07-28", "mcp-method": "server/discover" },
    body: { method: "server/discover", params: {} },
  },
};

async function checkDocuments(server: string, { given, headers = {}, right }: Spelling) {
  const { port } = new URL(server);
  const address = given.replace("{port}", port);
  const own = right ?? new URL(address).origin;
  const through = forwardedFetch(server);
  const get = async (path: string, more: Record<string, string> = {}) => {
    const response = await through(address + path, { headers: { ...headers, ...more } });
    assert.equal(response.status, 200, path);
    return response;
  };
  for (const around of ["PATH", "PATH/", "PATH/mcp", "PATH/mcp/", "/mcpPATH"]) {
    const path = around.replace("PATH", "/.well-known/oauth-authorization-server");
    const response = await get(path);
    assert.equal(response.headers.get("vary")?.includes("Host"), true);
    const metadata = await response.json();
    assert.equal(metadata.issuer, own);
    for (const [name, value] of Object.entries(metadata)) {
      if (name.endsWith("_endpoint")) assert.ok(String(value).startsWith(`${own}/`), name);
    }
  }
  const document = `${own}/.well-known/oauth-protected-resource`;
  for (const [spelling, suffix] of [["/", ""], ["/mcp", "/mcp"], ["/mcp/", "/mcp/"]]) {
    const described = await (await get(new URL(document).pathname + suffix)).json();
    assert.equal(described.resource, own + spelling);
    assert.deepEqual(described.authorization_servers, [own]);
    for (const { headers: more, body } of Object.values(FIRST)) {
      const response = await through(address + spelling, {
        method: "POST",
        headers: { ...headers, ...more, "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...body as Wire }),
      });
      await response.body?.cancel();
      assert.equal(response.status, 401);
      const challenge = response.headers.get("www-authenticate")!;
      assert.ok(challenge.includes(`resource_metadata="${document}${suffix}"`), challenge);
    }
  }
  const { servers } = await (await get("/openapi.json")).json();
  assert.deepEqual(servers, [{ url: own }]);
  const html = { accept: "text/html" };
  for (const path of ["/", "/connect"]) {
    assert.ok((await (await get(path, html)).text()).includes(`${own}/mcp`), path);
  }
}

type Transport = StreamableHTTPClientTransport | TransportV1;

/** Signs in whole, as the clients' own documentation tells: connect, visit, finish, connect. */
const CLIENTS: Record<string, (url: URL, options: Wire) => [client: Wire, transport: Transport]> = {
  "v1": (url, options) => [
    new ClientV1({ name: "test", version: "1" }),
    new TransportV1(url, options),
  ],
  "v2 legacy": (url, options) => [
    new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "legacy" } }),
    new StreamableHTTPClientTransport(url, options),
  ],
  "v2 modern": (url, options) => [
    new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "auto" } }),
    new StreamableHTTPClientTransport(url, options),
  ],
};

async function signInAndCall(kind: string, address: string, through: typeof fetch) {
  const memory = new Memory();
  const options = { authProvider: providerFor(memory, CALLBACK), fetch: through };
  const url = new URL(address);
  const [first, transport] = CLIENTS[kind]!(url, options);
  await assert.rejects(first.connect(transport), /nauthorized/);
  const visited = await through(memory.url!, { redirect: "manual" });
  await visited.body?.cancel();
  const answer = new URL(visited.headers.get("location")!).searchParams;
  const [code, iss] = [answer.get("code")!, answer.get("iss")!];
  assert.equal(iss, url.origin);
  await (transport as StreamableHTTPClientTransport).finishAuth(code, iss);
  const [client, second] = CLIENTS[kind]!(url, options);
  await client.connect(second);
  try {
    const { structuredContent } = await client.callTool({ name: "health_check", arguments: {} });
    assert.equal(structuredContent.status, "healthy");
  } finally {
    await client.close();
  }
  return (memory.tokens as Wire).access_token as string;
}

async function withServer(
  env: Record<string, string>,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const settings = { KV_URL: ":memory:", SANDBOX: "off", RATE_LIMITS: "off", ...env };
  const server = await startProcess(settings, { viaTask: true });
  try {
    await use(server.url);
  } finally {
    await server.kill("SIGTERM");
  }
}

Deno.test("a server of this machine is known by the name that the caller uses", async (t) => {
  await withServer({}, async (url) => {
    const { port } = new URL(url);
    for (const row of LOCAL) await t.step(row.what, () => checkDocuments(url, row));

    const tokens: string[] = [];
    for (const kind of Object.keys(CLIENTS)) {
      for (const start of ["http://127.0.0.1", "http://localhost", "http://[::1]"]) {
        for (const path of ["", "/mcp", "/mcp/"]) {
          const address = `${start}:${port}${path}`;
          await t.step(`${kind} signs in at ${start}${path}`, async () => {
            tokens.push(await signInAndCall(kind, address, forwardedFetch(url)));
          });
        }
      }
    }
    await t.step("a token of one spelling works at every other", async () => {
      const authorization = `Bearer ${tokens.at(-1)}`;
      for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
        const address = `http://${host}:${port}/health_check`;
        const { status } = await forwardedFetch(url)(address, { headers: { authorization } });
        assert.equal(status, 200, host);
      }
    });
    await t.step("a resource elsewhere is refused", async () => {
      for (const resource of ["http://localhost:9/mcp", "http://evil.example/mcp"]) {
        const query = new URLSearchParams({ grant_type: "client_credentials", resource });
        const { token_endpoint } = { token_endpoint: `http://localhost:${port}/token` };
        const registered = await fetch(`http://localhost:${port}/register`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ client_name: "test", redirect_uris: [CALLBACK] }),
        });
        const { client_id, client_secret } = await registered.json();
        const authorization = `Basic ${btoa(`${client_id}:${client_secret}`)}`;
        const init = { method: "POST", headers: { authorization }, body: query };
        const answer = await (await fetch(token_endpoint, init)).json();
        assert.equal(answer.error, "invalid_target");
        assert.match(answer.error_description, new RegExp(`http://localhost:${port}/mcp`));
      }
    });
    await t.step("an address elsewhere is told the right one", async () => {
      for (const path of ["/mcp", "/.well-known/oauth-protected-resource", "/token"]) {
        const response = await forwardedFetch(url)(`http://192.168.1.5:${port}${path}`);
        const { code, detail } = await response.json();
        assert.deepEqual([response.status, code], [421, "HOST_NOT_SERVED"]);
        assert.ok(detail.includes(url), detail);
      }
    });
  });
});

Deno.test("a tunneled server is also known by its local name", async (t) => {
  await withServer({ PUBLIC_URL: TUNNEL }, async (url) => {
    for (const row of TUNNELED) await t.step(row.what, () => checkDocuments(url, row));
    for (const kind of Object.keys(CLIENTS)) {
      await t.step(`${kind} signs in at the local address`, async () => {
        await signInAndCall(kind, `${url}/mcp`, fetch);
      });
    }
    await t.step("a port that is not the tunnel's is told the right address", async () => {
      const response = await forwardedFetch(url)("https://play.example:9/mcp");
      assert.equal(response.status, 401);
      assert.match((await response.json()).error_description, /https:\/\/play\.example\/mcp\./);
    });
  });
});

Deno.test("behind the operator's own proxies, a replaced Host leads to PUBLIC_URL", async () => {
  await withServer({ PUBLIC_URL: TUNNEL, TRUSTED_PROXIES: "1" }, async (url) => {
    const headers = { "x-forwarded-for": "192.0.2.1" };
    await checkDocuments(url, { what: "", given: url, headers, right: TUNNEL });
    await checkDocuments(url, { what: "", given: url });
  });
});
