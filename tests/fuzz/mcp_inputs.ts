/** Bad inputs for the MCP endpoint, in both eras of the protocol. The fault is in the call, in the
 *  JSON-RPC message around it, or in the HTTP request around that. */
import fc from "fast-check";
import type { BadCall } from "./bad_calls.ts";
import { damaged } from "./damage.ts";
import { nastyText, part } from "./hostile_parts.ts";
import type { Channels, Person } from "./people.ts";
import type { Input } from "./world.ts";

export type Era = "2026-07-28" | "2025-11-25";
export const eras = fc.constantFrom<Era[]>("2026-07-28", "2025-11-25");
const path = fc.constantFrom("/mcp", "/");

const MCP = "io.modelcontextprotocol/";
export const META = {
  [`${MCP}protocolVersion`]: "2026-07-28",
  [`${MCP}clientInfo`]: { name: "fuzz", version: "1" },
  [`${MCP}clientCapabilities`]: {},
};

export function headersOf(era: Era, { token }: Person, method: string, name?: string) {
  return {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": era,
    ...(era === "2026-07-28" && { "mcp-method": method, ...(name && { "mcp-name": name }) }),
  };
}

/** A JSON-RPC message from the text of its parts; undefined omits a part. */
export function message(parts: Record<string, string | undefined>): string {
  const members = Object.entries(parts).filter(([, text]) => text !== undefined);
  return `{${members.map(([name, text]) => `"${name}":${text}`).join(",")}}`;
}

function params(era: Era, name: string, args: string): string {
  const meta = era === "2026-07-28" ? JSON.stringify(META) : undefined;
  return message({ name: JSON.stringify(name), arguments: args, _meta: meta });
}

/** Bad calls in valid messages. */
export function toolCalls(calls: fc.Arbitrary<BadCall>): fc.Arbitrary<Input> {
  return fc.tuple(calls, eras, path).map(([{ name, body, who }, era, path]) => ({
    method: "POST",
    path,
    headers: headersOf(era, who, "tools/call", name),
    body: message({
      jsonrpc: '"2.0"',
      id: "1",
      method: '"tools/call"',
      params: params(era, name, body),
    }),
  }));
}

/** A message that would post for alice, except that one part of it is wrong. */
export function wrongMessages(world: Channels): fc.Arbitrary<Input> {
  const call = JSON.stringify({ channel_id: world.room, body: "Posted by a broken message" });
  const wrong: Record<string, fc.Arbitrary<string | undefined>> = {
    jsonrpc: fc.oneof(
      fc.constantFrom(undefined, "2.0", '"1.0"', '"2.00"', '" 2.0"', "null", "[2.0]", '"２.0"'),
      part.filter((text) => text !== '"2.0"'),
    ),
    id: fc.constantFrom(
      ...["null", "true", "{}", "[]", "[1]", "1.5", "1e300", "-1e400", "NaN", '{"id":1}', "''", ""],
      undefined, // a notification, which gets no answer and has no effect
    ),
    method: fc.oneof(
      fc.constantFrom(undefined, "null", "1", '["tools/call"]', '{"name":"tools/call"}'),
      fc.constantFrom("tools/Call", "tools/call ", "tооls/call", "tools/call\0", "/tools/call")
        .map((name) => JSON.stringify(name)),
      nastyText.map((text) => JSON.stringify(`x${text}`)),
    ),
    params: fc.oneof(
      fc.constantFrom(undefined, "null", "[]", '"x"', "1", "{}", `[${call}]`, call),
      part.map((text) => message({ name: text, arguments: call, _meta: JSON.stringify(META) })),
      part.filter((text) => !/^\s*\{/.test(text)).map((text) =>
        params("2026-07-28", "post_message", text)
      ),
      fc.constantFrom("post_messages", "Post_message", "post_message ", "constructor", "__proto__")
        .map((name) => params("2026-07-28", name, call)),
    ),
  };
  return fc.oneof(
    ...Object.entries(wrong).map(([field, texts]) =>
      fc.tuple(texts, eras, path).map(([text, era, path]): Input => {
        const good = {
          jsonrpc: '"2.0"',
          id: "1",
          method: '"tools/call"',
          params: params(era, "post_message", call),
        };
        const headers = headersOf(era, world.alice, "tools/call", "post_message");
        return { method: "POST", path, headers, body: message({ ...good, [field]: text }) };
      })
    ),
  );
}

/** Complete messages of a stranger, damaged anywhere. The stranger may not post, whatever the
 *  damage makes of them. */
export function damagedMessages({ stranger, room }: Channels): fc.Arbitrary<Input> {
  const honest = (era: Era) => ({
    jsonrpc: "2.0",
    id: 7,
    method: "tools/call",
    params: {
      name: "post_message",
      arguments: { channel_id: room, body: "x" },
      _meta: era === "2026-07-28" ? META : { progressToken: 1 },
    },
  });
  return fc.tuple(eras, path).chain(([era, path]) =>
    damaged(fc.constant(honest(era))).map((body) => ({
      method: "POST",
      path,
      headers: headersOf(era, stranger, "tools/call", "post_message"),
      body,
    }))
  );
}

/** Batches, which no protocol since 2025-06-18 allows. */
export function batches(world: Channels): fc.Arbitrary<Input> {
  const call = JSON.stringify({ channel_id: world.room, body: "Posted by a batch" });
  const item = (era: Era) =>
    message({
      jsonrpc: '"2.0"',
      id: "1",
      method: '"tools/call"',
      params: params(era, "post_message", call),
    });
  const text = fc.tuple(eras, fc.array(part, { maxLength: 2 }), fc.constantFrom(0, 1, 2, 50));
  return fc.tuple(text, path).map(([[era, parts, count], path]) => ({
    method: "POST",
    path,
    headers: headersOf(era, world.alice, "tools/call", "post_message"),
    body: `[${[...Array(count).fill(item(era)), ...parts].join(",")}]`,
  }));
}
