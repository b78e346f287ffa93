/** Idle connections, as an attacker would open them, against the start task with few file
 *  descriptors. */
import assert from "node:assert/strict";
import { CONNECTIONS } from "../../src/domain/limits/http.ts";
import { type Player, roomOf, type Wire } from "../support/player.ts";
import { dataFile, gone, type ServerProcess, startProcess } from "../support/process.ts";
import { checkStore } from "../support/server.ts";

const ECHO = `export default class Echo {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) { if (msg.kind === "user") this.ctx.post("bot", { saw: msg.id }); }
}`;

async function open({ url }: ServerProcess, start = ""): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(url);
  const conn = await Deno.connect({ hostname, port: Number(port) });
  if (start !== "") await conn.write(new TextEncoder().encode(start));
  return conn;
}

/** All bytes until the server closes the connection. */
async function rest(conn: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  for (let text = "";;) {
    const count = await conn.read(buffer).catch(() => null);
    if (count === null) return text;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}

async function posted(player: Player, text: string): Promise<number> {
  const { msg_id } = await player.say(text);
  return msg_id;
}

Deno.test("300 idle connections at 256 descriptors end neither the process nor a neighbour's game", async () => {
  await using file = dataFile();
  const server = await startProcess({ KV_URL: file.path }, { viaTask: true, descriptors: 256 });
  const children = await server.children();
  const { players: [alice] } = await roomOf(server.url, {
    slots: ["bot:echo", "invite:alice"],
    bot_code: ECHO,
  }, 1);
  const said = [await posted(alice!, "before")];
  const idle: Deno.TcpConn[] = [];
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 100; i++) {
      idle.push(await open(server, i % 2 === 0 ? "" : "POST /mcp HTTP/1.1\r\nhost: x"));
    }
    said.push(await posted(alice!, `while ${idle.length} are open`));
  }
  const log = server.log.join("\n");
  assert.match(log, /"event":"descriptors_exhausted"/);
  for (const conn of idle) conn.close();
  said.push(await posted(alice!, "after"));
  const entries = await alice!.readUntil(({ body }: Wire) => body.saw === said.at(-1));
  assert.deepEqual(
    entries.map(({ body }) => body.saw).filter((id) => id !== undefined),
    said,
    "every acknowledged post is in the channel",
  );
  await server.kill("SIGTERM");
  assert.ok(server.log.some((line) => line.includes('"event":"stopped"')));
  await gone(children);
  await checkStore(file.path);
});

Deno.test("deno task start closes connections that keep it waiting, but not long polls", async () => {
  await using file = dataFile();
  const server = await startProcess({ KV_URL: file.path, SANDBOX: "off" });
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:alice"] }, 1);
  const { host } = new URL(server.url);
  const { msg_id } = await alice!.say("hello");
  // Longer than the limit for a first request.
  const timeout_ms = CONNECTIONS.firstRequestMs + 3_000;
  const poll = alice!.call("sync_messages", {
    channel_id: alice!.channel_id,
    cursor: msg_id,
    timeout_ms,
  });
  using idle = await open(server);
  using halfHead = await open(server, `GET /healthz HTTP/1.1\r\nhost: ${host}`);
  using halfBody = await open(
    server,
    `POST /mcp HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 10\r\n\r\n{`,
  );
  assert.match(await rest(halfBody), /^HTTP\/1\.1 408 /);
  assert.deepEqual([await rest(idle), await rest(halfHead)], ["", ""]);
  assert.deepEqual((await poll).messages, []);
  await server.kill("SIGTERM");
  await checkStore(file.path);
});
