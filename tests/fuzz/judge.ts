/** The rules for an answer to a bad input, at every endpoint. */
import assert from "node:assert/strict";
import { CLAUDE, STRANGER } from "../oauth/oauth_endpoints.ts";
import { type Answer, type Input, ORIGIN } from "./world.ts";

/** The look of a stack trace or of a path in the program. */
const INSIDES = /\n\s+at |\.ts:\d|file:\/\/|node_modules|\bext:|Deno\./;
/** A refusal is short; a page carries its style besides. */
const MAX_CHARS = 8_192;
const STYLE = /<style>[^<]*<\/style>/;

/** Codes of refusals that depend on the state, not only on the input. */
export const RULES = /^(NOT_MEMBER|NOT_ADMIN|CHANNEL_|BOT_|BAD_OP|SEAT_|REJOIN_|INVITE_)/;

/** Asserts that an answer reports the caller's mistake, is short, and reveals no internals. */
export function assertRefusal({ status, text }: Answer): void {
  assert.ok(status >= 400 && status < 500, `answered ${status}: ${text.slice(0, 500)}`);
  assertHarmless(text);
}

export function assertHarmless(text: string, sent = 0): void {
  const { length } = text.replace(STYLE, "");
  assert.ok(length <= MAX_CHARS + sent, `the answer has ${length} characters`);
  assert.doesNotMatch(text, INSIDES);
}

export function typeOf({ headers }: Answer): string {
  return headers.get("content-type")?.split(";")[0] ?? "";
}

/** REST answers with RFC 9457 and a code; its token check answers with RFC 6750. */
export function judgeRest(answer: Answer): string {
  assertRefusal(answer);
  const type = typeOf(answer);
  if (answer.status === 401) {
    assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer /);
    assert.match(type, /^application\/(problem\+)?json$/);
    return "401";
  }
  assert.equal(type, "application/problem+json");
  const { code, title, status } = JSON.parse(answer.text);
  assert.match(code, /^[A-Z_]+$/);
  assert.deepEqual([title, status], [code, answer.status]);
  return code;
}

/** MCP answers with a JSON-RPC error or a tool's refusal, and a notification with 202. Its token
 *  check answers as that of REST. */
export function judgeMcp(answer: Answer, { headers, body = "" }: Input): string {
  const { status, text } = answer;
  if (status === 401) return judgeRest(answer);
  assert.ok(status < 500, `answered ${status}`);
  // A JSON-RPC error may repeat the id, method or header that it rejects.
  assertHarmless(text, 3 * (JSON.stringify(headers).length + body.length));
  if (status === 202) {
    assert.equal(text, "");
    return "202";
  }
  const type = typeOf(answer);
  assert.match(type, /^(application\/(problem\+)?json|text\/event-stream)$/);
  const messages = type === "text/event-stream"
    ? text.split("\n").filter((line) => line.startsWith("data: ")).map((line) =>
      JSON.parse(line.slice(6))
    )
    : [JSON.parse(text)].flat();
  assert.ok(messages.length > 0, "no answer");
  const [code] = messages.map((message): string => {
    if ("code" in message) { // a problem document, for a body without a message
      assert.match(message.code, /^[A-Z_]+$/);
      return message.code;
    }
    if ("error" in message) {
      assert.ok(message.error.code !== -32603, text);
      return `${message.error.code}`;
    }
    assert.equal(message.result.isError, true, text);
    const [, code] = /^([A-Z_]+): /.exec(message.result.content[0].text) ?? [];
    assert.ok(code !== undefined && code !== "INTERNAL_ERROR", text);
    return code;
  });
  return code!;
}

/** OAuth answers with the JSON of RFC 6749 5.2, a page for a person, or a redirect that carries the
 *  error to the client. */
export function judgeOAuth(answer: Answer, { path, method, body }: Input): string {
  const { status, text, headers } = answer;
  const type = typeOf(answer);
  if (status === 303) {
    assert.equal(path.startsWith("/oauth/authorize?"), true);
    const location = new URL(headers.get("location")!);
    assert.ok([CLAUDE, STRANGER].includes(location.origin + location.pathname), location.href);
    const { searchParams } = location;
    assert.deepEqual([searchParams.has("code"), searchParams.get("iss")], [false, ORIGIN]);
    assert.match(searchParams.get("error")!, /^[a-z_]+$/);
    return `sent back: ${searchParams.get("error")}`;
  }
  // RFC 7009 2.2: a token that does not exist counts as revoked.
  if (path === "/revoke" && method === "POST" && `${body}`.includes("token=") && status === 200) {
    assert.equal(text, "");
    return "revoked";
  }
  assertRefusal(answer);
  if (type === "text/html") {
    assert.match(path, /^\/(oauth\/authorize|login|logout)/);
    assert.match(headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
    return "page";
  }
  if (type === "application/problem+json") return judgeRest(answer);
  assert.equal(type, "application/json");
  const { error, error_description } = JSON.parse(text);
  assert.match(error, /^[a-z_]+$/);
  assert.match(error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/); // RFC 6749 5.2
  assert.equal(headers.get("cache-control"), "no-store");
  return error;
}
