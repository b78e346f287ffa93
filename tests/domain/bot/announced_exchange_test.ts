import assert from "node:assert/strict";
import {
  type AnnouncedExchange,
  bodyHashesIn,
  type WholeExchange,
} from "../../../src/domain/bot/announced_exchange.ts";
import { hashText } from "../../../src/kernel/hash.ts";

const hashOf = (text: string) => hashText(new TextEncoder().encode(text));
const url = "https://a.example/";
const GET: WholeExchange["request"] = { kind: "fetch", method: "GET", url, headers: [] };
const FETCHED: WholeExchange["answer"] = { kind: "fetched", url, status: 200, headers: [] };
const FAILED: WholeExchange["answer"] = { kind: "failed", reason: "timeout", message: "" };

Deno.test("bodyHashesIn() returns the hashes of requests and answers, in order", () => {
  const exchanges: AnnouncedExchange[] = [
    {
      request: { ...GET, method: "POST", body_hash: hashOf("asked"), body_bytes: 5 },
      answer: { ...FETCHED, body_hash: hashOf("answered"), body_bytes: 8 },
    },
    { request: GET, answer: { ...FETCHED, body_bytes: 9, withheld: "[sealed]" } },
    { request: { kind: "fetch" }, answer: { kind: "fetched" }, cut: true },
    { request: GET, answer: FAILED },
    {
      request: { kind: "tls", host: "a.example", port: 443 },
      answer: { kind: "certified", verified: true, body_hash: hashOf("chain"), body_bytes: 5 },
    },
  ];
  assert.deepEqual(bodyHashesIn(exchanges), ["asked", "answered", "chain"].map(hashOf));
});
