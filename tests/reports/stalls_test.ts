/** Bots that stall until they are killed, and the bot of a neighbour's channel: it answers while
 *  they still run. */
import assert from "node:assert/strict";
import { type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { signIn, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import type { Report } from "./report.ts";

interface StallReport extends Report {
  /** What the bots run without end, in work that no budget counts. */
  forever: string;
  /** How many channels stall, and whether one principal made them all, and the neighbour's. */
  channels: number;
  together?: true;
}

const HASHES =
  "for (const data = new Uint8Array(8e6);;) await crypto.subtle.digest('SHA-512', data);";

const REPORTS: StallReport[] = [
  { report: 626, what: "two channels of strangers", forever: HASHES, channels: 2 },
  {
    what: "two channels of the neighbour's own host",
    forever: HASHES,
    channels: 2,
    together: true,
  },
  { what: "three channels of strangers", forever: HASHES, channels: 3 },
];

const bot = (on_message: string) =>
  `export default class Bot {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) { if (msg.kind === "user") { ${on_message} } }
}`;
const ANSWERS = "this.ctx.post('bot', { answers: msg.id });";

/** Creates a channel and joins it. Returns its id. */
async function channelWith(host: McpClient, bot_code: string): Promise<string> {
  const slots = ["bot:b", "invite:me"];
  const created = await host.call("create_channel", { name: "room", slots, bot_code });
  assert.equal(created.bot_errors, undefined);
  await host.call("join_channel", { invite_code: created.invites[0] });
  return created.channel_id;
}

/** What bots caused in a channel after an entry. With `wait`, as soon as there is something. */
async function caused(host: McpClient, channel_id: string, after: number, wait: boolean) {
  const found: Wire[] = [];
  for (let cursor = after; found.length === 0;) {
    const page = { channel_id, cursor, timeout_ms: wait ? 25_000 : 0 };
    const { messages, cursor: next } = await host.call("sync_messages", page);
    found.push(...messages.filter(({ cause }: Wire) => cause > after - 1));
    cursor = next;
    if (!wait) break;
  }
  return found;
}

for (const { what, forever, channels, together } of REPORTS) {
  Deno.test(`a neighbour's bot answers while others stall: ${what}`, async () => {
    await using file = dataFile();
    // So long that a neighbour who has to wait for a kill sees the stalled hooks ended.
    const env = { KV_URL: file.path, SANDBOX_HOSTS: "2", HOOK_TIMEOUT_MS: "60000" };
    const server = await startProcess(env);
    const client = async () =>
      await mcpClient("v2 modern", `${server.url}/mcp`, await signIn(server.url));
    await using neighbour = await client();
    const mine = await channelWith(neighbour, bot(ANSWERS));
    const stalled: [McpClient, string, number][] = [];
    await using hosts = new AsyncDisposableStack();
    for (let i = 0; i < channels; i++) {
      const host = together ? neighbour : hosts.use(await client());
      const channel_id = await channelWith(host, bot(forever));
      const { msg_id } = await host.call("post_message", { channel_id, body: "go" });
      stalled.push([host, channel_id, msg_id]);
    }
    for (let times = 0; times < 3; times++) {
      const posted = await neighbour.call("post_message", { channel_id: mine, body: "and mine?" });
      const [answer] = await caused(neighbour, mine, posted.msg_id, true);
      assert.equal(answer.body.answers, posted.msg_id);
    }
    for (const [host, channel_id, msg_id] of stalled) {
      assert.deepEqual(await caused(host, channel_id, msg_id, false), [], "it still runs");
    }
    const processes = await server.children();
    await server.kill("SIGKILL");
    await gone(processes);
  });
}
