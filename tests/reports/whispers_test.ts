/** Whispers in a channel with bots: which bots hear them, and which hooks a player who may not read
 *  them can run again. */
import assert from "node:assert/strict";
import { type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { signIn, type Wire } from "../support/player.ts";
import { dataFile, startProcess } from "../support/process.ts";
import { verify } from "../support/verifier.ts";
import type { Report } from "./report.ts";

/** Repeats everything that it hears, and draws. */
const javascript = (manifest: string) =>
  `export default class Parrot {
  static manifest = { net: [], ${manifest} };
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === "user") this.ctx.post("bot", { heard: msg.body.text, die: Math.random() });
  }
}`;
interface WhisperReport extends Report {
  bots: Wire[];
  /** What the bots repeat of: an open text, a whisper, another open text. */
  heard: string[];
  /** Whether a player who may not read the whisper can run all hooks again. */
  proved: boolean;
  /** Whether the answer to the whisper says that no bot hears it. */
  unheard: boolean;
}

const OPEN = ["first", "last"];
const ALL = ["first", "psst", "last"];

const REPORTS: WhisperReport[] = [
  {
    report: 2312,
    what: "a bot that needs no whispers",
    bots: [{ inline_code: javascript("") }],
    heard: OPEN,
    proved: true,
    unheard: true,
  },
  {
    what: "a bot that says private: false",
    bots: [{ inline_code: javascript("private: false") }],
    heard: OPEN,
    proved: true,
    unheard: true,
  },
  {
    what: "a bot that asks for whispers",
    bots: [{ inline_code: javascript("private: true") }],
    heard: ALL,
    proved: false,
    unheard: false,
  },
  {
    what: "a bot whose definition asks for whispers",
    bots: [{ inline_code: javascript(""), manifest: { private: true } }],
    heard: ALL,
    proved: false,
    unheard: false,
  },
  {
    what: "two bots, one of which asks for whispers",
    bots: [
      { inline_code: javascript("") },
      { inline_code: javascript("private: true"), name: "Listener" },
    ],
    heard: [...OPEN, ...ALL],
    proved: false,
    unheard: false,
  },
  {
    what: "the game of a built-in bot",
    bots: [{ code_ref: "builtin://GuessBot" }],
    heard: [],
    proved: true,
    unheard: true,
  },
  { what: "no bot", bots: [], heard: [], proved: true, unheard: false },
];

const mayNotRead = ({ text }: Wire) => /you may not read/.test(text);

Deno.test("a bot hears whispers only if it asks for them", async (t) => {
  await using file = dataFile();
  const server = await startProcess({ KV_URL: file.path }, { viaTask: true });
  const { url } = server;
  const client = async (kind: "v1" | "v2 modern"): Promise<McpClient> =>
    await mcpClient(kind, `${url}/mcp`, await signIn(url));
  await using ada = await client("v1");
  await using bob = await client("v2 modern");
  await using eve = await client("v2 modern");
  const players = [ada, bob, eve];
  for (const { what, bots, heard, proved, unheard } of REPORTS) {
    await t.step(what, async () => {
      const slots = [...bots.map((_, i) => `bot:${i}`), "invite:a", "invite:b", "invite:c"];
      const created = await ada.call("create_channel", { name: what, slots, bots });
      assert.equal(created.bot_errors, undefined);
      const { channel_id, invites } = created;
      for (const [i, player] of players.entries()) {
        await player.call("join_channel", { invite_code: invites[i] });
      }
      await bob.call("post_message", { channel_id, body: "first" });
      const whispered = await ada.call("post_message", { channel_id, body: "psst", to: ["p2"] });
      assert.equal(/no bot here hears/i.test(whispered.next), unheard, whispered.next);
      const last = await bob.call("post_message", { channel_id, body: "last" });

      // Read on until each bot that repeats has answered the last message.
      const repeating = heard.length === 0 ? 0 : bots.length;
      const read: Wire[] = [];
      const answers = () => read.filter(({ cause }) => cause === last.msg_id).length;
      for (let cursor = 0; answers() < repeating;) {
        const synced = await eve.call("sync_messages", { channel_id, cursor });
        assert.ok(synced.messages.length > 0, JSON.stringify(read));
        cursor = synced.cursor;
        read.push(...synced.messages);
      }
      const said = read.flatMap(({ body }) => body?.heard ?? []);
      assert.deepEqual(said.toSorted(), heard.toSorted());

      await ada.call("update_channel", { channel_id, ops: [{ type: "close" }] });
      const { url: link } = await eve.call("export_channel", { channel_id });
      const { code, report } = await verify(await (await fetch(link)).text());
      assert.equal(code, 0, JSON.stringify(report));
      assert.equal(!report.checks.some(mayNotRead), proved, JSON.stringify(report.checks));
    });
  }

  await t.step("a manifest that says neither true nor false is refused", async () => {
    for (const wrong of [`private: "yes"`, "private: 1", "private: ['p1']"]) {
      const bot_code = javascript(wrong);
      const slots = ["bot:b", "invite:a"];
      const { bot_errors } = await ada.call("create_channel", { name: "wrong", slots, bot_code });
      assert.match(bot_errors[0], /manifest\.private must be true/);
    }
  });
  await server.kill("SIGTERM");
});
