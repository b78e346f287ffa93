import assert from "node:assert/strict";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { lookAt, type Message, messageIn } from "../../src/mcp/messages.ts";

const RPC = { jsonrpc: "2.0" };

const KINDS: [body: unknown, kind: Message["kind"], wellFormed: boolean, id: Message["id"]][] = [
  [{ ...RPC, id: 1, method: "ping" }, "request", true, 1],
  [{ ...RPC, id: "a", method: "ping" }, "request", true, "a"],
  [{ id: 1, method: "ping" }, "request", false, 1],
  [{ ...RPC, method: "notifications/initialized" }, "notification", true, null],
  [{ method: "notifications/initialized" }, "notification", false, null],
  [{ ...RPC, id: 1, result: {} }, "response", true, null],
  [{ ...RPC, id: 1, error: {} }, "response", true, null],
  [{ id: 1, result: {} }, "other", false, null],
  [{ ...RPC, id: null, method: "ping" }, "other", true, null],
  [{ ...RPC, id: 1, method: 7, result: {} }, "other", true, null],
  [{ ...RPC, id: 1 }, "other", false, null],
  [[RPC], "other", false, null],
  ["ping", "other", false, null],
  [null, "other", false, null],
];

Deno.test("messageIn() distinguishes the kinds of messages", () => {
  for (const [body, kind, wellFormed, id] of KINDS) {
    const message = messageIn(body);
    const found = [message.kind, message.wellFormed, message.id];
    assert.deepEqual(found, [kind, wellFormed, id], JSON.stringify(body));
    assert.equal(message.body, body);
  }
});

Deno.test("messageIn() finds the tool that a call names, even if the rest is malformed", () => {
  const called = (params: unknown, method = "tools/call") =>
    messageIn({ method, params }).call?.invocation.operation.name;
  assert.equal(called({ name: "post_message", arguments: 1, _meta: 1 }), "post_message");
  assert.equal(called({ name: "who" }), "get_channel_info");
  for (const params of [{ name: "no_such_tool" }, { name: 1 }, ["post_message"], null, undefined]) {
    assert.equal(called(params), undefined);
  }
  assert.equal(called({ name: "post_message" }, "prompts/get"), undefined);
});

Deno.test("messageIn() lets a call wait early if its operation waits and the caller wants no progress", () => {
  const waits = (name: string, _meta?: unknown) =>
    messageIn({ method: "tools/call", params: { name, _meta } }).call?.mayWaitEarly;
  assert.equal(waits("sync_messages"), true);
  assert.equal(waits("sync_messages", { "openai/session": "s" }), true);
  assert.equal(waits("sync_messages", { progressToken: 0 }), false);
  assert.equal(waits("sync_messages", 7), false);
  assert.equal(waits("post_message"), false);
});

Deno.test("lookAt() reads no more messages of a batch than the limit", () => {
  assert.deepEqual(lookAt("{", false), { kind: "not_json" });
  assert.equal(lookAt("{}", false).kind, "message");
  const length = HTTP_LIMITS.batchMessages + 5;
  const batch = lookAt(JSON.stringify(Array(length).fill({ ...RPC, method: "ping" })), false);
  assert.ok(batch.kind === "batch");
  assert.deepEqual([batch.length, batch.messages.length], [length, HTTP_LIMITS.batchMessages]);
});
