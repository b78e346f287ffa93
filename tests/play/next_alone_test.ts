/** Players that know no game finish each built-in one by `next` alone, with the habits of two
 *  models: ten of them each game, and four of them one game of each kind over each of three other
 *  doors. */
import assert from "node:assert/strict";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { webhookReceiver } from "../support/webhook_receiver.ts";
import { type Habits, MODELS, NaivePlayer } from "./naive_player.ts";
import { toolsByTasks } from "./tools_by_tasks.ts";
import { Wakers } from "./woken_by_events.ts";

/** In this position each king has three squares and nothing else can move, so that it comes back
 *  for the third time, whatever the players do. */
const LOCKED = "1k1b4/p1p1p3/P1P1P3/8/8/p1p1p3/P1P1P3/1K1B4 w - - 0 1";

/** The parameters of each game. */
const GAMES: Record<string, Wire> = {
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
  Chess: { fen: LOCKED },
  Moderator: { topics: ["tea"] },
};

/** A game of open turns, one at a table, one with hidden hands, one of all at once, and one of
 *  words. */
const OF_EACH_KIND = ["GuessBot", "BlackjackBot", "Holdem", "Trivia", "ContractJudge"];
const ofEachKind = () => Object.fromEntries(OF_EACH_KIND.map((name) => [name, GAMES[name]]));

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

/** All players of some games, at once. */
async function play(
  door: Door,
  url: string,
  pairs: readonly [Habits, Habits][],
  games: Record<string, Wire>,
): Promise<void> {
  await Promise.all(
    Object.entries(games).flatMap(([name, { manifest, ...params }]) =>
      pairs.map(async (pair) => {
        const host = await Player.at(url);
        const { invites, bot_errors } = await host.call("create_channel", {
          name: "game",
          slots: ["bot:referee", "invite:ann", "invite:bob"],
          bots: [{ code_ref: `builtin://${name}`, params, ...manifest && { manifest } }],
        });
        assert.equal(bot_errors, undefined);
        const ends = await Promise.all(pair.map((habits, i) => door(url, invites[i], habits)));
        for (const next of ends) assert.match(next, /says that the game is over/, name);
      })
    ),
  );
}

Deno.test("players finish each game by next alone", async (t) => {
  await using site = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json({ price: 101 }),
  );
  await using server = await testServer({
    botNetwork: "http",
    testNetwork: { loopback: true, caCerts: [] },
  });
  const { url } = server;
  const host = `localhost:${site.addr.port}`;
  const Wager = {
    claim: "The price is above 100",
    sources: [{ url: `http://${host}/`, path: "price" }],
    test: { op: ">", value: 100 },
    after_s: 1,
    manifest: { net: [host] },
  };
  const waiting: Door = (url, invite, habits) =>
    byCalls(url, invite, { ...habits, waitsInMoves: true });

  await t.step("ten of ten players of each game, by moves that wait", async () => {
    await play(waiting, url, PAIRS, { ...GAMES, Wager });
  });
  for (const [name, door] of Object.entries({ wait_for_turn: byCalls, tasks: byTasks })) {
    await t.step(`both models, by ${name}`, async () => {
      await play(door, url, PAIRS.slice(0, 2), ofEachKind());
    });
  }
});

Deno.test("both models finish a game of each kind by next alone: events", async () => {
  await using receiver = await webhookReceiver();
  const testEvents = { firstRetryMs: 1, longestRetryMs: 1 };
  await using server = await testServer({ testNetwork: receiver.network, testEvents });
  const door = byEvents(new Wakers(receiver), receiver.url(""));
  for (const game of Object.entries(ofEachKind())) {
    await play(door, server.url, PAIRS.slice(0, 2), Object.fromEntries([game]));
  }
});
