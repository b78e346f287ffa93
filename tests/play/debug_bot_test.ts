/** An author looks into a bot of a channel, calls its hooks and sets its state. Everybody in the
 *  channel sees that, and a verifier runs it all again. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { instances } from "../support/apps.ts";
import { ofType, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf, verify } from "../support/verifier.ts";

const COUNTER = `export default class Counter {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    if (msg.body.text === "fail") {
      console.log("about to fail");
      throw new Error("asked to");
    }
    const count = (this.ctx.get_state()?.count ?? 0) + 1;
    console.log("count", count, { by: msg.sender });
    this.ctx.set_state({ count, long: "x".repeat(100) });
    this.ctx.post("bot", { type: "counted", count });
    if (msg.body.text === "end") this.ctx.end({ count });
  }
  on_timer(name) { this.ctx.post("bot", { type: "rang", name, state: this.ctx.get_state() }); }
}`;
const PYTHON = `class Talker:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] == "user":
            print("heard", msg["body"]["text"])
            self.ctx.post("bot", {"type": "heard"})
`;

Deno.test("an admin sees what a bot prints and costs, and members see that", async () => {
  await using server = await testServer();
  const { host, players: [ann, bob], created } = await roomOf(server.url, {
    slots: ["bot:counter", "bot:talker", "invite:ann", "invite:bob"],
    bots: [{ inline_code: COUNTER }, { inline_code: PYTHON, language: "python" }],
  }, 2);
  const { channel_id } = host;
  const [counter, talker] = created.bots.map(({ bot_id }: Wire) => bot_id);
  const look = (bot_id: string, more = {}) =>
    host.call("debug_bot", { channel_id, bot_id, ...more });

  await ann!.say("one");
  await ann!.readUntil(ofType("counted"));
  await ann!.say("fail");
  await ann!.readUntil(ofType("bot:failed"));
  const seen = await look(counter);
  assert.deepEqual(seen.log.map(({ line }: Wire) => line), [
    'count 1 {"by":"p1"}',
    "about to fail",
  ]);
  const failed = seen.hooks.find(({ ended }: Wire) => ended === "threw");
  assert.deepEqual([failed.hook, failed.message, failed.line], ["on_message", "asked to", 7]);
  const worked = seen.hooks.find(({ entry }: Wire) => entry === seen.log[0].entry);
  assert.equal(worked.ended, "done");
  assert.ok(worked.ms > 0 && worked.fuel > 0, JSON.stringify(worked));
  assert.deepEqual(seen.state.keys.map(({ key }: Wire) => key), ["long", "count"]);
  assert.equal(seen.state.keys[0].bytes, 102);

  if (!(await look(talker)).log.length) await ann!.readUntil(ofType("heard"));
  assert.match((await look(talker)).log[0].line, /^heard one$/);

  // Nobody is told of the lines, all are told of the reading, and only once for each bot.
  await look(counter, { tail_logs: 0 });
  const { messages } = await bob!.call("sync_messages", { channel_id, cursor: 0, limit: 200 });
  const told = messages.filter(ofType("read_log_applied"));
  assert.deepEqual(told.map(({ body }: Wire) => [body.op.bot_id, body.by]), [
    [counter, "host"],
    [talker, "host"],
  ]);
  assert.ok(!JSON.stringify(messages).includes("about to fail"));
  await refuses(bob!.call("debug_bot", { channel_id, bot_id: counter }), "NOT_ADMIN");
  await refuses(look("bot_Nobody_7"), "BOT_NOT_FOUND");

  // After a restart, the hooks of before are there.
  const { hooks, log } = await look(counter);
  await server.restart();
  host.moveTo(server.url);
  const again = await look(counter);
  assert.deepEqual([again.hooks, again.log], [hooks, log]);
});

Deno.test("an instance shows the hooks that another one ran", async () => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000, lateSpare: true });
  await using both = await instances(2, { sandbox });
  const [here, there] = both.urls;
  const { host, players: [ann], created } = await roomOf(here!, {
    slots: ["bot:counter", "invite:ann"],
    bots: [{ inline_code: COUNTER }],
  }, 1);
  const { channel_id } = host;
  await ann!.say("one");
  await ann!.readUntil(ofType("counted"));
  host.moveTo(there!);
  let log: Wire[] = [];
  while (log.length === 0) {
    ({ log } = await host.call("debug_bot", { channel_id, bot_id: created.bots[0].bot_id }));
  }
  assert.equal(log[0]!.line, 'count 1 {"by":"p1"}');
  await sandbox.close();
});

Deno.test("an admin calls a hook and sets a state, and the proof has both", async () => {
  await using server = await testServer();
  const { host, players: [ann], created } = await roomOf(server.url, {
    slots: ["bot:counter", "bot:guess", "invite:ann"],
    bots: [{ inline_code: COUNTER }, { code_ref: "builtin://GuessBot" }],
  }, 1);
  const { channel_id } = host;
  const [bot_id, guess] = created.bots.map(({ bot_id }: Wire) => bot_id);
  const debug = (more: Wire) => host.call("debug_bot", { channel_id, bot_id, ...more });

  await debug({
    replace_state: { state: { count: 41 } },
    emit_hook: { hook: "on_timer", args: ["by hand"] },
  });
  const rang = (await ann!.readUntil(ofType("rang"))).find(ofType("rang"));
  assert.deepEqual([rang.body.name, rang.body.state], ["by hand", { count: 41 }]);
  await ann!.say("one more");
  const counted = (await ann!.readUntil(ofType("counted"))).find(ofType("counted"));
  assert.equal(counted.body.count, 42);

  const hook = (hook: string, ...args: unknown[]) => debug({ emit_hook: { hook, args } });
  await refuses(hook("on_join", "p1"), "BAD_OP");
  await refuses(hook("on_timer"), "BAD_OP");
  await refuses(hook("on_message", "text"), "BAD_OP");
  await refuses(debug({ replace_state: { state: "x".repeat(16 * 1024) } }), "TOO_LARGE");
  // Players know this server's own referees by name.
  await refuses(debug({ bot_id: guess, replace_state: { state: null } }), "BAD_OP");
  assert.equal((await debug({ bot_id: guess })).bot_id, guess);

  const { code, report } = await verify(await exportOf(ann!));
  assert.equal(code, 0, JSON.stringify(report));
  const { text } = report.checks.find(({ check }: Wire) => check === "speakers");
  assert.match(text, new RegExp(`; an admin set the state of ${bot_id} \\(entry \\d+\\)`));
  assert.match(text, new RegExp(`; an admin called on_timer of ${bot_id} \\(entry \\d+\\)`));
});

Deno.test("a sealed channel's bot shows its inside only once it has ended", async () => {
  await using server = await testServer();
  const { host, players: [ann], created } = await roomOf(server.url, {
    slots: ["bot:counter", "invite:ann"],
    bots: [{ inline_code: COUNTER }],
    sealed: true,
  }, 1);
  const { channel_id } = host;
  const [{ bot_id }] = created.bots;
  const debug = (more: Wire = {}) => host.call("debug_bot", { channel_id, bot_id, ...more });
  await ann!.say("one");
  await ann!.readUntil(ofType("counted"));
  await refuses(debug(), "CHANNEL_SEALED");
  await refuses(debug({ replace_state: { state: null } }), "CHANNEL_SEALED");
  await refuses(debug({ emit_hook: { hook: "on_timer", args: ["x"] } }), "CHANNEL_SEALED");
  await ann!.say("end");
  await ann!.readUntil(ofType("bot:end"));
  assert.equal((await debug()).log.length, 2);
  await refuses(debug({ replace_state: { state: null } }), "BAD_OP");
});
