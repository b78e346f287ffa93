/** The game in docs/bots.md, as its readers copy it. */
import assert from "node:assert/strict";
import { roomOf } from "../support/player.ts";
import { testServer } from "../support/server.ts";

Deno.test("the game of docs/bots.md is played to its end, and its module can be read", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/bots.md", import.meta.url));
  const blocks = page.split("```js\n").map((block) => block.split("\n```")[0]!);
  const bot_code = blocks.find((block) => block.includes("extends GameReferee"));
  await using server = await testServer();
  const { host, players } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:a", "invite:b"],
    bot_code,
  }, 2);
  const { channel_id } = players[0]!;
  const { bots: [bot] } = await host.call("get_channel_info", { channel_id });
  const read = { channel_id, bot_id: bot.bot_id };
  const { code_hash, source } = await host.call("get_bot_code", { ...read, module: "lib:game" });
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(source));
  assert.equal(code_hash, `sha256:${new Uint8Array(digest).toHex()}`);
  const { imports } = await host.call("get_bot_code", read);
  assert.equal(imports[0].hash, code_hash);
  await assert.rejects(
    host.call("get_bot_code", { ...read, module: "lib:chess.js" }),
    /this bot imports lib:game/,
  );

  let why = "";
  for (let turn = 0; why !== "over"; turn++) {
    const player = players[turn % 2]!;
    const called = await player.call("wait_for_turn", { channel_id });
    why = called.why;
    if (why !== "your_turn") continue;
    const { game, legal_moves } = called;
    await player.call("make_game_move", { channel_id, game, ...legal_moves.at(-1) });
  }
  const { messages } = await host.call("sync_messages", { channel_id, last: 10 });
  assert.ok(messages.some(({ body }: { body: { type?: string } }) => body.type === "game_end"));
});
