/** The protocol versions that requests carry in their header and in their envelope, against a
 *  server started by its task: the envelope decides, and a request without one is a 2025 one. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import assert from "node:assert/strict";
import { forwardedFetch } from "../support/forwarded_fetch.ts";
import type { Wire } from "../support/player.ts";
import type { Report } from "./report.ts";
import { ENVELOPE, INITIALIZE, rpc, send, type Sent, withServer } from "./sent.ts";

const VERSION = "io.modelcontextprotocol/protocolVersion";
const claiming = (version: unknown) => ({ ...ENVELOPE, [VERSION]: version });

interface VersionRow extends Report {
  headers?: Sent["headers"];
  envelope?: Wire;
  method?: string;
  params?: Wire;
  /** The answer: served, or the status and the code of the error. */
  right: "served" | [status: number, code: number, text?: RegExp];
  /** The answer of a strict server, if it differs. */
  strict?: [status: number, code: number];
}

const MIRRORED = { "mcp-method": "tools/call", "mcp-name": "health_check" };

const ROWS: VersionRow[] = [
  {
    what: "2025, as prescribed",
    headers: { "mcp-protocol-version": "2025-11-25" },
    right: "served",
  },
  {
    what: "2026, as prescribed",
    headers: { "mcp-protocol-version": "2026-07-28", ...MIRRORED },
    envelope: ENVELOPE,
    right: "served",
  },
  { what: "no version", report: 70, right: "served" },
  {
    what: "an empty version",
    headers: { "mcp-protocol-version": "" },
    right: "served",
    strict: [400, -32000],
  },
  {
    what: "one version in two lines",
    report: 3944,
    headers: { "mcp-protocol-version": ["2025-11-25", "2025-11-25"] },
    right: "served",
  },
  {
    what: "one version twice",
    headers: { "mcp-protocol-version": "2025-11-25,2025-11-25" },
    right: "served",
  },
  {
    what: "one version three times, with white space",
    headers: { "mcp-protocol-version": " 2025-06-18 ,  2025-06-18,\t2025-06-18 , " },
    right: "served",
  },
  {
    what: "2026 twice",
    headers: {
      "mcp-protocol-version": "2026-07-28, 2026-07-28",
      "mcp-method": "tools/call, tools/call",
      "mcp-name": "health_check, health_check",
    },
    envelope: ENVELOPE,
    right: "served",
  },
  {
    what: "two versions",
    headers: { "mcp-protocol-version": "2025-11-25, 2025-06-18" },
    right: [400, -32600, /MCP-Protocol-Version has several values/],
  },
  {
    what: "two eras at once",
    headers: { "mcp-protocol-version": ["2026-07-28", "2025-11-25"], ...MIRRORED },
    envelope: ENVELOPE,
    right: [400, -32600],
  },
  {
    what: "a 2025 header and an envelope of 2026",
    report: 93290,
    headers: { "mcp-protocol-version": "2025-11-25", ...MIRRORED },
    envelope: ENVELOPE,
    right: "served",
    strict: [400, -32020],
  },
  {
    what: "a 2025 header, an envelope of 2026, and nothing mirrored",
    headers: { "mcp-protocol-version": "2025-06-18" },
    envelope: ENVELOPE,
    right: "served",
    strict: [400, -32020],
  },
  {
    what: "an envelope of 2026 and no header",
    envelope: ENVELOPE,
    right: "served",
    strict: [400, -32020],
  },
  {
    what: "a 2026 header and no envelope",
    report: 2155,
    headers: { "mcp-protocol-version": "2026-07-28" },
    right: "served",
    strict: [400, -32602],
  },
  {
    what: "a 2026 header and an envelope without a version",
    headers: { "mcp-protocol-version": "2026-07-28" },
    envelope: { "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" } },
    right: "served",
    strict: [400, -32602],
  },
  {
    what: "a 2026 header and an envelope of 2025",
    headers: { "mcp-protocol-version": "2026-07-28", ...MIRRORED },
    envelope: claiming("2025-11-25"),
    right: "served",
    strict: [400, -32020],
  },
  {
    what: "an envelope of 2025",
    headers: { "mcp-protocol-version": "2025-06-18" },
    envelope: claiming("2025-11-25"),
    right: "served",
    strict: [400, -32020],
  },
  {
    what: "a 2026 header at the handshake of 2025",
    report: 697,
    headers: { "mcp-protocol-version": "2026-07-28" },
    method: "initialize",
    params: INITIALIZE,
    right: "served",
    strict: [400, -32020],
  },
  {
    what: "a version still to come at the handshake of 2025",
    headers: { "mcp-protocol-version": "2031-01-01" },
    method: "initialize",
    params: { ...INITIALIZE, protocolVersion: "2031-01-01" },
    right: "served",
    strict: [400, -32020],
  },
  {
    what: "a header still to come",
    headers: { "mcp-protocol-version": "2031-01-01" },
    right: [400, -32022, /2031-01-01/],
    strict: [400, -32602],
  },
  {
    what: "an envelope still to come",
    headers: { "mcp-protocol-version": "2031-01-01", ...MIRRORED },
    envelope: claiming("2031-01-01"),
    right: [400, -32022],
  },
  {
    what: "an envelope still to come under a header of 2025",
    headers: { "mcp-protocol-version": "2025-11-25" },
    envelope: claiming("2031-01-01"),
    right: [400, -32022],
    strict: [400, -32020],
  },
  {
    what: "a version that never was",
    headers: { "mcp-protocol-version": "1999-01-01" },
    right: [400, -32000, /Unsupported protocol version/],
  },
  {
    what: "no date",
    headers: { "mcp-protocol-version": "2025.11.25" },
    right: [400, -32000, /Unsupported protocol version/],
  },
  {
    what: "a word",
    headers: { "mcp-protocol-version": "latest" },
    right: [400, -32022, /latest/],
    strict: [400, -32602],
  },
  {
    what: "a variable without a value",
    headers: { "mcp-protocol-version": "undefined" },
    right: "served",
    strict: [400, -32602],
  },
  {
    what: "server/discover without an envelope",
    headers: { "mcp-protocol-version": "2026-07-28", "mcp-method": "server/discover" },
    method: "server/discover",
    params: {},
    right: [400, -32602, /envelope/],
  },
  {
    what: "a 2026 request that names another tool",
    headers: { "mcp-protocol-version": "2026-07-28", ...MIRRORED, "mcp-name": "create_channel" },
    envelope: ENVELOPE,
    right: [400, -32020],
  },
  {
    what: "a 2025 header, an envelope of 2026, and another tool",
    headers: { "mcp-protocol-version": "2025-11-25", ...MIRRORED, "mcp-name": "create_channel" },
    envelope: ENVELOPE,
    right: [400, -32020],
  },
  {
    what: "a 2026 request that mirrors nothing",
    headers: { "mcp-protocol-version": "2026-07-28" },
    envelope: ENVELOPE,
    right: [400, -32020],
  },
];

const CALL = { name: "health_check", arguments: {} };
const STREAMABLE = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
};

async function check(url: string, token: string, row: VersionRow, right: VersionRow["right"]) {
  const { headers = {}, envelope, method = "tools/call", params = CALL } = row;
  const got = await send(url, {
    headers: { ...STREAMABLE, authorization: `Bearer ${token}`, ...headers },
    body: rpc(method, params, envelope),
  });
  const [{ result, error }] = got.messages;
  if (right === "served") {
    assert.equal(got.status, 200, got.text);
    if (method === "tools/call") assert.equal(result.structuredContent.status, "healthy");
    else assert.equal(result.protocolVersion, "2025-11-25");
    return;
  }
  const [status, code, text = /./] = right;
  assert.deepEqual([got.status, error.code], [status, code], got.text);
  assert.match(error.message, text);
}

Deno.test("the envelope decides on the version, and doubled headers count once", async (t) => {
  await withServer({}, async (url, token) => {
    for (const row of ROWS) {
      const name = row.report ? `${row.what} (${row.report})` : row.what;
      await t.step(name, () => check(url, token, row, row.right));
    }

    await t.step("the 2026 client behind a connector that names 2025 plays on", async () => {
      const through: typeof fetch = async (input, init) => {
        const headers = new Headers(init?.headers);
        headers.set("mcp-protocol-version", "2025-11-25");
        return await forwardedFetch(url)(input, { ...init, headers });
      };
      const mode = { versionNegotiation: { mode: "auto" } } as const;
      const client = new Client({ name: "test", version: "1" }, mode);
      const requestInit = { headers: { authorization: `Bearer ${token}` } };
      const options = { fetch: through, requestInit };
      await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), options));
      assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28");
      const { structuredContent } = await client.callTool(CALL) as Wire;
      assert.equal(structuredContent.status, "healthy");
      await client.close();
    });

    await t.step("an unsupported version is told those that are", async () => {
      const headers = { authorization: `Bearer ${token}`, "mcp-protocol-version": "2031-01-01" };
      const sent = { headers: { ...STREAMABLE, ...headers }, body: rpc("tools/list") };
      const [{ error }] = (await send(url, sent)).messages;
      assert.equal(error.data.requested, "2031-01-01");
      for (const version of ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"]) {
        assert.ok(error.data.supported.includes(version), version);
      }
    });

    await t.step("a batch has no envelope", async () => {
      const body = `[${rpc("tools/call", CALL, ENVELOPE)}]`;
      const headers = { ...STREAMABLE, authorization: `Bearer ${token}` };
      const { status, messages } = await send(url, { headers, body });
      assert.deepEqual([status, messages[0].error.code], [400, -32600]);
    });

    const doubled: [name: string, value: string, right: number][] = [
      ["authorization", `Bearer ${token}`, 200],
      ["content-type", "application/json", 200],
      ["mcp-session-id", "s_1", 200],
      ["origin", "http://localhost:6274", 200],
    ];
    for (const [name, value, right] of doubled) {
      await t.step(`${name} twice`, async () => {
        const headers = { ...STREAMABLE, authorization: `Bearer ${token}`, [name]: [value, value] };
        const { status } = await send(url, { headers, body: rpc("tools/call", CALL) });
        assert.equal(status, right);
        const other = { ...headers, [name]: [value, `${value}x`] };
        const answer = await send(url, { headers: other, body: rpc("tools/call", CALL) });
        assert.equal(answer.status, name === "content-type" ? 415 : 400, answer.text);
      });
    }
  });
});

Deno.test("a strict server compares every header with the message", async (t) => {
  await withServer({ MCP_STRICT: "true" }, async (url, token) => {
    for (const row of ROWS) {
      await t.step(row.what, () => check(url, token, row, row.strict ?? row.right));
    }
  });
});
