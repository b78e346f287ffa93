/** Long polls: one call waits, many can wait at once, and no message is lost. */
import assert from "node:assert/strict";
import { instances } from "../support/apps.ts";
import { Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const TWO_SEATS = { slots: ["invite:a", "invite:b"] };

Deno.test("sync_messages waits for the first message, in one call", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [reader, writer] } = await roomOf(server.url, TWO_SEATS, 2);
  const { cursor } = await reader!.call("sync_messages", { channel_id: reader!.channel_id });
  const input = { channel_id: reader!.channel_id, cursor, timeout_ms: 45_000 };
  const waiting = reader!.call("sync_messages", input);
  const { msg_id } = await writer!.say("news");
  const woken = await waiting;
  assert.deepEqual(woken.messages.map(({ id }: Wire) => id), [msg_id]);
  assert.equal(woken.cursor, msg_id);
  assert.equal(woken.view, undefined, "the view did not change");
});

Deno.test("sync_messages ends empty at its timeout, with the same cursor", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [reader] } = await roomOf(server.url, TWO_SEATS, 2);
  const { cursor } = await reader!.call("sync_messages", { channel_id: reader!.channel_id });
  for (const timeout_ms of [0, 40]) {
    const input = { channel_id: reader!.channel_id, cursor, timeout_ms };
    const empty = await reader!.call("sync_messages", input);
    assert.deepEqual([empty.messages, empty.cursor], [[], cursor]);
  }
  const ahead = { channel_id: reader!.channel_id, cursor: cursor + 100, timeout_ms: 0 };
  const { detail } = await refuses(reader!.call("sync_messages", ahead), "INVALID_REQUEST");
  assert.match(detail, new RegExp(`^cursor: .*Pass ${cursor} to wait`));
});

Deno.test("one post wakes 200 waiters", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [reader, writer] } = await roomOf(server.url, TWO_SEATS, 2);
  const { cursor } = await reader!.call("sync_messages", { channel_id: reader!.channel_id });
  const input = { channel_id: reader!.channel_id, cursor, timeout_ms: 45_000 };
  const waiting = Array.from({ length: 200 }, () => reader!.call("sync_messages", input));
  const { msg_id } = await writer!.say("everyone");
  const answers = await Promise.all(waiting);
  assert.ok(answers.every((answer) => answer.messages[0]?.id === msg_id));
});

Deno.test("a looping reader sees every message once, in order, while others write", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [reader, writer] } = await roomOf(server.url, TWO_SEATS, 2);
  const total = 60;
  const writing = (async () => {
    for (let i = 0; i < total; i++) await writer!.say({ i });
  })();
  const read = await reader!.readUntil(({ body }) => body.i === total - 1);
  await writing;
  assert.deepEqual(read.map(({ id }) => id), read.map((_, i) => i + 1));
  const said = read.filter(({ kind }) => kind === "user").map(({ body }) => body.i);
  assert.deepEqual(said, Array.from({ length: total }, (_, i) => i));
});

Deno.test("sync_messages pages by count and by size", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [writer] } = await roomOf(server.url, TWO_SEATS, 1);
  const large = "x".repeat(15_000);
  await Promise.all(Array.from({ length: 60 }, () => writer!.say(large)));
  const ids: number[] = [];
  let cursor = 0;
  for (let page = 0;; page++) {
    const input = { channel_id: writer!.channel_id, cursor, limit: 50, timeout_ms: 0 };
    const { messages, more, cursor: next } = await writer!.call("sync_messages", input);
    ids.push(...messages.map(({ id }: Wire) => id));
    assert.ok(next > cursor);
    cursor = next;
    assert.ok(JSON.stringify(messages).length < 600_000);
    if (!more) break;
  }
  assert.deepEqual(ids, Array.from({ length: 62 }, (_, i) => i + 1));
});

Deno.test("a reader that disconnects leaves no waiter behind", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [reader, writer] } = await roomOf(server.url, TWO_SEATS, 2);
  const { cursor } = await reader!.call("sync_messages", { channel_id: reader!.channel_id });
  const hangUp = new AbortController();
  const waiting = fetch(`${server.url}/sync_messages`, {
    method: "POST",
    signal: hangUp.signal,
    headers: { authorization: `Bearer ${reader!.token}`, "content-type": "application/json" },
    body: JSON.stringify({ channel_id: reader!.channel_id, cursor, timeout_ms: 45_000 }),
  });
  // By now the call should be waiting. If it is slower, the test still holds.
  await new Promise((resolve) => setTimeout(resolve, 50));
  hangUp.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  await writer!.say("anyone there?");
});

Deno.test("a stop answers the open long polls", async () => {
  const server = await testServer({ sandbox: "off" });
  const { players: [reader] } = await roomOf(server.url, TWO_SEATS, 1);
  const { cursor } = await reader!.call("sync_messages", { channel_id: reader!.channel_id });
  const input = { channel_id: reader!.channel_id, cursor, timeout_ms: 45_000 };
  const waiting = reader!.call("sync_messages", input);
  // Later calls on the same way have answers, so the call is waiting by now.
  const later = { ...input, timeout_ms: 0 };
  for (let i = 0; i < 5; i++) await reader!.call("sync_messages", later);
  await server[Symbol.asyncDispose]();
  assert.deepEqual((await waiting).messages, []);
});

Deno.test("two instances on one database: a post at one wakes the reader of the other", async () => {
  await using both = await instances(2);
  const [here, there] = both.urls;
  const { players: [writer], created } = await roomOf(here!, TWO_SEATS, 1);
  const reader = await Player.at(there!);
  await reader.join(created.invites[1]);
  const { cursor } = await reader.call("sync_messages", { channel_id: reader.channel_id });
  const input = { channel_id: reader.channel_id, cursor, timeout_ms: 45_000 };
  const waiting = reader.call("sync_messages", input);
  await writer!.say("from the other machine");
  assert.equal((await waiting).messages[0].body.text, "from the other machine");
});
