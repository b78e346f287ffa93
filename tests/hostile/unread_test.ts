/** One guest requests large answers in a few bytes and reads none of them, at a server with default
 *  settings. The server holds little memory for the guest, the guest's budget ends the attack, and
 *  other callers go on. */
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { Player, roomOf } from "../support/player.ts";
import { dataFile, startProcess } from "../support/process.ts";

const BATCHES = 40;
const POSTS = 20;

/** Sends a batch and returns its connection without reading from it. */
async function unread(url: string, token: string, batch: unknown): Promise<Deno.TcpConn> {
  const { hostname, port, host } = new URL(url);
  const conn = await Deno.connect({ hostname, port: Number(port) });
  const body = JSON.stringify(batch);
  const head = [
    "POST /mcp HTTP/1.1",
    `host: ${host}`,
    `authorization: Bearer ${token}`,
    "content-type: application/json",
    "accept: application/json, text/event-stream",
    `content-length: ${body.length}`,
    "connection: close",
  ].join("\r\n");
  await conn.write(new TextEncoder().encode(`${head}\r\n\r\n${body}`));
  return conn;
}

/** The unread rest of a connection's output. */
async function rest(conn: Deno.TcpConn): Promise<string> {
  return await new Response(conn.readable).text();
}

async function megabytes(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${pid}`] })
    .output();
  return Number(new TextDecoder().decode(stdout)) / 1024;
}

const FLOODS: Record<string, (channelId: string) => { method: string; params?: unknown }> = {
  "resources/read": (channelId) => ({
    method: "resources/read",
    params: { uri: `channel://${channelId}/transcript` },
  }),
  "resources/list": () => ({ method: "resources/list" }),
};

for (const [name, ask] of Object.entries(FLOODS)) {
  Deno.test(`a guest's unread batches of ${name} cost only that guest`, async () => {
    await using file = dataFile();
    const server = await startProcess({ KV_URL: file.path });
    const conns: Deno.TcpConn[] = [];
    try {
      const { url } = server;
      const { players: [guest] } = await roomOf(url, { slots: ["invite:a"] }, 1);
      for (let i = 0; i < 30; i++) await guest!.say("x".repeat(15_000));
      const { players: [neighbour] } = await roomOf(url, { slots: ["invite:a"] }, 1);
      for (let i = 0; i < POSTS; i++) await neighbour!.say("quiet");
      const quiet = await megabytes(server.pid);

      const batch = Array.from(
        { length: HTTP_LIMITS.batchMessages },
        (_, id) => ({ jsonrpc: "2.0", id, ...ask(guest!.channel_id) }),
      );
      for (let i = 0; i < BATCHES; i++) conns.push(await unread(url, guest!.token, batch));
      for (let i = 0; i < POSTS; i++) await neighbour!.say("beside the flood");
      const flooded = await megabytes(server.pid);
      // Without these limits, 12 batches of a hundred messages took a gigabyte.
      assert.ok(flooded < 3 * quiet, `${quiet} MB have become ${flooded}`);

      const answers = (await Promise.all(conns.splice(0).map(rest))).join("");
      const messages = [...answers.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!));
      assert.equal(
        messages.length,
        BATCHES * HTTP_LIMITS.batchMessages,
        "each message is answered",
      );
      const refusals = messages.flatMap(({ error }) => error?.data.code ?? []);
      const served = messages.filter(({ result }) => result !== undefined);
      assert.equal(served.length + refusals.length, messages.length);
      assert.ok(refusals.includes("RATE_LIMIT"), "more calls than a minute has");
      assert.deepEqual(refusals.filter((code) => !/^(RATE_LIMIT|TOO_LARGE)$/.test(code)), []);
      assert.ok(served.length >= BATCHES, "each batch was begun");
      for (const { result } of served) {
        assert.ok(JSON.stringify(result).length < 2 * CHANNEL_LIMITS.transcriptBytes);
      }
      await neighbour!.say("after the flood");
      assert.equal(
        (await Player.at(url).then((late) => late.call("health_check"))).status,
        "healthy",
      );
    } finally {
      for (const conn of conns) conn.close();
      await server.kill("SIGTERM");
    }
  });
}
