/** JSON-RPC messages as clients of many languages write them, against a server started by its task:
 *  absent members as `null`, empty objects as empty lists, a message as JSON in a string. */
import assert from "node:assert/strict";
import type { Wire } from "../support/player.ts";
import type { Report } from "./report.ts";
import { ENVELOPE, INITIALIZE, send, withServer } from "./sent.ts";

interface MessageRow extends Report {
  /** What the message has beside `jsonrpc` and an `id` of 1. */
  sent: Wire;
  /** Whether the message stands in the body as a string that holds its JSON. */
  asText?: true;
  /** The headers of 2026-07-28. */
  headers?: Record<string, string>;
  /** The member that a served request's result has, `202` for a notification, or an error. */
  right: string | 202 | [status: number, code: number];
  /** What a strict server answers. */
  strict?: MessageRow["right"];
}

const STRICT: MessageRow["right"] = [400, -32602];
const MALFORMED: MessageRow["right"] = [400, -32600];

const list = (params: unknown) => ({ method: "tools/list", params });
const call = (more: Wire) => ({
  method: "tools/call",
  params: { name: "health_check", ...more },
});
const initialize = (more: Wire) => ({
  method: "initialize",
  params: { ...INITIALIZE, ...more },
});
const modern = (method: string) => ({
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": method,
});

const ROWS: MessageRow[] = [
  { what: "no params", report: 85, sent: list(null), right: "tools", strict: STRICT },
  { what: "params of PHP", report: 442, sent: list([]), right: "tools", strict: STRICT },
  { what: "no cursor", sent: list({ cursor: null }), right: "tools", strict: STRICT },
  { what: "no _meta", sent: list({ _meta: null }), right: "tools", strict: STRICT },
  { what: "_meta of PHP", sent: list({ _meta: [] }), right: "tools", strict: STRICT },
  {
    what: "no progress token",
    sent: list({ _meta: { progressToken: null } }),
    right: "tools",
    strict: STRICT,
  },
  {
    what: "no error and no result, in a request",
    sent: { ...list({}), error: null, result: null },
    right: "tools",
    strict: MALFORMED,
  },
  {
    what: "a ping without params",
    sent: { method: "ping", params: null },
    right: "",
    strict: MALFORMED,
  },
  {
    what: "a list of prompts without params",
    sent: { method: "prompts/list", params: null },
    right: "prompts",
    strict: STRICT,
  },
  { what: "arguments of PHP", report: 284, sent: call({ arguments: [] }), right: "content" },
  { what: "arguments of a model", sent: call({ arguments: "" }), right: "content" },
  { what: "no arguments", sent: call({ arguments: null }), right: "content" },
  {
    what: "no arguments, and no _meta, and no task",
    sent: call({ arguments: {}, _meta: null, task: null }),
    right: "content",
    strict: MALFORMED,
  },
  {
    what: "no capability but empty ones",
    report: 2,
    sent: initialize({ capabilities: { experimental: [], roots: null, sampling: [] } }),
    right: "capabilities",
    strict: STRICT,
  },
  {
    what: "no capabilities and no title",
    sent: initialize({ capabilities: null, clientInfo: { name: "a", version: "1", title: null } }),
    right: "capabilities",
    strict: STRICT,
  },
  {
    what: "capabilities of PHP",
    sent: initialize({ capabilities: [] }),
    right: "capabilities",
    strict: STRICT,
  },
  {
    what: "an envelope of PHP",
    sent: list({ _meta: { ...ENVELOPE, "io.modelcontextprotocol/clientCapabilities": [] } }),
    headers: modern("tools/list"),
    right: "tools",
    strict: STRICT,
  },
  {
    what: "a notification without params",
    sent: { id: undefined, method: "notifications/initialized", params: null },
    right: 202,
    strict: MALFORMED,
  },
  {
    what: "a notification whose id is null",
    sent: { id: null, method: "notifications/initialized" },
    right: 202,
    strict: MALFORMED,
  },
  { what: "JSON in a string", sent: list({}), asText: true, right: "tools", strict: MALFORMED },
  {
    what: "a request whose id is null",
    report: 5,
    sent: { ...list({}), id: null },
    right: MALFORMED,
  },
  { what: "params that are a list", sent: list([1]), right: STRICT },
  { what: "params that are text", sent: list("x"), right: STRICT },
  { what: "a name that is null", sent: call({ name: null }), right: [200, -32602] },
];

async function check(url: string, token: string, row: MessageRow, right: MessageRow["right"]) {
  const message = JSON.stringify({ jsonrpc: "2.0", id: 1, ...row.sent });
  const got = await send(url, {
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...row.headers,
    },
    body: row.asText ? JSON.stringify(message) : message,
  });
  if (right === 202) return assert.equal(got.status, 202, got.text);
  const [{ result, error }] = got.messages;
  if (typeof right !== "string") {
    return assert.deepEqual([got.status, error?.code], right, got.text);
  }
  assert.equal(got.status, 200, got.text);
  if (right !== "") assert.ok(right in result, got.text);
  assert.ok(!result.isError, got.text);
}

Deno.test("absent members of a message, in every spelling, are absent", async (t) => {
  await withServer({}, async (url, token) => {
    for (const row of ROWS) {
      const name = row.report ? `${row.what} (${row.report})` : row.what;
      await t.step(name, () => check(url, token, row, row.right));
    }
    await t.step("a client's arguments keep their null and empty lists", async () => {
      const slots: string[] = [];
      const sent = call({ name: "create_channel", arguments: { name: "x", slots } });
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, ...sent });
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const [{ result }] = (await send(url, { headers, body })).messages;
      assert.match(result.content[0].text, /^INVALID_REQUEST: .*slots/);
    });
  });
});

Deno.test("a strict server reads a message as it stands", async (t) => {
  await withServer({ MCP_STRICT: "true" }, async (url, token) => {
    for (const row of ROWS) {
      await t.step(row.what, () => check(url, token, row, row.strict ?? row.right));
    }
  });
});
