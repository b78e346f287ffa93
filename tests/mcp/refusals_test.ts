/** Every refusal says what to do. The test checks the texts that calls can cause as they arrive,
 *  and all others as the source has them. */
import assert from "node:assert/strict";
import { REFUSAL_CODES, type RefusalCode } from "../../src/kernel/refusal.ts";
import { Player, Problem } from "../support/player.ts";
import { testServer } from "../support/server.ts";

/** Words by which a sentence says what to do. */
const WAY_OUT =
  /\b(must|call|ask|try|pass|check|create|create_channel|join_channel|lists?|take|give|leave|name|remove|yield|invite|send|shorten|mend|flatten|correct|use|go on|wait|lift|free)\b/i;

Deno.test("every refusal that is thrown in src says what to do", async () => {
  const found: string[] = [];
  for await (const path of sources(new URL("../../src/", import.meta.url))) {
    const source = await Deno.readTextFile(path);
    for (const [, thrown] of source.matchAll(/new Refusal\(\s*("[A-Z_]+",[\s\S]+?)\s*\);?\n/g)) {
      // The text of a variable is checked at the variable's declaration.
      if (!/["`]/.test(thrown!.replace(/^"[A-Z_]+",/, ""))) continue;
      found.push(thrown!);
      const words = thrown!.replace(/^"[A-Z_]+",/, "").replace("${WAY_BACK}", "call join_channel");
      assert.match(words, WAY_OUT, `${path.pathname}: ${thrown}`);
    }
  }
  assert.ok(found.length > 40, `only ${found.length} were found`);
});

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}

/** Codes that no call of this test can cause, with the reasons. */
const NOT_CAUSED: Partial<Record<RefusalCode, string>> = {
  MUTED: "nothing mutes yet",
  TIMEOUT: "a wait that ends is not a failure",
  RATE_LIMIT: "takes a flood",
  INTERNAL_ERROR: "takes a bug",
};

Deno.test("each code arrives with its way out", async () => {
  await using server = await testServer({ sandbox: "off" });
  const [host, guest, stranger] = [
    await Player.at(server.url),
    await Player.at(server.url),
    await Player.at(server.url),
  ];
  const room = await host.call("create_channel", {
    name: "room",
    slots: ["bot:referee", "invite:a", "invite:b", "invite:c"],
    sealed: true,
  });
  const { channel_id, invites } = room;
  await guest.join(invites[0]);
  await guest.call("join_channel", { invite_code: invites[1] });
  const closed = await host.call("create_channel", { name: "closed", slots: ["invite:a"] });
  await host.join(closed.invites[0]);
  await host.call("update_channel", { channel_id: closed.channel_id, ops: [{ type: "close" }] });
  const left = await host.call("create_channel", { name: "left", slots: ["invite:a"] });
  const leaver = await Player.at(server.url);
  await leaver.join(left.invites[0]);
  await leaver.call("leave_channel", { channel_id: left.channel_id });
  const rejoin_token = guest.rejoin_token;
  const admin = { channel_id, ops: [{ type: "rename", name: "x" }] };
  const bot = { code_ref: "builtin://EchoBot" };

  const cases: Partial<Record<RefusalCode, [Player, string, Record<string, unknown>, RegExp]>> = {
    INVALID_REQUEST: [
      host,
      "sync_messages",
      { channel_id: 7 },
      /channel_id.+Correct this and call/,
    ],
    INVITE_INVALID: [
      host,
      "join_channel",
      { invite_code: "inv_none" },
      /Ask the person who gave it to you/,
    ],
    REJOIN_TOKEN_INVALID: [host, "join_channel", { invite_code: "rejoin_x" }, /new invite/],
    SLOT_ALREADY_FILLED: [stranger, "join_channel", { invite_code: invites[0] }, /another one/],
    CHANNEL_NOT_FOUND: [stranger, "post_message", { channel_id, body: "x" }, /join_channel/],
    NOT_MEMBER: [
      leaver,
      "post_message",
      { channel_id: left.channel_id, body: "x" },
      /join_channel/,
    ],
    SEAT_AMBIGUOUS: [guest, "post_message", { channel_id, body: "x" }, /Pass the rejoin_token/],
    NOT_ADMIN: [guest, "update_channel", { ...admin, rejoin_token }, /Ask an admin/],
    BAD_OP: [
      host,
      "update_channel",
      { channel_id, ops: [{ type: "set_admin", slot_id: "s3", admin: true }] },
      /Invite someone first/,
    ],
    BOT_NOT_FOUND: [
      guest,
      "get_bot_code",
      { channel_id, bot_id: "b", rejoin_token },
      /get_channel_info/,
    ],
    BOT_REJECTED: [
      host,
      "create_channel",
      { name: "x", slots: ["bot:a"], sealed: true, bot_code: "class {" },
      /Correct the bot and try again/,
    ],
    CHANNEL_CLOSED: [
      host,
      "post_message",
      { channel_id: closed.channel_id, body: "x" },
      /create another channel/,
    ],
    CHANNEL_SEALED: [host, "attach_bot", { channel_id, bot }, /Create another/],
    TOO_LARGE: [
      guest,
      "post_message",
      { channel_id, body: "x".repeat(20_000), rejoin_token },
      /Shorten it/,
    ],
    UNAVAILABLE: [
      host,
      "attach_bot",
      { channel_id: left.channel_id, bot: { inline_code: "class A {}" } },
      /leave the bot out/,
    ],
  };
  for (const code of REFUSAL_CODES) {
    if (NOT_CAUSED[code]) continue;
    const [player, name, input, wayOut] = cases[code]!;
    const refusal = await player.call(name, input).then(() => null, (error) => error);
    assert.ok(refusal instanceof Problem, `${code}: ${JSON.stringify(refusal)}`);
    assert.equal(refusal.code, code, refusal.detail);
    assert.match(refusal.detail, wayOut, code);
  }
});
