/** Bodies over a real connection: slow ones, and ones with a wrong length or none. */
import assert from "node:assert/strict";
import { Hono } from "@hono/hono";
import { requestBody } from "../../src/http/request_body.ts";
import { exchange } from "../support/raw_http.ts";
import { testServer } from "../support/server.ts";

function echoServer(maxBytes: number, withinMs: number) {
  const app = new Hono();
  app.use(requestBody({ maxBytes, withinMs }));
  app.post("/", async (c) => c.json([await c.req.text()]));
  const listener = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.fetch);
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    [Symbol.asyncDispose]: () => listener.shutdown(),
  };
}

const HEAD = "POST / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n";

Deno.test("requestBody() passes on a body within the limits, with a length and in chunks", async () => {
  await using server = echoServer(8, 10_000);
  const whole = await exchange(server.url, `${HEAD}content-length: 8\r\n\r\n12345678`);
  assert.match(whole, /^HTTP\/1\.1 200 [\s\S]*\["12345678"\]$/);
  const chunked = await exchange(
    server.url,
    `${HEAD}transfer-encoding: chunked\r\n\r\n4\r\n1234\r\n`,
    "4\r\n5678\r\n0\r\n\r\n",
  );
  assert.match(chunked, /^HTTP\/1\.1 200 [\s\S]*\["12345678"\]$/);
  const none = await exchange(server.url, `${HEAD}\r\n`);
  assert.match(none, /^HTTP\/1\.1 200 [\s\S]*\[""\]$/);
});

Deno.test("requestBody() refuses a body that is too large, with a declared length and in chunks", async () => {
  await using server = echoServer(8, 10_000);
  const declared = await exchange(server.url, `${HEAD}content-length: 9\r\n\r\n`);
  assert.match(declared, /^HTTP\/1\.1 413 [\s\S]*"code":"TOO_LARGE"/);
  const chunked = await exchange(
    server.url,
    `${HEAD}transfer-encoding: chunked\r\n\r\n9\r\n123456789\r\n`,
  );
  assert.match(chunked, /^HTTP\/1\.1 413 [\s\S]*"code":"TOO_LARGE"/);
});

Deno.test("requestBody() waits for a body until its time limit", async () => {
  await using server = echoServer(8, 50);
  const slow = await exchange(server.url, `${HEAD}content-length: 8\r\n\r\n1234`);
  assert.match(slow, /^HTTP\/1\.1 408 [\s\S]*"code":"REQUEST_TIMEOUT"/);
  const chunked = await exchange(
    server.url,
    `${HEAD}transfer-encoding: chunked\r\n\r\n4\r\n1234\r\n`,
  );
  assert.match(chunked, /^HTTP\/1\.1 408 [\s\S]*"code":"REQUEST_TIMEOUT"/);
});

Deno.test("the HTTP parser refuses endless headers", async () => {
  await using server = await testServer({ sandbox: "off" });
  const many = Array.from({ length: 500 }, (_, i) => `x-${i}: 1\r\n`).join("");
  const large = `x: ${"x".repeat(1024 * 1024)}\r\n`;
  for (const headers of [many, large]) {
    const answer = await exchange(server.url, `${HEAD}${headers}\r\n`);
    assert.ok(answer === "" || /^HTTP\/1\.1 4(00|31) /.test(answer), answer.slice(0, 80));
  }
});
