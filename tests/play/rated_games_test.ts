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

/** The players of a channel, as other conversations of the same people have them, so that each
 *  keeps a seat of its own. */
type Two = [Player, Player];

interface Played {
  channel_id: string;
  /** The referee's last word. */
  end: Wire;
  players: Two;
}

/** The players join a rated channel that the first of them makes, and play it to the end, or until
 *  `stop` does it another way. */
async function played(
  players: Two,
  stop?: (mover: Player) => Promise<unknown>,
): Promise<Played> {
  const { invites, view } = await players[0].call("create_channel", {
    name: "rated",
    ...RATED,
  });
  assert.equal(view.rated, true);
  const seated = players.map(({ token }) => new Player(urlOf.get(players[0])!, token)) as Two;
  for (const [i, player] of seated.entries()) await player.join(invites[i]);
  return await playedOut(seated, stop);
}

/** The players play to the end of the game that goes on, or until `stop` ends it. */
async function playedOut(
  players: Two,
  stop?: (mover: Player) => Promise<unknown>,
  game = 0,
): Promise<Played> {
  const [one, other] = players;
  const { channel_id, rejoin_token } = one;
  const sender = `bot:bot_GuessBot_${game}`;
  for (let cursor = 0;;) {
    const asked = { channel_id, cursor, timeout_ms: 20_000, rejoin_token };
    const { messages, ...read } = await one.call("sync_messages", asked);
    cursor = read.cursor;
    const end = messages.find(ofType("bot:end", { bot_id: sender.slice(4) }));
    if (end) return { channel_id, end: end.body, players };
    const turns = messages.filter(ofType("bot:turn"));
    const turn = turns.findLast((each: Wire) => each.sender === sender)?.body;
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

/** The ladder once so many of the player's games count on it. */
async function ladderWith(player: Player, games: number): Promise<Wire> {
  for (let ask = 0; ask < 600; ask++) {
    const ladder = await player.call("leaderboard", { ladder: "GuessBot" });
    if (ladder.you.games >= games) return ladder;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`the ladder never had ${games} games`);
}

/** The mover gives the game up. */
async function concede(mover: Player): Promise<void> {
  const { channel_id, rejoin_token } = mover;
  await mover.call("make_game_move", {
    channel_id,
    game: "guess",
    action: "concede",
    rejoin_token,
  });
}

/** Resolves once nothing in the database names a channel but the mark of its deletion. */
async function gone(kv: Deno.Kv, channelId: string): Promise<void> {
  for (let ask = 0; ask < 600; ask++) {
    const all = await Array.fromAsync(kv.list({ prefix: [] }), ({ key }) => key);
    const naming = all.filter((key) => key.includes(channelId)).map(([kind]) => kind);
    if (naming.join() === "deleted") return;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`${channelId} is never gone`);
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

  /** Asserts that a result points to its proof: the entry of the end, and the tree head there. */
  const proves = async (player: Player, shown: Wire): Promise<Wire> => {
    const file: Wire = JSON.parse(await exportOf(player));
    const entry = file.entries[shown.size - 1];
    assert.deepEqual([entry.body.type, entry.body.bot_id], ["bot:end", shown.bot_id]);
    assert.deepEqual(entry.body.result.result, shown.result);
    const stored = await checkChannel(app.kv, shown.channel_id);
    assert.equal(stored[shown.size - 1]!.root, shown.root);
    const attach = file.entries.find(ofType("bot:attach", { bot_id: shown.bot_id }));
    assert.equal(attach.body.code_hash, shown.code_hash);
    return file;
  };

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

    const file = await proves(players[0], shown);
    assert.equal(file.entries[0].body.rated, true);
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

  await t.step("nobody deletes the channel of a result, not even closed", async () => {
    const [channel_id] = channels;
    const update = (player: Player, type: string) =>
      player.call("update_channel", { channel_id, ops: [{ type }] });
    const { detail } = await refuses(update(ada, "delete"), "BAD_OP");
    assert.match(detail, /counts on a ladder.*"close".*opt_out/);
    await refuses(update(bob, "delete"), "NOT_ADMIN");
    await update(ada, "close");
    await refuses(update(ada, "delete"), "BAD_OP");
    assert.equal((await bob.call("get_channel_info", { channel_id })).view.deleted_at, undefined);
  });

  await t.step("two meet by find_match, and each rematch counts in order", async () => {
    const wish = { bot_preset: "GuessBot", rated: true };
    const [, theirs] = await Promise.all([ada, bob].map((each) => each.call("find_match", wish)));
    const mine = await ada.call("find_match", wish);
    assert.deepEqual([mine.status, theirs.status], ["matched", "matched"]);
    assert.deepEqual([mine.view.rated, mine.view.match], [true, { rated: true }]);
    const seats = [mine, theirs].map((seat, i) =>
      Object.assign(new Player(app.url, [ada, bob][i]!.token), seat)
    ) as Two;
    const { channel_id } = mine;
    channels.push(channel_id);
    const games = [await playedOut(seats)];
    for (let game = 1; game < 3; game++) {
      for (const seat of seats) {
        const { rejoin_token } = seat;
        const ask = { channel_id, rejoin_token, ops: [{ type: "rematch" }] };
        await seat.call("update_channel", ask);
      }
      games.push(await playedOut(seats, concede, game));
    }
    const { results, players } = await ladderWith(ada, 5);
    const here = results.slice(0, 3);
    assert.deepEqual(here.map((each: Wire) => [each.channel_id, each.bot_id]), [
      [channel_id, "bot_GuessBot_2"],
      [channel_id, "bot_GuessBot_1"],
      [channel_id, "bot_GuessBot_0"],
    ]);
    assert.deepEqual(players.map(({ games }: Wire) => games), [5, 5]);
    for (const shown of here) await proves(seats[0], shown);
    // What a game changes begins where the game before it ended.
    const rated = results.toReversed().map(({ places }: Wire) =>
      new Map(places.flat().map(({ player, before, after }: Wire) => [player, { before, after }]))
    );
    for (const [i, game] of rated.entries()) {
      for (const [player, { before }] of game) {
        assert.equal(before, i === 0 ? 0 : rated[i - 1].get(player).after, `game ${i}`);
      }
    }
    const ranking = here.map(({ places }: Wire) => places.flat()[0].player);
    const { you } = await ada.call("leaderboard");
    const winners = games.toReversed().map(({ end }) =>
      end.result.winners.includes(mine.player_id)
    );
    assert.deepEqual(ranking.map((player: string) => player === you.player), winners);
    // No host deletes it, because there is none.
    const gone = { channel_id, ops: [{ type: "delete" }], rejoin_token: mine.rejoin_token };
    await refuses(ada.call("update_channel", gone), "NOT_ADMIN");
  });

  await t.step("guests who ask for a rated game are told that it is not ranked", async () => {
    const wish = { bot_preset: "GuessBot", rated: true, timeout_ms: 0 };
    const first = await guests[0]!.call("find_match", wish);
    assert.deepEqual([first.status, /not ranked: sign in/.test(first.next)], ["waiting", true]);
    const alone = await bob.call("find_match", wish);
    assert.equal(alone.status, "waiting", "people and guests do not meet");
    await bob.call("find_match", { ticket: alone.ticket, cancel: true });
    const theirs = await guests[1]!.call("find_match", wish);
    assert.deepEqual([theirs.status, theirs.view.match], ["matched", { rated: false }]);
    assert.match(theirs.next, /not ranked: sign in/);
    await refuses(guests[0]!.call("leaderboard", { opt_out: true }), "INVALID_REQUEST");
  });

  await t.step("one person on both seats, and guests, change nothing", async () => {
    const games = [await played([ada, ada]), await played([guests[0]!, guests[1]!])];
    const mixed = await played([ada, guests[0]!]);
    channels.push(...games.map(({ channel_id }) => channel_id));
    const { channel_id } = await played([ada, bob]);
    channels.push(channel_id);
    // Results are recorded in order, so what does not count was settled before.
    const { players } = await ladderWith(ada, 6);
    assert.deepEqual(players.map(({ games }: Wire) => games), [6, 6]);
    // A rated channel without a result that counts is deleted like any other.
    for (const { rejoin_token, token } of mixed.players) {
      const ops = [{ type: "delete" }];
      const player = new Player(app.url, token);
      await player.call("update_channel", { channel_id: mixed.channel_id, ops, rejoin_token });
    }
    await gone(app.kv, mixed.channel_id);
    const asGuest = await guests[0]!.call("leaderboard", { ladder: "GuessBot" });
    assert.equal(asGuest.you, undefined);
    assert.equal(asGuest.players.length, 2);
    await refuses(guests[0]!.call("leaderboard", { opt_out: true }), "INVALID_REQUEST");
    await refuses(guests[0]!.call("leaderboard", { handle: "Ann" }), "INVALID_REQUEST");
  });

  await t.step("the page of the ladder shows the players, and where each proof is", async () => {
    const response = await fetch(`${app.url}/leaderboard?ladder=GuessBot`, {
      headers: { accept: "text/html" },
    });
    const page = await response.text();
    const { results: [latest], players } = await ladderWith(ada, 3);
    assert.ok(page.includes(`<a href="/channels/${latest.channel_id}">entry ${latest.size}</a>`));
    assert.ok(page.includes(`<code title="${latest.root}">`));
    for (const { player } of players) assert.ok(page.includes(`<code>${player}</code>`), player);
  });

  await t.step("handles, and the way out", async () => {
    const { you } = await ada.call("leaderboard", { ladder: "guessbot", handle: "Countess" });
    assert.deepEqual([you.name, you.hidden, you.games], ["Countess", false, 6]);
    assert.match(JSON.stringify(await ladderWith(bob, 6)), /Countess/);
    await refuses(bob.call("leaderboard", { handle: "COUNTESS" }), "INVALID_REQUEST");
    for (const handle of ["p1", "player-abc", "system", "a b", "<b>", "x".repeat(25), "Аda", "_"]) {
      await refuses(bob.call("leaderboard", { handle }), "INVALID_REQUEST");
    }
    const left = await ada.call("leaderboard", { ladder: "GuessBot", opt_out: true });
    assert.equal(left.you.hidden, true);
    const after = await ladderWith(bob, 6);
    assert.deepEqual(after.players.map(({ rank }: Wire) => rank), [1]);
    assert.ok(!JSON.stringify(after).includes(you.player), "nor in past results");
    assert.ok(!JSON.stringify(after).includes("Countess"));
    const { channel_id } = await played([ada, bob]);
    channels.push(channel_id);
    await ladderWith(bob, 7);
    const back = await ada.call("leaderboard", { ladder: "GuessBot", opt_out: false });
    assert.deepEqual([back.players.length, back.you.games, back.you.name], [2, 7, undefined]);
    assert.equal((await bob.call("leaderboard", { handle: "countess" })).you.name, "countess");
    await refuses(bob.call("leaderboard", { handle: "Bob", opt_out: true }), "INVALID_REQUEST");
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
  assert.match(created.next, /Guests' games are not ranked: sign in/);
  const back = await player!.call("join_channel", { invite_code: player!.rejoin_token });
  assert.match(back.next, /Guests' games are not ranked: sign in/);
  const [opening] = await player!.readUntil(ofType("channel_created"));
  assert.equal(opening.body.rated, true);
});
