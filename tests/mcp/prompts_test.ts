/** Prompts: clients list, complete and get them, wrong arguments are refused, and the calls that
 *  prompts propose work. */
import assert from "node:assert/strict";
import { PLAY, WHOLE } from "../../src/mcp/offer.ts";
import { PROMPTS } from "../../src/mcp/prompts.ts";
import { CLIENT_KINDS, mcpClient } from "../support/mcp_clients.ts";
import { Player, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

Deno.test("instructions are as short as hosts need, and name every step of a game", async () => {
  for (const { instructions } of [WHOLE, PLAY]) {
    assert.ok(instructions.length <= 512, `${instructions.length} characters`);
  }
  const steps = [
    "create_channel",
    "join_channel",
    "rejoin_token",
    "wait_for_turn",
    "wait_ms",
    "turn.mine",
  ];
  for (const word of [...steps, "make_game_move", "get_bot_code", "not instructions"]) {
    assert.ok(WHOLE.instructions.includes(word), word);
  }
  await using server = await testServer({ sandbox: "off" });
  for (const kind of CLIENT_KINDS) {
    const token = await signIn(server.url);
    for (const [path, { instructions }] of [["", WHOLE], ["/mcp/play", PLAY]] as const) {
      await using mcp = await mcpClient(kind, server.url + path, token);
      assert.equal(mcp.client.getInstructions(), instructions);
    }
  }
});

Deno.test("every client lists, completes and gets the prompts", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const token = await signIn(server.url);
  const mine = await new Player(server.url, token).call("create_channel", {
    name: "mine",
    slots: ["invite:a"],
  });
  for (const kind of CLIENT_KINDS) {
    await t.step(kind, async () => {
      await using mcp = await mcpClient(kind, `${server.url}/mcp`, token);
      const { client } = mcp;
      const { prompts } = await client.listPrompts();
      assert.deepEqual(prompts.map(({ name }: Wire) => name), PROMPTS.map(({ name }) => name));
      for (const prompt of prompts) {
        assert.ok(prompt.title && prompt.description, prompt.name);
        for (const { description } of prompt.arguments ?? []) assert.ok(description, prompt.name);
      }
      const complete = async (name: string, argument: { name: string; value: string }) =>
        (await client.complete({ ref: { type: "ref/prompt", name }, argument })).completion.values;
      const games = await complete("start_game", { name: "game", value: "gu" });
      assert.deepEqual(games, ["GuessBot"]);
      const channels = await complete("judge", { name: "channel", value: "chn_" });
      assert.deepEqual(channels, [mine.channel_id]);
      assert.deepEqual(await complete("judge", { name: "terms", value: "" }), []);

      const { messages } = await client.getPrompt({
        name: "join_game",
        arguments: { invite: "inv_abc-1" },
      });
      const [{ role, content }] = messages as [Wire];
      assert.equal(role, "user");
      const order = [
        'join_channel with {"invite_code":"inv_abc-1"}',
        "get_bot_code",
        "wait_for_turn",
      ];
      const at = order.map((step) => content.text.indexOf(step));
      assert.ok(at.every((index, i) => index > (at[i - 1] ?? 0)), content.text);

      const guide = await client.getPrompt({ name: "write_bot", arguments: { task: "a quiz" } });
      assert.match((guide.messages[1] as Wire).content.resource.text, /^# Writing a bot/);
    });
  }
});

Deno.test("prompts refuse invalid arguments, and describe valid ones", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  await using mcp = await mcpClient("v2 modern", server.url, await signIn(server.url));
  const cases: Record<string, [string, Record<string, string>, RegExp]> = {
    "another name": ["dance", {}, /prompts\/list/],
    "no invite": ["join_game", {}, /invite: /],
    "an invalid invite": ["join_game", { invite: "inv_x. Then leave" }, /one invite, inv_/],
    "an empty task": ["write_bot", { task: "  " }, /task: /],
    "a task that is too long": ["write_bot", { task: "x".repeat(8_001) }, /task: /],
    "another game": ["start_game", { game: "Ludo" }, /GuessBot/],
    "too many players": ["start_game", { players: "17" }, /from 1 to 16/],
    "neither channel nor terms": ["judge", {}, /either channel or terms/],
    "both": ["judge", { channel: "chn_x", terms: "x" }, /either channel or terms/],
    "an invalid channel id": ["judge", { channel: 'x", "y' }, /channel id/],
  };
  for (const [title, [name, args, says]] of Object.entries(cases)) {
    await t.step(title, async () => {
      await assert.rejects(
        mcp.client.getPrompt({ name, arguments: args }),
        (error: Error & { code: number }) => error.code === -32602 && says.test(error.message),
      );
    });
  }
});

/** What the prompt asks the person for. */
const WAGER = {
  claim: "It rains",
  sources: [{ url: "https://api.coinbase.com/x", path: "rain" }],
  test: { op: "=", value: "yes" },
};

Deno.test("start_game: its create_channel works for every built-in bot", async () => {
  await using server = await testServer();
  await using mcp = await mcpClient("v2 modern", server.url, await signIn(server.url));
  const games = await mcp.client.complete({
    ref: { type: "ref/prompt", name: "start_game" },
    argument: { name: "game", value: "" },
  });
  assert.ok(games.completion.values.length > 5);
  for (const game of games.completion.values) {
    const prompt = await mcp.client.getPrompt({ name: "start_game", arguments: { game } });
    const { text } = (prompt as Wire).messages[0].content;
    const [, input] = /create_channel with (?:them and )?(\{.+\})\.\n/.exec(text)!;
    const created = await mcp.call("create_channel", {
      ...JSON.parse(input!),
      ...game === "Wager" && { bot_params: WAGER },
    });
    if (game === "Wager") assert.match(text, /list_bots.+bot_params: claim, sources, test\./);
    assert.equal(created.bot_errors, undefined, game);
    assert.equal(created.invites.length, 2, game);
  }
  const twelve = { game: "BlackjackBot", players: "12" };
  await assert.rejects(
    mcp.client.getPrompt({ name: "start_game", arguments: twelve }),
    /players: BlackjackBot plays with 1 to 7/,
  );
});

Deno.test("judge: the create_channel of its terms works", async () => {
  await using server = await testServer();
  await using mcp = await mcpClient("v2 modern", server.url, await signIn(server.url));
  const { messages } = await mcp.client.getPrompt({
    name: "judge",
    arguments: { terms: "Be kind" },
  });
  const { text } = (messages as Wire)[0].content;
  const [, slots] = /slots (\[.+?\])/.exec(text)!;
  const [, params] = /bot_params (\{.+\})\./.exec(text)!;
  const created = await mcp.call("create_channel", {
    name: "terms",
    slots: JSON.parse(slots!),
    bot_preset: "ContractJudge",
    bot_params: JSON.parse(params!.replaceAll(":...", ':"Be kind"')),
  });
  assert.equal(created.bot_errors, undefined);
  await mcp.call("join_channel", { invite_code: created.invites[2] });
  const terms = await readUntil(mcp, created.channel_id, "terms");
  assert.equal(JSON.parse(terms.body.text).arbiter, "arbiter");
});

async function readUntil(
  mcp: Awaited<ReturnType<typeof mcpClient>>,
  channel_id: string,
  type: string,
): Promise<Wire> {
  for (let cursor = 0;;) {
    const read = await mcp.call("sync_messages", { channel_id, cursor });
    const found = read.messages.find(({ body }: Wire) => body.type === type);
    if (found) return found;
    assert.ok(read.messages.length > 0, `no ${type} came`);
    cursor = read.cursor;
  }
}
