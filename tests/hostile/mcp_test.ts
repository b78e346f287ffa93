/** The MCP endpoint: invalid messages, ids that collide, batches, headers that contradict the body
 *  (2026-07-28, Streamable HTTP), and labels of other callers' conversations (2025-11-25, session
 *  hijacking). */
import assert from "node:assert/strict";
import { type Answer, verdictOf, type Wire } from "./answer.ts";
import type { Attacker } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";
import { callTool, initialize, modern, rpc, toolCall } from "./rpc.ts";

const REQUEST = ["400 -32600", "400 -32700"];
const PARAMS = ["200 -32602", "400 -32602"];
const METHOD = ["200 -32601", "404 -32601", "400 -32601"];
const HEADERS = "400 -32020";
const CALL = toolCall("health_check", {});

/** Sends one message with a valid token. */
async function answerTo(kit: Attacker, message: unknown, headers: Record<string, string> = {}) {
  const { access_token } = await kit.signIn();
  return await rpc(kit, message, access_token, {
    "mcp-protocol-version": "2025-11-25",
    ...headers,
  });
}

const without = (name: string) =>
  Object.fromEntries(Object.entries(CALL).filter(([key]) => key !== name));

const MESSAGES: [name: string, expected: string[], message: unknown][] = [
  ["no JSON", ["400 -32700"], "{"],
  ["JSON that stops in the middle", ["400 -32700"], JSON.stringify(CALL).slice(0, -5)],
  ["null", REQUEST, "null"],
  ["a number", REQUEST, "1"],
  ["an empty object", REQUEST, {}],
  ["an empty batch", REQUEST, []],
  ["a message of another protocol", REQUEST, { ...CALL, jsonrpc: "1.0" }],
  ["a message without jsonrpc", REQUEST, without("jsonrpc")],
  ["a message without method", REQUEST, without("method")],
  ["a message whose id is null", REQUEST, { ...CALL, id: null }],
  ["a message whose id is an object", REQUEST, { ...CALL, id: { toString: "x" } }],
  ["a message whose method is an object", REQUEST, { ...CALL, method: {} }],
  ["an unknown method", METHOD, { ...CALL, method: "channels/steal" }],
  ["a method with a special name in JavaScript", METHOD, { ...CALL, method: "__proto__" }],
  ["a method the server does not have", METHOD, { ...CALL, method: "sampling/createMessage" }],
  ["an unknown tool", PARAMS, toolCall("steal", {})],
  ["a tool with a special name in JavaScript", PARAMS, toolCall("constructor", {})],
  ["a tool without a name", PARAMS, { ...CALL, params: {} }],
  ["an initialize without parameters", PARAMS, { ...CALL, method: "initialize", params: {} }],
  ["arguments that are an array", ["200 INVALID_REQUEST", ...PARAMS], toolCall("who", [])],
  ["a call without arguments", ["200 INVALID_REQUEST"], toolCall("who", undefined)],
  [
    "a body that nests 100,000 levels",
    [...REQUEST, ...PARAMS, "200 INVALID_REQUEST"],
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"who","arguments":{"x":${
      "[".repeat(100_000)
    }${"]".repeat(100_000)}}}}`,
  ],
  ["a body of a megabyte", ["413 TOO_LARGE", "413 -32600"], toolCall("who", "x".repeat(2 ** 20))],
];

const MALFORMED: AttackTable = Object.fromEntries(
  MESSAGES.map(([name, expected, message]) => [
    `the MCP endpoint gets ${name}`,
    [expected, async ({ kit }) => await answerTo(kit, message)],
  ]),
);

const CARRIED: [name: string, expected: string[], headers: Record<string, string>][] = [
  ["a version of the protocol that never existed", ["400 -32000", "400 -32022", "400 -32602"], {
    "mcp-protocol-version": "1999-01-01",
  }],
  ["an Accept that takes no JSON", ["406 -32000"], { accept: "text/html" }],
  ["a body that says it is text", ["415 -32000", "415 UNSUPPORTED_MEDIA_TYPE"], {
    "content-type": "text/plain",
  }],
  ["a body that says it is a form", ["415 -32000", "415 UNSUPPORTED_MEDIA_TYPE"], {
    "content-type": "application/x-www-form-urlencoded",
  }],
];

const TRANSPORT: AttackTable = {
  ...Object.fromEntries(CARRIED.map(([name, expected, headers]) => [
    `the MCP endpoint gets ${name}`,
    [expected, async ({ kit }: { kit: Attacker }) => await answerTo(kit, CALL, headers)],
  ])),
  "a batch, which 2025-11-25 does not have, posts twice": [
    REQUEST,
    async ({ kit }) => await answerTo(kit, [CALL, { ...CALL, id: 2 }]),
  ],
  "a batch of a thousand long polls": [[...REQUEST, "413 TOO_LARGE"], async ({ kit }) => {
    const { access_token } = await kit.signIn();
    const created = await callTool(
      kit,
      "create_channel",
      { name: "n", slots: ["invite:a"] },
      access_token,
    );
    const { channel_id } = created.json.result.structuredContent;
    const poll = { channel_id, cursor: 2, timeout_ms: 45_000 };
    const batch = Array.from({ length: 1_000 }, (_, i) => toolCall("sync_messages", poll, i));
    return await rpc(kit, batch, access_token, { "mcp-protocol-version": "2025-03-26" });
  }],
  "two callers use one id at once, and get their own answers": ["their own", async ({ kit }) => {
    const one = async (): Promise<boolean> => {
      const { access_token } = await kit.signIn();
      const name = crypto.randomUUID();
      const answer = await callTool(
        kit,
        "create_channel",
        { name, slots: ["invite:a"] },
        access_token,
      );
      return answer.json.id === 1 && answer.json.result.structuredContent.view.name === name;
    };
    const all = await Promise.all(Array.from({ length: 16 }, one));
    return all.every(Boolean) ? "their own" : "mixed up";
  }],
  "one caller uses one id twice at once, with one label": ["both answered", async ({ kit }) => {
    const { access_token } = await kit.signIn();
    const label = { "mcp-session-id": await initialize(kit, access_token) };
    const twice = await Promise.all(
      [1, 2].map(() => callTool(kit, "health_check", {}, access_token, label)),
    );
    return twice.map(verdictOf).every((said) => said === "200 ok") ? "both answered" : "lost";
  }],
  "a caller cancels another's call by its id": ["untouched", async ({ kit, victim }) => {
    const { json } = await victim.kit.rest(
      "sync_messages",
      { channel_id: victim.channelId },
      victim.self.access_token,
    );
    const poll = { channel_id: victim.channelId, cursor: json.cursor, timeout_ms: 300 };
    const waiting = rpc(
      victim.kit,
      toolCall("sync_messages", poll, 77),
      victim.self.access_token,
      { "mcp-protocol-version": "2025-11-25" },
    );
    const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 77 } };
    await answerTo(kit, cancel);
    return verdictOf(await waiting) === "200 ok" ? "untouched" : "cancelled";
  }],
};

/** Calls `who` on the attacker's own channel as 2026-07-28 has it, with false headers. */
async function lying(kit: Attacker, headers: Record<string, string>): Promise<Answer> {
  const { access_token } = await kit.signIn();
  const honest = await modern(
    kit,
    "tools/call",
    { name: "health_check", arguments: {} },
    access_token,
  );
  assert.equal(verdictOf(honest), "200 ok");
  const params = { name: "health_check", arguments: {} };
  return await modern(kit, "tools/call", params, access_token, headers);
}

const LIES: [name: string, headers: Record<string, string>][] = [
  ["another method", { "mcp-method": "tools/list" }],
  ["no method", { "mcp-method": "" }],
  ["the method in another case", { "mcp-method": "Tools/Call" }],
  ["two methods", { "mcp-method": "tools/call, tools/list" }],
  ["another tool", { "mcp-name": "list_channels" }],
  ["no tool", { "mcp-name": "" }],
  ["a tool in Base64 that is another", { "mcp-name": `=?base64?${btoa("who")}?=` }],
  ["invalid Base64 as a tool", { "mcp-name": "=?base64?%%%?=" }],
  ["another version", { "mcp-protocol-version": "2026-07-29" }],
];

const MISMATCH: AttackTable = Object.fromEntries(
  LIES.map(([name, headers]) => [
    `the headers of a call name ${name}`,
    [HEADERS, async ({ kit }) => await lying(kit, headers)],
  ]),
);

/** Two seats of one principal under two labels, so that only the label selects the seat. */
async function twoSeats(kit: Attacker) {
  const { access_token } = await kit.signIn();
  const slots = ["invite:a", "invite:b"];
  const created = (await kit.rest("create_channel", { name: "two", slots }, access_token)).json;
  const { channel_id } = created;
  const labels = [await initialize(kit, access_token), await initialize(kit, access_token)];
  for (const [i, label] of labels.entries()) {
    const invite_code = created.invites[i];
    await callTool(kit, "join_channel", { invite_code }, access_token, { "mcp-session-id": label });
  }
  const say = async (token: string, label: string) =>
    await callTool(kit, "post_message", { channel_id, body: "x" }, token, {
      "mcp-session-id": label,
    });
  return { access_token, labels, say, channel_id };
}

const flipped = (label: string) => label.slice(0, -1) + (label.endsWith("0") ? "1" : "0");

const FIXATION: AttackTable = {
  "a label of the victim's gives the attacker nothing": ["200 CHANNEL_NOT_FOUND", async (scene) => {
    const { kit, victim } = scene;
    const label = await initialize(victim.kit, victim.self.access_token);
    const { access_token } = await kit.signIn();
    const read = { channel_id: victim.channelId };
    return await callTool(kit, "who", read, access_token, { "mcp-session-id": label });
  }],
  "a label is enough without a token": ["401 unauthorized", async ({ kit, victim }) => {
    const label = await initialize(victim.kit, victim.self.access_token);
    return await kit.json("/mcp", CALL, { "mcp-session-id": label });
  }],
  "a label of the attacker's is planted on the victim": ["200 SEAT_AMBIGUOUS", async ({ kit }) => {
    const { access_token, say } = await twoSeats(kit);
    const attacker = await kit.signIn();
    return await say(access_token, await initialize(kit, attacker.access_token));
  }],
  "a forged label names a seat": ["200 SEAT_AMBIGUOUS", async ({ kit }) => {
    const { access_token, labels, say } = await twoSeats(kit);
    assert.equal(verdictOf(await say(access_token, labels[0]!)), "200 ok");
    return await say(access_token, flipped(labels[0]!));
  }],
  "a label of 60,000 characters": [
    ["200 SEAT_AMBIGUOUS", "400", "431", "400 -32600"],
    async ({ kit }) => {
      const { access_token, say } = await twoSeats(kit);
      return await say(access_token, "s_".padEnd(60_000, "0"));
    },
  ],
  "the label of a conversation that was displaced": ["200 NOT_MEMBER", async ({ kit }) => {
    const { access_token } = await kit.signIn();
    const slots = ["invite:a"];
    const { channel_id, invites } =
      (await kit.rest("create_channel", { name: "one", slots }, access_token)).json;
    const [old, fresh] = [await initialize(kit, access_token), await initialize(kit, access_token)];
    const at = (label: string) => ({ "mcp-session-id": label });
    const joined: Wire = await callTool(
      kit,
      "join_channel",
      { invite_code: invites[0] },
      access_token,
      at(old),
    );
    const { rejoin_token } = joined.json.result.structuredContent;
    await callTool(kit, "join_channel", { invite_code: rejoin_token }, access_token, at(fresh));
    return await callTool(kit, "post_message", { channel_id, body: "x" }, access_token, at(old));
  }],
};

attacks("the MCP endpoint", { ...MALFORMED, ...TRANSPORT, ...MISMATCH, ...FIXATION });
