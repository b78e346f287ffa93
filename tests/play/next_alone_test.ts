/** Ten players that know no game finish each built-in one by `next` alone, with the habits of two
 *  models. One of each kind of game is played over each of four doors. */
import assert from "node:assert/strict";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, signIn } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { webhookReceiver } from "../support/webhook_receiver.ts";
import { type Habits, MODELS, NaivePlayer } from "./naive_player.ts";
import { toolsByTasks } from "./tools_by_tasks.ts";
import { Wakers } from "./woken_by_events.ts";

const GAMES = {
  GuessBot: { range: [1, 30] },
  BlackjackBot: { rounds: 2, chips: 10 },
  Holdem: { hands: 2, chips: 20 },
  LiarsDice: { dice: 1 },
  MemoryExchange: { topic: "the outage" },
  ContractJudge: {
    clauses: [
      { id: "1", text: "The site is up.", party: "p1", check: { evidence: "up", equals: true } },
    ],
  },
  RockPaperScissors: {},
  SealedBidAuction: { lots: 2, values: "private" },
  Trivia: { rounds: 3 },
  TicTacToe: {},
  ConnectFour: { columns: 5, rows: 4 },
  Chess: { max_moves: 6 },
  Moderator: { topics: ["tea"] },
};

/** A game of open turns, one at a table, one with hidden hands, one of all at once, and one of
 *  words. */
const OF_EACH_KIND = ["GuessBot", "BlackjackBot", "Holdem", "Trivia", "ContractJudge"];

const [ONE, OTHER] = MODELS;
/** Ten players, two in each game. */
const PAIRS: [Habits, Habits][] = [
  [ONE, OTHER],
  [OTHER, ONE],
  [ONE, ONE],
  [OTHER, OTHER],
  [{ ...ONE, ...OTHER }, {}],
];

/** Plays a game from an invite on. Returns what it was told last. */
type Door = (url: string, invite: string, habits: Habits) => Promise<string>;

const byCalls: Door = async (url, invite, habits) => {
  await using client = await mcpClient("v2 modern", url, await signIn(url));
  const player = new NaivePlayer(client, habits);
  return (await player.playOn(await player.join(invite))).next;
};

const byTasks: Door = async (url, invite, habits) => {
  const player = new NaivePlayer(toolsByTasks(() => url, await signIn(url)), habits);
  return (await player.playOn(await player.join(invite))).next;
};

const byEvents = (wakers: Wakers, root: string): Door => async (url, invite, habits) => {
  const token = await signIn(url);
  await using client = await mcpClient("v2 modern", url, token);
  const player = new NaivePlayer(client, habits);
  await player.join(invite);
  return (await wakers.rest(player, url, token, root)).next;
};

async function play(door: Door, url: string, presets = OF_EACH_KIND): Promise<void> {
  for (const [bot_preset, bot_params] of Object.entries(GAMES)) {
    if (!presets.includes(bot_preset)) continue;
    const ends = await Promise.all(PAIRS.map(async (pair) => {
      const host = await Player.at(url);
      const { invites, bot_errors } = await host.call("create_channel", {
        name: "game",
        slots: ["bot:referee", "invite:ann", "invite:bob"],
        bot_preset,
        bot_params,
      });
      assert.equal(bot_errors, undefined);
      return await Promise.all(pair.map((habits, i) => door(url, invites[i], habits)));
    }));
    assert.equal(ends.flat().length, 10);
    for (const next of ends.flat()) assert.match(next, /says that the game is over/, bot_preset);
  }
}

Deno.test("ten of ten players finish each game by next alone: moves that wait", async () => {
  await using server = await testServer();
  const waiting: Door = (url, invite, habits) =>
    byCalls(url, invite, { ...habits, waitsInMoves: true });
  await play(waiting, server.url, Object.keys(GAMES));
});

Deno.test("ten of ten players finish each game by next alone: wait_for_turn", async () => {
  await using server = await testServer();
  await play(byCalls, server.url);
});

Deno.test("ten of ten players finish each game by next alone: tasks", async () => {
  await using server = await testServer();
  await play(byTasks, server.url);
});

Deno.test("ten of ten players finish each game by next alone: events", async () => {
  await using receiver = await webhookReceiver();
  const testEvents = { firstRetryMs: 1, longestRetryMs: 1 };
  await using server = await testServer({ testNetwork: receiver.network, testEvents });
  await play(byEvents(new Wakers(receiver), receiver.url("")), server.url);
});
