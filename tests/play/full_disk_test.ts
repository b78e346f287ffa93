/** A full disk, under the start task: the server refuses writes with 503 and asks to try again,
 *  reads still work, and with free space everything works as before. */
import assert from "node:assert/strict";
import { type Place, shortFiles, smallDisk } from "../support/full_disk.ts";
import { Player, Problem, roomOf, type Wire } from "../support/player.ts";
import { startProcess } from "../support/process.ts";
import { checkStore } from "../support/server.ts";

const COUNTER = `export default class Counter {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.set_state((this.ctx.get_state() ?? 0) + 1);
    this.ctx.post("bot", { saw: msg.id, count: this.ctx.get_state() });
  }
}`;
const COUNTING = { slots: ["bot:counter", "invite:a", "invite:b"], bot_code: COUNTER };
const CALLBACK = "http://localhost/callback";

async function ready(url: string): Promise<[status: number, answer: Wire]> {
  const response = await fetch(`${url}/readyz`);
  return [response.status, await response.json()];
}

async function readyOnce(url: string): Promise<void> {
  for (let tries = 0; (await ready(url))[0] !== 200; tries++) {
    assert.ok(tries < 500, "not ready after many tries");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const register = (url: string) =>
  fetch(`${url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ redirect_uris: [CALLBACK] }),
  });

async function played(place: Place): Promise<void> {
  const server = await startProcess({ KV_URL: place.path });
  const { url } = server;
  const { players: [alice], host, created } = await roomOf(url, COUNTING, 1);
  const { channel_id, invites: [, invite_code], bots: [{ bot_id }] } = created;
  const client = await (await register(url)).json();
  const asClient = (path: string, form: Record<string, string>) =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}` },
      body: new URLSearchParams(form),
    });
  const { msg_id: first } = await alice!.say("there is room");
  await alice!.readUntil(({ body }: Wire) => body.saw === first);

  await place.fill(server.pid);

  const writes: Record<string, () => Promise<unknown>> = {
    "create_channel": () => host.call("create_channel", { name: "x", slots: ["invite:a"] }),
    "create_channel with a bot and a key": () =>
      host.call("create_channel", {
        name: "x",
        ...COUNTING,
        bot_code: `${COUNTER}// new`,
        idempotency_key: "k",
      }),
    "post_message": () => alice!.say("no room"),
    "post_message with a key": () =>
      alice!.call("post_message", { channel_id, body: "no room", idempotency_key: "p" }),
    "join_channel": () => host.call("join_channel", { invite_code }),
    "attach_bot": () =>
      host.call("attach_bot", { channel_id, bot: { inline_code: `${COUNTER}// another` } }),
    "update_channel": () =>
      host.call("update_channel", { channel_id, ops: [{ type: "remove_bot", bot_id }] }),
    "leave_channel": () => alice!.call("leave_channel", { channel_id }),
  };
  for (const [name, write] of Object.entries(writes)) {
    const problem = await write().then(() => null, (error) => error);
    assert.ok(problem instanceof Problem, `${name}: ${problem}`);
    assert.deepEqual([problem.status, problem.code], [503, "UNAVAILABLE"], `${name}: ${problem}`);
  }
  const challenge = new URLSearchParams({
    response_type: "code",
    client_id: client.client_id,
    redirect_uri: CALLBACK,
    code_challenge: "A".repeat(43),
    code_challenge_method: "S256",
  });
  const signIn: Record<string, () => Promise<Response>> = {
    "/register": () => register(url),
    "/token": () => asClient("/token", { grant_type: "client_credentials" }),
    "/revoke": () => asClient("/revoke", { token: alice!.token }),
    "/oauth/authorize": () => fetch(`${url}/oauth/authorize?${challenge}`, { redirect: "manual" }),
  };
  for (const [path, ask] of Object.entries(signIn)) {
    const response = await ask();
    const text = await response.text();
    // The token of another client: nothing is written.
    if (path === "/revoke") assert.equal(response.status, 200, text);
    else {
      assert.equal(response.status, 503, `${path}: ${text}`);
      assert.equal(JSON.parse(text).error, "temporarily_unavailable", path);
      assert.ok(Number(response.headers.get("retry-after")) > 0, path);
    }
  }
  assert.deepEqual(await ready(url), [503, { ready: false, store: false, sandbox: true }]);
  assert.equal((await fetch(`${url}/healthz`).then((response) => response.json())).status, "ok");
  const { messages } = await alice!.call("sync_messages", { channel_id, timeout_ms: 0 });
  assert.ok(messages.some(({ id }: Wire) => id === first), "messages stay readable");
  assert.ok(
    (await host.call("get_bot_code", { channel_id, bot_id })).source,
    "sources stay readable",
  );

  await place.makeRoom(server.pid);

  await readyOnce(url);
  const { msg_id: last } = await alice!.say("room again");
  const read = await alice!.readUntil(({ body }: Wire) => body.saw === last);
  assert.deepEqual(
    read.map(({ id }) => id),
    read.map((_, i) => i + read[0].id),
    "no id is missing",
  );
  assert.equal(read.at(-1).body.count, 2, "no refused post reached the bot");
  const again = await Player.at(url);
  await again.call("create_channel", { name: "x", ...COUNTING });
  await server.kill("SIGTERM");
  assert.ok(!server.log.some((line) => line.includes('"level":"error"')), server.log.join("\n"));
  await checkStore(place.path);
}

for (const [name, placeOf] of Object.entries({ smallDisk, shortFiles })) {
  Deno.test(`a server answers 503 on a full disk and recovers with free space: ${name}()`, async () => {
    const place = await placeOf();
    if (!place) return console.log("      skipped: this machine does not permit it");
    await using _ = place;
    await played(place);
  });
}
