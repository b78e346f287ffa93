/** Request smuggling (RFC 9112 11.2), malformed heads, and bodies that never arrive. The server
 *  gives at most one answer and ends the connection, and then serves the next connection. */
import assert from "node:assert/strict";
import { verdictOf } from "./answer.ts";
import type { Attacker } from "./attacker.ts";
import type { Manner } from "./raw.ts";
import { attacks, type AttackTable } from "./attacks.ts";

const SMUGGLED = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
const HEAD = "POST /token HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
  "Content-Type: application/x-www-form-urlencoded\r\n";
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n`;
const EMPTY_CHUNKS = "0\r\n\r\n";

/** A refusal, or the end of the connection; never a second answer. */
const REFUSED = ["400", "closed"] as const;

async function sent(kit: Attacker, bytes: string, how: Manner = {}): Promise<string> {
  const verdict = await kit.raw(bytes, how);
  assert.equal(verdictOf(await kit.get("/healthz")), "200 ok", "the next connection is served");
  return verdict;
}

const AMBIGUOUS: Record<string, string> = {
  "Content-Length and Transfer-Encoding":
    `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${EMPTY_CHUNKS}${SMUGGLED}`,
  "Transfer-Encoding and Content-Length": `${CHUNKED}Content-Length: ${
    5 + SMUGGLED.length
  }\r\n\r\n${EMPTY_CHUNKS}${SMUGGLED}`,
  "two lengths that differ":
    `${HEAD}Content-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  "a list of lengths": `${HEAD}Content-Length: 0, ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  "a length with a sign": `${HEAD}Content-Length: +0\r\n\r\n${SMUGGLED}`,
  "a negative length": `${HEAD}Content-Length: -1\r\n\r\n${SMUGGLED}`,
  "a length in hexadecimal": `${HEAD}Content-Length: 0x0\r\n\r\n${SMUGGLED}`,
  "a length beyond all numbers": `${HEAD}Content-Length: ${"9".repeat(30)}\r\n\r\n${SMUGGLED}`,
  "chunked, but not last": `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n${EMPTY_CHUNKS}`,
  "chunked, and something else on its own line":
    `${CHUNKED}Transfer-Encoding: x\r\n\r\n${EMPTY_CHUNKS}${SMUGGLED}`,
  "an unknown encoding": `${HEAD}Transfer-Encoding: xchunked\r\n\r\n${EMPTY_CHUNKS}${SMUGGLED}`,
  "a space before the colon":
    `${HEAD}Transfer-Encoding : chunked\r\n\r\n${EMPTY_CHUNKS}${SMUGGLED}`,
  "a chunk whose size is not a number": `${CHUNKED}\r\nzz\r\nabc\r\n${EMPTY_CHUNKS}${SMUGGLED}`,
  "a chunk of a negative size": `${CHUNKED}\r\n-1\r\nabc\r\n${EMPTY_CHUNKS}${SMUGGLED}`,
  "a chunk beyond all sizes": `${CHUNKED}\r\n${
    "f".repeat(18)
  }\r\nabc\r\n${EMPTY_CHUNKS}${SMUGGLED}`,
  "a chunk longer than its size": `${CHUNKED}\r\n1\r\nabc\r\n${EMPTY_CHUNKS}${SMUGGLED}`,
  "a header folded over two lines": `${HEAD}X: a\r\n b: c\r\n\r\n${SMUGGLED}`,
  "a line break that is half of one": `${HEAD}X: a\rY: b\r\n\r\n${SMUGGLED}`,
  "a NUL in a header": `${HEAD}X: a\0b\r\n\r\n${SMUGGLED}`,
  "a NUL in the target": `GET /heal\0thz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n${SMUGGLED}`,
  "a space in the target": `GET /healthz /x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n${SMUGGLED}`,
  "two hosts": `GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${SMUGGLED}`,
  "an unknown version": `GET /healthz HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n${SMUGGLED}`,
  "a request of 1991": `GET /healthz\r\n\r\n${SMUGGLED}`,
};

const SMUGGLING: AttackTable = Object.fromEntries(
  Object.entries(AMBIGUOUS).map(([name, bytes]) => [
    `smuggling: ${name}`,
    [REFUSED, async ({ kit }) => await sent(kit, bytes)],
  ]),
);

const GET = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";

const ODD: AttackTable = {
  "a GET with a body that is a request": ["200 ok", async ({ kit }) => {
    return await sent(kit, `${GET}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`);
  }],
  "a head of two megabytes": [
    ["400", "431", "closed"],
    async ({ kit }) => await sent(kit, `${GET}X: ${"a".repeat(2_000_000)}\r\n\r\n`),
  ],
  "a head of five thousand lines": [["400", "431", "closed"], async ({ kit }) => {
    const lines = Array.from({ length: 5_000 }, (_, i) => `X-${i}: a\r\n`).join("");
    return await sent(kit, `${GET}${lines}\r\n`);
  }],
  "a target of half a megabyte": [["400", "414", "414 URI_TOO_LONG", "closed"], async ({ kit }) => {
    return await sent(kit, GET.replace("/healthz", `/${"a".repeat(500_000)}`) + "\r\n");
  }],
  "a head that stops in the middle": [REFUSED, async ({ kit }) => {
    return await sent(kit, "POST /token HTTP/1.1\r\nHost: 127.0.0.1\r\nX-", { ends: true });
  }],
  "a body that stops in the middle": [
    ["400 INVALID_REQUEST", "400 invalid_request", "closed"],
    async ({ kit }) =>
      await sent(kit, `${HEAD}Content-Length: 100\r\n\r\ngrant_type=`, { ends: true }),
  ],
  "a body in chunks that stops in the middle": [
    ["400 INVALID_REQUEST", "400 invalid_request", ...REFUSED],
    async ({ kit }) => await sent(kit, `${CHUNKED}\r\nff\r\ngrant_type=`, { ends: true }),
  ],
  "an endless body in chunks": [
    ["413 invalid_request", "413 TOO_LARGE", "closed"],
    async ({ kit }) => {
      const chunk = `10000\r\n${"a".repeat(0x10000)}\r\n`;
      return await sent(kit, `${CHUNKED}Connection: close\r\n\r\n${chunk.repeat(32)}`, {
        hangsUp: true,
      });
    },
  ],
  "bytes that are not HTTP": [
    REFUSED,
    async ({ kit }) => await sent(kit, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
  ],
};

attacks("smuggling and malformed requests", { ...SMUGGLING, ...ODD });
