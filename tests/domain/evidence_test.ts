import assert from "node:assert/strict";
import {
  type Bodies,
  evidenceOf,
  type Exchange,
  withoutSealed,
} from "../../src/domain/evidence.ts";
import { hashText, utf8ToBytes } from "../../src/domain/hash.ts";

const base64 = (text: string) => utf8ToBytes(text).toBase64();

const EXCHANGE: Exchange = {
  request: {
    kind: "fetch",
    method: "POST",
    url: "https://api.example.org/v1?key=top%20secret%21&q=1",
    headers: [["accept", "text/plain"], ["authorization", "Basic dG9wIHNlY3JldCE="]],
    body: base64('{"token":"top secret!"}'),
  },
  answer: {
    kind: "fetched",
    url: "https://api.example.org/v1?key=top%20secret%21&q=1",
    status: 200,
    headers: [["content-type", "text/plain"], ["etag", "top secret!"]],
    body: base64("hello top secret!"),
  },
};

Deno.test("evidenceOf() names bodies by their hash and gives their bytes", () => {
  const bodies: Bodies = new Map();
  const told = evidenceOf(EXCHANGE, bodies);
  const sent = utf8ToBytes('{"token":"top secret!"}');
  const came = utf8ToBytes("hello top secret!");
  assert.deepEqual(told, {
    request: {
      kind: "fetch",
      method: "POST",
      url: EXCHANGE.request.kind === "fetch" && EXCHANGE.request.url,
      headers: EXCHANGE.request.kind === "fetch" && EXCHANGE.request.headers,
      body_hash: hashText(sent),
      body_bytes: sent.length,
    },
    answer: {
      kind: "fetched",
      url: EXCHANGE.request.kind === "fetch" && EXCHANGE.request.url,
      status: 200,
      headers: EXCHANGE.answer.kind === "fetched" && EXCHANGE.answer.headers,
      body_hash: hashText(came),
      body_bytes: came.length,
    },
  });
  assert.deepEqual([...bodies], [[hashText(sent), sent], [hashText(came), came]]);
});

Deno.test("withoutSealed() leaves no form of a sealed value that it can know", () => {
  assert.equal(withoutSealed(EXCHANGE, {}), EXCHANGE);
  const open = withoutSealed(EXCHANGE, { KEY: "top secret!" });
  assert.ok(open.request.kind === "fetch" && open.answer.kind === "fetched");
  assert.equal(open.request.url, "https://api.example.org/v1?key=[sealed]&q=1");
  assert.deepEqual(open.request.headers, [["accept", "text/plain"], ["authorization", "[sealed]"]]);
  assert.equal(atob(open.request.body!), '{"token":"[sealed]"}');
  assert.deepEqual(open.answer.headers, [["content-type", "text/plain"], ["etag", "[sealed]"]]);
  assert.equal(atob(open.answer.body), "hello [sealed]");
});

Deno.test("withoutSealed() keeps bytes that are no text as they are", () => {
  const body = new Uint8Array([0xff, 0x00, 0xfe]).toBase64();
  const exchange = { ...EXCHANGE, answer: { ...EXCHANGE.answer, body } } as Exchange;
  const { answer } = withoutSealed(exchange, { KEY: "top secret!" });
  assert.equal(answer.kind === "fetched" && answer.body, body);
});
