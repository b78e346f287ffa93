/** Arguments as models and their clients really send them, and what they mean. */
import assert from "node:assert/strict";
import * as z from "zod";
import { OPERATIONS } from "../../src/operations/all.ts";
import { fieldsOf, variantsOf } from "../../src/operations/input/argument_type.ts";
import { rightValue } from "../../src/operations/input/right_value.ts";
import { type ArgumentType, typeOf } from "../../src/operations/input/argument_type.ts";
import type { Wire } from "../support/player.ts";
import { carries, DOORS, has, openRoom } from "./door.ts";
import type { Report } from "./report.ts";

interface ArgumentReport extends Report {
  tool: string;
  sent: unknown;
  /** What the answer has. */
  right?: Wire;
  /** The entry that was posted. */
  posts?: Wire;
  /** What a refusal says. */
  refused?: RegExp;
}

const at = { channel_id: "$CHANNEL" };
const MOVE = { type: "move", game: "guess", action: "guess", value: 42 };
const two = { name: "two", slots: ["bot:referee", "invite:a"] };

const REPORTS: ArgumentReport[] = [
  // Nothing, in all its spellings.
  {
    report: 1269,
    what: "null for what is omitted",
    tool: "sync_messages",
    sent: { ...at, cursor: null, timeout_ms: 0, limit: null, salts: null, rejoin_token: null },
    right: { more: false },
  },
  {
    report: 8059,
    what: "null for an optional number",
    tool: "list_channels",
    sent: { query: null, limit: null, cursor: null },
    right: {},
  },
  {
    report: 95239,
    what: "the text null, alone and in a list",
    tool: "post_message",
    sent: { ...at, body: "hi", to: ["null"], idempotency_key: "null", rejoin_token: "null" },
    posts: { body: { text: "hi" }, to: undefined },
  },
  {
    what: "empty texts",
    tool: "create_channel",
    sent: { ...two, bot_preset: "", bot_code: "", bot_language: "", visibility: "", bots: "" },
    right: { view: { visibility: "private" }, bots: [] },
  },
  {
    what: "null inside of a bot",
    tool: "create_channel",
    sent: {
      ...two,
      bots: [{ code_ref: "builtin://EchoBot", name: null, params: null, env: null }],
    },
    right: { bots: [{ name: "EchoBot" }] },
  },
  { what: "no arguments", tool: "health_check", sent: {}, right: { status: "healthy" } },
  // Numbers and switches as text.
  {
    report: 853,
    what: "numbers as text",
    tool: "sync_messages",
    sent: { ...at, cursor: "1", timeout_ms: "0", limit: " 1 " },
    right: { messages: [{ id: 2 }], cursor: 2 },
  },
  {
    report: 4966,
    what: "a number with an exponent, and one in quotes",
    tool: "sync_messages",
    sent: { ...at, cursor: '"1"', timeout_ms: "0", limit: "1e0" },
    right: { cursor: 2 },
  },
  {
    what: "a number in other digits",
    tool: "sync_messages",
    sent: { ...at, cursor: "0x10", timeout_ms: "0" },
    refused: /cursor: must be a whole number of at least 0, for example 1/,
  },
  ...["00", "01", "007"].map((cursor): ArgumentReport => ({
    what: `a number with zeros in front, ${cursor}`,
    tool: "sync_messages",
    sent: { ...at, cursor, timeout_ms: "0" },
    refused: /cursor: must be a whole number of at least 0, for example 1/,
  })),
  {
    what: "switches as text",
    tool: "create_channel",
    sent: { ...two, sealed: "False", spectators: "yes", visibility: "Public" },
    right: { view: { sealed: false, spectators: true, visibility: "public" } },
  },
  {
    report: 1626,
    what: "a number for a name that is one",
    tool: "create_channel",
    sent: { ...two, name: 2048 },
    right: { view: { name: "2048" } },
  },
  {
    what: "the value of a move stays as it is",
    tool: "make_game_move",
    sent: { ...at, game: "guess", action: "guess", value: "42" },
    posts: { body: { ...MOVE, value: "42" } },
  },
  {
    report: 45211,
    what: "an object as JSON text for the value of a move",
    tool: "make_game_move",
    sent: { ...at, game: "guess", action: "guess", value: '{"number": 42}' },
    posts: { body: { ...MOVE, value: { number: 42 } } },
  },
  ...["args", "params", "data"].map((name): ArgumentReport => ({
    what: `the value of a move under another name, ${name}`,
    tool: "make_game_move",
    sent: { ...at, game: "guess", action: "guess", [name]: { number: 42 } },
    posts: { body: { ...MOVE, value: { number: 42 } } },
  })),
  {
    what: "a text for the value of a move that only looks like JSON",
    tool: "make_game_move",
    sent: { ...at, game: "guess", action: "guess", value: "[4, 2] {x" },
    posts: { body: { ...MOVE, value: "[4, 2] {x" } },
  },
  // Lists and objects as JSON text, and single values for lists.
  {
    report: 22394,
    what: "a list as JSON text",
    tool: "create_channel",
    sent: { name: "x", slots: '["bot:referee", "invite:a"]' },
    right: { view: { slots: [{ kind: "bot" }, { kind: "invite", label: "a" }] } },
  },
  {
    report: 1093,
    what: "a list of objects as JSON text, with parameters as JSON text in it",
    tool: "create_channel",
    sent: { ...two, bots: '[{"code_ref":"builtin://EchoBot","params":"{\\"loud\\":1}"}]' },
    right: { bots: [{ name: "EchoBot" }] },
  },
  {
    report: 71927,
    what: "one item for a list",
    tool: "post_message",
    sent: { ...at, body: "psst", to: "p2" },
    posts: { to: ["p2"] },
  },
  {
    what: "players in words",
    tool: "post_message",
    sent: { ...at, body: "psst", to: "@P2 and player 1" },
    refused: /to: /,
  },
  {
    what: "several players as text",
    tool: "post_message",
    sent: { ...at, body: "psst", to: "p1, P2" },
    posts: { to: ["p1", "p2"] },
  },
  ...["everyone", "@All", ["*"], '"everybody"', "all players"].map((to): ArgumentReport => ({
    what: `${JSON.stringify(to)} as the addressees`,
    tool: "post_message",
    sent: { ...at, body: "hi", to },
    posts: { body: { text: "hi" }, to: undefined },
  })),
  {
    what: "everyone but one",
    tool: "post_message",
    sent: { ...at, body: "psst", to: "everyone but p2" },
    refused: /^INVALID_REQUEST: to/,
  },
  {
    what: "a player and everyone",
    tool: "post_message",
    sent: { ...at, body: "psst", to: ["p1", "everyone"] },
    refused: /^INVALID_REQUEST: to/,
  },
  {
    what: "slots as text, with space, in capitals, and as Python writes them",
    tool: "create_channel",
    sent: { name: "x", slots: "['Bot: referee', 'invite:Smith, John']" },
    right: { view: { slots: [{ label: "referee" }, { label: "Smith, John" }] } },
  },
  {
    what: "slots with commas",
    tool: "create_channel",
    sent: { name: "x", slots: "bot:x, invite:y" },
    right: { view: { slots: [{ kind: "bot", label: "x" }, { kind: "invite", label: "y" }] } },
  },
  {
    what: "slots as objects",
    tool: "create_channel",
    sent: { name: "x", slots: [{ kind: "bot", label: "r" }, { type: "invite", name: "a" }] },
    right: { view: { slots: [{ kind: "bot", label: "r" }, { kind: "invite", label: "a" }] } },
  },
  {
    what: "slots as objects of one key",
    tool: "create_channel",
    sent: { name: "x", slots: [{ bot: "my referee" }, { invite: "100%25 ann" }] },
    right: { view: { slots: [{ label: "my referee" }, { label: "100%25 ann" }] } },
  },
  ...["p1 p2", "p1/P2", "p1 and p2", "p1 & p2"].map((to): ArgumentReport => ({
    what: `players as ${to}`,
    tool: "post_message",
    sent: { ...at, body: "psst", to },
    posts: { to: ["p1", "p2"] },
  })),
  ...["p1 2", "p1 or p2", "p 1 2"].map((to): ArgumentReport => ({
    what: `players that are not clear, ${to}`,
    tool: "post_message",
    sent: { ...at, body: "psst", to },
    refused: /^INVALID_REQUEST: to/,
  })),
  {
    what: "operations under another name, and a name under another one",
    tool: "update_channel",
    sent: { ...at, operations: [{ type: "rename", title: "newest" }] },
    right: { view: { name: "newest" } },
  },
  {
    what: "one operation, under another name for its type",
    tool: "update_channel",
    sent: { ...at, ops: { op: "Rename", name: "new" } },
    right: { view: { name: "new" } },
  },
  {
    what: "an operation as its name",
    tool: "update_channel",
    sent: { ...at, ops: "close" },
    right: { view: { closed: true } },
  },
  {
    what: "an operation as a key around the rest",
    tool: "update_channel",
    sent: { ...at, ops: [{ rename: { name: "newer" } }] },
    right: { view: { name: "newer" } },
  },
  // Bodies.
  {
    what: "a move as JSON in the text of a body",
    tool: "post_message",
    sent: { ...at, body: JSON.stringify(MOVE) },
    posts: { body: MOVE },
  },
  {
    what: "a number as a body",
    tool: "post_message",
    sent: { ...at, body: 42 },
    posts: { body: { text: "42" } },
  },
  {
    what: "text that only looks like JSON stays text",
    tool: "post_message",
    sent: { ...at, body: "{not json} [1,2] 42" },
    posts: { body: { text: "{not json} [1,2] 42" } },
  },
  {
    what: "a number in the text of a body stays text",
    tool: "post_message",
    sent: { ...at, body: " 42 " },
    posts: { body: { text: " 42 " } },
  },
  {
    what: "a body under another name",
    tool: "post_message",
    sent: { ...at, message: "hello" },
    posts: { body: { text: "hello" } },
  },
  // Invites, ids and tokens, with whatever was pasted around them.
  ...[
    " $INVITE ",
    "`$INVITE`",
    '"$INVITE".',
    "**$INVITE**",
    "Join with the invite $INVITE. See you there!",
    "http://127.0.0.1:8100/join/$INVITE?from=chat#top",
    "[join](https://x.example/join/$INVITE)",
    "https://x.example/?next=%2Fjoin%2F$INVITE%3Ffrom%3Dchat",
    "in\nv_$BROKEN",
  ].map((invite_code): ArgumentReport => ({
    what: `an invite as ${invite_code}`,
    tool: "join_channel",
    sent: { invite_code },
    right: { player_id: "p3" },
  })),
  {
    what: "an invite in a list, under another name",
    tool: "join_channel",
    sent: { inviteCode: ["$INVITE"], name: "Ann" },
    right: { player_id: "p3" },
  },
  {
    what: "an invite twice in one text",
    tool: "join_channel",
    sent: { invite_code: "$INVITE (again: $INVITE)" },
    right: { player_id: "p3" },
  },
  {
    what: "two invites in one text",
    tool: "join_channel",
    sent: { invite_code: "$INVITE or $OTHER" },
    refused: /invite_code: the text has 2 different values\. Pass the one that is meant/,
  },
  {
    what: "a rejoin token to join with",
    tool: "join_channel",
    sent: { rejoin_token: "my token: $TOKEN" },
    right: { player_id: "p1" },
  },
  {
    what: "a channel's id and a token in sentences",
    tool: "get_channel_info",
    sent: { channelId: "channel `$CHANNEL`.", rejoin_token: "'$TOKEN'" },
    right: { you: { player_id: "p1" } },
  },
  // Presets.
  ...["builtin://EchoBot", "echobot", "echo_bot", "Echo Bot", " ECHO "].map((
    bot_preset,
  ): ArgumentReport => ({
    what: `a preset as ${bot_preset}`,
    tool: "create_channel",
    sent: { ...two, bot_preset },
    right: { bots: [{ name: "EchoBot" }] },
  })),
  {
    what: "a preset under another name",
    tool: "create_channel",
    sent: { ...two, preset: "EchoBot", params: "{}" },
    right: { bots: [{ name: "EchoBot" }] },
  },
  {
    what: "a bot that has only the name of a built-in one",
    tool: "create_channel",
    sent: { ...two, bots: [{ slot: "bot:referee", name: "EchoBot", version: "1.0" }] },
    right: { bots: [{ name: "EchoBot" }] },
  },
  {
    what: "a bot that has only another name",
    tool: "create_channel",
    sent: { ...two, bots: [{ name: "ChessMaster" }] },
    refused: /A bot needs its source: pass either inline_code or code_ref/,
  },
  {
    what: "a bot as its name",
    tool: "create_channel",
    sent: { ...two, bots: "EchoBot" },
    right: { bots: [{ name: "EchoBot" }] },
  },
  {
    what: "a preset for attach_bot",
    tool: "attach_bot",
    sent: { ...at, bot_preset: "echobot" },
    right: { bot_id: "bot_EchoBot_0" },
  },
  {
    what: "a bot's source for attach_bot",
    tool: "attach_bot",
    sent: {
      ...at,
      bot_code: "class Mine { on_message() {} }",
      bot_language: "JS",
      bot_name: "Own",
    },
    right: { bot_id: "bot_Own_0" },
  },
  {
    what: "a bot's fields beside set_bot",
    tool: "update_channel",
    sent: { ...at, ops: [{ type: "set-bot", bot_preset: "EchoBot", bot_params: "{}" }] },
    right: { bots: [{ name: "EchoBot" }] },
  },
  {
    what: "an unknown preset",
    tool: "create_channel",
    sent: { ...two, bot_preset: "ChessMaster" },
    refused: /^BOT_NOT_FOUND: .*Pass one of .*GuessBot/,
  },
  {
    what: "an unknown preset in a list of bots",
    tool: "create_channel",
    sent: { ...two, bots: [{ code_ref: "builtin://ChessMaster" }] },
    refused: /^BOT_NOT_FOUND: .*Pass one of .*GuessBot/,
  },
  {
    what: "a preset and a source",
    tool: "create_channel",
    sent: { ...two, bot_preset: "EchoBot", bot_code: "class A {}" },
    refused: /bot_preset and bot_code each name a bot/,
  },
  {
    what: "a preset and a source for attach_bot",
    tool: "attach_bot",
    sent: { ...at, bot_preset: "EchoBot", bot: { inline_code: "class A {}" } },
    refused: /bot_preset and bot\.inline_code each name a bot/,
  },
  {
    what: "parameters without a bot",
    tool: "create_channel",
    sent: { ...two, bot_params: { players: 2 }, bot_name: "A" },
    refused: /no bot for bot_name and bot_params\. Pass bot_preset/,
  },
  // The whole call.
  {
    what: "a cursor past the end",
    tool: "sync_messages",
    sent: { ...at, cursor: "900" },
    refused: /cursor: the last message has the id 3\. Pass 3 to wait/,
  },
  {
    what: "the cursor of other tools, for the first page",
    tool: "list_channels",
    sent: { cursor: 0 },
    refused: /cursor must be the next_cursor of the page before, or absent/,
  },
  ...["arguments", "input", "params"].map((name): ArgumentReport => ({
    report: 142304,
    what: `the arguments in an object of their own, ${name}`,
    tool: "create_channel",
    sent: { [name]: two },
    right: { view: { name: "two" }, ignored: undefined },
  })),
  {
    report: 142304,
    what: "the same, deeper at each attempt",
    tool: "create_channel",
    sent: { arguments: { arguments: { args: two } } },
    right: { view: { name: "two" } },
  },
  {
    report: 17486,
    what: "the whole call as its arguments",
    tool: "create_channel",
    sent: { name: "create_channel", arguments: two },
    right: { view: { name: "two" }, ignored: undefined },
  },
  {
    what: "the arguments in an object of their own, as JSON text",
    tool: "create_channel",
    sent: { arguments: JSON.stringify(two) },
    right: { view: { name: "two" } },
  },
  {
    what: "a cursor in words",
    tool: "sync_messages",
    sent: { ...at, cursor: "the end" },
    refused: /cursor: must be a whole number of at least 0, for example 1/,
  },
  {
    what: "a negative cursor",
    tool: "sync_messages",
    sent: { ...at, cursor: -1 },
    refused: /cursor: must be a whole number of at least 0, for example 1/,
  },
];

Deno.test("arguments as models send them, through every door", async (t) => {
  await using room = await openRoom();
  for (const { what, tool, sent, right, posts, refused } of REPORTS) {
    await t.step(what, async () => {
      for (const door of DOORS.filter((door) => carries(door, tool, sent))) {
        const names = await room.names();
        const { answer, refusal } = await room.call(door, tool, sent, names);
        if (refused) assert.match(refusal ?? JSON.stringify(answer), refused, door);
        else assert.ok(answer, `${door}: ${refusal}`);
        if (right) assert.ok(has(answer, right), `${door}: ${JSON.stringify(answer)}`);
        if (!posts) continue;
        const after = { ...at, cursor: answer.msg_id - 1, timeout_ms: 0 };
        const { answer: read } = await room.call("POST", "sync_messages", after, names);
        assert.ok(has(read.messages[0], posts), `${door}: ${JSON.stringify(read.messages)}`);
      }
    });
  }
  await t.step("the whole arguments as JSON text", async () => {
    const names = await room.names();
    const text = JSON.stringify({ channel_id: names.CHANNEL, body: "in text" });
    const { answer } = await room.call("POST", "post_message", text, names);
    assert.equal(answer.msg_id, 4);
    const response = await fetch(`${room.url}/mcp`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${room.token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25",
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "post_message", arguments: text },
      }),
    });
    assert.match(await response.text(), /"msg_id\\?":5/);
  });
  await t.step("null is absent for every optional argument of every tool", async () => {
    const names = await room.names();
    for (const { name, input } of OPERATIONS) {
      for (const sent of withNulls(typeOf(input))) {
        const { refusal = "" } = await room.call("POST", name, sent, names);
        assert.doesNotMatch(refusal, /is missing|must be/, `${name} ${JSON.stringify(sent)}`);
      }
    }
  });
});

/** Right values of an object, each with another optional field as null, inner ones too. */
function* withNulls(type: ArgumentType): Generator<Wire> {
  const variants = variantsOf(type.schema);
  if (variants) {
    for (const option of variants.byValue.values()) yield* withNulls(typeOf(option));
    return;
  }
  if (type.schema instanceof z.ZodArray) {
    for (const item of withNulls(typeOf(type.schema.element as z.ZodType))) yield [item];
    return;
  }
  if (!(type.schema instanceof z.ZodObject)) return;
  const right = rightValue({ ...type, hints: {} }) as Wire;
  for (const [name, field] of fieldsOf(type.schema)) {
    if (field.optional) yield { ...right, [name]: null };
    for (const inner of withNulls(field)) yield { ...right, [name]: inner };
  }
}
