/** A bot's secrets: the owner sends them once, and only the bot uses them. They appear in no
 *  answer, log, database or post. */
import assert from "node:assert/strict";
import { ofType, Player, refuses, roomOf } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const SECRET = "kappa-tau-9137-omega";

const KEEPER = `export default class Keeper {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const { env } = this.ctx;
    if (msg.body.text === "tell") this.ctx.post("bot", { text: "it is " + env.API_KEY });
    else if (msg.body.text === "throw") throw new Error("bad key " + env.API_KEY);
    else if (msg.body.text === "end") this.ctx.end({ key: env.API_KEY });
    else this.ctx.post("bot", { knows: msg.body.text === env.API_KEY });
  }
}`;

const room = (url: string) =>
  roomOf(url, {
    slots: ["bot:keeper", "invite:a"],
    bots: [{ inline_code: KEEPER, env: { API_KEY: SECRET } }],
  }, 1);

Deno.test("only the bot sees its sealed value", async () => {
  const folder = await Deno.makeTempDir();
  const kvUrl = `${folder}/env.sqlite3`;
  {
    await using server = await testServer({ kvUrl });
    const { host, players: [alice], created } = await room(server.url);
    const { channel_id } = created;
    await alice!.say("is it this?");
    const knows = await alice!.readUntil(({ body }) => body?.knows !== undefined);
    assert.equal(knows.at(-1).body.knows, false);
    for (const word of ["tell", "throw", "end"]) {
      await alice!.say(word);
      const read = await alice!.readUntil(ofType("bot:failed"));
      assert.ok(!JSON.stringify(read).includes(SECRET), word);
    }
    await server.restart();
    for (const player of [host, alice!]) player.moveTo(server.url);
    await alice!.say("still there?");
    await alice!.readUntil(({ body }) => body?.knows !== undefined);

    const [bot] = created.bots;
    assert.deepEqual(bot.env, ["API_KEY"]);
    const everything = [
      created,
      await host.call("get_channel_info", { channel_id }),
      await host.call("get_bot_code", { channel_id, bot_id: bot.bot_id }),
      await alice!.call("sync_messages", { channel_id, cursor: 0, timeout_ms: 0 }),
      server.logged,
    ];
    assert.ok(!JSON.stringify(everything).includes(SECRET));
    const announced = everything[3].messages.find(ofType("bot:attach"));
    assert.deepEqual(announced.body.env, ["API_KEY"]);
    assert.match(announced.body.env_commit, /^sha256:[0-9a-f]{64}$/);
  }
  for await (const { name } of Deno.readDir(folder)) {
    const bytes = await Deno.readFile(`${folder}/${name}`);
    assert.ok(!new TextDecoder("latin1").decode(bytes).includes(SECRET), name);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("with another ENV_KEY a bot does not run, and the channel asks to attach it again", async () => {
  const kvUrl = `${await Deno.makeTempDir()}/env.sqlite3`;
  let moved: Player;
  {
    await using server = await testServer({ kvUrl, envKey: "11".repeat(32) });
    const { players: [alice] } = await room(server.url);
    await alice!.say("hello");
    await alice!.readUntil(({ body }) => body?.knows !== undefined);
    moved = alice!;
  }
  await using server = await testServer({ kvUrl, envKey: "22".repeat(32) });
  moved.moveTo(server.url);
  await moved.say("hello");
  const read = await moved.readUntil(ofType("bot:failed"));
  assert.match(read.at(-1).body.message, /sealed values .* can't be opened/);
});

Deno.test("attach_bot names the problem of sealed values without repeating them", async (t) => {
  await using server = await testServer();
  const host = await Player.at(server.url);
  const { channel_id } = await host.call("create_channel", { name: "x", slots: ["invite:a"] });
  const table: Record<string, Record<string, unknown>> = {
    "too short": { env: { KEY: "fifteen-letters" } },
    "guessable digits": { env: { KEY: "1234567890123456" } },
    "white space around": { env: { KEY: `${SECRET}\n` } },
    "an invalid name": { env: { "api key": SECRET } },
    "too many": {
      env: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`K${i}`, SECRET])),
    },
    "too large": { env: { KEY: "x".repeat(5_000) } },
    "not a text": { env: { KEY: 1234567890123456 } },
    "both names of the field": { env: { KEY: SECRET }, env_redacted: { KEY: SECRET } },
  };
  for (const [name, fields] of Object.entries(table)) {
    await t.step(name, async () => {
      const bot = { inline_code: KEEPER, ...fields };
      const { detail } = await refuses(
        host.call("attach_bot", { channel_id, bot }),
        "INVALID_REQUEST",
      );
      assert.ok(!detail.includes(SECRET), detail);
    });
  }
});
