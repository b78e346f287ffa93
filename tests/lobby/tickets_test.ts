/** Tickets over HTTP: found again, cancelled, expired, challenged; two instances on one database
 *  answer alternately. */
import assert from "node:assert/strict";
import { LOBBY_LIMITS } from "../../src/domain/limits/lobby.ts";
import { RATES } from "../../src/domain/limits/work.ts";
import { Ticket } from "../../src/domain/lobby/ticket.ts";
import { hashText } from "../../src/kernel/hash.ts";
import { decode } from "../../src/store/codec.ts";
import { keys } from "../../src/store/keys.ts";
import { TicketStore } from "../../src/store/lobby/ticket_store.ts";
import { acceptingSandbox } from "../support/accepting_sandbox.ts";
import { type Instances, instances } from "../support/apps.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { signedIn } from "../support/signed_in.ts";

const whole = (minimum: number, maximum: number, standard?: number) => ({
  type: "integer",
  minimum,
  maximum,
  ...(standard !== undefined && { default: standard }),
});
const GAMES = {
  Duel: { summary: "Duel", params: { type: "object", properties: { size: whole(1, 9, 3) } } },
  Trio: { summary: "Trio", params: { type: "object", properties: { players: whole(3, 3, 3) } } },
  Solo: { summary: "Solo", params: { type: "object", properties: { players: whole(1, 1, 1) } } },
};
const builtins = new Map(Object.entries(GAMES).map(([name, it]) => [name, JSON.stringify(it)]));

/** Two instances whose clock the test moves on; `clock` runs by itself unless the test says how. */
async function lobby(clock = Date.now): Promise<Instances & { pass: (ms: number) => void }> {
  let aheadMs = 0;
  const duel = hashText(new TextEncoder().encode(builtins.get("Duel")!));
  const made = await instances(2, {
    sandbox: acceptingSandbox(),
    builtins,
    ladders: { Duel: [duel] },
    now: () => new Date(clock() + aheadMs),
  });
  return Object.assign(made, { pass: (ms: number) => void (aheadMs += ms) });
}

/** Calls find_match, by default without waiting. */
const find = (player: Player, wish: Record<string, unknown> = {}): Promise<Wire> =>
  player.call("find_match", { bot_preset: "Duel", timeout_ms: 0, ...wish });
const goOn = (player: Player, ticket: string, more: Record<string, unknown> = {}): Promise<Wire> =>
  player.call("find_match", { ticket, timeout_ms: 0, ...more });

async function people(apps: Instances, count: number, among = 2): Promise<Player[]> {
  const all = Array.from({ length: count }, (_, i) => Player.at(apps.urls[i % among]!));
  return await Promise.all(all);
}

Deno.test("the same call finds the same ticket, and the same match, at any instance", async () => {
  await using apps = await lobby();
  const [ann, bob] = await people(apps, 2) as [Player, Player];
  const first = await find(ann);
  assert.equal(first.status, "waiting");
  assert.match(first.ticket, /^ticket_/);
  ann.moveTo(apps.urls[1]!);
  for (
    const wish of [
      {},
      { bot_preset: "builtin://duel", params: null, rated: "false", challenge: null },
      { bot_preset: undefined, game: " DUEL " },
      { bot_preset: undefined, ticket: `Your ticket is "${first.ticket}".` },
    ]
  ) assert.equal((await find(ann, wish)).ticket, first.ticket, JSON.stringify(wish));
  assert.notEqual((await find(ann, { params: { size: 4 } })).ticket, first.ticket);
  // Another spelling of the same game is paired with it.
  const theirs = await find(bob, { params: { size: "3" } });
  assert.equal(theirs.status, "matched");
  const mine = await find(ann);
  assert.deepEqual([mine.status, mine.ticket], ["matched", first.ticket]);
  assert.equal(mine.channel_id, theirs.channel_id);
  assert.deepEqual([mine.player_id, theirs.player_id].toSorted(), ["p1", "p2"]);
  assert.deepEqual(mine.view.match, { rated: false });
  assert.deepEqual((await find(ann)).rejoin_token, mine.rejoin_token);
  const back = await ann.call("join_channel", { invite_code: mine.rejoin_token, rotate: true });
  assert.equal(back.player_id, mine.player_id);
  assert.equal((await find(ann)).rejoin_token, undefined, "a token that was rotated is not told");
  // Who leaves looks for the next game.
  await ann.call("leave_channel", { channel_id: mine.channel_id });
  await refuses(goOn(ann, first.ticket), "NOT_MEMBER");
  const next = await find(ann);
  assert.deepEqual([next.status, next.ticket === first.ticket], ["waiting", false]);
});

Deno.test("a call that waits is woken by a match that another instance makes", async () => {
  await using apps = await lobby();
  const [ann, bob] = await people(apps, 2) as [Player, Player];
  const waiting = find(ann, { timeout_ms: 45_000 });
  while ((await Array.fromAsync(apps.kv.list({ prefix: keys.waitingTickets() }))).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const began = performance.now();
  const theirs = await find(bob, { timeout_ms: 45_000 });
  const mine = await waiting;
  assert.equal(mine.channel_id, theirs.channel_id);
  assert.ok(performance.now() - began < 40_000, "neither ran into its timeout");
});

Deno.test("nobody has power in a channel that the server opened", async () => {
  await using apps = await lobby();
  const [ann, bob] = await people(apps, 2) as [Player, Player];
  await find(ann);
  const { channel_id, view } = await find(bob);
  assert.equal(view.sealed, true);
  assert.ok(view.slots.every(({ kind, admin }: Wire) => kind === "bot" || !admin));
  for (const player of [ann, bob]) {
    for (
      const op of [
        { type: "rename", name: "mine" },
        { type: "set_admin", slot_id: "s1", admin: true },
        { type: "yield_slot", slot_id: "s1", to: "invite" },
        { type: "remove_bot", slot_id: "s0" },
      ]
    ) {
      const error = await player.call("update_channel", { channel_id, ops: [op] }).catch((e) => e);
      assert.match(String(error), /NOT_ADMIN|CHANNEL_SEALED/, op.type);
    }
  }
  // The bot has not ended, so one player alone does not close it, but both do.
  const close = { channel_id, ops: [{ type: "close" }] };
  assert.equal((await ann.call("update_channel", close)).view.closed, false);
  assert.equal((await bob.call("update_channel", close)).view.closed, true);
  assert.equal((await find(ann)).status, "waiting", "the game is over, so this is a new ticket");
});

Deno.test("a ticket is cancelled until it is paired, and not after that", async () => {
  await using apps = await lobby();
  const [ann, bob] = await people(apps, 2) as [Player, Player];
  const first = await find(ann);
  assert.equal((await goOn(ann, first.ticket, { cancel: true })).status, "cancelled");
  assert.equal((await goOn(ann, first.ticket, { cancel: "yes" })).status, "cancelled");
  assert.equal((await goOn(ann, first.ticket)).status, "cancelled");
  const theirs = await find(bob);
  assert.equal(theirs.status, "waiting", "a cancelled ticket is not paired");
  assert.equal((await find(bob, { cancel: true })).ticket, theirs.ticket, "by its wish");
  await refuses(find(bob, { cancel: true, params: { size: 7 } }), "INVALID_REQUEST");
  await find(bob);
  const mine = await find(ann);
  assert.equal(mine.status, "matched");
  assert.equal((await goOn(ann, mine.ticket, { cancel: true })).status, "matched");
  await refuses(goOn(bob, mine.ticket), "INVALID_REQUEST");
  await refuses(goOn(bob, mine.ticket, { cancel: true }), "INVALID_REQUEST");
  await refuses(goOn(bob, "ticket_AAAAAAAAAAAAAAAAAAAAAA"), "INVALID_REQUEST");
});

Deno.test("cancel races pairing: the ticket is in a channel, or cancelled, never both", async () => {
  await using apps = await lobby();
  for (let round = 0; round < 12; round++) {
    const [ann, bob] = await people(apps, 2) as [Player, Player];
    const { ticket } = await find(ann);
    const [cancelled, theirs] = await Promise.all([
      goOn(ann, ticket, { cancel: true }),
      find(bob),
    ]);
    const mine = await goOn(ann, ticket);
    const ended = cancelled.status === "cancelled";
    assert.equal(mine.status, ended ? "cancelled" : "matched");
    const after = await goOn(bob, theirs.ticket);
    assert.equal(after.status, ended ? "waiting" : "matched");
    if (!ended) assert.equal(mine.channel_id, after.channel_id);
    if (ended) await goOn(bob, theirs.ticket, { cancel: true });
  }
});

Deno.test("a ticket ends when nobody asks for it, and nobody is paired with it then", async () => {
  await using apps = await lobby();
  const [ann, bob] = await people(apps, 2) as [Player, Player];
  const first = await find(ann);
  apps.pass(LOBBY_LIMITS.idleMs - 60_000);
  assert.equal((await find(ann)).ticket, first.ticket, "each call keeps it");
  apps.pass(LOBBY_LIMITS.idleMs - 60_000);
  assert.equal((await goOn(ann, first.ticket)).status, "waiting");
  apps.pass(LOBBY_LIMITS.idleMs + 1);
  assert.equal((await find(bob)).status, "waiting");
  assert.equal((await goOn(ann, first.ticket)).status, "expired");
  const again = await find(ann);
  assert.deepEqual([again.status, again.ticket === first.ticket], ["matched", false]);
});

Deno.test("one person in two chats gets two tickets, which are not paired with each other", async () => {
  await using apps = await lobby();
  const [url] = apps.urls as [string];
  const { token } = await Player.at(url);
  await using one = await mcpClient("v1", `${url}/mcp`, token);
  await using two = await mcpClient("v1", `${url}/mcp`, token);
  const wish = { bot_preset: "Duel", timeout_ms: 0 };
  const tickets = [await one.call("find_match", wish), await two.call("find_match", wish)];
  assert.deepEqual(tickets.map(({ status }) => status), ["waiting", "waiting"]);
  assert.notEqual(tickets[0].ticket, tickets[1].ticket);
  const others = await people(apps, 2);
  for (const other of others) assert.equal((await find(other)).status, "matched");
  const [mine, also] = [await one.call("find_match", wish), await two.call("find_match", wish)];
  assert.deepEqual([mine.status, also.status], ["matched", "matched"]);
  assert.notEqual(mine.channel_id, also.channel_id);
});

Deno.test("a challenge is for whoever has its code, once, and not for its maker", async () => {
  await using apps = await lobby();
  const [ann, bob, eve] = await people(apps, 3) as [Player, Player, Player];
  const made = await find(ann, { challenge: true, params: { size: 5 }, timeout_ms: 45_000 });
  assert.equal(made.status, "waiting");
  assert.match(made.challenge, /^challenge_[\w-]{22}$/);
  assert.equal(
    (await find(ann, { challenge: "new", params: { size: 5 } })).challenge,
    made.challenge,
  );
  assert.equal((await goOn(ann, made.ticket)).challenge, made.challenge);
  assert.equal((await find(eve, { params: { size: 5 } })).status, "waiting", "for nobody else");
  const accept = (player: Player, more: Record<string, unknown> = {}) =>
    player.call("find_match", { challenge: made.challenge, timeout_ms: 0, ...more });
  await refuses(accept(ann), "INVALID_REQUEST");
  await refuses(accept(bob, { bot_preset: "Trio" }), "INVALID_REQUEST");
  const [one, other] = await Promise.allSettled([
    accept(bob, { challenge: `Accept ${made.challenge}!` }),
    accept(eve),
  ]);
  const wins = [one, other].filter((each) =>
    each.status === "fulfilled" && each.value.status === "matched"
  );
  assert.equal(wins.length, 1, "one of two who accept at once");
  const theirs = (wins[0] as PromiseFulfilledResult<Wire>).value;
  assert.deepEqual(theirs.bots[0].params, { size: 5 });
  const mine = await goOn(ann, made.ticket);
  assert.deepEqual([mine.status, mine.channel_id], ["matched", theirs.channel_id]);
  const late = await Player.at(apps.urls[0]!);
  await refuses(accept(late), "INVITE_INVALID");
  await refuses(accept(late, { challenge: "challenge_AAAAAAAAAAAAAAAAAAAAAA" }), "INVITE_INVALID");
  // Whoever accepted twice gets the same seat.
  const winner = one!.status === "fulfilled" && one!.value.status === "matched" ? bob : eve;
  assert.equal((await accept(winner)).channel_id, mine.channel_id);
  const gone = await find(late, { challenge: true });
  await goOn(late, gone.ticket, { cancel: true });
  await refuses(accept(ann, { challenge: gone.challenge }), "INVITE_INVALID");
  for await (const { key } of apps.kv.list({ prefix: [] })) {
    assert.ok(!JSON.stringify(key).includes(made.challenge), "only its hash is stored");
  }
});

Deno.test("any_params takes other games of the bot after a while", async () => {
  await using apps = await lobby();
  const [ann, bob] = await people(apps, 2) as [Player, Player];
  await find(ann, { any_params: true });
  assert.equal((await find(bob, { params: { size: 9 } })).status, "waiting");
  apps.pass(LOBBY_LIMITS.widenMs);
  const mine = await find(ann, { any_params: true });
  assert.equal(mine.status, "matched");
  assert.deepEqual(mine.bots[0].params, { size: 9 }, "the one that somebody asked for");
});

Deno.test("a game for three waits for three, and a game for one is refused", async () => {
  await using apps = await lobby();
  const all = await people(apps, 3);
  const wish = { bot_preset: "Trio" };
  const states: string[] = [];
  for (const player of all) states.push((await find(player, wish)).status);
  assert.deepEqual(states, ["waiting", "waiting", "matched"]);
  const seats = await Promise.all(all.map((player) => find(player, wish)));
  assert.deepEqual(seats.map(({ player_id }) => player_id).toSorted(), ["p1", "p2", "p3"]);
  assert.equal(new Set(seats.map(({ channel_id }) => channel_id)).size, 1);
  await refuses(find(all[0]!, { bot_preset: "Solo" }), "INVALID_REQUEST");
});

Deno.test("what is wrong with a wish is refused, and tells nothing about others' sources", async () => {
  await using apps = await lobby();
  const [ann, bob] = await people(apps, 2) as [Player, Player];
  await refuses(find(ann, { bot_preset: "Mars" }), "BOT_NOT_FOUND");
  await refuses(find(ann, { bot_preset: undefined }), "INVALID_REQUEST");
  await refuses(find(ann, { display_name: "host" }), "INVALID_REQUEST");
  await refuses(find(ann, { params: { size: 99 } }), "BOT_REJECTED");
  await refuses(find(ann, { params: { colour: "red" } }), "BOT_REJECTED");
  await refuses(find(ann, { params: { size: "x".repeat(9_000) } }), "TOO_LARGE");
  await refuses(find(ann, { ticket: "t".repeat(5_000) }), "INVALID_REQUEST");
  await refuses(find(ann, { challenge: "c".repeat(5_000) }), "INVALID_REQUEST");
  const source = JSON.stringify({ summary: "Secret" });
  const room = await roomOf(apps.urls[0]!, {
    slots: ["bot:referee", "invite:one", "invite:two"],
    bot_code: source,
  }, 2);
  const wish = { bot_preset: undefined, code_hash: hashText(new TextEncoder().encode(source)) };
  const hidden = await refuses(find(ann, wish), "BOT_NOT_FOUND");
  const absent = await refuses(
    find(ann, { ...wish, code_hash: `sha256:${"0".repeat(64)}` }),
    "BOT_NOT_FOUND",
  );
  assert.equal(hidden.detail, absent.detail);
  const [one, two] = room.players as [Player, Player];
  assert.equal((await find(one, wish)).status, "waiting");
  assert.equal((await find(two, wish)).bots[0].name, "Secret");
  // By the hash of a built-in bot, too.
  const duel = hashText(new TextEncoder().encode(builtins.get("Duel")!));
  await find(ann, { ...wish, code_hash: duel });
  assert.equal((await find(bob)).status, "matched");
});

Deno.test("a match whose source nobody may read any more fails for both, and says why", async () => {
  await using apps = await lobby();
  const source = JSON.stringify({ summary: "Gone" });
  const room = await roomOf(apps.urls[0]!, {
    slots: ["bot:referee", "invite:one", "invite:two"],
    bot_code: source,
  }, 2);
  const [one, two] = room.players as [Player, Player];
  const code_hash = hashText(new TextEncoder().encode(source));
  const wish = { bot_preset: undefined, code_hash };
  const first = await find(one, { ...wish, params: { a: 1 }, any_params: true });
  const second = await find(two, { ...wish, params: { a: 2 } });
  for (const player of [one, two]) {
    await player.call("leave_channel", { channel_id: player.channel_id });
  }
  apps.pass(LOBBY_LIMITS.widenMs);
  const mine = await goOn(one, first.ticket);
  assert.equal(mine.status, "failed");
  assert.match(mine.next, /BOT_NOT_FOUND/);
  assert.equal((await goOn(two, second.ticket)).status, "failed");
});

Deno.test("a principal has few tickets at a time, also if it asks for many at once", async () => {
  await using apps = await lobby();
  const [ann] = await people(apps, 1) as [Player];
  const asked = Array.from({ length: 9 }, (_, i) => find(ann, { params: { size: i + 1 } }));
  const made = await Promise.allSettled(asked);
  const waiting = made.filter(({ status }) => status === "fulfilled");
  assert.equal(waiting.length, LOBBY_LIMITS.waitingTickets);
  const [{ value }] = waiting as [PromiseFulfilledResult<Wire>];
  await goOn(ann, value.ticket, { cancel: true });
  assert.equal((await find(ann, { params: { size: 1 }, any_params: true })).status, "waiting");
});

Deno.test("a flood of wishes, of cancellations and of wrong codes runs into limits", async () => {
  const builtin = new Map([["Duel", builtins.get("Duel")!]]);
  await using apps = await instances(1, {
    sandbox: acceptingSandbox(),
    builtins: builtin,
    rates: { ...RATES, channels: { quota: 6, windowMs: 3_600_000 } },
  });
  const [ann, bob, eve] = await people(apps, 3, 1) as [Player, Player, Player];
  for (let i = 0; i < 6; i++) {
    const { ticket } = await find(ann);
    assert.equal((await find(ann)).ticket, ticket, "to ask again costs nothing");
    await goOn(ann, ticket, { cancel: true });
  }
  await refuses(find(ann), "RATE_LIMIT");
  assert.equal((await find(bob)).status, "waiting", "nobody else is concerned");
  for (let i = 0; i < RATES.guesses.quota; i++) {
    const challenge = `challenge_${String(i).padStart(22, "0")}`;
    await refuses(find(eve, { challenge }), "INVITE_INVALID");
  }
  await refuses(find(eve, { challenge: `challenge_${"A".repeat(22)}` }), "RATE_LIMIT");
});

Deno.test("a ticket is found among hundreds for other games of the bot", async () => {
  await using apps = await lobby();
  const [ann, bob] = await people(apps, 2) as [Player, Player];
  await find(ann);
  const { value } = (await Array.fromAsync(apps.kv.list({ prefix: keys.waitingTickets() })))[0]!;
  const store = new TicketStore(apps.kv);
  const mine = decode(Ticket, value);
  for (let i = 0; i < 400; i++) {
    const other = { ...mine, ticket_id: `ticket_${i}`, principal: `guest:${i}`, wish: `${i}` };
    const params_hash = String(i).padStart(64, "0");
    await store.add({ ...other, params_hash, created_at: mine.created_at - 1 }, null, 1e15);
  }
  assert.equal((await find(bob)).status, "matched");
});

Deno.test("rated players meet those who play about as well, and others after a while", async () => {
  const start = Date.now();
  await using apps = await lobby(() => start);
  const known = { ada: 25, bob: 35, cem: 34, dee: 45, eve: 10 };
  for (const [name, mu] of Object.entries(known)) {
    const row = { mu, sigma: 2, ordinal: mu - 6, games: 9, last: "2026-11-29T12:00:00.000Z" };
    await apps.kv.set(keys.rating("people", "Duel", `oidc:${name}`), row);
  }
  const tokens = await signedIn(apps.kv, [...Object.keys(known), "new"]);
  const at = (i: number) => new Player(apps.urls[i % 2]!, tokens[i]!);
  const [ada, bob, cem, dee, eve, newcomer] = [at(0), at(1), at(2), at(3), at(4), at(5)];
  const rated = { rated: true };
  for (const each of [ada, cem, dee]) assert.equal((await find(each, rated)).status, "waiting");
  const close = await find(bob, rated);
  assert.deepEqual([close.status, close.view.match], ["matched", { rated: true }]);
  assert.equal((await find(cem, rated)).channel_id, close.channel_id, "not with Ada, who waits");
  const theirs = await find(newcomer, rated);
  assert.equal(theirs.status, "matched", "whoever has no rating plays like the average");
  assert.equal((await find(ada, rated)).channel_id, theirs.channel_id);
  assert.equal((await find(eve, rated)).status, "waiting");
  apps.pass(60_000);
  assert.equal((await find(eve, rated)).status, "matched");
  assert.equal((await find(dee, rated)).status, "matched");
  // A friend is welcome at any strength.
  const { challenge } = await find(dee, { ...rated, challenge: "new" });
  const accepted = await eve.call("find_match", { challenge, timeout_ms: 0 });
  assert.deepEqual([accepted.status, accepted.view.match], ["matched", { rated: true }]);
});

Deno.test("guests' rated games are apart and not ranked", async () => {
  await using apps = await lobby();
  const [ann, bob, eve] = await people(apps, 3) as [Player, Player, Player];
  assert.match((await find(ann, { rated: true })).next, /not ranked/);
  assert.equal((await find(eve)).status, "waiting");
  assert.deepEqual((await find(bob, { rated: "true" })).view.match, { rated: false });
});

Deno.test("both instances pair and expire one pool at once, and nobody is in two channels", async () => {
  await using apps = await lobby();
  const all = await people(apps, 24);
  await Promise.all(all.slice(0, 8).map((player, i) => find(player, { params: { size: i + 1 } })));
  apps.pass(LOBBY_LIMITS.idleMs + 1);
  const asked = all.flatMap((player, i) =>
    apps.urls.map((url) => {
      const twin = new Player(url, player.token);
      return find(twin, { params: { size: i % 8 + 1 } });
    })
  );
  await Promise.all(asked);
  const now = await Promise.all(
    all.map((player, i) => find(player, { params: { size: i % 8 + 1 } })),
  );
  assert.deepEqual(
    Object.entries(Object.groupBy(now, ({ status }) => status)).map(([s, a]) => [s, a!.length])
      .toSorted(),
    [["matched", 16], ["waiting", 8]],
  );
  const seats = now.filter(({ status }) => status === "matched");
  const byChannel = Map.groupBy(seats, ({ channel_id }) => channel_id);
  assert.ok([...byChannel.values()].every(({ length }) => length === 2));
  const channels = new Set<unknown>();
  for await (const { key } of apps.kv.list({ prefix: ["channel"] })) channels.add(key[1]);
  assert.equal(channels.size, 8, "and no channel stands empty");
});
