/** The listener over real connections, with short time limits and small numbers. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { text } from "node:stream/consumers";
import { Hono } from "@hono/hono";
import { type ConnectionLimits, CONNECTIONS } from "../../../src/domain/limits/http.ts";
import { type CountingListener, listen } from "../../../src/http/listener/listener.ts";
import { requestBody } from "../../../src/http/request_body.ts";

const HEAD = "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
/** Far more than the kernel buffers for a client that doesn't read. */
const LARGE = 64 * 1024 * 1024;

interface Listening extends CountingListener, AsyncDisposable {
  url: string;
}

function listening(
  handler: Deno.ServeHandler<Deno.NetAddr>,
  limits: Partial<ConnectionLimits>,
  peersAreProxies = false,
): Listening {
  const listener = listen({
    port: 0,
    hostname: "127.0.0.1",
    limits: { ...CONNECTIONS, ...limits },
    peersAreProxies,
    log: () => {},
  }, handler);
  return {
    ...listener,
    url: `http://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await listener.shutdown();
    },
  };
}

async function connect({ addr }: Listening, ...parts: string[]): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: addr.port });
  for (const part of parts) await conn.write(new TextEncoder().encode(part));
  return conn;
}

/** All that arrives until the server closes the connection. */
async function rest(conn: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  for (let text = "";;) {
    const count = await conn.read(buffer).catch(() => null);
    if (count === null) return text;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}

/** One answer; its connection stays open. */
async function answer(conn: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(4096);
  const count = await conn.read(buffer);
  assert.notEqual(count, null, "the server closed the connection");
  return new TextDecoder().decode(buffer.subarray(0, count!));
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10);
}

const ok = () => new Response("ok");

Deno.test("listen() ends a connection whose first request does not come", async (t) => {
  await using server = listening(ok, { firstRequestMs: 100 });
  for (const start of ["", "GET / HTTP/1.1\r\nhost: 127.0", "PRI * HTTP/2.0\r\n"]) {
    await t.step(JSON.stringify(start), async () => {
      using conn = await connect(server, start);
      assert.equal(await rest(conn), "");
      assert.equal(server.open(), 0);
    });
  }
});

Deno.test("listen() ends a connection that got its answer and sends no further request", async (t) => {
  await using server = listening(ok, { keepAliveMs: 100 });
  for (const next of ["", "GET /half"]) {
    await t.step(JSON.stringify(next), async () => {
      using conn = await connect(server, HEAD, next);
      assert.match(await rest(conn), /^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\nok$/);
      assert.equal(server.open(), 0);
    });
  }
});

Deno.test("listen() serves many requests on one connection, however long it lasts", async () => {
  await using server = listening(ok, { firstRequestMs: 2_000, keepAliveMs: 2_000 });
  using conn = await connect(server);
  for (let i = 0; i < 20; i++) {
    await pause(150); // three seconds in all, which is more than either time
    await conn.write(new TextEncoder().encode(HEAD));
    assert.match(await answer(conn), /^HTTP\/1\.1 200 OK/);
  }
});

Deno.test("a request whose body does not arrive gets an answer, and its connection ends", async () => {
  const app = new Hono();
  app.use(requestBody({ maxBytes: 100, withinMs: 50 }));
  app.post("/", (c) => c.text("never"));
  await using server = listening((request) => app.fetch(request), { keepAliveMs: 100 });
  const head = "POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\n\r\n";
  using conn = await connect(server, head, "1234");
  assert.match(await rest(conn), /^HTTP\/1\.1 408 Request Timeout/);
});

Deno.test("listen() keeps a connection open while the server works on an answer", async (t) => {
  const times = { firstRequestMs: 100, keepAliveMs: 100, unreadMs: 100 };
  await t.step("a long poll", async () => {
    await using server = listening(async () => {
      await pause(1_000);
      return new Response("late");
    }, times);
    assert.equal(await (await fetch(server.url)).text(), "late");
  });
  await t.step("a stream of events that is silent", async () => {
    await using server = listening(() => {
      const said = ["data: 1\n\n", "data: 2\n\n"];
      const body = new ReadableStream({
        async pull(controller) {
          await pause(500);
          const text = said.shift();
          if (text === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(text));
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    }, times);
    assert.equal(await (await fetch(server.url)).text(), "data: 1\n\ndata: 2\n\n");
  });
});

Deno.test("listen() ends a connection whose peer does not read the answer", async (t) => {
  const times = { keepAliveMs: 200, unreadMs: 200 };
  await t.step("an answer in one piece", async () => {
    await using server = listening(() => new Response(new Uint8Array(LARGE)), times);
    using conn = await connect(server, HEAD);
    await until(() => server.open() === 1);
    await until(() => server.open() === 0);
    assert.ok((await rest(conn)).length < LARGE);
  });
  await t.step("a stream, whose source is cancelled", async () => {
    const cancelled = Promise.withResolvers<void>();
    await using server = listening(() => {
      const body = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
        cancel: () => cancelled.resolve(),
      }, { highWaterMark: 0 });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    }, times);
    using _conn = await connect(server, HEAD);
    await cancelled.promise;
    assert.equal(server.open(), 0);
  });
});

Deno.test("on a proxy's connection, one slow client does not end the requests of the others", async () => {
  const times = { keepAliveMs: 200, unreadMs: 200 };
  const done = Promise.withResolvers<Response>();
  await using server = listening(
    (request) => request.url.endsWith("/slow") ? new Response(new Uint8Array(LARGE)) : done.promise,
    times,
    true,
  );
  const session = connectHttp2(server.url);
  const [long, slow] = ["/long", "/slow"].map((path) => session.request({ ":path": path }));
  await once(slow!, "response");
  await pause(1_000); // five times as long as an answer may stay unread
  assert.equal(server.open(), 1);
  done.resolve(new Response("whole"));
  assert.equal(await text(long!), "whole");
  await until(() => server.open() === 0);
  session.destroy();
});

Deno.test("listen() speaks HTTP/2 with prior knowledge, and ends such a connection when it is idle", async () => {
  await using server = listening(
    (_, info) => Response.json(info.remoteAddr.hostname),
    { keepAliveMs: 100 },
  );
  using client = Deno.createHttpClient({ http1: false, http2: true });
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => (await fetch(server.url, { client })).json()),
  );
  assert.deepEqual(answers, Array(20).fill("127.0.0.1"));
  await until(() => server.open() === 0);
});

Deno.test("at the limit, the connection that has been idle longest makes room", async (t) => {
  const table: [string, Partial<ConnectionLimits>, boolean][] = [
    ["in all", { connections: 3 }, false],
    ["of an address", { connectionsPerAddress: 3 }, false],
    ["in all, where every peer is a proxy", { connections: 3, connectionsPerAddress: 1 }, true],
  ];
  for (const [name, limits, proxies] of table) {
    await t.step(name, async () => {
      await using server = listening(ok, limits, proxies);
      using used = await connect(server, HEAD);
      assert.match(await answer(used), /200 OK/);
      using first = await connect(server);
      await until(() => server.open() === 2);
      using second = await connect(server);
      await until(() => server.open() === 3);
      using _third = await connect(server);
      assert.equal(await rest(first), "", "one that was never used goes first");
      using _fourth = await connect(server);
      assert.equal(await rest(second), "");
      await used.write(new TextEncoder().encode(HEAD));
      assert.match(await answer(used), /200 OK/);
      assert.equal(server.open(), 3);
    });
  }
});

Deno.test("at the limit, open requests go on, and the new connection is closed", async () => {
  const done = Promise.withResolvers<Response>();
  await using server = listening(() => done.promise, { connections: 2 });
  using one = await connect(server, HEAD);
  using two = await connect(server, HEAD);
  await until(() => server.open() === 2);
  // The kernel decides whether the server sees the requests before the third connection.
  await pause(100);
  using three = await connect(server);
  assert.equal(await rest(three), "");
  done.resolve(new Response("whole"));
  assert.match(await answer(one), /200 OK/);
  await two.readable.cancel();
});

Deno.test("shutdown() closes idle connections, lets a request finish, and accepts no other", async () => {
  const done = Promise.withResolvers<Response>();
  const seen = Promise.withResolvers<void>();
  await using server = listening((request) => {
    if (!request.url.endsWith("/long")) return ok();
    seen.resolve();
    return done.promise;
  }, {});
  using idle = await connect(server);
  using used = await connect(server, HEAD);
  assert.match(await answer(used), /200 OK/);
  const long = fetch(`${server.url}/long`);
  await seen.promise;
  const stopped = server.shutdown();
  assert.deepEqual([await rest(idle), await rest(used)], ["", ""]);
  await assert.rejects(connect(server), Deno.errors.ConnectionRefused);
  done.resolve(new Response("whole"));
  assert.equal(await (await long).text(), "whole");
  await stopped;
});

Deno.test("close() ends an open request, also one whose client has gone", async () => {
  const seen = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const done = Promise.withResolvers<Response>();
  await using server = listening((request) => {
    seen[request.url.endsWith("/gone") ? 0 : 1]!.resolve();
    return done.promise;
  }, {});
  const gone = await connect(server, HEAD.replace("/", "/gone"));
  await seen[0]!.promise;
  gone.close();
  using conn = await connect(server, HEAD);
  await seen[1]!.promise;
  assert.equal(server.open(), 2);
  server.close();
  assert.equal(await rest(conn), "");
  done.resolve(ok());
});

Deno.test("an answer arrives unchanged, whatever its size", async () => {
  const sizes = [0, 1, 16 * 1024, 16 * 1024 + 1, 300_000];
  await using server = listening((request) => {
    const size = Number(new URL(request.url).searchParams.get("size"));
    const headers = new Headers({ "content-type": "text/plain", etag: String(size) });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    return new Response("é".repeat(size), { status: 203, headers });
  }, {});
  using http2 = Deno.createHttpClient({ http1: false, http2: true });
  for (const client of [undefined, http2]) {
    for (const size of sizes) {
      const answer = await fetch(`${server.url}?size=${size}`, { ...(client && { client }) });
      assert.equal(answer.status, 203);
      if (size > 0) assert.equal(answer.headers.get("content-length"), String(2 * size));
      assert.equal(answer.headers.get("etag"), String(size));
      assert.deepEqual(answer.headers.getSetCookie(), ["a=1", "b=2"]);
      assert.equal(await answer.text(), "é".repeat(size));
    }
  }
  const none = await fetch(`${server.url}?size=9`, { method: "HEAD" });
  assert.equal(await none.text(), "");
});

Deno.test("listen() throws when the address is taken", async () => {
  await using server = listening(ok, {});
  assert.throws(
    () =>
      listen({
        port: server.addr.port,
        hostname: "127.0.0.1",
        limits: CONNECTIONS,
        peersAreProxies: false,
        log: () => {},
      }, ok),
    Deno.errors.AddrInUse,
  );
});
