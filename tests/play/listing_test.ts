/** list_channels: the pages of a search hold matches, also where they are rare. */
import assert from "node:assert/strict";
import { Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const OTHERS = 510;
const AT_ONCE = 30;

Deno.test("the pages of a search hold its matches, and no page follows the last one", async () => {
  await using server = await testServer({ sandbox: "off" });
  const host = await Player.at(server.url);
  const create = (name: string, visibility = "public") =>
    host.call("create_channel", { name, slots: ["invite:a"], visibility });
  for (const name of ["needle 1", "needle 2", "Needle 3"]) await create(name);
  await create("needle 4", "private");
  for (let made = 0; made < OTHERS; made += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => create(`hay ${made + i}`)));
  }

  const pages = async (player: Player, limit: number) => {
    const found: string[][] = [];
    let cursor: string | undefined;
    do {
      const input = { query: "needle", limit, ...cursor !== undefined && { cursor } };
      const page = await player.call("list_channels", input);
      assert.equal(page.total_channels, page.channels.length);
      found.push(page.channels.map(({ name }: Wire) => name));
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    return found;
  };
  const stranger = await Player.at(server.url);
  assert.deepEqual(await pages(stranger, 2), [["Needle 3", "needle 2"], ["needle 1"]]);
  assert.deepEqual(await pages(stranger, 3), [["Needle 3", "needle 2", "needle 1"]]);
  const own = [["needle 4", "Needle 3"], ["needle 2", "needle 1"]];
  assert.deepEqual(await pages(host, 2), own, "the private one is listed to its creator only");
  const none = await stranger.call("list_channels", { query: "no such name" });
  assert.deepEqual([none.channels, none.total_channels, none.next_cursor], [[], 0, undefined]);
});

const names = async (player: Player, input: Wire = {}) =>
  (await player.call("list_channels", input)).channels.map(({ name }: Wire) => name);

Deno.test("lists find games, open seats and ended channels, and never an unlisted one", async () => {
  await using server = await testServer();
  const host = await Player.at(server.url);
  const stranger = await Player.at(server.url);
  const create = (name: string, more: Wire = {}) =>
    host.call("create_channel", {
      name,
      slots: ["bot:referee", "invite:a"],
      visibility: "public",
      ...more,
    });
  await create("guess", { bot_preset: "GuessBot", open_seats: true });
  await create("guess by invite", { bot_preset: "GuessBot" });
  await create("echo", { bot_preset: "EchoBot", open_seats: true });
  const hidden = await create("hidden", { visibility: "unlisted", open_seats: true });
  await create("own", { visibility: "private", open_seats: true });
  const done = await create("done");
  await host.call("update_channel", { channel_id: done.channel_id, ops: [{ type: "close" }] });

  assert.deepEqual(await names(stranger), ["echo", "guess by invite", "guess"]);
  assert.deepEqual(await names(stranger, { ended: true }), [
    "echo",
    "guess by invite",
    "guess",
    "done",
  ]);
  assert.deepEqual(await names(stranger, { open: true }), ["echo", "guess"]);
  for (const game of ["GuessBot", "guess_bot", "guess"]) {
    assert.deepEqual(await names(stranger, { game }), ["guess by invite", "guess"], game);
    assert.deepEqual(await names(stranger, { game, open: true }), ["guess"], game);
  }
  assert.deepEqual(await names(stranger, { game: "chess" }), []);
  assert.deepEqual(
    await names(host),
    ["own", "hidden", "echo", "guess by invite", "guess"],
    "the host finds its own",
  );
  assert.deepEqual(await names(host, { open: true }), ["hidden", "echo", "guess"]);

  const found = await stranger.call("list_channels", { open: true, limit: 1 });
  assert.equal(found.channels[0].free_seats, 1);
  const next = { open: true, limit: 1, cursor: found.next_cursor };
  assert.deepEqual(await names(stranger, next), ["guess"]);
  const joined = await stranger.call("join_channel", { channel_id: found.channels[0].channel_id });
  assert.equal(joined.player_id, "p1");
  assert.deepEqual(await names(stranger, { open: true }), ["guess"]);
  assert.deepEqual(await names(await Player.at(server.url), { open: true }), ["guess"]);
  assert.deepEqual(await names(stranger), ["echo", "guess by invite", "guess"]);

  // Whoever knows the id of an unlisted channel may read it, and take its seat.
  const { channel_id } = hidden;
  await stranger.call("sync_messages", { channel_id });
  assert.equal((await stranger.call("join_channel", { channel_id })).player_id, "p1");
});

Deno.test("nobody finds a channel by what its spectators can't see yet", async () => {
  await using server = await testServer();
  const { host, created: { channel_id } } = await roomOf(server.url, {
    name: "plain",
    slots: ["bot:referee", "invite:a"],
    bot_preset: "EchoBot",
    visibility: "public",
    spectators: "off",
    spectator_delay: 50,
  }, 0);
  const bot_def = { code_ref: "builtin://TicTacToe" };
  const ops = [{ type: "rename", name: "surprise" }, { type: "set_bot", slot_id: "s0", bot_def }];
  await host.call("update_channel", { channel_id, ops });
  const stranger = await Player.at(server.url);
  const found: [Wire, string[]][] = [
    [{ query: "surprise" }, []],
    [{ query: "pla" }, ["plain"]],
    [{ game: "TicTacToe" }, []],
    [{}, ["plain"]],
  ];
  for (const [wanted, expected] of found) assert.deepEqual(await names(stranger, wanted), expected);
  assert.deepEqual(await names(host, { query: "surprise", game: "TicTacToe" }), ["surprise"]);
});

Deno.test("of many who want an open seat one gets it, and a repeated call gets it again", async () => {
  await using server = await testServer({ sandbox: "off" });
  const host = await Player.at(server.url);
  const { channel_id, invites } = await host.call("create_channel", {
    name: "race",
    slots: ["invite:a", "invite:b"],
    visibility: "public",
    open_seats: true,
  });
  const first = await Player.at(server.url);
  await first.join(invites[1]);
  const many = await Promise.all(Array.from({ length: 8 }, () => Player.at(server.url)));
  const tries = await Promise.allSettled(
    many.map((player) => player.call("join_channel", { channel_id, display_name: "racer" })),
  );
  const won = tries.flatMap((each, i) => each.status === "fulfilled" ? [i] : []);
  assert.equal(won.length, 1);
  for (const each of tries) {
    if (each.status === "rejected") assert.equal(each.reason.code, "SLOT_ALREADY_FILLED");
  }
  const again = await many[won[0]!]!.call("join_channel", { channel_id });
  assert.equal(again.player_id, "p2");
  await refuses(host.join(invites[0]), "SLOT_ALREADY_FILLED");
  await refuses((await Player.at(server.url)).call("join_channel", {}), "INVALID_REQUEST");

  // A seat that is given up is free again, without an invite.
  await many[won[0]!]!.call("leave_channel", { channel_id });
  const late = await Player.at(server.url);
  assert.equal((await late.call("join_channel", { channel_id })).player_id, "p3");

  const closed = await host.call("create_channel", { name: "x", slots: ["invite:a"] });
  const unknown = await refuses(
    late.call("join_channel", { channel_id: "chn_no" }),
    "CHANNEL_NOT_FOUND",
  );
  const hidden = { channel_id: closed.channel_id };
  const known = await refuses(late.call("join_channel", hidden), "CHANNEL_NOT_FOUND");
  assert.equal(known.detail, unknown.detail);
});

Deno.test("a channel is hidden from one's own list alone, without an entry, until it is shown again", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { host, players: [ann, bob], created: { channel_id } } = await roomOf(server.url, {
    slots: ["invite:a", "invite:b", "invite:c"],
    visibility: "public",
    open_seats: true,
  }, 2);
  const other = await host.call("create_channel", { name: "other", slots: ["invite:a"] });
  const update = (player: Player, ...types: string[]) =>
    player.call("update_channel", { channel_id, ops: types.map((type) => ({ type })) });
  const before = await bob!.call("get_channel_info", { channel_id });

  const answer = await update(ann!, "hide");
  assert.match(answer.next, /leaves this channel out.*hidden: true it lists/s);
  await update(ann!, "hide"); // repeated, to no effect
  await update(host, "hide");
  assert.deepEqual(await names(ann!), [], "the public part does not list it either");
  assert.deepEqual(await names(ann!, { ended: true, query: "room" }), []);
  assert.deepEqual(await names(ann!, { hidden: true }), ["room"]);
  assert.deepEqual(await names(host), ["other"]);
  assert.deepEqual(await names(host, { hidden: true, query: "oth" }), []);
  for (const player of [bob!, await Player.at(server.url)]) {
    assert.deepEqual(await names(player), ["room"]);
    assert.deepEqual(await names(player, { hidden: true }), []);
  }
  const { messages } = await bob!.call("sync_messages", { channel_id, timeout_ms: 0 });
  assert.deepEqual(messages.map(({ body }: Wire) => body.type), [
    "channel_created",
    "member_joined",
    "member_joined",
  ]);
  assert.deepEqual(await bob!.call("get_channel_info", { channel_id }), before);
  await ann!.say("it is still my seat");

  await refuses(update(await Player.at(server.url), "hide"), "NOT_MEMBER");
  const mine = { channel_id: other.channel_id, ops: [{ type: "hide" }] };
  await refuses(ann!.call("update_channel", mine), "CHANNEL_NOT_FOUND");
  await refuses(update(ann!, "hide", "close"), "NOT_ADMIN");

  // With a change, and in a channel that is closed.
  await update(host, "unhide", "close");
  assert.deepEqual(await names(host, { ended: true }), ["other", "room"]);
  assert.deepEqual(await names(ann!, { hidden: true }), ["room"], "hidden ones that ended, too");
  await update(ann!, "hide", "unhide");
  assert.deepEqual(await names(ann!, { hidden: true }), []);
  assert.deepEqual(await names(ann!), [], "lists leave ended ones out");
  assert.deepEqual(await names(ann!, { ended: true }), ["room"]);
});
