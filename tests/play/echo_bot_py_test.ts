/** EchoBotPython: EchoBot in Python. */
import assert from "node:assert/strict";
import { ofType, roomOf, sha256Hex, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const ROOM = {
  slots: ["bot:echo", "invite:ada", "invite:bob", "invite:eve"],
  bots: [{ name: "EchoBotPython", code_ref: "builtin://EchoBotPython" }],
};

Deno.test("EchoBotPython repeats a message to the same addressees", async () => {
  await using server = await testServer();
  const { players, created } = await roomOf(server.url, ROOM, 3);
  assert.equal(created.bot_errors, undefined);
  const [ada, bob] = players as [typeof players[0], typeof players[0]];
  const echoOf = async ({ msg_id }: Wire) => {
    const read = await bob!.readUntil(({ cause }) => cause === msg_id);
    return read.find(({ cause }) => cause === msg_id);
  };
  const bodies = ["hello", { text: "é \u2028", list: [1, 2.5, null, true, { deep: "" }] }];
  for (const body of bodies) {
    const { kind, body: { echo } } = await echoOf(await ada!.say(body));
    assert.equal(kind, "bot");
    assert.deepEqual(echo, typeof body === "string" ? { text: body } : body);
  }
  const { channel_id } = ada!;
  const whispered = ada!.call("post_message", { channel_id, body: "psst", to: ["p3"] });
  const hidden = await echoOf(await whispered);
  assert.deepEqual([hidden.withheld, hidden.to], [true, ["p3", "p1"]]);
});

Deno.test("the announcement of EchoBotPython has the hash of its file", async () => {
  await using server = await testServer();
  const { players: [ada], created } = await roomOf(server.url, ROOM, 1);
  const [{ bot_id }] = created.bots;
  const path = new URL("../../bots/echo/echo_bot_python.py", import.meta.url);
  const file = await Deno.readTextFile(path);
  const read = await ada!.readUntil(({ body }) => body?.text === "Echo ready");
  const announced = read.find(ofType("bot:attach")).body;
  assert.equal(announced.code_hash, `sha256:${await sha256Hex(file)}`);
  assert.equal(announced.language, "python");
  const code = await ada!.call("get_bot_code", { channel_id: ada!.channel_id, bot_id });
  assert.equal(code.source, file);
});
