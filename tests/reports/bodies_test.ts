/** Bodies as programs send them, compressed, in other charsets or under other types, at every door
 *  of a server started by its task: served, or refused with the reason in the door's own form. */
import assert from "node:assert/strict";
import { brotliCompressSync, deflateSync } from "node:zlib";
import type { Wire } from "../support/player.ts";
import type { Report } from "./report.ts";
import { gzipped, rpc, send, type Sent, withServer } from "./sent.ts";

type Bytes = Uint8Array<ArrayBuffer>;

interface BodyRow extends Report {
  headers?: Record<string, string>;
  as?: (text: string) => string | Bytes;
  right: "served" | [status: number, text: RegExp];
}

const utf16 = (text: string) => {
  const units = Uint16Array.from(`\ufeff${text}`, (c) => c.charCodeAt(0));
  return new Uint8Array(units.buffer);
};

const ROWS: BodyRow[] = [
  {
    what: "gzip",
    report: 1438,
    headers: { "content-encoding": "gzip" },
    as: gzipped,
    right: [415, /content coding gzip.*uncompressed/],
  },
  {
    what: "gzip in upper case",
    headers: { "content-encoding": "GZIP" },
    as: gzipped,
    right: [415, /GZIP/],
  },
  { what: "gzip that does not say so", as: gzipped, right: [415, /gzip/] },
  {
    what: "Brotli",
    headers: { "content-encoding": "br" },
    as: (text) => new Uint8Array(brotliCompressSync(text)),
    right: [415, /coding br/],
  },
  {
    what: "deflate",
    headers: { "content-encoding": "deflate" },
    as: (text) => new Uint8Array(deflateSync(text)),
    right: [415, /coding deflate/],
  },
  {
    what: "a coding on a coding",
    headers: { "content-encoding": "identity, gzip" },
    as: gzipped,
    right: [415, /identity, gzip/],
  },
  {
    what: "the name of a coding on a plain body",
    headers: { "content-encoding": "zstd" },
    right: [415, /zstd/],
  },
  { what: "identity", headers: { "content-encoding": "identity" }, right: "served" },
  { what: "no coding", headers: { "content-encoding": "" }, right: "served" },
  {
    what: "UTF-16",
    headers: { "content-type": "{type}; charset=utf-16" },
    as: utf16,
    right: [415, /UTF-8, not utf-16/i],
  },
  {
    what: "UTF-8, by name",
    headers: { "content-type": '{type}; charset="UTF-8"' },
    right: "served",
  },
  {
    what: "ISO-8859-1, as some libraries say by default",
    headers: { "content-type": "{type};charset=ISO-8859-1" },
    right: "served",
  },
];

const JSON_ROWS: BodyRow[] = [
  { what: "a byte order mark", as: (text) => `\ufeff${text}`, right: "served" },
  { what: "no type", headers: { "content-type": "" }, right: "served" },
  {
    what: "a type of JSON-RPC",
    headers: { "content-type": "application/json-rpc" },
    right: "served",
  },
  {
    what: "a type made of JSON",
    headers: { "content-type": "application/vnd.api+json" },
    right: "served",
  },
  { what: "upper case", headers: { "content-type": "Application/JSON" }, right: "served" },
  {
    what: "what fetch says by default",
    headers: { "content-type": "text/plain;charset=UTF-8" },
    right: [415, /application\/json/],
  },
  {
    what: "what curl says by default",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    right: [415, /application\/json/],
  },
];

interface Door {
  path: string;
  type: string;
  body: string;
  /** Whether the door's clients read JSON. */
  isJson: boolean;
  /** The text of the door's own form of an error. */
  textOf: (answer: Wire) => string;
  status?: number;
}

const registration = { client_name: "test", redirect_uris: ["http://localhost/cb"] };

const DOORS: Record<string, Door> = {
  "MCP": {
    path: "/mcp",
    type: "application/json",
    body: rpc("tools/list"),
    isJson: true,
    textOf: ({ jsonrpc, error }) => jsonrpc === "2.0" ? error.message : "",
  },
  "REST": {
    path: "/list_channels",
    type: "application/json",
    body: "{}",
    isJson: true,
    textOf: ({ code, detail }) => code === "UNSUPPORTED_MEDIA_TYPE" ? detail : "",
  },
  "registration": {
    path: "/register",
    type: "application/json",
    body: JSON.stringify(registration),
    isJson: false,
    textOf: ({ error, error_description }) => error === "invalid_request" ? error_description : "",
    status: 201,
  },
  "token": {
    path: "/token",
    type: "application/x-www-form-urlencoded",
    body: "grant_type=client_credentials&client_id={id}&client_secret={secret}",
    isJson: false,
    textOf: ({ error, error_description }) => error === "invalid_request" ? error_description : "",
  },
};

Deno.test("a body is served, or the answer says what is wrong with it", async (t) => {
  await withServer({}, async (url, token) => {
    const [client] = (await send(url, {
      path: "/register",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(registration),
    })).messages;
    for (
      const [name, { path, type, body, isJson, textOf, status = 200 }] of Object.entries(DOORS)
    ) {
      const text = body.replace("{id}", client.client_id).replace("{secret}", client.client_secret);
      for (const row of [...ROWS, ...isJson ? JSON_ROWS : []]) {
        const { what, report, headers = {}, as = (plain) => plain, right } = row;
        await t.step(`${name}: ${report ? `${what} (${report})` : what}`, async () => {
          const given = Object.entries({ "content-type": type, ...headers })
            .map(([header, value]) => [header, value.replace("{type}", type)] as const)
            .filter(([header, value]) => header !== "content-type" || value !== "");
          const authorization = `Bearer ${token}`;
          const sent: Sent = {
            path,
            headers: { ...Object.fromEntries(given), ...(isJson && { authorization }) },
            body: as(text),
          };
          const got = await send(url, sent);
          if (right === "served") return assert.equal(got.status, status, got.text);
          assert.equal(got.status, right[0], got.text);
          assert.match(textOf(got.messages[0]), right[1]);
          const isCoding = /coding|gzip/.test(String(right[1])) || "content-encoding" in headers;
          if (isCoding) assert.equal(got.headers.get("accept-encoding"), "identity");
        });
      }
    }
  });
});
