/** Bodies that are too large, too deep, of the wrong type, ambiguous, or malicious, sent to an
 *  operation that stores them. */
import assert from "node:assert/strict";
import { type Answer, verdictOf } from "./answer.ts";
import { type Attacker, bearer } from "./attacker.ts";
import { attacks, type AttackTable, type Scene } from "./attacks.ts";

const encoder = new TextEncoder();

/** A room of the attacker's own, which shows every body that the server accepts. */
async function room(kit: Attacker) {
  const { access_token } = await kit.signIn();
  const slots = ["invite:a"];
  const created = (await kit.rest("create_channel", { name: "mine", slots }, access_token)).json;
  await kit.rest("join_channel", { invite_code: created.invites[0] }, access_token);
  const { channel_id } = created;
  return {
    channel_id,
    access_token,
    post: async (body: BodyInit, headers: Record<string, string> = {}) =>
      await kit.send("/post_message", {
        method: "POST",
        body,
        headers: { "content-type": "application/json", ...bearer(access_token), ...headers },
      }),
    entries: async () => {
      const read = { channel_id, timeout_ms: 0 };
      return (await kit.rest("sync_messages", read, access_token)).json.messages;
    },
  };
}

/** Posts bodies that `make` builds from a room's id, and asserts that none of them is stored. */
async function refused(
  { kit }: Scene,
  make: (channel_id: string) => BodyInit,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { channel_id, post, entries } = await room(kit);
  const before = await entries();
  const answer = await post(make(channel_id), headers);
  assert.deepEqual(await entries(), before, "nothing was posted");
  return answer;
}

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const INVALID = "400 INVALID_REQUEST";
const TYPE = ["415 UNSUPPORTED_MEDIA_TYPE", INVALID];

const JSON_BODIES: Record<string, [string | string[], (id: string) => BodyInit, string?]> = {
  "no JSON": [INVALID, () => "channel_id"],
  "JSON that stops in the middle": [INVALID, (id) => `{"channel_id":"${id}","body":"x`],
  "JSON and something more": [INVALID, (id) => `{"channel_id":"${id}","body":"x"}{}`],
  "JSON with a comment": [INVALID, (id) => `{/**/"channel_id":"${id}","body":"x"}`],
  "an array of two": [
    INVALID,
    (id) => JSON.stringify([{ channel_id: id, body: "x" }, { channel_id: id, body: "y" }]),
  ],
  "a number": [INVALID, () => "1"],
  "null": [INVALID, () => "null"],
  "a string that holds a planted prototype": [
    INVALID,
    (id) => JSON.stringify(`{"__proto__":{"channel_id":"${id}","body":"x"}}`),
  ],
  "a body that nests 100,000 levels": [
    ["413 TOO_LARGE", INVALID],
    (id) => `{"channel_id":"${id}","body":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
  ],
  "a body that nests 33 levels": [
    "413 TOO_LARGE",
    (id) => `{"channel_id":"${id}","body":${nested(33)}}`,
  ],
  "a body of a megabyte": [
    "413 TOO_LARGE",
    (id) => JSON.stringify({ channel_id: id, body: "x".repeat(1024 * 1024) }),
  ],
  "a body of a megabyte in chunks": ["413 TOO_LARGE", (id) => {
    const text = JSON.stringify({ channel_id: id, body: "x".repeat(1024 * 1024) });
    return new Blob([text]).stream();
  }],
  "a body of 17 KiB": [
    "413 TOO_LARGE",
    (id) => JSON.stringify({ channel_id: id, body: "x".repeat(17 * 1024) }),
  ],
  "17 KiB that are short as UTF-16": [
    "413 TOO_LARGE",
    (id) => JSON.stringify({ channel_id: id, body: "€".repeat(6 * 1024) }),
  ],
  "a number that is out of range": [INVALID, (id) => `{"channel_id":"${id}","body":{"n":1e999}}`],
  "half a surrogate pair": [INVALID, (id) => `{"channel_id":"${id}","body":"\\ud800"}`],
  "half a surrogate pair as a key": [
    INVALID,
    (id) => `{"channel_id":"${id}","body":{"\\udfff":1}}`,
  ],
  "bytes that are not UTF-8": [INVALID, (id) =>
    new Uint8Array([
      ...encoder.encode(`{"channel_id":"${id}","body":"`),
      ...[0xff, 0xc0, 0x80],
      ...encoder.encode(`"}`),
    ])],
  "UTF-16": [INVALID, (id) => {
    const text = JSON.stringify({ channel_id: id, body: "x" });
    return new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer);
  }],
  "gzip": [[...TYPE, "415 INVALID_REQUEST"], () => new Uint8Array([0x1f, 0x8b, 8, 0])],
  "a kind that members may not post": [
    INVALID,
    (id) => JSON.stringify({ channel_id: id, body: "x", kind: "system" }),
  ],
  "a bot's kind": [INVALID, (id) => JSON.stringify({ channel_id: id, body: "x", kind: "bot" })],
  "fields planted in a prototype": [
    INVALID,
    (id) => `{"__proto__":{"channel_id":"${id}","body":"x"}}`,
  ],
  "fields planted in a constructor": [
    INVALID,
    (id) => `{"constructor":{"prototype":{"channel_id":"${id}","body":"x"}}}`,
  ],
  "a form": [TYPE, (id) => `channel_id=${id}&body=x`, "application/x-www-form-urlencoded"],
  "a form of several parts": [
    TYPE,
    (id) => `--b\r\nContent-Disposition: form-data; name="channel_id"\r\n\r\n${id}\r\n--b--`,
    "multipart/form-data; boundary=b",
  ],
  "JSON that says it is XML": [
    TYPE,
    (id) => JSON.stringify({ channel_id: id, body: "x" }),
    "application/xml",
  ],
  "JSON that says it is text, as other sites may send": [
    TYPE,
    (id) => JSON.stringify({ channel_id: id, body: "x" }),
    "text/plain",
  ],
};

const REST: AttackTable = Object.fromEntries(
  Object.entries(JSON_BODIES).map(([name, [expected, make, type]]) => [
    `a message is ${name}`,
    [expected, async (scene) => {
      return await refused(scene, make, type === undefined ? {} : { "content-type": type });
    }],
  ]),
);

/** Wrappings of a message that leave it one meaning: it is posted once, as it stands in them. */
const WRAPPED: AttackTable = Object.fromEntries(
  Object.entries<(message: unknown) => unknown>({
    "a string that holds JSON is the message in it": (message) => JSON.stringify(message),
    "an array of one is the message in it": (message) => [message],
  }).map(([name, wrap]) => [name, ["x", async ({ kit }) => {
    const { channel_id, post, entries } = await room(kit);
    const before = await entries();
    const answer = await post(JSON.stringify(wrap({ channel_id, body: "x" })));
    assert.equal(verdictOf(answer), "200 ok");
    const [posted, ...more] = (await entries()).slice(before.length);
    return more.length === 0 ? posted.body.text : "more than one";
  }]]),
);

const KEPT: AttackTable = {
  "keys with a special meaning in JavaScript are ordinary keys": [
    "kept as sent",
    async ({ kit }) => {
      const { channel_id, post, entries } = await room(kit);
      const body =
        '{"__proto__":{"admin":true},"constructor":{"x":1},"toString":1,"hasOwnProperty":0}';
      const answer = await post(`{"channel_id":"${channel_id}","body":${body}}`);
      assert.equal(verdictOf(answer), "200 ok");
      const { body: stored } = (await entries()).at(-1);
      assert.equal(({} as Record<string, unknown>).admin, undefined);
      return JSON.stringify(stored) === body ? "kept as sent" : JSON.stringify(stored);
    },
  ],
  "if a body names two channels, the last one counts, and its access check": [
    "404 CHANNEL_NOT_FOUND",
    async ({ kit, victim }) => {
      const { channel_id, post } = await room(kit);
      return await post(
        `{"channel_id":"${channel_id}","channel_id":"${victim.channelId}","body":"x"}`,
      );
    },
  ],
  "control characters, NUL and markup in a message are ordinary text": [
    "kept as sent",
    async ({ kit }) => {
      const { channel_id, post, entries } = await room(kit);
      const text = "\0\u001b[2J\r\n\u202e</script><!--]]>";
      assert.equal(verdictOf(await post(JSON.stringify({ channel_id, body: text }))), "200 ok");
      return (await entries()).at(-1).body.text === text ? "kept as sent" : "changed";
    },
  ],
};

const NO_TEXT = new Uint8Array([...encoder.encode('{"jsonrpc":"2.0","id":"'), 0xff, 0x22, 0x7d]);
const FORM = "application/x-www-form-urlencoded";

/** Every endpoint that takes a body, with its content type. */
const DOORS: Record<string, string> = {
  "/mcp": "application/json",
  "/": "application/json",
  "/register": "application/json",
  "/token": FORM,
  "/revoke": FORM,
  "/oauth/authorize": FORM,
};

const BYTES: AttackTable = Object.fromEntries(
  Object.entries(DOORS).flatMap(([path, type]): [string, AttackTable[string]][] =>
    Object.entries({ "": NO_TEXT, " in chunks": new Blob([NO_TEXT]) }).map(([how, body]) => [
      `${path} is sent bytes that are no UTF-8${how}`,
      [INVALID, async ({ kit }) => {
        const headers = { ...bearer((await kit.signIn()).access_token), "content-type": type };
        const sent = body instanceof Blob ? body.stream() : body;
        return await kit.send(path, { method: "POST", body: sent, headers });
      }],
    ])
  ),
);

attacks("bodies", { ...REST, ...BYTES, ...WRAPPED, ...KEPT });
