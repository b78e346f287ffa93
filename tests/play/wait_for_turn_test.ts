/** One call a turn: a move that waits answers with the verdict and with the next turn, and
 *  wait_for_turn wakes whoever is called, and nobody else. */
import assert from "node:assert/strict";
import { instances } from "../support/apps.ts";
import { ofType, type Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const GAME = {
  slots: ["bot:referee", "invite:ann", "invite:bob"],
  bot_preset: "GuessBot",
  bot_params: { range: [1, 9] },
};
const LONG = 45_000;

const typesOf = ({ messages }: Wire): string[] => messages.map(({ body }: Wire) => body?.type);

/** Waits for a turn, as often as it takes on a busy machine. */
async function called(player: Player, cursor?: number): Promise<Wire> {
  const { channel_id } = player;
  for (let call = 0; call < 20; call++) {
    const input = { channel_id, timeout_ms: LONG, ...(cursor !== undefined && { cursor }) };
    const answer = await player.call("wait_for_turn", input);
    if (answer.why !== "timeout") return answer;
    cursor = answer.cursor;
  }
  throw new Error("nobody called");
}

Deno.test("two players play a whole game in one call a turn", async () => {
  await using server = await testServer();
  const { players } = await roomOf(server.url, GAME, 2);
  const ends = await Promise.all(players.map(async (player, i) => {
    const { channel_id } = player;
    let answer = await called(player);
    assert.ok(typesOf(answer).includes("prompt"), "the rules come with the first turn");
    // One from below, one from above: they meet.
    for (let value = i === 0 ? 1 : 9; answer.why === "your_turn"; value += i === 0 ? 1 : -1) {
      const { cursor, answers, game } = answer;
      const move = { channel_id, game, action: "guess", value, cursor, answers, wait_ms: LONG };
      answer = await player.call("make_game_move", move);
      const own = answer.messages.filter(({ sender }: Wire) => sender === player.player_id);
      assert.deepEqual(own, [], "one's own move is not repeated");
      assert.equal(typesOf(answer)[0], "judge", "the verdict comes first");
      assert.ok(answer.cursor > answer.msg_id);
    }
    return answer;
  }));
  for (const end of ends) {
    assert.equal(end.why, "over");
    assert.ok(typesOf(end).includes("game_end"));
    assert.match(end.next, /says that the game is over\. verify_channel/);
  }
});

Deno.test("wait_for_turn wakes for what it says, and names it", async (t) => {
  await using server = await testServer();
  const { host, players: [ann, bob] } = await roomOf(server.url, GAME, 2);
  const { channel_id } = ann!;
  const first = await called(ann!);
  assert.equal(first.why, "your_turn");
  const wait = (player: Player, more: Record<string, unknown>) =>
    player.call("wait_for_turn", { channel_id, timeout_ms: LONG, ...more });

  await t.step("not for talk, and then it says what came", async () => {
    const { cursor } = await wait(bob!, { timeout_ms: 0 });
    const waiting = wait(bob!, { cursor, timeout_ms: 300 });
    const { msg_id } = await ann!.say("thinking");
    const { why, messages, next } = await waiting;
    assert.deepEqual([why, messages.map(({ id }: Wire) => id)], ["timeout", [msg_id]]);
    assert.equal(next, `Call wait_for_turn with cursor ${msg_id}.`);
  });
  await t.step("a turn is not lost among 200 messages", async () => {
    for (let i = 0; i < 200; i++) await bob!.say(`message ${i} `.padEnd(200, "."));
    const { why, answers, messages, omitted, cursor, next } = await wait(ann!, { cursor: 0 });
    assert.deepEqual([why, answers], ["your_turn", first.answers]);
    assert.ok(messages.length > 10 && messages.length < 100, `${messages.length}`);
    assert.equal(messages.at(-1).body.text.slice(0, 11), "message 199");
    assert.deepEqual([omitted + messages.length, messages.at(-1).id], [cursor, cursor]);
    assert.match(next, /Read what is not shown here with sync_messages, cursor 0\.$/);
  });
  await t.step("a whisper", async () => {
    const { cursor } = await wait(bob!, { timeout_ms: 0 });
    const waiting = wait(bob!, { cursor });
    await ann!.call("post_message", { channel_id, body: "psst", to: ["p2"] });
    const { why, messages } = await waiting;
    assert.deepEqual([why, messages.at(-1).body], ["addressed", { text: "psst" }]);
  });
  await t.step("a cursor past the end names the end", async () => {
    const { cursor } = await wait(bob!, { timeout_ms: 0 });
    const { detail } = await refuses(wait(bob!, { cursor: cursor + 9 }), "INVALID_REQUEST");
    assert.match(detail, new RegExp(`the last message has the id ${cursor}\\.`));
  });
  await t.step("a player who is put out, and gets nothing more", async () => {
    const { cursor } = await wait(bob!, { timeout_ms: 0 });
    const waiting = wait(bob!, { cursor });
    const ops = [{ type: "yield_slot", slot_id: "s2", to: "invite" }];
    await host.call("update_channel", { channel_id, ops });
    const { why, messages, cursor: after } = await waiting;
    assert.deepEqual([why, messages, after], ["removed", [], cursor]);
    await refuses(wait(bob!, { cursor }), "NOT_MEMBER");
  });
  await t.step("the end of the game, and the close of the channel", async () => {
    await ann!.readUntil(ofType("game_end"));
    const over = await wait(ann!, { cursor: ann!.cursor });
    assert.equal(over.why, "over");
    const waiting = wait(host, { cursor: over.cursor });
    await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
    assert.ok(["over", "closed"].includes((await waiting).why));
    assert.equal((await wait(ann!, {})).why, "closed");
  });
});

Deno.test("a message that waits ends with a bot's answer, where no bot gives turns", async () => {
  await using server = await testServer();
  const { players: [ann] } = await roomOf(server.url, {
    slots: ["bot:echo", "invite:ann"],
    bot_preset: "EchoBot",
  }, 1);
  const { channel_id } = ann!;
  const asked = await ann!.call("post_message", { channel_id, body: "hello", wait_ms: LONG });
  assert.equal(asked.why, "addressed");
  assert.deepEqual(asked.messages.at(-1).body.echo, { text: "hello" });
});

Deno.test("a repeated move with its key takes effect once, and waits again", async () => {
  await using server = await testServer();
  const { players: [ann, bob] } = await roomOf(server.url, GAME, 2);
  const { channel_id } = ann!;
  await called(ann!);
  const move = { channel_id, game: "guess", action: "guess", value: 1, idempotency_key: "m1" };
  const { msg_id } = await ann!.call("make_game_move", move);
  await called(bob!);
  await bob!.call("make_game_move", { ...move, action: "concede", idempotency_key: "m2" });
  const again = await ann!.call("make_game_move", { ...move, wait_ms: LONG });
  assert.deepEqual([again.msg_id, again.why], [msg_id, "over"]);
});

Deno.test("a wait at one instance ends with a message at another", async () => {
  await using servers = await instances(2);
  const [one, two] = servers.urls;
  const { players: [ann, bob] } = await roomOf(one!, { slots: ["invite:a", "invite:b"] }, 2);
  bob!.moveTo(two!);
  const waiting = called(bob!);
  await ann!.call("post_message", { channel_id: ann!.channel_id, body: "psst", to: ["p2"] });
  assert.equal((await waiting).why, "addressed");
});
