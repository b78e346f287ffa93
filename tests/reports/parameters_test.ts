/** Parameters as people and models give them, on a server started by its task: each is announced as
 *  the bot gets it, or refused in words that name it. */
import assert from "node:assert/strict";
import { mcpClient } from "../support/mcp_clients.ts";
import { ofType, signIn, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore } from "../support/server.ts";
import { verify } from "../support/verifier.ts";
import { PARAMETERS } from "./parameters.ts";

/** A built-in bot by name, or a source. */
function botOf(bot: string): Record<string, unknown> {
  return /^\w+$/.test(bot) ? { code_ref: `builtin://${bot}` } : { inline_code: bot };
}

Deno.test("parameters as people and models give them", async (t) => {
  await using file = dataFile();
  const env = { KV_URL: file.path, RATE_LIMITS: "off" };
  const server = await startProcess(env, { viaTask: true });
  const token = await signIn(server.url);
  await using old = await mcpClient("v1", `${server.url}/mcp`, token);
  await using client = await mcpClient("v2 modern", `${server.url}/mcp`, token);
  const announced = async (channel_id: string) => {
    const { messages } = await client.call("sync_messages", { channel_id, cursor: 0 });
    return messages.find(ofType("bot:manifest")).body.manifest_excerpt.params;
  };

  for (const [i, { what, bot, params, seats = 2, right }] of PARAMETERS.entries()) {
    await t.step(what, async () => {
      const { call } = i % 2 === 0 ? old : client;
      const invites = Array.from({ length: seats }, (_, n) => `invite:${n}`);
      const create = () =>
        call("create_channel", {
          name: "parameters",
          slots: ["bot:b", ...invites],
          bots: [{ ...botOf(bot), params }],
        });
      let created = await create();
      // A busy machine may be slow to start the first host of a language.
      while (/^UNAVAILABLE/.test(created.bot_errors?.[0])) created = await create();
      if (right instanceof RegExp) {
        assert.equal(created.bots.length, 0);
        assert.match(created.bot_errors[0], /^BOT_REJECTED: /);
        assert.match(created.bot_errors[0], right);
      } else {
        assert.equal(created.bot_errors, undefined);
        assert.deepEqual(await announced(created.channel_id), right);
        const waits = new RegExp(
          "waits for 2 players, but the channel has 1 invite slot: attach it with params " +
            '\\{"players":1\\} in its place, by update_channel with set_bot and slot_id "s\\d"',
        );
        assert.equal(waits.test(created.next), Number(right.players) > seats);
      }
    });
  }

  await t.step("attach_bot and set_bot refuse them, too, and change nothing", async () => {
    const slots = ["bot:b", "invite:a", "invite:b"];
    const { channel_id } = await client.call("create_channel", { name: "later", slots });
    const bot = (params: unknown) => ({ code_ref: "builtin://GuessBot", params });
    const wrong = { players: "two" };
    await assert.rejects(
      client.call("attach_bot", { channel_id, bot: bot(wrong) }),
      /BOT_REJECTED: Parameter players is "two"/,
    );
    const setBot = (params: unknown) =>
      client.call("update_channel", {
        channel_id,
        ops: [{ type: "set_bot", bot_def: bot(params) }],
      });
    await assert.rejects(setBot(wrong), /BOT_REJECTED: Parameter players is "two"/);
    await assert.rejects(setBot({ players: 3 }), /the channel has 2 invite slots/);
    const { messages } = await client.call("sync_messages", { channel_id, timeout_ms: 0 });
    assert.ok(!messages.some(ofType("bot:attach")));
    await setBot({ players: "1" });
    assert.deepEqual((await announced(channel_id)).players, 1);
  });

  await t.step("a range of 2^53 numbers is drawn from, and the log verifies", async () => {
    const created = await client.call("create_channel", {
      name: "huge",
      slots: ["bot:b", "invite:a"],
      bot_preset: "GuessBot",
      bot_params: { players: 1, range: [1, 2 ** 53 - 1] },
    });
    const { channel_id, invites } = created;
    await client.call("join_channel", { invite_code: invites[0] });
    const move = { channel_id, game: "guess", action: "concede" };
    await client.call("make_game_move", move);
    for (let [cursor, read] = [0, [] as Wire[]]; !read.some(ofType("bot:end"));) {
      const synced = await client.call("sync_messages", { channel_id, cursor });
      assert.ok(synced.messages.length > 0, "the referee ends the game");
      [cursor, read] = [synced.cursor, synced.messages];
    }
    await client.call("update_channel", { channel_id, ops: [{ type: "close" }] });
    const { url } = await client.call("export_channel", { channel_id });
    const { code, report } = await verify(await (await fetch(url)).text());
    assert.equal(code, 0, JSON.stringify(report));
  });

  const hosts = await server.children();
  await server.kill("SIGTERM");
  await gone(hosts);
  await checkStore(file.path);
});
