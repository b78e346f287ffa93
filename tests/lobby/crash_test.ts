/** An instance dies between any two commits of a match: another one finishes it, once. */
import assert from "node:assert/strict";
import { LOBBY_LIMITS } from "../../src/domain/limits/lobby.ts";
import type { Ticket } from "../../src/domain/lobby/ticket.ts";
import { decode, encode } from "../../src/store/codec.ts";
import * as z from "zod";
import { keys } from "../../src/store/keys.ts";
import { TicketStore } from "../../src/store/lobby/ticket_store.ts";
import { acceptingSandbox } from "../support/accepting_sandbox.ts";
import { instances } from "../support/apps.ts";
import { Player, type Wire } from "../support/player.ts";

const builtins = new Map([["Duel", JSON.stringify({ summary: "Duel" })]]);

/** Two instances whose clock the test moves on, and two players who wait for each other's game. */
async function scene(sandbox = acceptingSandbox()) {
  let aheadMs = 0;
  const apps = await instances(2, {
    sandbox,
    builtins,
    now: () => new Date(Date.now() + aheadMs),
  });
  const players = await Promise.all(apps.urls.map((url) => Player.at(url)));
  const find = (player: Player, wish: Record<string, unknown> = {}): Promise<Wire> =>
    player.call("find_match", { bot_preset: "Duel", timeout_ms: 0, ...wish });
  const channels = async () => {
    const ids = new Set<string>();
    for await (const { key } of apps.kv.list({ prefix: ["channel"] })) ids.add(String(key[1]));
    return ids;
  };
  return Object.assign(apps, {
    players: players as [Player, Player],
    store: new TicketStore(apps.kv),
    find,
    channels,
    pass: (ms: number) => void (aheadMs += ms),
  });
}

/** The waiting tickets of the two players, who do not fit together yet. */
async function waiting({ players, find, store }: Awaited<ReturnType<typeof scene>>) {
  const [ann, bob] = players;
  const a = await find(ann, { params: { n: 1 } });
  const b = await find(bob, { params: { n: 2 } });
  return await store.loadAll([a.ticket, b.ticket]) as [Ticket, Ticket];
}

const MATCH = { match_id: "m".repeat(22), made_at: Date.now() };

Deno.test("a match that was only stored is seated at a call for it, by any instance, once", async () => {
  await using apps = await scene();
  const { players: [ann, bob], find, store } = apps;
  const tickets = await waiting(apps);
  const ticket_ids = tickets.map(({ ticket_id }) => ticket_id);
  const match = { ...MATCH, ticket_ids, terms: ticket_ids[0]! };
  assert.ok(await store.pair(tickets, match));
  assert.ok(!await store.pair(tickets, { ...match, match_id: "n".repeat(22) }), "not twice");
  assert.ok(!await store.end(tickets[0], { kind: "cancelled" }), "nor cancelled");
  const early = await find(ann, { params: { n: 1 } });
  assert.equal(early.status, "waiting", "the instance that paired them may be at it");
  assert.equal((await find(ann, { params: { n: 1 }, cancel: true })).status, "waiting");
  apps.pass(LOBBY_LIMITS.takeoverMs);
  const asked = apps.urls.flatMap((url) =>
    [ann, bob].map((player, i) => find(new Player(url, player.token), { params: { n: i + 1 } }))
  );
  const answers = await Promise.all(asked);
  assert.deepEqual(answers.map(({ status }) => status), answers.map(() => "matched"));
  assert.deepEqual(
    new Set(answers.map(({ channel_id }) => channel_id)),
    await apps.channels(),
    "several at once open one channel",
  );
  assert.deepEqual(answers.map(({ player_id }) => player_id), ["p1", "p2", "p1", "p2"]);
  assert.deepEqual(answers[0].bots[0].params, { n: 1 });
});

Deno.test("a channel that was opened, but of which no ticket knows, is the one that they get", async () => {
  await using apps = await scene();
  const { players: [ann, bob], find, store, kv } = apps;
  const [first, second] = await waiting(apps);
  const ticket_ids = [first.ticket_id, second.ticket_id];
  const match = { ...MATCH, ticket_ids, terms: first.ticket_id };
  await store.pair([first, second], match);
  apps.pass(LOBBY_LIMITS.takeoverMs);
  const before = await find(ann, { params: { n: 1 } });
  // As the instance left it that died after the channel's commit.
  const state = { kind: "paired" as const, match_id: match.match_id };
  for (const id of ticket_ids) {
    const { value } = await kv.get(keys.ticket(id));
    const seated = decode(z.looseObject({}), value);
    await kv.set(keys.ticket(id), encode({ ...seated, state }));
  }
  await kv.set(keys.match(match.match_id), encode(match));
  const after = [
    await find(bob, { params: { n: 2 } }),
    await find(ann, { params: { n: 1 } }),
  ];
  for (const { status, channel_id } of after) {
    assert.deepEqual([status, channel_id], ["matched", before.channel_id]);
  }
  assert.equal(after[1]!.rejoin_token, before.rejoin_token);
  assert.deepEqual(await apps.channels(), new Set([before.channel_id]));
});

Deno.test("a bot that a busy machine rejects is tried again, for two minutes", async () => {
  let isBusy = false;
  const sandbox = acceptingSandbox();
  const inspect: typeof sandbox.inspect = async (bot) =>
    isBusy
      ? { kind: "rejected", message: "Loading the source took too long" }
      : await sandbox.inspect(bot);
  await using apps = await scene({ ...sandbox, inspect });
  const { players: [ann, bob], store, urls } = apps;
  bob.moveTo(urls[0]!);
  const [first, second] = await waiting(apps);
  const ticket_ids = [first.ticket_id, second.ticket_id];
  const match = { ...MATCH, made_at: Date.now(), ticket_ids, terms: first.ticket_id };
  // The other instance has not met the bot yet.
  for (const player of [ann, bob]) player.moveTo(urls[1]!);
  isBusy = true;
  assert.ok(await store.pair([first, second], match));
  apps.pass(LOBBY_LIMITS.takeoverMs);
  const ask = (player: Player, ticket: Ticket): Promise<Wire> =>
    player.call("find_match", { ticket: ticket.ticket_id, timeout_ms: 0 });
  const answers = [await ask(ann, first)];
  isBusy = false;
  answers.push(await ask(ann, first));
  assert.deepEqual(answers.map(({ status }) => status), ["waiting", "matched"]);
  assert.equal((await ask(bob, second)).channel_id, answers[1]!.channel_id);
});

Deno.test("a match whose channel can't be opened for long fails for both, and frees them", async () => {
  await using apps = await scene();
  const { players: [ann, bob], find, store } = apps;
  const tickets = await waiting(apps);
  const ticket_ids = tickets.map(({ ticket_id }) => ticket_id);
  // A ticket whose parameters its bot accepts no more.
  const [first, second] = tickets;
  const code_hash = `sha256:${"0".repeat(64)}` as const;
  const match = { ...MATCH, ticket_ids, terms: ticket_ids[0]! };
  assert.ok(await store.pair([{ ...first, code_hash }, second], match));
  apps.pass(LOBBY_LIMITS.takeoverMs);
  const ended = await ann.call("find_match", { ticket: first.ticket_id, timeout_ms: 0 });
  assert.equal(ended.status, "failed");
  assert.equal((await bob.call("find_match", { ticket: second.ticket_id })).status, "failed");
  assert.equal((await find(ann)).status, "waiting");
  assert.equal((await find(bob)).status, "matched");
});
