/** What programs write into `Accept`, against a server started by its task: each gets an answer
 *  that it can read. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import assert from "node:assert/strict";
import { forwardedFetch } from "../support/forwarded_fetch.ts";
import type { Wire } from "../support/player.ts";
import type { Report } from "./report.ts";
import { ENVELOPE, INITIALIZE, rpc, send, withServer } from "./sent.ts";

interface AcceptRow extends Report {
  accept: string | undefined;
  /** The answers of the 2025 versions: `once` is JSON, `stream` server-sent events. */
  right: "once" | "stream" | "refused";
  /** The answers of 2026-07-28, if they differ. */
  modern?: "once";
}

const ROWS: AcceptRow[] = [
  {
    what: "both types, as prescribed",
    accept: "application/json, text/event-stream",
    right: "stream",
    modern: "once",
  },
  { what: "nothing", report: 33, accept: undefined, right: "once" },
  { what: "an empty header", accept: "", right: "once" },
  { what: "everything", accept: "*/*", right: "once" },
  {
    what: "everything, by Java's own default",
    accept: "text/html, image/gif, */*;q=0.2",
    right: "once",
  },
  { what: "JSON alone", report: 1944, accept: "application/json", right: "once" },
  { what: "streams alone", report: 2349, accept: "text/event-stream", right: "stream" },
  {
    what: "both in another order",
    report: 916,
    accept: "text/event-stream, application/json",
    right: "stream",
    modern: "once",
  },
  {
    what: "upper case",
    accept: "APPLICATION/JSON, TEXT/EVENT-STREAM",
    right: "stream",
    modern: "once",
  },
  { what: "JSON alone in upper case", accept: "Application/JSON", right: "once" },
  { what: "a wildcard for JSON", accept: "application/*", right: "once" },
  { what: "a wildcard for streams", accept: "text/*", right: "stream" },
  {
    what: "a preference for JSON",
    accept: "application/json, text/event-stream;q=0.5",
    right: "once",
  },
  {
    what: "a preference for streams",
    accept: "application/json;q=0.5,text/event-stream;q=0.9",
    right: "stream",
    modern: "once",
  },
  { what: "a refusal of JSON", accept: "application/json;q=0, */*", right: "stream" },
  { what: "a refusal of streams", accept: "text/event-stream;q=0, */*", right: "once" },
  { what: "parameters", accept: "application/json; charset=utf-8", right: "once" },
  { what: "what is no media range", accept: "json", right: "once" },
  { what: "no space between", accept: "application/json,*/*", right: "once" },
  { what: "pages alone", accept: "text/html", right: "refused" },
  { what: "pictures alone", accept: "image/*", right: "refused" },
  {
    what: "a refusal of both",
    accept: "application/json;q=0, text/event-stream;q=0",
    right: "refused",
  },
];

const VERSIONS = ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];
const TYPES = { once: "application/json", stream: "text/event-stream" };
const CALL = { name: "health_check", arguments: {} };

type Through = typeof fetch;

/** The real clients, which send every request through `through`. */
const CLIENTS: Record<string, (url: URL, through: Through, headers: HeadersInit) => Promise<Wire>> =
  {
    "SDK v1": async (url, through, headers) => {
      const client = new ClientV1({ name: "test", version: "1" });
      await client.connect(new TransportV1(url, { fetch: through, requestInit: { headers } }));
      return client;
    },
    "SDK v2": async (url, through, headers) => {
      const client = new Client({ name: "test", version: "1" }, {
        versionNegotiation: { mode: "auto" },
      });
      const options = { fetch: through, requestInit: { headers } };
      await client.connect(new StreamableHTTPClientTransport(url, options));
      return client;
    },
  };

Deno.test("every Accept that leaves a readable answer gets one", async (t) => {
  await withServer({}, async (url, token) => {
    const authorization = `Bearer ${token}`;
    for (const { what, report, accept, right, modern } of ROWS) {
      const name = report ? `${what} (${report})` : what;
      for (const version of VERSIONS) {
        await t.step(`${name}, ${version}`, async () => {
          const isModern = version === "2026-07-28";
          const headers = {
            authorization,
            ...(accept !== undefined && { accept }),
            "content-type": "application/json",
            "mcp-protocol-version": version,
            ...(isModern && { "mcp-method": "tools/call", "mcp-name": "health_check" }),
          };
          const body = rpc("tools/call", CALL, isModern ? ENVELOPE : undefined);
          const got = await send(url, { headers, body });
          if (right === "refused") {
            assert.equal(got.status, 406);
            assert.match(got.messages[0].error.message, /application\/json/);
            assert.equal(got.messages[0].id, 1);
          } else {
            const expected = isModern ? modern ?? right : right;
            assert.deepEqual([got.status, got.type], [200, TYPES[expected]]);
            const [{ id, result }] = got.messages;
            assert.deepEqual([id, result.structuredContent.status], [1, "healthy"]);
          }
          if (isModern) return;
          const opened = await send(url, { headers, body: rpc("initialize", INITIALIZE) });
          assert.equal(opened.status, right === "refused" ? 406 : 200);
          assert.equal(opened.headers.has("mcp-session-id"), right !== "refused");
          const noted = JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" });
          assert.equal((await send(url, { headers, body: noted })).status, 202);
        });
      }
      if (right === "refused") continue;
      for (const [kind, connect] of Object.entries(CLIENTS)) {
        await t.step(`${name}, sent by ${kind}`, async () => {
          const through: Through = async (input, init) => {
            const headers = new Headers(init?.headers);
            headers.delete("accept");
            if (accept !== undefined) headers.set("accept", accept);
            return await forwardedFetch(url)(input, { ...init, headers });
          };
          const client = await connect(new URL(`${url}/mcp`), through, { authorization });
          try {
            const { structuredContent } = await client.callTool(CALL);
            assert.equal(structuredContent.status, "healthy");
            assert.ok((await client.listTools()).tools.length > 10);
          } finally {
            await client.close();
          }
        });
      }
    }

    await t.step("a batch is an array for a caller that prefers JSON", async () => {
      const batch = [
        { jsonrpc: "2.0", id: 1, method: "ping" },
        { jsonrpc: "2.0", method: "notifications/initialized" },
        { jsonrpc: "2.0", id: 2, method: "tools/call", params: CALL },
      ];
      const headers = { authorization, accept: "*/*", "content-type": "application/json" };
      const got = await send(url, { headers, body: JSON.stringify(batch) });
      assert.deepEqual([got.status, got.type], [200, TYPES.once]);
      assert.deepEqual(got.messages[0].map(({ id }: Wire) => id), [1, 2]);
    });

    await t.step("progress is sent only to a caller that reads streams", async () => {
      const created = await send(url, {
        path: "/create_channel",
        headers: { authorization },
        body: JSON.stringify({ name: "n", slots: ["invite:a"] }),
      });
      const { channel_id } = created.messages[0];
      const args = { channel_id, cursor: 2, timeout_ms: 1 };
      const params = { name: "sync_messages", arguments: args, _meta: { progressToken: 1 } };
      for (const version of ["2025-11-25", "2026-07-28"]) {
        const isModern = version === "2026-07-28";
        const headers = {
          authorization,
          accept: "application/json",
          "content-type": "application/json",
          "mcp-protocol-version": version,
          ...(isModern && { "mcp-method": "tools/call", "mcp-name": "sync_messages" }),
        };
        const body = rpc("tools/call", params, isModern ? ENVELOPE : undefined);
        const got = await send(url, { headers, body });
        assert.deepEqual([got.type, got.messages.length], [TYPES.once, 1]);
      }
    });

    await t.step("a subscription is refused to a caller that reads no stream", async () => {
      const headers = {
        authorization,
        accept: "application/json",
        "content-type": "application/json",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "subscriptions/listen",
      };
      const body = rpc("subscriptions/listen", { notifications: {} }, ENVELOPE);
      const { status, messages } = await send(url, { headers, body });
      assert.equal(status, 406);
      assert.match(messages[0].error.message, /text\/event-stream/);
    });
  });
});

Deno.test("a strict server asks for both types in the 2025 versions", async () => {
  await withServer({ MCP_STRICT: "true" }, async (url, token) => {
    for (const [accept, status] of [["application/json", 406], ["*/*", 406]] as const) {
      const headers = {
        authorization: `Bearer ${token}`,
        accept,
        "content-type": "application/json",
        "mcp-protocol-version": "2025-11-25",
      };
      assert.equal((await send(url, { headers, body: rpc("tools/list") })).status, status);
    }
  });
});
