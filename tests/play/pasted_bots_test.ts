/** A server started by its task, an official MCP client, and a pasted bot in each language: the
 *  promises of docs/bots.md from end to end. */
import assert from "node:assert/strict";
import { mcpClient } from "../support/mcp_clients.ts";
import { ofType, sha256Hex, signIn, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore } from "../support/server.ts";

const SECRET = "kappa-tau-9137-omega";

const PASTED = {
  typescript: `
import { Chess } from "lib:chess.js";

interface Saved { moves: number }

export default class Table {
  static manifest = { summary: "Chess, a timer and a secret", net: [] };
  constructor(private ctx: BotContext, private params: Record<string, unknown>) {}
  on_join(player_id: string) {
    this.ctx.post("bot", { hello: this.ctx.players().find((p) => p.player_id === player_id)?.label });
  }
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const saved = (this.ctx.get_state() as Saved | null) ?? { moves: 0 };
    this.ctx.set_state({ moves: saved.moves + 1 });
    const move = new Chess().move(String(msg.body.text));
    this.ctx.workspace.write("note.txt", move.san);
    this.ctx.post("bot", {
      played: this.ctx.workspace.read("note.txt"),
      moves: saved.moves + 1,
      knows: this.ctx.env.API_KEY.length === ${SECRET.length},
    }, { to: [msg.sender] });
    this.ctx.set_timer("later", 5);
  }
  async on_timer(name: string) {
    const asked = await fetch("https://example.org/").then(() => "answered", (error) => error.message);
    this.ctx.end({ name, asked, dice: 1 + Math.floor(Math.random() * 6) });
  }
}
`,
  python: `
import json
import random

class Table:
    manifest = {'summary': 'A timer and a secret', 'net': []}

    def __init__(self, ctx, params):
        self.ctx = ctx
        self.params = params

    def on_join(self, player_id):
        label = next(p['label'] for p in self.ctx.players() if p['player_id'] == player_id)
        self.ctx.post('bot', {'hello': label})

    def on_message(self, msg):
        if msg.get('kind') != 'user':
            return
        saved = self.ctx.get_state() or {'moves': 0}
        self.ctx.set_state({'moves': saved['moves'] + 1})
        with open(self.ctx.workspace + '/note.txt', 'w') as note:
            note.write(msg['body']['text'])
        played = open(self.ctx.workspace + '/note.txt').read()
        self.ctx.post('bot', {
            'played': played,
            'moves': saved['moves'] + 1,
            'knows': len(self.ctx.env['API_KEY']) == ${SECRET.length},
        }, to=[msg['sender']])
        self.ctx.set_timer('later', 5)

    def on_timer(self, name):
        import requests
        try:
            asked = requests.get('https://example.org/', timeout=5).text
        except requests.exceptions.RequestException as error:
            asked = str(error)
        self.ctx.end({'name': name, 'asked': asked, 'dice': random.randint(1, 6)})
`,
};

Deno.test("a bot pasted into create_channel works as promised, in either language", async (t) => {
  await using file = dataFile();
  const server = await startProcess({ KV_URL: file.path, LOG_LEVEL: "debug" });
  for (const [language, inline_code] of Object.entries(PASTED)) {
    await t.step(language, async () => {
      await using host = await mcpClient(
        "v2 modern",
        `${server.url}/mcp`,
        await signIn(server.url),
      );
      await using guest = await mcpClient("v1", `${server.url}/mcp`, await signIn(server.url));
      const created = await host.call("create_channel", {
        name: "pasted",
        slots: ["bot:table", "invite:white", "invite:black"],
        bots: [{ inline_code, env: { API_KEY: SECRET } }],
      });
      assert.equal(created.bot_errors, undefined);
      const { channel_id, bots: [{ bot_id }] } = created;
      for (const [i, client] of [host, guest].entries()) {
        await client.call("join_channel", { invite_code: created.invites[i] });
      }
      const code = await guest.call("get_bot_code", { channel_id, bot_id });
      assert.equal(code.language, language);
      assert.equal(code.code_hash, `sha256:${await sha256Hex(code.source)}`);
      assert.equal(code.source, inline_code);

      await guest.call("post_message", { channel_id, body: "e4" });
      const read: Wire[] = [];
      for (let cursor = 0; !read.some(ofType("bot:end"));) {
        const synced = await guest.call("sync_messages", { channel_id, cursor });
        assert.ok(synced.messages.length > 0, JSON.stringify(read));
        read.push(...synced.messages);
        cursor = synced.cursor;
      }
      const said = read.filter(({ sender }) => sender === `bot:${bot_id}`).map(({ body }) => body);
      assert.deepEqual(said.slice(0, 2).map(({ hello }) => hello), ["white", "black"]);
      assert.deepEqual([said[2].played, said[2].moves, said[2].knows], ["e4", 1, true]);
      const { body: { result, seed } } = read.find(ofType("bot:end"))!;
      assert.equal(result.name, "later");
      assert.match(result.asked, /declares no hosts/);
      assert.ok(result.dice >= 1 && result.dice <= 6);
      const announced = read.find(ofType("bot:attach"))!.body;
      const bytes = Uint8Array.fromHex(seed);
      const commit = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      assert.equal(announced.seed_commit, `sha256:${commit}`);
      assert.deepEqual(read.filter(ofType("bot:failed")), []);

      const other = await host.call("sync_messages", { channel_id, cursor: 0, timeout_ms: 0 });
      const whispered = other.messages.find(({ to }: Wire) => to);
      assert.deepEqual([whispered.withheld, whispered.body], [true, null]);
      assert.ok(!JSON.stringify([read, other, created, server.log]).includes(SECRET));
    });
  }
  const hosts = await server.children();
  await server.kill("SIGTERM");
  await gone(hosts);
  await checkStore(file.path);
});
