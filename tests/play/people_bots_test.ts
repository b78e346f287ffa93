/** Idioms of people's bots, on a server started by its task, through an official MCP client; and
 *  `deno task verify` of what came of them. `tests/bots_people_write/` has hundreds more. */
import assert from "node:assert/strict";
import { mcpClient } from "../support/mcp_clients.ts";
import { signIn, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore } from "../support/server.ts";
import { verify } from "../support/verifier.ts";

const FENCE = "```";

const BOTS: Record<string, { bot_code: string; posts: unknown[] }> = {
  "JavaScript: posts of promises and timers that nobody awaits": {
    bot_code: `${FENCE}js
class Steps {}
export default class Unawaited {
  on_message(msg) {
    this.later(msg.body.text);
    [1, 2].forEach(async (n) => this.ctx.post("bot", { n }));
    setTimeout(() => this.ctx.post("bot", { timer: true }), 50);
  }
  async later(text) {
    await null;
    this.ctx.post("bot", { later: text });
  }
}
${FENCE}`,
    posts: [{ n: 1 }, { n: 2 }, { later: "go" }, { timer: true }],
  },
  "JavaScript: a value that JSON would change": {
    bot_code: `export default class Loses {
  constructor(ctx) { this.ctx = ctx; }
  on_message() { this.ctx.post("bot", { scores: new Map([["p1", 3]]) }); }
}`,
    posts: [{
      type: "bot:failed",
      hook: "on_message",
      reason: "threw",
      message: "TypeError: ctx.post: body.scores is a Map, which JSON cannot hold: " +
        "write Object.fromEntries(map)",
      line: 3,
    }],
  },
  "Python: a dataclass, a deep recursion and a large number": {
    bot_code: `from dataclasses import dataclass
from functools import lru_cache

@dataclass
class Move:
    stairs: int

@lru_cache(maxsize=None)
def ways(n):
    return 1 if n < 2 else sum(ways(n - k) for k in (1, 2))

class Stairs:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        move = Move(400)
        self.ctx.post('bot', {'digits': len(str(ways(move.stairs))), 'given': 9007199254740992})
`,
    posts: [{ digits: 84, given: 9007199254740992 }],
  },
  "Python: a coroutine that is never awaited": {
    bot_code: `class Forgets:
    def __init__(self, ctx, params):
        self.ctx = ctx
    async def reply(self):
        self.ctx.post('bot', 'here')
    async def on_message(self, msg):
        self.reply()
`,
    posts: [{
      type: "bot:failed",
      hook: "on_message",
      reason: "threw",
      message: "RuntimeError: the coroutine reply() was never awaited: " +
        "write `await` before the call of reply",
      line: 7,
    }],
  },
};

Deno.test("bots as people write them, on a server started by its task", async (t) => {
  await using file = dataFile();
  const server = await startProcess({ KV_URL: file.path }, { viaTask: true });
  await using client = await mcpClient("v2 modern", `${server.url}/mcp`, await signIn(server.url));
  for (const [name, { bot_code, posts }] of Object.entries(BOTS)) {
    await t.step(name, async () => {
      const slots = ["bot:b", "invite:me"];
      const created = await client.call("create_channel", { name, slots, bot_code });
      assert.equal(created.bot_errors, undefined);
      const { channel_id, bots: [{ bot_id }], invites } = created;
      await client.call("join_channel", { invite_code: invites[0] });
      await client.call("post_message", { channel_id, body: "go" });
      const said: Wire[] = [];
      for (let cursor = 0; said.length < posts.length;) {
        const synced = await client.call("sync_messages", { channel_id, cursor });
        assert.ok(synced.messages.length > 0, JSON.stringify(said));
        cursor = synced.cursor;
        const ofBot = ({ sender, body }: Wire) =>
          sender === `bot:${bot_id}` || body?.type === "bot:failed";
        said.push(...synced.messages.filter(ofBot).map(({ body }: Wire) => body));
      }
      const shown = said.map(({ bot_id: _, state_version: __, state_hash: ___, ...body }) => body);
      assert.deepEqual(shown, posts);

      await client.call("update_channel", { channel_id, ops: [{ type: "close" }] });
      const { url } = await client.call("export_channel", { channel_id });
      const { code, report } = await verify(await (await fetch(url)).text());
      assert.equal(code, 0, JSON.stringify(report));
    });
  }
  const hosts = await server.children();
  await server.kill("SIGTERM");
  await gone(hosts);
  await checkStore(file.path);
});
