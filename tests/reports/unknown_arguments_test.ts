/** Arguments that a tool does not have: the answer names them, a near miss is refused, and a wish
 *  for privacy is granted or refused before anything is posted. */
import assert from "node:assert/strict";
import type { Wire } from "../support/player.ts";
import { carries, DOORS, has, openRoom } from "./door.ts";
import type { Report } from "./report.ts";

interface UnknownReport extends Report {
  tool: string;
  sent: unknown;
  /** The names in the answer. */
  ignored?: string[];
  /** The addressees of what was posted. */
  to?: string[];
  right?: Wire;
  refused?: RegExp;
}

const at = { channel_id: "$CHANNEL" };
const move = { ...at, game: "guess", action: "guess", value: 70 };
const two = { name: "two", slots: ["bot:referee", "invite:a"] };
const POINTS_TO_TO = /nothing was sent\. Name the players who may read it in `to`/;
const CANNOT = /this tool cannot keep anything from the others, and nothing was done/;

const REPORTS: UnknownReport[] = [
  // What clients add by themselves.
  {
    report: 160,
    what: "arguments that a client adds to every call",
    tool: "post_message",
    sent: { ...at, body: "hi", sessionId: "s", explanation: "because", reply_to: 3 },
    ignored: ["sessionId", "explanation", "reply_to"],
  },
  {
    what: "the argument that a client makes up for a tool without any",
    tool: "health_check",
    sent: { random_string: "x" },
    ignored: ["random_string"],
  },
  {
    what: "unknown arguments of a bot and of an operation",
    tool: "update_channel",
    sent: { ...at, ops: [{ type: "rename", name: "x", colour: "red" }], note: null },
    ignored: ["ops.0.colour", "note"],
  },
  {
    what: "unknown arguments of a read",
    tool: "get_channel_info",
    sent: { ...at, verbose: "true" },
    ignored: ["verbose"],
  },
  {
    what: "no unknown argument",
    tool: "get_channel_info",
    sent: at,
    right: { ignored: undefined },
  },
  // Near misses.
  {
    report: 3067,
    what: "a misspelt argument",
    tool: "create_channel",
    sent: { ...two, bot_presset: "EchoBot" },
    refused: /^INVALID_REQUEST: bot_presset is no argument\. Pass bot_preset if you mean that/,
  },
  {
    report: 3261,
    what: "a part of an argument's name",
    tool: "sync_messages",
    sent: { ...at, timeout: "0" },
    refused: /timeout is no argument\. Pass timeout_ms/,
  },
  {
    report: 8033,
    what: "an argument in another spelling",
    tool: "sync_messages",
    sent: { channelId: "$CHANNEL", timeoutMs: "0", Limit: "1" },
    right: { messages: [{ id: 1 }] },
  },
  {
    what: "one argument under two names",
    tool: "get_channel_info",
    sent: { ...at, channelId: "chn_AAAAAAAAAAAAAAAAAAAAAA" },
    refused: /channelId and channel_id name the same argument and differ\. Pass only channel_id/,
  },
  {
    what: "a preset by the name that others give it makes no room without its referee",
    tool: "create_channel",
    sent: { ...two, preset: "EchoBot" },
    right: { bots: [{ name: "EchoBot" }] },
  },
  {
    what: "a source by another name",
    tool: "create_channel",
    sent: { ...two, code: "class Own { on_message() {} }" },
    right: { bots: [{ name: "Own" }] },
  },
  // Wishes for privacy that a message grants.
  ...["recipients", "recipient", "Recipient", "whisper_to", "whisperTo", "visible_to", "only"].map((
    name,
  ): UnknownReport => ({
    what: `${name} of a message`,
    tool: "post_message",
    sent: { ...at, body: "psst", [name]: "p2" },
    to: ["p2"],
  })),
  {
    what: "addressees that are null beside others",
    tool: "post_message",
    sent: { ...at, body: "psst", to: null, recipients: ["p2"] },
    to: ["p2"],
  },
  {
    what: "a wish beside the addressees that grant it",
    tool: "post_message",
    sent: { ...at, body: "psst", to: ["p2"], private: true },
    to: ["p2"],
    ignored: ["private"],
  },
  {
    what: "no wish at all",
    tool: "post_message",
    sent: { ...at, body: "hi", private: false, visibility: "public" },
    ignored: ["private", "visibility"],
  },
  {
    what: "a private channel",
    tool: "create_channel",
    sent: { ...two, private: true },
    ignored: ["private"],
    right: { view: { visibility: "private" } },
  },
  ...[{ private: "yes" }, { mode: "private" }].map((wish): UnknownReport => ({
    what: `a private channel by ${JSON.stringify(wish)}`,
    tool: "create_channel",
    sent: { ...two, ...wish },
    ignored: Object.keys(wish),
    right: { view: { visibility: "private" } },
  })),
  {
    what: "a private channel by a value that its visibility contradicts",
    tool: "create_channel",
    sent: { ...two, type: "private", visibility: "public" },
    refused: CANNOT,
  },
  // Those that nothing grants.
  ...["private", "isPrivate", "PRIVATE", "is_secret", "whisper", "confidential", "privateMessage"]
    .map((name): UnknownReport => ({
      what: `${name} of a message for everyone`,
      tool: "post_message",
      sent: { ...at, body: "my secret", [name]: true },
      refused: name === "whisper" ? /to: must be a list/ : POINTS_TO_TO,
    })),
  {
    what: "visibility of a message",
    tool: "post_message",
    sent: { ...at, body: "my secret", Visibility: "private" },
    refused: POINTS_TO_TO,
  },
  {
    what: "an empty list of addressees",
    tool: "post_message",
    sent: { ...at, body: "my secret", to: [] },
    refused: /to: must have at least 1 item, for example \["p1"\]/,
  },
  ...[{ mode: "private" }, { type: "Whisper" }, { channel: "$CHANNEL", scope: "DM" }].map((
    wish,
  ): UnknownReport => ({
    what: `a wish as a value, ${Object.values(wish).at(-1)}`,
    tool: "post_message",
    sent: { ...at, body: "my secret", ...wish },
    refused: POINTS_TO_TO,
  })),
  ...[
    { options: { private: true } },
    { meta: '{"recipients":["p2"]}' },
    { arguments: { to: ["p2"] } },
  ].map((wish): UnknownReport => ({
    what: `a wish inside of an unknown argument, ${JSON.stringify(wish)}`,
    tool: "post_message",
    sent: { ...at, body: "my secret", ...wish },
    refused: POINTS_TO_TO,
  })),
  {
    what: "no wish inside of an unknown argument",
    tool: "post_message",
    sent: { ...at, body: "hi", options: { visibility: "public", private: false } },
    ignored: ["options"],
  },
  ...["exclude", "except", "not_to", "hide_from"].map((name): UnknownReport => ({
    what: `${name} of a message`,
    tool: "post_message",
    sent: { ...at, body: "my secret", [name]: ["p2"] },
    refused: POINTS_TO_TO,
  })),
  {
    what: "words for everyone beside a wish",
    tool: "post_message",
    sent: { ...at, body: "my secret", to: "everyone", private: true },
    refused: POINTS_TO_TO,
  },
  {
    what: "a body in the body, with addressees",
    tool: "post_message",
    sent: { ...at, body: { body: "my secret", to: "p2" } },
    refused: /Nothing was sent: the body names its readers/,
  },
  {
    what: "addressees in the body, beside its text",
    tool: "post_message",
    sent: { ...at, body: { text: "my secret", to: ["p2"] } },
    refused: /Nothing was sent: the body names its readers/,
  },
  {
    what: "addressees in the body, as JSON text",
    tool: "post_message",
    sent: { ...at, body: '{"message":"my secret","private":true}' },
    refused: /Nothing was sent: the body names its readers/,
  },
  {
    what: "fields of a game that only look like addressees",
    tool: "post_message",
    sent: { ...at, body: { from: "e2", to: "e4" } },
    right: { ignored: undefined },
  },
  ...["to", "recipients", "whisperTo", "only", "audience"].map((name): UnknownReport => ({
    what: `${name} of a move that no referee wants in private`,
    tool: "make_game_move",
    sent: { ...move, [name]: name === "to" ? ["p2"] : "p2" },
    refused: /no referee here asks for a private "guess", .+ and nothing was posted\. Omit to\./,
  })),
  ...["private", "visibility", "secret"].map((name): UnknownReport => ({
    what: `${name} of a move`,
    tool: "make_game_move",
    sent: { ...move, [name]: "p2" },
    refused: CANNOT,
  })),
  {
    what: "a private attachment of a bot",
    tool: "attach_bot",
    sent: { ...at, bot_preset: "EchoBot", private: true },
    refused: CANNOT,
  },
  {
    what: "a channel for some",
    tool: "create_channel",
    sent: { ...two, recipients: ["p1"] },
    refused: CANNOT,
  },
  {
    what: "a private channel that is public",
    tool: "create_channel",
    sent: { ...two, private: true, visibility: "public" },
    refused: CANNOT,
  },
];

Deno.test("unknown arguments, through every door", async (t) => {
  await using room = await openRoom();
  for (const { what, tool, sent, ignored, to, right, refused } of REPORTS) {
    await t.step(what, async () => {
      for (const door of DOORS.filter((door) => carries(door, tool, sent))) {
        const names = await room.names();
        const { answer, refusal } = await room.call(door, tool, sent, names);
        const read = { ...at, timeout_ms: 0 };
        const { messages } = (await room.call("POST", "sync_messages", read, names)).answer!;
        if (refused) {
          assert.match(refusal ?? JSON.stringify(answer), refused, door);
          assert.equal(messages.length, 3, "nothing was posted");
          continue;
        }
        assert.ok(answer, `${door}: ${refusal}`);
        if (ignored) assert.deepEqual(answer.ignored, ignored, door);
        if (right) assert.ok(has(answer, right), `${door}: ${JSON.stringify(answer)}`);
        if (to) assert.deepEqual(messages.at(-1).to, to, door);
      }
    });
  }
});
