/** Spectators: by link, behind, limited in number, never let in on what was said before, and heard
 *  where the channel says so. */
import assert from "node:assert/strict";
import { ofType, Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { bothAccept } from "../verify/second_verifier.ts";

const read = async (player: Player, channel_id: string, more: Wire = {}) =>
  await player.call("sync_messages", { channel_id, timeout_ms: 0, ...more });
const texts = ({ messages }: Wire) =>
  messages.flatMap(({ body }: Wire) => body?.text === undefined ? [] : [body.text]);

Deno.test("spectators who are behind see the channel as it was, until the game is over", async () => {
  await using server = await testServer();
  const { host, players: [ada], created: { channel_id } } = await roomOf(server.url, {
    slots: ["bot:echo", "invite:a", "invite:b"],
    bot_preset: "EchoBot",
    visibility: "public",
    spectators: "public",
    spectator_delay: 4,
  }, 1);
  const eve = await Player.at(server.url);
  for (let i = 1; i <= 6; i++) {
    await ada!.say(`move ${i}`);
    await ada!.readUntil(({ sender, cause, id }: Wire) => sender.startsWith("bot:") && cause && id);
  }
  const { cursor: size } = await read(ada!, channel_id);
  const seen = await read(eve, channel_id);
  assert.equal(seen.cursor, size - 4);
  assert.equal(seen.more, false);
  assert.equal(seen.receipt, undefined);
  assert.deepEqual(seen.view.slots.map(({ filled_by }: Wire) => filled_by), [
    "bot:bot_EchoBot_0",
    null,
    null,
  ], "the view is as of the beginning");
  assert.deepEqual(seen.view.spectating, { by: "public", delay: 4, now: 1 });
  await refuses(read(eve, channel_id, { cursor: size - 3 }), "INVALID_REQUEST");
  await refuses(eve.call("get_proof", { channel_id, id: size - 3 }), "INVALID_REQUEST");
  await refuses(eve.call("export_channel", { channel_id }), "NOT_MEMBER");
  await refuses(eve.call("verify_channel", { channel_id }), "NOT_MEMBER");
  await refuses(eve.say({ channel_id }), "INVALID_REQUEST");
  const proof = await eve.call("get_proof", { channel_id, id: 1, since: size - 5 });
  assert.equal(proof.size, size - 4);
  const info = await eve.call("get_channel_info", { channel_id });
  assert.deepEqual(info.bots.map(({ bot_id }: Wire) => bot_id), ["bot_EchoBot_0"]);
  await eve.call("get_bot_code", { channel_id, bot_id: "bot_EchoBot_0" });
  const [listed] = (await eve.call("list_channels")).channels;
  assert.equal(listed.message_count, size - 4);

  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  assert.equal((await read(eve, channel_id)).cursor, size + 1);
  await eve.call("export_channel", { channel_id });
  assert.equal((await eve.call("verify_channel", { channel_id })).ok, true);
});

Deno.test("a link admits those who have its token, and a new one ends the old", async () => {
  await using server = await testServer();
  const { host, players: [ada], created } = await roomOf(server.url, {
    slots: ["invite:a", "invite:b"],
    spectators: "link",
    spectator_max: 2,
  }, 1);
  const { channel_id, spectate_token } = created;
  assert.match(spectate_token, /^spectate_[\w-]{22}$/);
  const [eve, mallory] = [await Player.at(server.url), await Player.at(server.url)];
  await refuses(read(eve, channel_id), "CHANNEL_NOT_FOUND");
  await refuses(
    read(eve, channel_id, { rejoin_token: `spectate_${"A".repeat(22)}` }),
    "CHANNEL_NOT_FOUND",
  );
  const link = { rejoin_token: spectate_token };
  await ada!.say("hello");
  assert.deepEqual(texts(await read(eve, channel_id, link)), ["hello"]);
  await refuses(
    eve.call("post_message", { channel_id, body: "me too", ...link }),
    "CHANNEL_NOT_FOUND",
  );
  const exported = await eve.call("export_channel", { channel_id, ...link });
  assert.equal((await fetch(exported.url)).status, 200);
  await read(mallory, channel_id, link);
  await refuses(read(await Player.at(server.url), channel_id, link), "RATE_LIMIT");
  await read(eve, channel_id, link);
  const { view } = await host.call("get_channel_info", { channel_id });
  assert.deepEqual(view.spectating, { by: "link", max: 2, now: 2 });

  const ops = [{ type: "set_spectators", who: "link" }];
  const changed = await host.call("update_channel", { channel_id, ops });
  assert.notEqual(changed.spectate_token, spectate_token);
  await refuses(read(eve, channel_id, link), "CHANNEL_NOT_FOUND");
  assert.equal((await fetch(exported.url)).status, 404);
  const news = { rejoin_token: changed.spectate_token };
  assert.deepEqual(texts(await read(eve, channel_id, news)), ["hello"]);
  await host.call("update_channel", { channel_id, ops: [{ type: "set_spectators", who: "off" }] });
  await refuses(read(eve, channel_id, news), "CHANNEL_NOT_FOUND");
});

Deno.test("nothing that was said in private is ever widened", async () => {
  await using server = await testServer();
  const { host, players: [ada], created: { channel_id } } = await roomOf(server.url, {
    slots: ["invite:a", "invite:b"],
    spectators: "public",
  }, 1);
  const eve = await Player.at(server.url);
  await refuses(read(eve, channel_id), "CHANNEL_NOT_FOUND");
  await ada!.say("secret");
  const apply = (...ops: Wire[]) => host.call("update_channel", { channel_id, ops });
  await apply({ type: "set_visibility", visibility: "unlisted" });
  await ada!.say("open");
  const seen = await read(eve, channel_id);
  assert.deepEqual(texts(seen), ["open"]);
  const [first] = seen.messages;
  assert.equal(first.body.type, "set_visibility_applied");
  assert.deepEqual(texts(await read(eve, channel_id, { last: 50 })), ["open"]);
  assert.deepEqual((await read(eve, channel_id, { last: 50 })).omitted, undefined);
  for (const input of [{ id: first.id - 1 }, { since: first.id - 1 }]) {
    await refuses(eve.call("get_proof", { channel_id, ...input }), "INVALID_REQUEST");
  }
  await refuses(eve.call("export_channel", { channel_id }), "NOT_MEMBER");
  const waited = await eve.call("wait_for_turn", { channel_id, cursor: 0, timeout_ms: 0 });
  assert.deepEqual([texts(waited), waited.omitted], [["open"], undefined]);
  assert.deepEqual((await eve.call("list_channels")).channels, []);
  await apply({ type: "set_visibility", visibility: "public", open_seats: true });
  assert.deepEqual(texts(await read(eve, channel_id)), [], "listing it widens it again");
  assert.equal((await eve.call("list_channels")).channels[0].channel_id, channel_id);
  await apply({ type: "set_visibility", visibility: "private" });
  await refuses(read(eve, channel_id), "CHANNEL_NOT_FOUND");
  await refuses(eve.call("join_channel", { channel_id }), "CHANNEL_NOT_FOUND");
  await apply({ type: "set_visibility", visibility: "unlisted" });
  assert.equal((await eve.call("join_channel", { channel_id })).player_id, "p2");
  assert.ok((await read(ada!, channel_id)).messages.some(ofType("set_visibility_applied")));
  await refuses(apply({ type: "set_visibility" }), "BAD_OP");
});

Deno.test("a longer delay takes nothing back that spectators were shown", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { host, players: [ada], created: { channel_id } } = await roomOf(server.url, {
    slots: ["invite:a"],
    visibility: "public",
    spectators: true,
  }, 1);
  const eve = await Player.at(server.url);
  await ada!.say("one");
  const { cursor } = await read(eve, channel_id);
  const apply = (...ops: Wire[]) => host.call("update_channel", { channel_id, ops });
  await apply({ type: "set_spectators", who: "public", delay: 10 });
  await ada!.say("two");
  assert.deepEqual([(await read(eve, channel_id)).cursor, cursor], [cursor, cursor]);
  await apply({ type: "set_spectators", who: "public", delay: 0 });
  assert.deepEqual(texts(await read(eve, channel_id, { cursor })), ["two"]);
});

Deno.test("who watches a sealed channel stays as it is while something is played", async () => {
  await using server = await testServer();
  const { host, created: { channel_id } } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:a"],
    bot_preset: "EchoBot",
    sealed: true,
    visibility: "public",
    spectators: "off",
  }, 0);
  for (
    const op of [{ type: "set_visibility", open_seats: true }, {
      type: "set_spectators",
      who: "public",
    }]
  ) {
    await refuses(host.call("update_channel", { channel_id, ops: [op] }), "CHANNEL_SEALED");
  }
});

Deno.test("spectators speak where the channel says so, and no bot hears them", async (t) => {
  await using server = await testServer();
  const open = { visibility: "public", spectators: "public", spectators_speak: true };
  const [eve, mallory] = [await Player.at(server.url), await Player.at(server.url)];
  const say = (player: Player, channel_id: string, body: unknown, more: Wire = {}) =>
    player.call("post_message", { channel_id, body, ...more });

  await t.step("in words, under a name that says what they are", async () => {
    const { host, players, created: { channel_id, view } } = await roomOf(server.url, {
      ...open,
      slots: ["bot:echo", "invite:a", "invite:b"],
      bot_preset: "EchoBot",
    }, 2);
    const [ann, bob] = players as [Player, Player];
    const apply = (op: Wire) => host.call("update_channel", { channel_id, ops: [op] });
    assert.equal(view.spectating.speak, true);
    const once = { display_name: "a", idempotency_key: "once" };
    const said = await say(eve, channel_id, "hello", once);
    assert.match(said.next, /no bot hears it/);
    assert.equal((await say(eve, channel_id, "hello", once)).msg_id, said.msg_id);
    await say(eve, channel_id, { text: "again" });
    await say(mallory, channel_id, "I see", { display_name: "Mal" });
    await ann.say("go");
    const log = await ann.readUntil(({ sender, body }) => /^bot:/.test(sender) && body.echo);
    assert.deepEqual(log[0].body.spectating, { speak: true });
    const words = log.filter(({ sender }) => sender.startsWith("spectator:"));
    assert.deepEqual(words.map(({ kind, body }) => [kind, body]), [
      ["user", { name: "a 2 (spectator)", text: "hello" }],
      ["user", { name: "guest (spectator)", text: "again" }],
      ["user", { name: "Mal (spectator)", text: "I see" }],
    ]);
    const [first, second, third] = words.map(({ sender }) => sender);
    assert.match(first, /^spectator:[0-9a-f]{8}$/);
    assert.deepEqual([second === first, third === first], [true, false]);
    const heard = words.filter(({ id }) => log.some(({ cause }) => cause === id));
    assert.deepEqual(heard, [], "no bot answers a spectator");
    await refuses(say(eve, channel_id, { type: "move", action: "concede" }), "INVALID_REQUEST");
    await refuses(say(eve, channel_id, "psst", { to: ["p1"] }), "INVALID_REQUEST");
    await refuses(say(eve, channel_id, "I resign", { display_name: "p1" }), "INVALID_REQUEST");
    await refuses(say(eve, channel_id, "x".repeat(20_000)), "TOO_LARGE");
    const move = { channel_id, game: "echo", action: "concede" };
    await refuses(eve.call("make_game_move", move), "NOT_MEMBER");
    await refuses(say(host, channel_id, "by the host"), "NOT_MEMBER");
    await bob.call("leave_channel", { channel_id });
    await refuses(say(bob, channel_id, "I had the ace"), "NOT_MEMBER");
    await apply({ type: "set_spectators", who: "public", speak: false });
    await refuses(say(eve, channel_id, "still here"), "NOT_MEMBER");
    await apply({ type: "set_spectators", who: "public", speak: true, max: 2 });
    await say(eve, channel_id, "back");
    await refuses(say(await Player.at(server.url), channel_id, "me too"), "RATE_LIMIT");
    await apply({ type: "close" });
    await refuses(say(eve, channel_id, "bye"), "CHANNEL_CLOSED");
    await bothAccept(ann);
  });

  await t.step("nobody catches up, or is called, by their words", async () => {
    const { host, players: [ann], created: { channel_id } } = await roomOf(server.url, {
      ...open,
      slots: ["invite:a"],
      spectator_delay: 3,
    }, 1);
    for (let i = 0; i < 4; i++) await ann!.say(`${i}`);
    const { cursor } = await read(eve, channel_id);
    const { messages } = await read(ann!, channel_id);
    assert.equal(cursor, messages.length - 3);
    for (let i = 0; i < 64; i++) {
      const { msg_id, receipt, next } = await say(eve, channel_id, `word ${i}`);
      assert.deepEqual([msg_id, receipt], [undefined, undefined]);
      assert.match(next, new RegExp(`cursor ${cursor} `));
    }
    await refuses(say(mallory, channel_id, "one more"), "RATE_LIMIT");
    assert.equal((await read(eve, channel_id)).cursor, cursor);
    const waited = await ann!.call("wait_for_turn", { channel_id, timeout_ms: 0 });
    assert.equal(waited.why, "timeout");
    for (let i = 0; i < 2; i++) await ann!.say("on");
    assert.equal((await read(eve, channel_id)).cursor, cursor + 2);
    await ann!.say("and on");
    assert.equal((await read(eve, channel_id)).cursor, cursor + 3 + 64, "the words come with it");
    await say(eve, channel_id, "I see");
    await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
    assert.equal((await read(eve, channel_id)).cursor, messages.length + 64 + 5);
    await bothAccept(ann!);
  });

  await t.step("in a sealed channel, where entry 1 said so to all who joined", async () => {
    const sealed = { ...open, slots: ["bot:r", "invite:a"], bot_preset: "GuessBot", sealed: true };
    const { players: [ann], created: { channel_id } } = await roomOf(server.url, sealed, 1);
    assert.equal((await ann!.call("get_channel_info", { channel_id })).view.spectating.speak, true);
    await say(eve, channel_id, "good luck");
    assert.ok(texts(await read(ann!, channel_id)).includes("good luck"));
    await bothAccept(ann!);
  });
});
