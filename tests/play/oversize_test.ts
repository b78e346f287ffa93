/** Records that exceed the size of one database value. The server stores them in parts, or refuses
 *  them with a way out. It never says "try again" if a retry can't succeed. */
import assert from "node:assert/strict";
import { Player, Problem, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

/** As many characters as a name may have, two bytes each in the database. */
const LONG = "\u6f22".repeat(60);

const KEEPER = `export default class Keeper {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const { text = "", count = 0 } = this.ctx.get_state() ?? {};
    this.ctx.set_state({ text: msg.body.keep ? "s".repeat(msg.body.keep) : text, count: count + 1 });
    this.ctx.post("bot", { length: text.length, count, players: this.ctx.players().length });
  }
}`;

Deno.test("the refusal of a channel record that is too large names the large part", async () => {
  await using server = await testServer({ sandbox: "off" });
  const slots = Array.from({ length: 32 }, () => `invite:${LONG}`);
  const host = await Player.at(server.url);
  const { channel_id, invites } = await host.call("create_channel", { name: "r", slots });
  const player = await Player.at(server.url);
  const tokens: string[] = [];
  for (const invite of invites) tokens.push((await player.join(invite)).rejoin_token);

  // The record remembers who has lost a seat.
  for (let i = 0; i < 64; i++) await (await Player.at(server.url)).join(tokens[0]!);
  await player.join(tokens[0]!);

  // Each time from another conversation, which the seat remembers, too.
  const rotateFrom = async (conversation: string, invite_code: string): Promise<string> => {
    const answer = await fetch(`${server.url}/mcp`, {
      method: "POST",
      headers: { authorization: `Bearer ${player.token}`, "content-type": "application/json" },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: {
          name: "join_channel",
          arguments: { invite_code, rotate: true },
          _meta: { "openai/session": conversation },
        },
      }),
    });
    const { result } = await answer.json();
    if (!result.isError) return result.structuredContent.rejoin_token;
    const [, code, detail] = /^(\w+): ([^]*)/.exec(result.content[0].text)!;
    throw new Problem(answer.status, code!, detail!);
  };
  const rotateAll = async () => {
    for (let round = 0; round < 20; round++) {
      for (const [i, invite_code] of tokens.entries()) {
        tokens[i] = await rotateFrom(`chat ${round}`, invite_code);
      }
    }
  };
  const problem = await refuses(rotateAll(), "TOO_LARGE");
  assert.match(problem.detail, /record.*seats and their last tokens.*leave_channel or yield_slot/s);

  // The suggested way out works, and the rest of the channel is unchanged.
  const body = "still here";
  await player.call("post_message", { channel_id, body, rejoin_token: tokens[0] });
  const slot_id = "s31";
  const ops = [{ type: "yield_slot", slot_id }];
  await host.call("update_channel", { channel_id, ops });
  await player.call("join_channel", { invite_code: tokens[0], rotate: true });
});

Deno.test("a bot keeps a full state in a channel full of players", async () => {
  await using server = await testServer();
  const { host, created: { invites } } = await roomOf(server.url, {
    slots: ["bot:keeper", ...Array.from({ length: 31 }, () => `invite:${LONG}`)],
    bot_code: KEEPER,
  }, 0);
  const alice = await Player.at(server.url);
  await alice.join(invites[0]);
  for (const invite_code of invites.slice(1)) await host.call("join_channel", { invite_code });
  const counted = (count: number) => ({ body }: Wire) => body?.count === count;
  await alice.say({ keep: 48_000 });
  await alice.readUntil(counted(0));
  await alice.say({});
  const second = (await alice.readUntil(counted(1))).find(counted(1));
  assert.deepEqual([second.body.length, second.body.players], [48_000, 31]);

  await server.restart();
  for (const player of [alice, host]) player.moveTo(server.url);
  await alice.say({ keep: 10 });
  const third = (await alice.readUntil(counted(2))).find(counted(2));
  assert.equal(third.body.length, 48_000, "the state is complete when read from the database");
  await alice.say({});
  assert.equal((await alice.readUntil(counted(3))).find(counted(3)).body.length, 10);
});

Deno.test("long errors of bots do not prevent a call with a key from creating its channel", async () => {
  await using server = await testServer();
  const host = await Player.at(server.url);
  const name = "€".repeat(5_000);
  const bots = Array.from({ length: 8 }, (_, i) => ({
    inline_code: `throw new Error("${name}${i}");\nexport default class A { on_init() {} }`,
  }));
  const create = () =>
    host.call("create_channel", { name: "x", slots: ["bot:a"], bots, idempotency_key: "k" });
  const created = await create().catch((error) => error);
  assert.ok(!(created instanceof Problem), String(created));
  assert.equal(created.bot_errors.length, 8);
  assert.deepEqual(
    (await create()).bot_errors,
    created.bot_errors,
    "a repeated call has the same answer",
  );
});

Deno.test("a body's limit counts bytes of UTF-8, not characters", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:a"] }, 1);
  const most = 16 * 1024;
  const filled = (before: string) => {
    const bytes = most - before.length;
    return "€".repeat(Math.floor(bytes / 3)) + "x".repeat(bytes % 3);
  };
  const said = filled('{"text":""}');
  assert.ok(said.length < most / 2, "a limit that counted characters would allow much more");
  await alice!.say(said);
  const problem = await refuses(alice!.say(`${said}x`), "TOO_LARGE");
  assert.match(problem.detail, /^The body is 16385 bytes; at most 16384 are allowed/);

  const moved = filled('{"action":"guess","game":"guess","type":"move","value":""}');
  await alice!.guess(moved);
  await refuses(alice!.guess(`${moved}x`), "TOO_LARGE");
});
