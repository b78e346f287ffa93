/** Valid MCP messages in faulty HTTP: headers that contradict the message and methods that do not
 *  exist; and faulty requests other than tool calls. */
import fc from "fast-check";
import { nastyText, part } from "./hostile_parts.ts";
import { type Era, eras, headersOf, message, META } from "./mcp_inputs.ts";
import type { Channels } from "./people.ts";
import { quoted } from "./rest_inputs.ts";
import type { Input } from "./world.ts";

/** A valid call of alice with headers that contradict it. */
export function wrongHeaders({ alice, room }: Channels): fc.Arbitrary<Input> {
  const args = { channel_id: room, body: "Posted under wrong headers" };
  const input = (era: Era, wrong: Record<string, string | undefined>): Input => {
    const params = {
      name: "post_message",
      arguments: args,
      ...(era === "2026-07-28" && { _meta: META }),
    };
    const headers = { ...headersOf(era, alice, "tools/call", "post_message"), ...wrong };
    const sent = Object.entries(headers).filter(([, value]) => value !== undefined);
    return {
      method: "POST",
      path: "/mcp",
      headers: Object.fromEntries(sent) as Record<string, string>,
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
    };
  };
  const noise = nastyText.map((text) => `x${quoted(text)}`);
  const versions = fc.oneof(
    fc.constantFrom("2026-07-29", "1999-01-01", "2025-11-25, 2026-07-28", "0", "latest"),
    noise,
  );
  const types = fc.oneof(
    fc.constantFrom("text/plain", "application/jsonx", "multipart/form-data", "x"),
    noise,
  );
  const others = fc.constantFrom(
    "tools/list",
    "initialize",
    "",
    "tools/call, tools/list",
    "TOOLS/CALL",
  );
  return fc.oneof(
    fc.tuple(eras, versions).map(([era, version]) => {
      return input(era, { "mcp-protocol-version": version });
    }),
    fc.oneof(others, noise, fc.constant(undefined))
      .map((method) => input("2026-07-28", { "mcp-method": method })),
    fc.oneof(fc.constantFrom("who", "", undefined), noise)
      .map((name) => input("2026-07-28", { "mcp-name": name })),
    fc.tuple(eras, types).map(([era, type]) => input(era, { "content-type": type })),
    fc.constantFrom("text/html", "image/*", "application/xml;q=0.5", "*/*;q=0")
      .map((accept) => input("2025-11-25", { accept })),
  );
}

/** Values of `_meta` that a 2026-07-28 server can't process. */
export function wrongMeta({ alice, room }: Channels): fc.Arbitrary<Input> {
  const fields = fc.constantFrom(...Object.keys(META), "progressToken");
  // `null` and `[]` are how some programs write what they do not set.
  const values = part.filter((text) => !/^\s*(?:["{\d-]|null|\[\])/.test(text));
  const texts = fc.oneof(
    values,
    fc.tuple(fields, values).map(([name, text]) => {
      const others = Object.entries(META).filter(([key]) => key !== name);
      return message({
        ...Object.fromEntries(others.map(([key, value]) => [key, JSON.stringify(value)])),
        [name]: text,
      });
    }),
    fields.filter((name) => /clientCapabilities/.test(name)).map((name) => {
      return JSON.stringify({ ...META, [name]: undefined });
    }),
  );
  const args = JSON.stringify({ channel_id: room, body: "Posted with a wrong _meta" });
  return texts.map((_meta) => ({
    method: "POST",
    path: "/mcp",
    headers: headersOf("2026-07-28", alice, "tools/call", "post_message"),
    body: message({
      jsonrpc: '"2.0"',
      id: '"a"',
      method: '"tools/call"',
      params: message({ name: '"post_message"', arguments: args, _meta }),
    }),
  }));
}

/** Requests with wrong parameters for their method, and HTTP methods that MCP does not use. */
export function wrongRequests({ alice }: Channels): fc.Arbitrary<Input> {
  const method = fc.constantFrom(
    ...["initialize", "resources/read", "resources/subscribe", "prompts/get", "logging/setLevel"],
    ...[
      "completion/complete",
      "subscriptions/listen",
      "tasks/get",
      "tasks/result",
      "sampling/createMessage",
    ],
  );
  const field = fc.constantFrom("uri", "name", "level", "ref", "taskId", "filter", "notifications");
  // Each of these methods needs texts or objects.
  const values = part.filter((text) => !/^\s*["{]/.test(text));
  const requests = fc.tuple(method, field, values, eras).map((
    [method, field, text, era],
  ): Input => ({
    method: "POST",
    path: "/mcp",
    headers: headersOf(era, alice, method, field === "uri" || field === "name" ? "x" : undefined),
    body: message({
      jsonrpc: '"2.0"',
      id: "1",
      method: JSON.stringify(method),
      params: message({
        [field]: text,
        _meta: era === "2026-07-28" ? JSON.stringify(META) : undefined,
      }),
    }),
  }));
  const methods = fc.tuple(fc.constantFrom("GET", "PUT", "DELETE", "PATCH"), eras, nastyText)
    .map(([method, era, text]): Input => ({
      method,
      path: "/mcp",
      headers: {
        ...headersOf(era, alice, "x"),
        "mcp-session-id": quoted(text),
        "last-event-id": "1",
      },
      ...(method !== "GET" && { body: text }),
    }));
  return fc.oneof({ weight: 3, arbitrary: requests }, { weight: 1, arbitrary: methods });
}
