/** Rated games over HTTP: people who really signed in play GuessBot, and the ladder shows it. */
import assert from "node:assert/strict";
import { builtinBots } from "../../src/compose/builtin_bots.ts";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import { RATING_LIMITS } from "../../src/domain/limits/rating.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { Assistant, OAuthApp } from "../oauth/oauth_app.ts";
import { Browser } from "../support/browser.ts";
import { checkChannel, checkReferees } from "../support/check_channel.ts";
import { patient } from "../support/patient_replayer.ts";
import { ofType, Player, refuses, roomOf, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";

const RATED = {
  slots: ["bot:referee", "invite:a", "invite:b"],
  bot_preset: "GuessBot",
  sealed: true,
  rated: true,
};

async function person(app: OAuthApp, name: string): Promise<Player> {
  return new Player(app.url, await new Assistant(app).signIn(new Browser(), name));
}

/** The players join a rated channel that the first of them makes, and play it to the end, or until
 *  `stop` does it another way. Returns the referee's last word. */
async function played(
  players: [Player, Player],
  stop?: (mover: Player) => Promise<unknown>,
): Promise<{ channel_id: string; end: Wire; players: [Player, Player] }> {
  const { channel_id, invites, view } = await players[0].call("create_channel", {
    name: "rated",
    ...RATED,
  });
  assert.equal(view.rated, true);
  // As other conversations of the same people have them: each keeps a seat of its own.
  const seated = players.map(({ token }) => new Player(urlOf.get(players[0])!, token));
  for (const [i, player] of seated.entries()) await player.join(invites[i]);
  const [one, other] = seated as [Player, Player];
  const { rejoin_token } = one;
  for (let cursor = 0;;) {
    const asked = { channel_id, cursor, timeout_ms: 20_000, rejoin_token };
    const { messages, ...read } = await one.call("sync_messages", asked);
    cursor = read.cursor;
    const end = messages.find(ofType("bot:end"));
    if (end) return { channel_id, end: end.body, players: [one, other] };
    const turn = messages.findLast(ofType("bot:turn"))?.body;
    if (!turn) continue;
    const mover = turn.player === one.player_id ? one : other;
    if (stop) await stop(mover);
    else {
      const [{ action, value }] = turn.legal_moves;
      const move = { channel_id, game: "guess", action, value, rejoin_token: mover.rejoin_token };
      await mover.call("make_game_move", move);
    }
  }
}
const urlOf = new WeakMap<Player, string>();

/** The ladder once it has so many results. */
async function ladderWith(player: Player, results: number): Promise<Wire> {
  for (let ask = 0; ask < 600; ask++) {
    const ladder = await player.call("leaderboard", { ladder: "GuessBot" });
    if (ladder.results.length >= results) return ladder;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`the ladder never had ${results} results`);
}

Deno.test("people who signed in play rated games and appear on the ladder", async (t) => {
  await using opened = new AsyncDisposableStack();
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000 });
  opened.defer(() => sandbox.close());
  await using app = await OAuthApp.open({ sandbox, ...await builtinBots() });
  const [ada, bob] = [await person(app, "ada"), await person(app, "bob")];
  const guests = [
    new Player(app.url, await signIn(app.url)),
    new Player(app.url, await signIn(app.url)),
  ];
  for (const each of [ada, bob, ...guests]) urlOf.set(each, app.url);
  const channels: string[] = [];

  await t.step("a game between two people counts for both", async () => {
    const { channel_id, end, players } = await played([ada, bob]);
    channels.push(channel_id);
    const { winner, reason, target, result, winners, ranking } = end.result;
    assert.deepEqual([reason, result, winners], ["correct", "won", [winner]]);
    assert.equal(typeof target, "number");
    const loser = winner === "p1" ? "p2" : "p1";
    assert.deepEqual(ranking, [[winner], [loser]]);
    const ladder = await ladderWith(ada, 1);
    assert.deepEqual(ladder.players.map(({ rank, games }: Wire) => [rank, games]), [[1, 1], [
      2,
      1,
    ]]);
    const [first, second] = ladder.players;
    assert.ok(first.rating > second.rating);
    assert.match(first.player, /^player-[a-z2-9]{10}$/);
    const [shown] = ladder.results;
    assert.deepEqual(shown.places.flat().map(({ player }: Wire) => player), [
      first.player,
      second.player,
    ]);
    assert.deepEqual([shown.channel_id, shown.result], [channel_id, "won"]);
    assert.doesNotMatch(JSON.stringify(ladder), /oidc|ada|bob|Name of/i);

    // The result points to its proof: the entry of the end, and the tree head up to it.
    const file: Wire = JSON.parse(await exportOf(players[0]));
    const entry = file.entries[shown.size - 1];
    assert.equal(entry.body.type, "bot:end");
    assert.equal(entry.body.bot_id, shown.bot_id);
    const stored = await checkChannel(app.kv, channel_id);
    assert.equal(stored[shown.size - 1]!.root, shown.root);
    assert.equal(file.entries[0].body.rated, true);
    const attach = file.entries.find(ofType("bot:attach"));
    assert.equal(attach.body.code_hash, shown.code_hash);
  });

  await t.step("whoever leaves a game has lost it", async () => {
    let loser = "";
    const { channel_id, end } = await played([bob, ada], async (mover) => {
      loser = mover.player_id;
      const { channel_id, rejoin_token } = mover;
      await mover.call("leave_channel", { channel_id, rejoin_token });
    });
    channels.push(channel_id);
    assert.equal(end.result.result, "conceded");
    assert.deepEqual(end.result.ranking.at(-1), [loser]);
    const { results, players } = await ladderWith(ada, 2);
    assert.equal(results[0].result, "conceded");
    assert.deepEqual(players.map(({ games }: Wire) => games), [2, 2]);
  });

  await t.step("one person on both seats, and guests, change nothing", async () => {
    const games = [await played([ada, ada]), await played([guests[0]!, guests[1]!])];
    games.push(await played([ada, guests[0]!]));
    channels.push(...games.map(({ channel_id }) => channel_id));
    const { channel_id } = await played([ada, bob]);
    channels.push(channel_id);
    // Results are recorded in order, so what does not count was settled before.
    const { results, players } = await ladderWith(ada, 3);
    assert.equal(results.length, 3);
    assert.deepEqual(players.map(({ games }: Wire) => games), [3, 3]);
    const asGuest = await guests[0]!.call("leaderboard", { ladder: "GuessBot" });
    assert.equal(asGuest.you, undefined);
    assert.equal(asGuest.players.length, 2);
    await refuses(guests[0]!.call("leaderboard", { opt_out: true }), "INVALID_REQUEST");
    await refuses(guests[0]!.call("leaderboard", { handle: "Ann" }), "INVALID_REQUEST");
  });

  await t.step("handles, and the way out", async () => {
    const { you } = await ada.call("leaderboard", { ladder: "guessbot", handle: "Countess" });
    assert.deepEqual([you.name, you.hidden, you.games], ["Countess", false, 3]);
    assert.match(JSON.stringify(await ladderWith(bob, 3)), /Countess/);
    await refuses(bob.call("leaderboard", { handle: "COUNTESS" }), "INVALID_REQUEST");
    for (const handle of ["p1", "player-abc", "system", "a b", "<b>", "x".repeat(25), "Аda", "_"]) {
      await refuses(bob.call("leaderboard", { handle }), "INVALID_REQUEST");
    }
    const left = await ada.call("leaderboard", { ladder: "GuessBot", opt_out: true });
    assert.equal(left.you.hidden, true);
    const after = await ladderWith(bob, 3);
    assert.deepEqual(after.players.map(({ rank }: Wire) => rank), [1]);
    assert.ok(!JSON.stringify(after).includes(you.player), "nor in past results");
    assert.ok(!JSON.stringify(after).includes("Countess"));
    const { channel_id } = await played([ada, bob]);
    channels.push(channel_id);
    await ladderWith(bob, 4);
    const back = await ada.call("leaderboard", { ladder: "GuessBot", opt_out: false });
    assert.deepEqual([back.players.length, back.you.games], [2, 4]);
    assert.ok(back.results.length <= RATING_LIMITS.listResults);
  });

  await t.step("ladders, and one that there is not", async () => {
    const { ladders, you } = await bob.call("leaderboard");
    const guess = ladders.find(({ ladder }: Wire) => ladder === "GuessBot");
    const { bots: [{ code_hash }] } = await bob.call("list_bots", { name: "GuessBot" });
    assert.deepEqual(guess.code_hashes, [code_hash]);
    assert.equal(you.hidden, false);
    const { detail } = await refuses(bob.call("leaderboard", { ladder: "Nim" }), "INVALID_REQUEST");
    assert.match(detail, /GuessBot/);
  });

  const replayer = patient(replayerOn(sandbox));
  for (const channel of channels) {
    await checkReferees(app.kv, channel, await checkChannel(app.kv, channel), replayer);
  }
});

Deno.test("create_channel refuses a rated channel that can't be rated, and makes none", async () => {
  await using server = await testServer();
  const host = await Player.at(server.url);
  const rows: [Record<string, unknown>, RegExp][] = [
    [{ sealed: false }, /sealed: true/],
    [{ bot_params: { range: [1, 2] } }, /leave out range/],
    [{ bot_preset: "EchoBot" }, /not rated here/],
    [{ bot_preset: undefined }, /exactly one bot/],
    [{ slots: ["bot:referee", "invite:a"], bot_params: { players: 1 } }, /2 to 8 invite slots/],
    [
      { bot_preset: undefined, bots: [{ code_ref: "GuessBot", manifest: { net: [] } }] },
      /manifest/,
    ],
  ];
  for (const [change, text] of rows) {
    const refused = host.call("create_channel", { name: "x", ...RATED, ...change });
    assert.match((await refuses(refused, "INVALID_REQUEST")).detail, text);
  }
  assert.deepEqual((await host.call("list_channels")).channels, []);
  const { created, players: [player] } = await roomOf(server.url, RATED, 1);
  assert.equal(created.view.rated, true);
  const [opening] = await player!.readUntil(ofType("channel_created"));
  assert.equal(opening.body.rated, true);
});
