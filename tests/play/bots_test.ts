/** Bots by strangers: the server serves their exact source, runs them as announced and reports
 *  their failures to the channel. */
import assert from "node:assert/strict";
import { ofType, Player, refuses, roomOf, sha256Hex, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

/** The EchoBot of the bot documentation, pasted unchanged. */
const ECHO_BOT = `export default class EchoBot {
  static manifest = { summary: "Repeats what is said", net: [] };
  constructor(private ctx: BotContext, private params: Record<string, unknown>) {}
  on_init() { this.ctx.post("system", { text: "Echo ready" }); }
  on_join(player_id: string) {}
  async on_message(msg: Message) {
    if (msg.kind === "user") this.ctx.post("bot", { echo: msg.body });
  }
}
`;

Deno.test("EchoBot as bot_code answers, and its source matches the announcement", async () => {
  await using server = await testServer();
  const { players: [alice], created } = await roomOf(server.url, {
    slots: ["bot:echo", "invite:alice"],
    bot_code: ECHO_BOT,
  }, 1);
  const [bot] = created.bots;
  await alice!.say("hello");
  const read = await alice!.readUntil(({ body }) => body.echo !== undefined);
  assert.ok(read.some(({ body }) => body.text === "Echo ready"));
  const echo = read.find(({ body }) => body.echo !== undefined);
  const { state_hash, ...body } = echo.body;
  assert.deepEqual(body, { echo: { text: "hello" }, bot_id: bot.bot_id, state_version: 0 });
  assert.match(state_hash, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual([echo.sender, echo.kind], [`bot:${bot.bot_id}`, "bot"]);

  const announced = read.find(ofType("bot:attach")).body;
  const code = await alice!.call("get_bot_code", {
    channel_id: alice!.channel_id,
    bot_id: bot.bot_id,
  });
  assert.equal(code.source, ECHO_BOT);
  assert.equal(code.inline_code, ECHO_BOT);
  assert.equal(announced.code_hash, `sha256:${await sha256Hex(ECHO_BOT)}`);
  assert.equal(code.code_hash, announced.code_hash);
  assert.equal(code.engine, announced.engine);
});

Deno.test("hooks may be fields of the instance", async () => {
  await using server = await testServer();
  const { players: [alice] } = await roomOf(server.url, {
    slots: ["bot:arrow", "invite:alice"],
    bot_code: `export default class Arrow {
      constructor(ctx) { this.ctx = ctx; }
      on_message = async (msg) => { if (msg.kind === "user") this.ctx.post("bot", { heard: msg.id }); };
    }`,
  }, 1);
  const { msg_id } = await alice!.say("hello");
  await alice!.readUntil(({ body }: Wire) => body.heard === msg_id);
});

Deno.test("a bot may post to one player only; others see that the post exists", async () => {
  await using server = await testServer();
  const { players: [alice, bob] } = await roomOf(server.url, {
    slots: ["bot:dealer", "invite:alice", "invite:bob"],
    bot_code: `export default class Dealer {
      constructor(ctx) { this.ctx = ctx; }
      on_join(player_id) { this.ctx.post("bot", { card: "for " + player_id }, { to: [player_id] }); }
    }`,
  }, 2);
  const cards = async (reader: Player) => {
    const read = await reader.readUntil(({ sender, to }: Wire) =>
      sender.startsWith("bot:") && to?.includes(bob!.player_id)
    );
    return read.filter(({ to }: Wire) => to).map(({ body, to, withheld }: Wire) => [
      body?.card ?? null,
      to[0],
      withheld ?? false,
    ]);
  };
  const [a, b] = [alice!.player_id, bob!.player_id];
  assert.deepEqual(await cards(alice!), [[`for ${a}`, a, false], [null, b, true]]);
  assert.deepEqual(await cards(bob!), [[null, a, true], [`for ${b}`, b, false]]);
});

Deno.test("GuessBot's source is the file in bots/, byte for byte", async () => {
  await using server = await testServer();
  const { players: [alice], created } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:alice"],
    bot_preset: "GuessBot",
  }, 1);
  const file = await Deno.readTextFile(new URL("../../bots/guess/guess_bot.ts", import.meta.url));
  const { bot_id } = created.bots[0];
  const code = await alice!.call("get_bot_code", { channel_id: alice!.channel_id, bot_id });
  assert.equal(code.source, file);
  assert.equal(code.code_hash, `sha256:${await sha256Hex(file)}`);
});

const HOSTILE: [name: string, source: string, reason: string][] = [
  ["an endless loop", "class B { on_message() { while (true) {} } }", "out_of_budget"],
  [
    "endless memory",
    "class B { on_message() { const a = []; for (;;) a.push(new Array(999).fill({})); } }",
    "out_of_memory",
  ],
  [
    "a thrown error",
    'class B {\n  on_message() {\n    throw new Error("my own fault");\n  }\n}',
    "threw",
  ],
  [
    "too many posts",
    'class B { constructor(c) { this.c = c; }\n on_message() { for (let i = 0; i < 999; i++) this.c.post("bot", { i }); } }',
    "threw",
  ],
];

Deno.test("a failing bot yields one visible control entry, and other channels go on", async (t) => {
  // Even on a slow machine, the budget must end the loop, not the timeout.
  await using server = await testServer({ sandboxHosts: 2, hookTimeoutMs: 20_000 });
  const quiet = await roomOf(server.url, { slots: ["bot:b", "invite:a"], bot_code: ECHO_BOT }, 1);
  const neighbour = quiet.players[0]!;
  for (const [name, source, reason] of HOSTILE) {
    await t.step(name, async () => {
      const { players: [alice], created } = await roomOf(server.url, {
        slots: ["bot:bad", "invite:alice"],
        bot_code: source,
      }, 1);
      assert.equal(created.bot_errors, undefined);
      const { msg_id } = await alice!.say("go");
      const read = await alice!.readUntil(ofType("bot:failed"));
      const failures = read.filter(ofType("bot:failed"));
      assert.equal(failures.length, 1);
      const [{ kind, sender, body, cause }] = failures;
      assert.deepEqual([kind, sender, cause], ["control", "system", msg_id]);
      assert.deepEqual([body.reason, body.hook, body.bot_id], [
        reason,
        "on_message",
        created.bots[0].bot_id,
      ]);
      if (name === "a thrown error") {
        assert.deepEqual([body.message, body.line], ["my own fault", 3]);
      }
      assert.ok(!JSON.stringify(body).includes("/src/"), "no path of the host");

      await neighbour.say(name);
      await neighbour.readUntil(({ body }) => body.echo?.text === name);
    });
  }
});

/** Work that no budget counts: the engine's extensions on large buffers. */
const HASHES = `async () => {
  for (const large = new Uint8Array(8e6);;) await crypto.subtle.digest("SHA-512", large);
}`;

Deno.test("a hook that no budget stops is killed with its host, and the channel reports it", async () => {
  await using server = await testServer({ sandboxHosts: 1, hookTimeoutMs: 3_000 });
  const { players: [alice] } = await roomOf(server.url, {
    slots: ["bot:bad", "bot:echo", "invite:alice"],
    bots: [
      {
        inline_code: `class B { on_message(m) { if (m.kind === "user") return (${HASHES})(); } }`,
      },
      { inline_code: ECHO_BOT },
    ],
  }, 1);
  await alice!.say("go");
  const read = await alice!.readUntil(ofType("bot:failed"));
  assert.equal(read.find(ofType("bot:failed")).body.reason, "killed");
  const echoed = ({ body }: Wire) => body.echo?.text === "go";
  if (!read.some(echoed)) await alice!.readUntil(echoed);
});

Deno.test("a bot that was killed three times in a row is paused until an admin resumes it", async () => {
  await using server = await testServer({ sandboxHosts: 1, hookTimeoutMs: 2_000 });
  const { host, players: [alice], created } = await roomOf(server.url, {
    slots: ["bot:moody", "invite:alice"],
    bot_code: `export default class Moody {
      constructor(ctx) { this.ctx = ctx; }
      async on_message(msg) {
        if (msg.body.text === "hang") await (${HASHES})();
        if (msg.body.text === "speak") this.ctx.post("bot", { spoke: true });
      }
    }`,
  }, 1);
  const [{ bot_id }] = created.bots;
  const { channel_id } = host;
  for (let i = 0; i < 3; i++) await alice!.say("hang");
  const read = await alice!.readUntil(ofType("bot:paused"));
  assert.equal(read.filter(ofType("bot:failed", { reason: "killed" })).length, 3);
  const { bots } = await host.call("get_channel_info", { channel_id });
  assert.deepEqual(bots.map(({ kills }: Wire) => kills), [3]);

  const { msg_id } = await alice!.say("speak");
  await host.call("update_channel", { channel_id, ops: [{ type: "resume_bot", bot_id }] });
  const later = await alice!.readUntil(({ body }: Wire) => body.spoke);
  const resumed = later.find(ofType("resume_bot_applied"));
  const spoke = later.find(({ body }) => body.spoke);
  assert.ok(
    msg_id < resumed.id && resumed.id < spoke.id,
    "the bot continued with the next message",
  );
});

Deno.test("bots that answer each other stop at their budget, and continue after a member's message", async () => {
  await using server = await testServer();
  const pingPong = `class PingPong {
    constructor(ctx) { this.ctx = ctx; }
    on_message(msg) { if (msg.kind === "user" || msg.sender.startsWith("bot:")) this.ctx.post("bot", { re: msg.id }); }
  }`;
  const { players: [alice] } = await roomOf(server.url, {
    slots: ["bot:ping", "bot:pong", "invite:alice"],
    bots: [{ inline_code: pingPong }, { inline_code: pingPong }],
  }, 1);
  await alice!.say("serve");
  const first = await alice!.readUntil(ofType("bot:budget_spent"));
  const { msg_id } = await alice!.say("again");
  const second = await alice!.readUntil(ofType("bot:budget_spent"));
  const spent = [...first, ...second].filter(ofType("bot:budget_spent")).map(({ id }) => id);
  assert.equal(spent.length, 2, "one for each message of a member");
  assert.ok(spent[0] < msg_id && msg_id < spent[1]);
  assert.ok(second.some(({ sender, id }: Wire) => sender.startsWith("bot:") && id > msg_id));
});

Deno.test("attach_bot names the line of a refused source and attaches nothing", async (t) => {
  await using server = await testServer();
  const host = await Player.at(server.url);
  const { channel_id } = await host.call("create_channel", { name: "x", slots: ["invite:a"] });
  const table: [string, string, RegExp][] = [
    ["eval", 'class B {\n on_init() {\n  eval("1");\n }\n}', /line 3/],
    ["a syntax error", "class B {\n on_init( {}\n}", /line \d/],
    ["an import", 'import fs from "node:fs";\nclass B {}', /line 1/],
    ["no class", "const x = 1;", /class/],
  ];
  for (const [name, inline_code, expected] of table) {
    await t.step(name, async () => {
      const call = host.call("attach_bot", { channel_id, bot: { inline_code } });
      const { detail } = await refuses(call, "BOT_REJECTED");
      assert.match(detail, expected);
    });
  }
  await t.step("too long", async () => {
    const inline_code = `class B {}\n//${"x".repeat(48 * 1024)}`;
    await refuses(host.call("attach_bot", { channel_id, bot: { inline_code } }), "TOO_LARGE");
  });
  await t.step("unknown built-in", async () => {
    const bot = { code_ref: "builtin://NoBot" };
    await refuses(host.call("attach_bot", { channel_id, bot }), "BOT_NOT_FOUND");
  });
  const { bots } = await host.call("get_channel_info", { channel_id });
  assert.deepEqual(bots, []);
});

Deno.test("posts of a bot in any form leave the channel readable", async () => {
  await using server = await testServer();
  const words = [
    { type: { toString: 1 } },
    { type: ["bot:end"] },
    { type: "bot:turn", players: 5 },
    {
      type: "game_end",
      bot_id: { valueOf: 1 },
      now: { may: [null, { player: { toString: 1 } }] },
    },
  ];
  const { players: [alice] } = await roomOf(server.url, {
    slots: ["bot:odd", "invite:alice"],
    bot_code: `export default class Odd {
      constructor(ctx) { this.ctx = ctx; }
      on_message(msg) {
        if (msg.kind === "user") for (const word of ${
      JSON.stringify(words)
    }) this.ctx.post("bot", word);
      }
    }`,
  }, 1);
  const { msg_id } = await alice!.say("speak");
  const read: Wire[] = [];
  while (read.filter(({ cause }) => cause === msg_id).length < words.length) {
    read.push(...await alice!.readUntil(({ cause }) => cause === msg_id));
  }
  const { channel_id } = alice!;
  await alice!.call("get_channel_info", { channel_id });
  await alice!.call("sync_messages", { channel_id, cursor: read.at(-1)!.id, timeout_ms: 1 });
});
