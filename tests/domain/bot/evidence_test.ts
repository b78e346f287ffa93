import assert from "node:assert/strict";
import { type Bodies, evidenceOf, type Exchange } from "../../../src/domain/bot/evidence.ts";
import { hashText, utf8ToBytes } from "../../../src/kernel/hash.ts";
import { Sealed } from "../../../src/domain/bot/sealed.ts";

const base64 = (text: string) => utf8ToBytes(text).toBase64();
const NONE = new Sealed([]);

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

Deno.test("evidenceOf() names bodies by their hash and collects their bytes", () => {
  const bodies: Bodies = new Map();
  const evidence = evidenceOf(EXCHANGE, NONE, bodies);
  const sent = utf8ToBytes('{"token":"top secret!"}');
  const came = utf8ToBytes("hello top secret!");
  assert.deepEqual(evidence, {
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

Deno.test("evidenceOf() omits parts with a sealed value, and headers that may have one", () => {
  const bodies: Bodies = new Map();
  const evidence = evidenceOf(EXCHANGE, new Sealed(["top secret!"]), bodies);
  assert.deepEqual(evidence, {
    request: {
      kind: "fetch",
      method: "POST",
      url: "https://api.example.org/[sealed]",
      headers: [["accept", "text/plain"], ["authorization", "[sealed]"]],
      body_bytes: 23,
      withheld: "[sealed]",
    },
    answer: {
      kind: "fetched",
      url: "https://api.example.org/[sealed]",
      status: 200,
      headers: [["content-type", "text/plain"], ["etag", "[sealed]"]],
      body_bytes: 17,
      withheld: "[sealed]",
    },
  });
  assert.equal(bodies.size, 0);
});

Deno.test("evidenceOf() omits a host and a message that contain a sealed value", () => {
  const exchange: Exchange = {
    request: { kind: "tls", host: "kappa-tau-9137.example.org", port: 443 },
    answer: {
      kind: "failed",
      reason: "unreachable",
      message: "kappa-tau-9137.example.org is away.",
    },
  };
  const evidence = JSON.stringify(evidenceOf(exchange, new Sealed(["kappa-tau-9137"]), new Map()));
  assert.ok(!evidence.includes("kappa"), evidence);
});

Deno.test("evidenceOf() cuts an exchange that does not fit into an entry", () => {
  const headers = Array.from(
    { length: 60 },
    (_, i): [string, string] => [`x-${i}`, "\u0001".repeat(500)],
  );
  const exchange = { ...EXCHANGE, request: { ...EXCHANGE.request, headers } } as Exchange;
  const bodies: Bodies = new Map();
  assert.deepEqual(evidenceOf(exchange, NONE, bodies), {
    request: { kind: "fetch" },
    answer: { kind: "fetched" },
    cut: true,
  });
  assert.equal(bodies.size, 0);
  const lone = {
    ...EXCHANGE,
    request: { ...EXCHANGE.request, url: "https://a.org/\ud800" },
  } as Exchange;
  assert.equal(evidenceOf(lone, NONE, bodies).cut, true);
});
