/** The Tasks extension: a client that declares it gets a task in place of a long wait. */
import assert from "node:assert/strict";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { CLIENT_KINDS, mcpClient } from "../support/mcp_clients.ts";
import { Player, roomOf, signIn, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore, testServer } from "../support/server.ts";
import { type TaskClient, taskClient, TASKS, taskSession } from "../support/task_client.ts";

const TALK = { slots: ["invite:ann", "invite:bob"] };
const ID = /^[\w-]{100,300}$/;

/** A channel without bots, in which ann takes tasks and bob talks over REST. */
async function talk(url: () => string, more: Wire = {}) {
  const { host, players: [ann, bob], created } = await roomOf(url(), { ...TALK, ...more }, 2);
  const { channel_id } = created;
  const mcp = taskClient(() => `${url()}/mcp`, ann!.token);
  const wait = (args: Wire = {}) => mcp.call("wait_for_turn", { channel_id, ...args });
  return { host, ann: ann!, bob: bob!, channel_id, invites: created.invites, mcp, wait };
}

Deno.test("a wait is a task, and the task ends with what the wait would have answered", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { bob, channel_id, mcp, wait } = await talk(() => server.url);
  await bob.say("before");
  const { structuredContent: { cursor } } = await wait();

  const { taskId, createdAt, ...created } = await wait({ cursor });
  assert.match(taskId, ID);
  assert.equal(new Date(createdAt).toISOString(), createdAt);
  assert.deepEqual(created, {
    resultType: "task",
    content: [],
    status: "working",
    lastUpdatedAt: createdAt,
    ttlMs: HTTP_LIMITS.taskMs,
    pollIntervalMs: 1_000,
    _meta: created._meta,
  });
  const working = await mcp.get(taskId);
  assert.deepEqual([working.resultType, working.status], ["complete", "working"]);
  assert.deepEqual([working.taskId, working.createdAt], [taskId, createdAt]);
  assert.ok(!("result" in working));

  await bob.say("news");
  const { result, ...ended } = await mcp.get(taskId);
  assert.deepEqual([ended.resultType, ended.status], ["complete", "completed"]);
  const { _meta, ...direct } = await mcp.call("wait_for_turn", { channel_id, cursor });
  const { _meta: receipts, ...told } = result;
  assert.deepEqual(told, direct);
  assert.deepEqual(receipts, {
    "mcp-multiplayer/receipt": _meta["mcp-multiplayer/receipt"],
  });
  assert.equal(result.structuredContent.why, "addressed");
  assert.deepEqual(await mcp.get(taskId).then(({ result }) => result), result, "and stays so");
});

Deno.test("what is there already is answered at once, and so is what does not wait", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { host, bob, channel_id, mcp, wait } = await talk(() => server.url);
  assert.equal((await wait({ timeout_ms: 0 })).structuredContent.why, "timeout");
  const post = { channel_id, body: "hello" };
  assert.equal((await mcp.call("post_message", post)).structuredContent.why, undefined);
  const { cursor } = (await bob.say("news"), (await wait()).structuredContent);
  assert.equal((await wait({ cursor: cursor + 1 })).isError, true, "a refusal is none either");
  // The host holds no seat that could be called.
  const hosts = taskClient(() => `${server.url}/mcp`, host.token);
  const { structuredContent } = await hosts.call("wait_for_turn", {
    channel_id,
    cursor,
    timeout_ms: 1,
  });
  assert.equal(structuredContent.why, "timeout");
});

Deno.test("a post that waits is a task, whose result is the post's", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { bob, channel_id, mcp } = await talk(() => server.url);
  const message = { channel_id, body: "hello", wait_ms: 45_000, receipt: true };
  const { taskId, resultType } = await mcp.call("post_message", message);
  assert.equal(resultType, "task");
  const { msg_id } = await bob.say("hello to you");
  const { result: { structuredContent, content } } = await mcp.get(taskId);
  assert.deepEqual([structuredContent.why, structuredContent.msg_id], ["addressed", msg_id - 1]);
  assert.deepEqual(structuredContent.messages.map(({ id }: Wire) => id), [msg_id]);
  assert.ok(structuredContent.receipt.checkpoint, "it asked for one");
  assert.equal(JSON.parse(content[0].text).msg_id, msg_id - 1);
  const { messages } = await bob.call("sync_messages", { channel_id, cursor: msg_id - 2 });
  assert.equal(structuredContent.ts, messages[0].ts);
});

Deno.test("only a request that declares the extension gets a task", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const { ann, channel_id, mcp } = await talk(() => server.url);
  const args = { channel_id, timeout_ms: 1 };
  for (const kind of CLIENT_KINDS) {
    await t.step(`not ${kind}`, async () => {
      await using client = await mcpClient(kind, `${server.url}/mcp`, ann.token);
      const result = await client.raw("wait_for_turn", args);
      assert.deepEqual([result.taskId, result.structuredContent.why], [undefined, "timeout"]);
      const { extensions } = client.client.getServerCapabilities() as Wire;
      assert.deepEqual(extensions?.[TASKS], kind === "v2 modern" ? {} : undefined);
    });
  }
  for (const capabilities of [{}, { extensions: {} }, { tasks: {} }, { extensions: null }]) {
    await t.step(`not one that declares ${JSON.stringify(capabilities)}`, async () => {
      const result = await mcp.call("wait_for_turn", args, { capabilities });
      assert.deepEqual([result.taskId, result.resultType], [undefined, "complete"]);
      for (const method of ["tasks/get", "tasks/update", "tasks/cancel"]) {
        const params = { taskId: "x", inputResponses: {} };
        const { status, error } = await mcp.request(method, params, { capabilities });
        assert.deepEqual([status, error.code], [400, -32021], method);
        const required = { requiredCapabilities: { extensions: { [TASKS]: {} } } };
        assert.deepEqual(error.data, required);
      }
      const listen = { notifications: { taskIds: ["x"] } };
      const { status, error } = await mcp.request("subscriptions/listen", listen, { capabilities });
      assert.deepEqual([status, error.code], [400, -32021]);
    });
  }
  await t.step("not one of 2025, whatever it declares", async () => {
    const _meta = {
      "io.modelcontextprotocol/clientCapabilities": { extensions: { [TASKS]: {} } },
    };
    await using client = await mcpClient("v2 legacy", `${server.url}/mcp`, ann.token);
    assert.equal((await client.call("wait_for_turn", args, _meta)).why, "timeout");
    const headers = { authorization: `Bearer ${ann.token}`, "content-type": "application/json" };
    const params = { taskId: "x", _meta };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tasks/get", params });
    const response = await fetch(`${server.url}/mcp`, { method: "POST", headers, body });
    assert.equal((await response.json()).error.code, -32601);
  });
});

Deno.test("a task does not exist but for its principal, and no other id does", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { ann, bob, channel_id, mcp, wait } = await talk(() => server.url);
  const { taskId } = await wait();
  await bob.say("news");
  const answer = async (client: TaskClient, taskId: string, method = "tasks/get") => {
    const params = { taskId, inputResponses: {} };
    const { error, result } = await client.request(method, params);
    return result ?? error;
  };
  const none = await answer(mcp, "garbage");
  assert.equal(none.code, -32602);
  const others = taskClient(() => `${server.url}/mcp`, bob.token);
  const stranger = taskClient(() => `${server.url}/mcp`, await signIn(server.url));
  for (const method of ["tasks/get", "tasks/update", "tasks/cancel"]) {
    assert.deepEqual(await answer(others, taskId, method), none);
    assert.deepEqual(await answer(stranger, taskId, method), none);
  }
  const flipped = Array.from(
    taskId as string,
    (char: string, i) => taskId.slice(0, i) + (char === "A" ? "B" : "A") + taskId.slice(i + 1),
  );
  const wrong = [...flipped, taskId.slice(1), taskId.slice(0, -1), `${taskId}A`, "A".repeat(200)];
  for (const id of wrong) assert.deepEqual(await answer(mcp, id), none, id);
  assert.equal((await answer(mcp, taskId)).status, "completed");
  // The same principal by another sign-in would hold it; another task of the same wait is not it.
  await using again = await mcpClient("v2 modern", `${server.url}/mcp`, ann.token);
  assert.equal((await again.call("wait_for_turn", { channel_id, cursor: 0 })).why, "addressed");
});

Deno.test("a task speaks for the seat of its call, whatever its principal takes or loses later", async () => {
  await using server = await testServer({ sandbox: "off" });
  const slots = ["invite:ann", "invite:bob", "invite:second"];
  for (const visibility of ["private", "public"]) {
    const more = { slots, visibility, spectators: visibility === "public" };
    const { ann, channel_id, invites, mcp, wait } = await talk(() => server.url, more);
    const { taskId } = await wait();
    const second = await ann.call("join_channel", { invite_code: invites[2] });
    assert.notEqual(second.player_id, ann.player_id);
    // A call without a token is ambiguous now.
    assert.match((await wait()).content[0].text, /^SEAT_AMBIGUOUS/);
    assert.equal((await mcp.get(taskId)).status, "working");
    await ann.call("post_message", {
      channel_id,
      body: "to my first seat",
      to: [ann.player_id],
      rejoin_token: second.rejoin_token,
    });
    const { result: { structuredContent } } = await mcp.get(taskId);
    assert.deepEqual(
      [structuredContent.why, structuredContent.messages.at(-1).body.text],
      ["addressed", "to my first seat"],
    );
    await ann.call("leave_channel", { channel_id, rejoin_token: ann.rejoin_token });
    const gone = (await mcp.get(taskId)).result.structuredContent;
    assert.deepEqual([gone.why, gone.messages], ["removed", []]);
    assert.match(gone.next, /put out/);
  }
});

Deno.test("cancelling and updating are acknowledged, and change nothing", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { bob, mcp, wait } = await talk(() => server.url);
  const { taskId } = await wait();
  for (const method of ["tasks/cancel", "tasks/update", "tasks/cancel"]) {
    const params = { taskId, inputResponses: { "never asked": {} } };
    const { status, result: { _meta, ...ack } } = await mcp.request(method, params);
    assert.deepEqual([status, ack], [200, { resultType: "complete" }], method);
  }
  assert.equal((await mcp.get(taskId)).status, "working");
  await bob.say("news");
  assert.equal((await mcp.get(taskId)).status, "completed");
  const { error } = await mcp.request("tasks/cancel", {});
  assert.equal(error.code, -32602);
  for (const method of ["tasks/list", "tasks/result"]) {
    assert.equal((await mcp.request(method, { taskId })).error.code, -32601);
  }
  const mismatch = { headers: { "mcp-name": "another" } };
  assert.equal((await mcp.request("tasks/get", { taskId }, mismatch)).error.code, -32020);
});

Deno.test("a task waits for a day, is asked for ever more rarely, and expires an hour later", async () => {
  let ahead = 0;
  const clocks = {
    now: () => new Date(Date.now() + ahead),
    nowMs: () => performance.now() + ahead,
  };
  await using server = await testServer({ sandbox: "off" }, clocks);
  const host = await Player.at(server.url);
  const { channel_id, invites } = await host.call("create_channel", { name: "room", ...TALK });
  // A client that signs in by itself is the same guest each time.
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ client_name: "ann", redirect_uris: ["http://localhost/callback"] });
  const registered = await fetch(`${server.url}/register`, { method: "POST", headers, body });
  const { client_id, client_secret } = await registered.json();
  const tokenOf = async () => {
    const granted = await fetch(`${server.url}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    return (await granted.json()).access_token;
  };
  const later = async (ms: number) => {
    ahead = ms;
    return taskClient(() => `${server.url}/mcp`, await tokenOf());
  };
  const mcp = await later(0);
  await mcp.call("join_channel", { invite_code: invites[0] });
  const { taskId, pollIntervalMs } = await mcp.call("wait_for_turn", { channel_id });
  assert.equal(pollIntervalMs, 1_000);
  const aged = await (await later(100_000)).get(taskId);
  assert.ok(aged.pollIntervalMs >= 10_000 && aged.pollIntervalMs < 30_000, aged.pollIntervalMs);
  const old = await (await later(HTTP_LIMITS.taskWaitMs - 600_000)).get(taskId);
  assert.deepEqual([old.status, old.pollIntervalMs], ["working", 30_000]);
  const over = await (await later(HTTP_LIMITS.taskWaitMs)).get(taskId);
  assert.deepEqual([over.status, over.result.structuredContent.why], ["completed", "timeout"]);
  assert.match(over.result.structuredContent.next, /^Call wait_for_turn with cursor \d+\.$/);
  const expired = await later(HTTP_LIMITS.taskMs + 1);
  const { error } = await expired.request("tasks/get", { taskId });
  assert.equal(error.code, -32602);
  assert.match(error.message, /expired/);
});

Deno.test("a restart between a task and its end changes nothing", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { bob, mcp, wait } = await talk(() => server.url);
  const { taskId } = await wait();
  await server.restart();
  assert.equal((await mcp.get(taskId)).status, "working");
  bob.moveTo(server.url);
  await bob.say("news");
  await server.restart();
  assert.equal((await mcp.get(taskId)).result.structuredContent.why, "addressed");
});

Deno.test("kill -9 of the server in the middle of a game between two clients that take tasks", async () => {
  await using file = dataFile();
  let server = await startProcess({ KV_URL: file.path });
  const host = await Player.at(server.url);
  const { channel_id, invites } = await host.call("create_channel", {
    name: "game",
    slots: ["bot:referee", "invite:a", "invite:b"],
    bot_preset: "GuessBot",
    bot_params: { range: [1, 5] },
  });
  /** One player: a client, the call that it waits for, and its next guess. */
  const players = [];
  for (const [i, invite_code] of invites.entries()) {
    const mcp = taskClient(() => `${server.url}/mcp/play`, await signIn(server.url));
    await mcp.call("join_channel", { invite_code });
    players.push({ mcp, value: i === 0 ? 1 : 5, step: i === 0 ? 1 : -1, waits: {} as Wire });
  }
  for (const player of players) {
    player.waits = await player.mcp.call("wait_for_turn", { channel_id });
  }
  const ends: string[] = [];
  for (let round = 0; round < 200 && ends.length < 2; round++) {
    for (const player of players) {
      const { mcp, waits, value, step } = player;
      const task = waits.resultType === "task" ? await mcp.get(waits.taskId) : undefined;
      if (task?.status === "working") continue;
      const { why, game, answers, cursor } = JSON.parse((task?.result ?? waits).content[0].text);
      if (why !== "your_turn") {
        if (player.value !== 0) ends.push(why);
        player.value = 0;
        continue;
      }
      const move = { channel_id, game, action: "guess", value, answers, cursor };
      player.waits = await mcp.call("make_game_move", { ...move, wait_ms: 45_000 });
      player.value += step;
      const hosts = await server.children();
      await server.kill("SIGKILL");
      await gone(hosts);
      server = await startProcess({ KV_URL: file.path });
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(ends, ["over", "over"]);
  await server.kill("SIGTERM");
  await checkStore(file.path);
});

for (const path of ["/mcp", "/mcp/play"]) {
  Deno.test(`two clients that leave tasks to the extension's requester play at ${path}`, async () => {
    await using server = await testServer();
    const host = await Player.at(server.url);
    const { invites } = await host.call("create_channel", {
      name: "game",
      slots: ["bot:referee", "invite:a", "invite:b"],
      bot_preset: "GuessBot",
      bot_params: { range: [1, 9] },
    });
    const ends = await Promise.all(invites.map(async (invite_code: string, i: number) => {
      await using session = await taskSession(() => server.url + path, await signIn(server.url));
      const { channel_id } = await session.call("join_channel", { invite_code });
      let answer = await session.call("wait_for_turn", { channel_id });
      let calls = 2;
      for (let value = i === 0 ? 1 : 9; answer.why === "your_turn"; value += i === 0 ? 1 : -1) {
        const { game, answers, cursor } = answer;
        const move = { channel_id, game, action: "guess", value, answers, cursor };
        answer = await session.call("make_game_move", { ...move, wait_ms: 45_000 });
        calls++;
      }
      assert.ok(session.tasks > 0 && session.tasks <= calls, `${session.tasks} of ${calls}`);
      return answer.why;
    }));
    assert.deepEqual(ends, ["over", "over"]);
  });
}
