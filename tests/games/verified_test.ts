/** Every game, with a whisper in its middle: each player's export verifies. A referee that hears no
 *  whispers is replayed whole by everyone, whoever whispered. */
import assert from "node:assert/strict";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { NaivePlayer } from "../play/naive_player.ts";
import { gameSandbox } from "../support/bot_table.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

/** Parameters with which two players who know no game soon come to an end. */
const GAMES: Record<string, Wire> = {
  GuessBot: { range: [1, 9] },
  BlackjackBot: { rounds: 1, chips: 10 },
  TicTacToe: {},
  ConnectFour: { columns: 4, rows: 4 },
  Chess: { clock: { move_s: 600 } },
  RockPaperScissors: {},
  Holdem: { hands: 2 },
  LiarsDice: { dice: 2 },
  SealedBidAuction: {},
  Trivia: { rounds: 2 },
  Moderator: { topics: ["tea"], rounds: 1 },
  Wager: {
    claim: "It is above 100",
    sources: [{ url: "https://example.org/price", path: "price" }],
    test: { op: ">", value: 100 },
    after_s: 1,
    tries: 1,
  },
};

Deno.test("each player of each game can prove it, with a whisper in its middle", async (t) => {
  await using server = await testServer();
  await using sandbox = await gameSandbox();
  const replayer = replayerOn(sandbox);
  for (const [bot_preset, bot_params] of Object.entries(GAMES)) {
    await t.step(bot_preset, async () => {
      const host = await Player.at(server.url);
      const { channel_id, invites, bots: [bot], bot_errors } = await host.call("create_channel", {
        name: "game",
        slots: ["bot:referee", "invite:ann", "invite:bob"],
        bot_preset,
        bot_params,
      });
      assert.equal(bot_errors, undefined);
      const tokens = await Promise.all([signIn(server.url), signIn(server.url)]);
      await using ann = await mcpClient("v2 modern", server.url, tokens[0]!);
      await using bob = await mcpClient("v2 modern", server.url, tokens[1]!);
      const players = [ann, bob].map((client) => new NaivePlayer(client, { waitsInMoves: true }));
      const [first] = await Promise.all(players.map((player, i) => player.join(invites[i])));
      await ann.call("post_message", {
        channel_id,
        body: "between us",
        to: [first!.player_id === "p1" ? "p2" : "p1"],
      });
      // A game of many moves ends when one of them has seen enough.
      const enough = bot_preset === "Chess" ? 6 : Infinity;
      await Promise.all(players.map((player, i) => player.playFor(i === 0 ? enough : Infinity)));

      const hears = bot.private === true;
      for (const client of [ann, bob]) {
        const { url } = await client.call("export_channel", { channel_id });
        const file = ChannelExport.parse(await (await fetch(url)).json());
        const report = await verifyExport(file, { replayer });
        assert.ok(report.ok, JSON.stringify(report, null, 1));
        assert.ok(report.hooks.replayed > 3, JSON.stringify(report.hooks));
        if (!hears) assert.equal(report.hooks.unknown, 0, JSON.stringify(report.hooks));
      }
    });
  }
});
