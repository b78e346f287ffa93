/** A refused bot leaves nothing in the store: blobs are never deleted, so a refusal that stored one
 *  would let anyone fill the store. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { instances } from "../support/apps.ts";
import { refuses, roomOf } from "../support/player.ts";

const source = (name: string) => `export default class ${name} { on_join() {} }`;

Deno.test("a refused bot leaves no source in the store", async (t) => {
  await using open = new AsyncDisposableStack();
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  open.defer(() => sandbox.close());
  await using place = await instances(1, { sandbox });
  const { host } = await roomOf(place.urls[0]!, { slots: ["bot:a", "invite:b"] }, 1);
  const { channel_id } = host;
  const blobs = async () => (await Array.fromAsync(place.kv.list({ prefix: ["blob"] }))).length;
  const before = await blobs();
  const op = (name: string, slot_id: string) => {
    return { type: "set_bot", slot_id, bot_def: { inline_code: source(name) } };
  };
  const failing = { type: "yield_slot", slot_id: "s9" };
  const sealed = { name: "x", slots: ["bot:a", "invite:b"], sealed: true };
  const table: [string, string, Record<string, unknown>, string][] = [
    ["attach_bot with an unknown slot", "attach_bot", {
      channel_id,
      bot: { inline_code: source("A"), slot: "s9" },
    }, "BAD_OP"],
    [
      "set_bot with an invite slot",
      "update_channel",
      { channel_id, ops: [op("B", "s1")] },
      "BAD_OP",
    ],
    ["set_bot before an operation that fails", "update_channel", {
      channel_id,
      ops: [op("C", "s0"), failing],
    }, "BAD_OP"],
    ["create_channel with a bot for an unknown slot", "create_channel", {
      ...sealed,
      bots: [{ inline_code: source("D"), slot: "s9" }],
    }, "BOT_REJECTED"],
  ];
  for (const [what, name, input, code] of table) {
    await t.step(what, async () => {
      await refuses(host.call(name, input), code);
      assert.equal(await blobs(), before);
    });
  }
  await t.step("the same bot, once it can be attached, has a source to read", async () => {
    const { bot_id } = await host.call("attach_bot", {
      channel_id,
      bot: { inline_code: source("A") },
    });
    const code = await host.call("get_bot_code", { channel_id, bot_id });
    assert.equal(code.source, source("A"));
  });
});
