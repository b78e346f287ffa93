/** Channels watched over HTTP by Server-Sent Events, as a page watches them. */
import assert from "node:assert/strict";
import { EventReader } from "../../support/event_reader.ts";
import { Player, refuses, roomOf, type Wire } from "../../support/player.ts";
import { dataFile, startProcess } from "../../support/process.ts";
import { checkStore, testServer } from "../../support/server.ts";

const SPECTATED = { visibility: "public", spectators: "public" };
const idsOf = (messages: Wire[]) => messages.map(({ id }) => id);
const upTo = (size: number, from = 1) => Array.from({ length: size }, (_, i) => from + i);
const says = (text: string) => ({ data }: Wire) => data.body?.text === text;

async function status(address: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(address, { headers: { accept: "text/event-stream", ...headers } });
  await answer.body?.cancel();
  return answer.status;
}

Deno.test("a channel that is watched", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [ada, bob], created: { channel_id }, host } = await roomOf(server.url, {
    slots: ["invite:a", "invite:b", "invite:c"],
    ...SPECTATED,
  }, 2);
  const address = () => `${server.url}/channels/${channel_id}/events`;
  const reader = new EventReader();

  await t.step("a spectator gets every entry as it may read it, under its id", async () => {
    await ada!.say("hello");
    await ada!.call("post_message", { channel_id, body: "a secret", to: [bob!.player_id] });
    const response = await reader.open(address());
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    assert.equal(response.headers.get("cache-control"), "no-store, no-transform");
    await reader.until(({ type }) => type === "sight");
    const eve = await Player.at(server.url);
    const { messages } = await eve.call("sync_messages", { channel_id, timeout_ms: 0 });
    assert.deepEqual(reader.messages, messages);
    const entries = reader.events.filter(({ type }) => type === "message");
    assert.deepEqual(entries.map(({ id }) => id), messages.map(({ id }: Wire) => String(id)));
    assert.ok(!JSON.stringify(reader.events).includes("a secret"));
    assert.equal(reader.retryMs, 2_000);
  });

  await t.step("what is said comes at once, and a change with what it changes", async () => {
    await bob!.say("hi");
    await reader.until(says("hi"));
    const ops = [{ type: "rename", name: "New name" }];
    await host.call("update_channel", { channel_id, ops });
    const { data } = await reader.until(({ type, data }) =>
      type === "sight" && data.view.name === "New name"
    );
    assert.deepEqual(data.view.slots.map(({ filled_by }: Wire) => filled_by), ["p1", "p2", null]);
    assert.deepEqual(data.view.slots[0].last_seen, undefined, "who is here is for those here");
  });

  await t.step("a reader that comes back reads on", async () => {
    await reader.close();
    const count = reader.messages.length;
    await ada!.say("while you were away");
    await reader.open(address());
    await reader.until(says("while you were away"));
    assert.deepEqual(idsOf(reader.messages), upTo(count + 1));
  });

  await t.step("a restart of the server leaves no hole and gives nothing twice", async () => {
    const closed = reader.toEnd();
    await server.restart();
    await closed;
    ada!.moveTo(server.url);
    host.moveTo(server.url);
    await ada!.say("after the restart");
    await reader.open(address());
    await reader.until(says("after the restart"));
    assert.deepEqual(idsOf(reader.messages), upTo(reader.messages.length));
  });

  await t.step("JSON for a reader without a stream", async () => {
    const asked = async (query: string) => {
      const headers = { accept: "application/json" };
      const answer = await fetch(`${address()}${query}`, { headers });
      assert.match(answer.headers.get("vary") ?? "", /accept/);
      return await answer.json();
    };
    const all = await asked("");
    assert.deepEqual(all.messages, reader.messages);
    assert.equal(all.sight.view.name, "New name");
    const { messages, cursor, sight } = await asked(`?after=${all.cursor - 1}`);
    assert.deepEqual(messages, all.messages.slice(-1));
    assert.deepEqual([cursor, sight], [all.cursor, undefined]);
  });

  await t.step("what is not understood is refused, and HEAD opens no stream", async () => {
    assert.equal(await status(address(), { "last-event-id": "x" }), 400);
    assert.equal(await status(address(), { "last-event-id": "999999" }), 400);
    const head = await fetch(address(), { method: "HEAD" });
    assert.deepEqual([head.status, head.body], [200, null]);
    assert.equal(await status(`${server.url}/channels/chn_none/events`), 404);
  });

  await t.step("a channel that closes ends the stream, and is not opened again", async () => {
    await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
    const { data } = await reader.until(({ type }) => type === "end");
    assert.deepEqual(data, { why: "closed" });
    await reader.toEnd();
    assert.deepEqual(idsOf(reader.messages), upTo(reader.messages.length));
    assert.equal(await status(address(), { "last-event-id": reader.lastId }), 204);
  });
});

Deno.test("a stream shows no more than its reader may read", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const at = (channelId: string, query = "") =>
    `${server.url}/channels/${channelId}/events${query}`;

  await t.step("a private channel is like one that is not there", async () => {
    const { created } = await roomOf(server.url, { slots: ["invite:a"] }, 0);
    const [hidden, none] = await Promise.all([created.channel_id, "chn_none"].map(async (id) => {
      const answer = await fetch(at(id));
      return { status: answer.status, text: await answer.text() };
    }));
    assert.equal(hidden!.status, 404);
    assert.deepEqual(hidden, none);
  });

  await t.step("a link admits, and a new link ends what the old one opened", async () => {
    const { host, created } = await roomOf(server.url, {
      slots: ["invite:a"],
      spectators: "link",
    }, 0);
    const { channel_id, spectate_token } = created;
    assert.equal(await status(at(channel_id)), 404);
    const reader = new EventReader();
    await reader.open(at(channel_id, `?spectate=${spectate_token}`));
    await reader.until(({ type }) => type === "sight");
    const ops = [{ type: "set_spectators", who: "link" }];
    await host.call("update_channel", { channel_id, ops });
    assert.deepEqual((await reader.until(({ type }) => type === "end")).data, { why: "lost" });
    await reader.toEnd();
    assert.equal(await status(at(channel_id, `?spectate=${spectate_token}`)), 404);
  });

  await t.step("spectators who are behind stay behind until the end", async () => {
    const { host, players: [ada], created: { channel_id } } = await roomOf(server.url, {
      slots: ["invite:a", "invite:b"],
      ...SPECTATED,
      spectator_delay: 3,
    }, 1);
    for (let i = 1; i <= 5; i++) await ada!.say(`move ${i}`);
    const reader = new EventReader();
    await reader.open(at(channel_id));
    const { data } = await reader.until(({ type }) => type === "sight");
    assert.equal(reader.messages.at(-1).body.text, "move 2");
    assert.equal(data.view.slots[0].filled_by, null, "the view is as of the beginning");
    await ada!.say("move 6");
    await reader.until(says("move 3"));
    assert.equal(reader.messages.at(-1).body.text, "move 3");
    await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
    await reader.until(({ type }) => type === "end");
    assert.deepEqual(idsOf(reader.messages), upTo(reader.messages.length));
    assert.equal(reader.messages.at(-2).body.text, "move 6");
    await reader.close();
  });

  await t.step("a stream counts as a spectator", async () => {
    const { created: { channel_id } } = await roomOf(server.url, {
      slots: ["invite:a"],
      ...SPECTATED,
      spectator_max: 1,
    }, 0);
    const reader = new EventReader();
    await reader.open(at(channel_id));
    await reader.until(({ type }) => type === "sight");
    const eve = await Player.at(server.url);
    await refuses(
      eve.call("sync_messages", { channel_id, timeout_ms: 0 }),
      "RATE_LIMIT",
    );
    assert.equal(await status(at(channel_id)), 200, "visitors of one address are one");
    await reader.close();
  });

  await t.step("what was said before spectators came is not theirs", async () => {
    const { host, players: [ada], created: { channel_id } } = await roomOf(server.url, {
      slots: ["invite:a"],
      visibility: "public",
      spectators: "off",
    }, 1);
    await ada!.say("before");
    const ops = [{ type: "set_spectators", who: "public" }];
    await host.call("update_channel", { channel_id, ops });
    await ada!.say("after");
    const reader = new EventReader();
    await reader.open(at(channel_id));
    await reader.until(says("after"));
    const [change, ...more] = reader.messages.map(({ body }) => body.text ?? body.type);
    assert.deepEqual([change, more], ["set_spectators_applied", ["after"]]);
    await reader.close();
  });
});

Deno.test("where guests do not play, nobody watches without signing in", async () => {
  await using server = await testServer({ sandbox: "off", guests: false });
  assert.equal(await status(`${server.url}/channels/chn_none/events`), 401);
});

/** Readers of one address, as an audience behind one router is. */
const AUDIENCE = 60;

Deno.test("an audience of one address goes on after each kill of the server", async () => {
  await using database = dataFile();
  const env = { KV_URL: database.path, SANDBOX: "off" };
  let server = await startProcess(env);
  const { players: [ada], created: { channel_id } } = await roomOf(server.url, {
    slots: ["invite:a"],
    ...SPECTATED,
  }, 1);
  const readers = Array.from({ length: AUDIENCE }, () => new EventReader());
  const all = <T>(act: (reader: EventReader) => Promise<T>) => Promise.all(readers.map(act));
  const open = () => all((each) => each.open(`${server.url}/channels/${channel_id}/events`));
  await open();
  for (let kill = 1; kill <= 2; kill++) {
    const talk = Array.from({ length: 20 }, (_, i) => ada!.say(`${kill}.${i}`).catch(() => {}));
    // The others are cut off wherever they are by then.
    await readers[0]!.until(says(`${kill}.5`));
    const ended = all((each) => each.toEnd());
    await server.kill("SIGKILL");
    await Promise.all([ended, ...talk]);
    server = await startProcess(env);
    ada!.moveTo(server.url);
    await ada!.say(`after ${kill}`);
    await open();
    await all((each) => each.until(says(`after ${kill}`)));
  }
  const { messages } = await ada!.call("sync_messages", { channel_id, limit: 500, timeout_ms: 0 });
  assert.deepEqual(idsOf(messages), upTo(messages.length));
  for (const { messages: read } of readers) assert.deepEqual(read, messages);
  await all((each) => each.close());
  await server.kill("SIGTERM");
  await checkStore(database.path);
});

Deno.test("an audience of one address has a budget of its own, beside that of its calls", async () => {
  const rates = { looks: { quota: 3, windowMs: 3_600_000 } };
  await using server = await testServer({ sandbox: "off", rateLimits: true, testRates: rates });
  const { created: { channel_id } } = await roomOf(server.url, {
    slots: ["invite:a"],
    ...SPECTATED,
  }, 0);
  const page = `${server.url}/channels/${channel_id}`;
  assert.equal(await status(page, { accept: "text/html" }), 200);
  for (const accept of ["application/json", "text/event-stream"]) {
    assert.equal(await status(`${page}/events`, { accept }), 200);
  }
  const refused = await fetch(`${page}/events`);
  assert.equal(refused.status, 429);
  assert.match(await refused.text(), /Your address looks at too many pages/);
  assert.ok(Number(refused.headers.get("retry-after")) > 0);
});
