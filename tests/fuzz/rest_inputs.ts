/** Bad inputs that only plain HTTP can carry: invalid queries, methods, paths, headers and
 *  bodies. */
import fc from "fast-check";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { OPERATIONS } from "../../src/operations/all.ts";
import { longText, nastyText } from "./hostile_parts.ts";
import { asking, type Channels } from "./people.ts";
import type { Input } from "./world.ts";

const READS = OPERATIONS.filter(({ effects }) => effects === "reads");
const WRITES = OPERATIONS.filter(({ effects }) => effects !== "reads");

/** Numbers in decimals, and words for no number. */
const UNDERSTOOD =
  /^\s*(["'`]?)\s*([+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|null|[Nn]one|undefined)?\s*\1\s*$/i;

/** Texts that are not whole numbers from 0 on, or that exceed every limit of a number. */
const noCount = fc.oneof(
  fc.constantFrom(
    ...[
      "-1",
      "1.5",
      "0x10",
      "NaN",
      "Infinity",
      "true",
      "[]",
      "{}",
      "１",
    ],
    ...["9007199254740993", "1e999", "--1", "1,000", "%00", "1%000"],
  ),
  nastyText.filter((text) => !UNDERSTOOD.test(text)).map((text) => quoted(text)),
);

/** GET requests of alice, whose calls would succeed, with a query that the operation rejects. */
export function badQueries(world: Channels): fc.Arbitrary<Input> {
  const get = (path: string): Input => ({ method: "GET", path, headers: asking(world.alice) });
  const at = `channel_id=${world.room}`;
  const channelReads = fc.constantFrom(
    "who",
    "get_channel_info",
    "show_board",
    "sync_messages",
    "get_bot_code",
  );
  const counts = fc.constantFrom(
    `sync_messages?${at}&cursor=`,
    `sync_messages?${at}&timeout_ms=0&limit=`,
    `sync_messages?${at}&timeout_ms=`,
    `list_channels?limit=`,
    `get_evidence?${at}&body_hash=sha256:${"0".repeat(64)}&msg_id=`,
  );
  return fc.oneof(
    fc.tuple(counts, noCount).map(([path, value]) => get(`/${path}${value}`)),
    fc.tuple(channelReads, fc.constantFrom("channel_id", "bot_id", "rejoin_token"), nastyText)
      .filter(([, , value]) => !world.room.includes(value))
      .map(([name, field, value]) => get(`/${name}?timeout_ms=0&${field}=${quoted(value)}`)),
    fc.tuple(channelReads, nastyText).map(([name, text]) => get(`/${name}?${quoted(text)}`)),
    fc.tuple(channelReads, nastyText)
      .map(([name, text]) => get(`/${name}?channel_id[${quoted(text)}]=${world.room}`)),
    longText.filter((text) => [...text].length > CHANNEL_LIMITS.nameChars)
      .map((text) => get(`/list_channels?query=${quoted(text)}`)),
    nastyText.filter((text) => !/^([mp]:[\w=-]*)?$/.test(text))
      .map((text) => get(`/list_channels?cursor=${quoted(text)}x`)),
  );
}

/** Requests to a path that does not exist, or with a method that the path does not serve. */
export function badRequests(world: Channels): fc.Arbitrary<Input> {
  const headers = asking(world.stranger);
  const anyMethod = fc.constantFrom(
    "PUT",
    "PATCH",
    "DELETE",
    "PROPFIND",
    "Q",
  );
  const body = JSON.stringify({ channel_id: world.room, body: "x" });
  const reading = fc.constantFrom(...READS.map(({ name }) => name));
  const writing = fc.constantFrom(...WRITES.map(({ name }) => name));
  const name = fc.oneof(reading, writing);
  const strangely = fc.constantFrom<(name: string) => string>(
    (name) => name.toUpperCase(),
    (name) => `${name}//`,
    (name) => `/${name}`,
    (name) => `${name}%00`,
    (name) => `${name};x=1`,
    (name) => `${name}.json`,
    (name) => `x/../${name}/x`,
    (name) => `${name}%2f`,
    (name) => `${name}%5f%`,
    (name) => name.replace(/[eo]/, (letter) => letter === "e" ? "е" : "о"),
    (name) => `__proto__/${name}`,
  );
  const unknown = fc.oneof(
    fc.tuple(name, strangely).map(([name, twisted]) => `/${twisted(name)}`),
    nastyText.map((text) => `/x${quoted(text)}`),
    fc.constantFrom(
      "/constructor",
      "/toString",
      "/__proto__",
      "/.env",
      "/.git/config",
      "//x",
      "/%",
    ),
  );
  return fc.oneof(
    fc.tuple(unknown, fc.constantFrom("GET", "POST", "PUT")).map(([path, method]) => {
      return { method, path, headers, ...(method !== "GET" && { body }) };
    }),
    fc.tuple(name, anyMethod).map(([name, method]): Input => {
      return { method, path: `/${name}`, headers, body };
    }),
    // GET /leaderboard is the page.
    writing.filter((name) => name !== "leaderboard")
      .map((name) => ({ method: "GET", path: `/${name}?channel_id=${world.room}`, headers })),
  );
}

/** Bodies that are not JSON in UTF-8, or that are too large, with any content type. */
export function badBodies(world: Channels): fc.Arbitrary<Input> {
  const bytes = new TextEncoder();
  const message = (text: string) => `{"channel_id":"${world.room}","body":"${text}"}`;
  const broken = fc.constantFrom([0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80], [
    0xe2,
    0x82,
  ]);
  const body = fc.oneof<fc.Arbitrary<string | Uint8Array<ArrayBuffer>>[]>(
    broken.map((wrong) => {
      const [before, after] = message("a|b").split("|");
      return new Uint8Array([...bytes.encode(before), ...wrong, ...bytes.encode(after)]);
    }),
    fc.constant(new Uint8Array([...message("UTF-16")].flatMap((c) => [c.charCodeAt(0), 0]))),
    fc.uint8Array({ minLength: 1, maxLength: 200 }).map((noise) =>
      new Uint8Array([0x80, ...noise])
    ),
    fc.constantFrom(
      "channel_id=x&body=y",
      "--x\r\n\r\n--x--",
      "<a/>",
      "{}{}",
      "[]",
      '"x"',
      "1",
      "",
    ),
    fc.constant(message("x".repeat(HTTP_LIMITS.requestBytes))),
  );
  const type = fc.constantFrom(
    ...[
      "application/json",
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
    ],
    ...[
      "application/json; charset=utf-16",
      "application/json;",
      "image/png",
      ", ,",
      "",
      "x".repeat(2_000),
    ],
  );
  return fc.tuple(body, type).map(([body, type]) => ({
    method: "POST",
    path: "/post_message",
    headers: { ...asking(world.alice), "content-type": type },
    body,
  }));
}

/** Invalid credentials, with a call that alice might make. */
export function badTokens(world: Channels): fc.Arbitrary<Input> {
  const { token } = world.alice;
  const wrong = fc.constantFrom(
    ...["", "Bearer", "Bearer ", `Basic ${btoa(`x:${token}`)}`, token, `Bearer ${token.slice(1)}`],
    ...[
      `Bearer ${token}x`,
      `Bearer ${token} x`,
      `Bearer ${token},Bearer ${token}x`,
      `Token ${token}`,
    ],
    ...[
      `Bearer ${token.toUpperCase()}`,
      `Bearer "${token}"`,
      `Bearer\t${token}`,
      `Bearer é${token}`,
    ],
  );
  const noise = nastyText.map((text) => `Bearer ${quoted(text)}`);
  return fc.tuple(fc.oneof(wrong, noise), fc.constantFrom(...OPERATIONS)).map(
    ([authorization, { name, effects }]) => {
      const path = effects === "reads" ? `/${name}?channel_id=${world.room}` : `/${name}`;
      const body = JSON.stringify({ channel_id: world.room, body: "x" });
      const headers = { authorization, "content-type": "application/json" };
      return {
        path,
        headers,
        ...(effects === "reads" ? { method: "GET" } : { method: "POST", body }),
      };
    },
  );
}

/** The text as part of a URL. A lone surrogate has no such form. */
export function quoted(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
