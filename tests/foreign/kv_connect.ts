/** A KV Connect server, with which several server processes can share one database. It serves
 *  denokv's own SQLite backend, the native addon of `npm:@deno/kv`, over version 3 of the protocol
 *  (github.com/denoland/denokv/blob/main/proto/kv-connect.md). Arguments: port, file.
 *  `POST /faults` sets the next failures; see `tests/support/kv_connect.ts`. */
import { createRequire } from "node:module";

interface Fault {
  /** The path that fails: `/`, `/v2/snapshot_read`, `/v2/atomic_write` or `/v2/watch`. */
  path: string;
  /** The status of the answer instead. */
  status: number;
  /** Whether the request is carried out even so, and only its answer is lost. */
  applied: boolean;
  /** The number of failures. */
  times: number;
}

/** The functions of the addon that are used here. */
interface Addon {
  open(path: string, inMemory: boolean, debug: boolean): number;
  snapshotRead(db: number, request: Uint8Array, debug: boolean): Promise<Uint8Array<ArrayBuffer>>;
  atomicWrite(db: number, request: Uint8Array, debug: boolean): Promise<Uint8Array<ArrayBuffer>>;
  startWatch(db: number, request: Uint8Array, debug: boolean): Promise<number>;
  dequeueNextWatchMessage(db: number, id: number, debug: boolean): Promise<Uint8Array | undefined>;
  endWatch(db: number, id: number, debug: boolean): void;
}

const PING_MS = 5_000;
const DATABASE = "00000000-0000-0000-0000-000000000000";
const TOKEN = Deno.env.get("DENO_KV_ACCESS_TOKEN");
const [port, file] = Deno.args;

const wrapper = import.meta.resolve("@deno/kv");
await import(wrapper); // loads the addon
const cpu = Deno.build.arch === "x86_64" ? "x64" : "arm64";
const platform = { linux: `linux-${cpu}-gnu`, darwin: `darwin-${cpu}` }[Deno.build.os as "linux"];
const addon: Addon = createRequire(wrapper)(`@deno/kv-${platform}`);
const db = addon.open(file!, false, false);
let faults: Fault[] = [];

function answer(path: string, request: Uint8Array): Promise<Response> | Response {
  switch (path) {
    case "/":
      return metadata();
    case "/v2/snapshot_read":
      return addon.snapshotRead(db, request, false).then(protobuf);
    case "/v2/atomic_write":
      return addon.atomicWrite(db, request, false).then(protobuf);
    case "/v2/watch":
      return watch(request);
  }
  return new Response("no such path", { status: 404 });
}

function metadata(): Response {
  return Response.json({
    version: 3,
    uuid: DATABASE,
    databaseId: DATABASE,
    token: TOKEN,
    expiresAt: new Date(Date.now() + 3600_000),
    endpoints: [{ url: "/v2", consistency: "strong" }],
  });
}

function protobuf(bytes: Uint8Array<ArrayBuffer>): Response {
  return new Response(bytes, { headers: { "content-type": "application/x-protobuf" } });
}

async function watch(request: Uint8Array): Promise<Response> {
  const id = await addon.startWatch(db, request, false);
  let ping: ReturnType<typeof setInterval>;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      ping = setInterval(() => controller.enqueue(frame(new Uint8Array())), PING_MS);
    },
    async pull(controller) {
      const message = await addon.dequeueNextWatchMessage(db, id, false);
      if (message) return controller.enqueue(frame(message));
      clearInterval(ping);
      controller.close();
    },
    cancel() {
      clearInterval(ping);
      addon.endWatch(db, id, false);
    },
  });
  return new Response(body, { headers: { "content-type": "application/octet-stream" } });
}

/** A message of a watch stream: its length in 4 bytes, little-endian, and its content. */
function frame(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(4 + message.length);
  new DataView(framed.buffer).setUint32(0, message.length, true);
  framed.set(message, 4);
  return framed;
}

Deno.serve({
  port: Number(port),
  hostname: "127.0.0.1",
  onListen: (address) => console.log(address.port),
}, async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/faults") {
    faults = await request.json();
    return new Response();
  }
  if (request.headers.get("authorization") !== `Bearer ${TOKEN}`) {
    return new Response("this token is not known", { status: 401 });
  }
  const bytes = new Uint8Array(await request.arrayBuffer());
  const fault = faults.find(({ path, times }) => path === pathname && times > 0);
  try {
    if (!fault) return await answer(pathname, bytes);
    fault.times--;
    if (fault.applied) await answer(pathname, bytes);
    return new Response("a fault that the test asked for", { status: fault.status });
  } catch (error) {
    return new Response((error as Error).message, { status: 400 });
  }
});
