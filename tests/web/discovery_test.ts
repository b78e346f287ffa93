/** What directories and clients read before they connect agrees with what they find there. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import serverJson from "../../server.json" with { type: "json" };
import { aiCatalog, serverCard } from "../../src/web/discovery/documents.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, signIn } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const ORIGIN = { headers: { origin: "https://directory.example" } };

/** The limits of the schema of server cards, version 1. */
function checkCard(
  { $schema, name, title, description, version, remotes }: ReturnType<typeof serverCard>,
) {
  assert.match(
    $schema,
    /^https:\/\/static\.modelcontextprotocol\.io\/schemas\/v1\/server-card\.schema\.json$/,
  );
  assert.match(name, /^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/);
  assert.ok(name.length >= 3 && name.length <= 200);
  assert.ok(description.length >= 1 && description.length <= 100, description);
  assert.ok(title.length >= 1 && title.length <= 100);
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.match(remotes[0]!.url, /^https?:\/\/[^\s]+$/);
}

Deno.test("the card, the catalog and llms.txt lead to the server and agree with it", async (t) => {
  // As on a server with https.
  await using server = await testServer({ sandbox: "off", allowedOrigins: ["*"] });
  const { url } = server;

  await t.step("from the catalog to the card to the server", async () => {
    const catalog = await fetch(`${url}/.well-known/ai-catalog.json`, ORIGIN);
    assert.equal(catalog.headers.get("content-type"), "application/ai-catalog+json");
    assert.equal(catalog.headers.get("access-control-allow-origin"), "*");
    const { entries: [entry] } = await catalog.json();
    const answer = await fetch(entry.url, ORIGIN);
    assert.equal(answer.headers.get("content-type"), entry.type);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.equal(answer.headers.get("cache-control"), "public, max-age=3600");
    const card = await answer.json();
    checkCard(card);
    const [{ type, url: mcpUrl, supportedProtocolVersions }] = card.remotes;
    assert.equal(type, "streamable-http");
    await using client = await mcpClient("v2 modern", mcpUrl, await signIn(url));
    const { name, title, version } = client.client.getServerVersion()!;
    assert.ok(card.name.endsWith(`/${name}`));
    assert.deepEqual([card.title, card.version], [title, version]);
    for (const protocol of supportedProtocolVersions.slice(1)) {
      const initialized = await initialize(mcpUrl, await signIn(url), protocol);
      assert.equal(initialized.result.protocolVersion, protocol);
    }
    const icon = await fetch(card.icons[0].src);
    await icon.body?.cancel();
    assert.equal(icon.headers.get("content-type"), card.icons[0].mimeType);
  });

  await t.step("the card at the path of older scanners, and again without a change", async () => {
    const [card, older] = await Promise.all(
      ["/mcp/server-card", "/.well-known/mcp/server-card.json"].map((path) => fetch(url + path)),
    );
    assert.equal(await card!.text(), await older!.text());
    const again = await fetch(`${url}/mcp/server-card`, {
      headers: { "if-none-match": card!.headers.get("etag")! },
    });
    await again.body?.cancel();
    assert.equal(again.status, 304);
  });

  await t.step("each link of llms.txt answers, and each tool that it names is there", async () => {
    const answer = await fetch(`${url}/llms.txt`);
    assert.match(answer.headers.get("content-type")!, /^text\/plain/);
    const text = await answer.text();
    assert.match(text, /^# MCP Multiplayer\n\n> /);
    for (const [, link] of text.matchAll(/\]\(([^)]+)\)/g)) {
      const page = await fetch(link!);
      await page.body?.cancel();
      assert.equal(page.status, 200, link);
    }
    const player = await Player.at(url);
    await using client = await mcpClient("v2 modern", url, player.token);
    const tools = (await client.listTools()).map(({ name }) => name);
    const named = text.match(/\b(?:create|join|find|wait_for|make|get|verify|export)_\w+/g)!;
    assert.deepEqual(named.filter((name) => !tools.includes(name)), []);
  });
});

Deno.test("server.json describes what the server's card does, for an operator to fill in", () => {
  const { $schema: _, remotes: [remote], ...card } = serverCard({
    publicUrl: "https://play.example.org",
    version: denoJson.version,
  });
  const { $schema: __, remotes, ...described } = serverJson;
  assert.deepEqual(described, card);
  assert.deepEqual(remotes, [{ type: remote!.type, url: remote!.url }]);
});

Deno.test("serverCard() and aiCatalog() have valid names for any address", () => {
  for (const publicUrl of ["http://127.0.0.1:8100", "http://[::1]:8100", "https://a.b-c.example"]) {
    checkCard(serverCard({ publicUrl, version: "1.0.0" }));
    assert.match(aiCatalog({ publicUrl }).entries[0]!.identifier, /^urn:air:[\w.-]+:mcp:[\w-]+$/);
  }
  assert.equal(
    serverCard({ publicUrl: "https://a.b-c.example", version: "1.0.0" }).name,
    "example.b-c.a/mcp-multiplayer",
  );
});

async function initialize(mcpUrl: string, token: string, protocolVersion: string) {
  const answer = await fetch(mcpUrl, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion, capabilities: {}, clientInfo: { name: "test", version: "1" } },
    }),
  });
  return await answer.json();
}
