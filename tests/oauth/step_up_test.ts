/** Tokens with the scope `watch`, at the endpoints of a real server. */
import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import assert from "node:assert/strict";
import { OPERATIONS } from "../../src/operations/all.ts";
import { Player, roomOf, signIn } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { Memory, providerFor } from "./client_provider.ts";
import { location } from "./oauth_endpoints.ts";

const NAMES = OPERATIONS.flatMap(({ name, aliases = [], effects }) =>
  [name, ...aliases].map((each) => ({ name: each, reads: effects === "reads" }))
);

function post(url: string, token: string, body: unknown, headers: HeadersInit = {}) {
  return fetch(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

function assertStepUp(response: Response, metadataPath: string) {
  assert.equal(response.status, 403);
  assert.match(
    response.headers.get("www-authenticate") ?? "",
    new RegExp(`^Bearer error="insufficient_scope", .*${metadataPath}", scope="play"$`),
  );
}

Deno.test("REST refuses a watch token exactly for routes that change something", async () => {
  await using server = await testServer({ sandbox: "off" });
  const token = await signIn(server.url, "watch");
  for (const { name, reads } of NAMES) {
    const response = await post(`${server.url}/${name}`, token, {});
    if (!reads) {
      assertStepUp(response, "/.well-known/oauth-protected-resource");
      assert.equal(response.headers.get("content-type"), "application/problem+json");
    }
    assert.equal((await response.json()).code === "INSUFFICIENT_SCOPE", !reads, name);
  }
});

const LEGACY = { "mcp-protocol-version": "2025-06-18" };
const MODERN_META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
};

for (const path of ["/", "/mcp"]) {
  const metadataPath = `/.well-known/oauth-protected-resource${path === "/" ? "" : path}`;
  Deno.test(`MCP at ${path} refuses a watch token for tools that change something`, async () => {
    await using server = await testServer({ sandbox: "off" });
    const token = await signIn(server.url, "watch");
    for (const { name, reads } of NAMES) {
      const call = (params: object) => ({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
      const legacy = call({ name, arguments: {} });
      const modern = call({ name, arguments: {}, _meta: MODERN_META });
      const modernHeaders = {
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": name,
      };
      const asked: [unknown, HeadersInit][] = [
        [legacy, LEGACY],
        [modern, modernHeaders],
        [[{ jsonrpc: "2.0", id: 1, method: "tools/list" }, legacy], {}],
        [call({ name, arguments: 1, _meta: 1 }), {}],
      ];
      for (const [body, headers] of asked) {
        const response = await post(server.url + path, token, body, headers);
        if (reads) assert.notEqual(response.status, 403, name);
        else assertStepUp(response, metadataPath);
        await response.body?.cancel();
      }
    }
  });
}

Deno.test("a watch token can read a public channel, but not change it", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(
    server.url,
    { slots: ["invite:a"], visibility: "public", spectators: true },
    1,
  );
  const watcher = new Player(server.url, await signIn(server.url, "watch"));
  const { channel_id } = alice!;
  const before = await watcher.call("sync_messages", { channel_id, timeout_ms: 0 });
  await assert.rejects(watcher.call("post_message", { channel_id, body: "hi" }), {
    status: 403,
    code: "INSUFFICIENT_SCOPE",
  });
  const after = await watcher.call("sync_messages", { channel_id, timeout_ms: 0 });
  assert.deepEqual(after.messages, before.messages);
});

for (const mode of ["auto", "legacy"] as const) {
  Deno.test(`a v2 client (${mode}) with a watch token authorizes again for play`, async () => {
    await using server = await testServer({ sandbox: "off" });
    const memory = new Memory();
    const provider = providerFor(memory, "http://127.0.0.1:9/callback");
    const url = new URL(`${server.url}/mcp`);
    const transport = () => new StreamableHTTPClientTransport(url, { authProvider: provider });
    const client = () => new Client({ name: "t", version: "1" }, { versionNegotiation: { mode } });
    const signInAgain = async (scope?: string) => {
      const asked = new URL(memory.url!);
      if (scope) asked.searchParams.set("scope", scope);
      const response = await fetch(asked, { redirect: "manual" });
      await response.body?.cancel();
      await transport().finishAuth(location(response).searchParams);
    };
    await assert.rejects(client().connect(transport()), UnauthorizedError);
    await signInAgain("watch");

    const watching = client();
    await watching.connect(transport());
    assert((await watching.callTool({ name: "list_channels" })).structuredContent);
    const creating = { name: "create_channel", arguments: { name: "x", slots: ["invite:a"] } };
    await assert.rejects(watching.callTool(creating));
    await watching.close();
    assert.match(memory.url!.searchParams.get("scope") ?? "", /\bplay\b/);
    await signInAgain();

    const playing = client();
    await playing.connect(transport());
    assert(!(await playing.callTool(creating)).isError);
    await playing.close();
  });
}
