/** Floods of requests, each by one hostile guest, which continue until they are stopped. A flood
 *  expects refusals, closed connections and delays; no response of the server ends it. */
import { bearer } from "../hostile/attacker.ts";
import { STREAMABLE, toolCall } from "../hostile/rpc.ts";
import { signIn } from "../support/player.ts";

/** The server's current URL; the port changes with each restart. */
export type Address = () => string;

/** A flood. It calls `acted` for each of its attacks. */
export type Flood = (address: Address, signal: AbortSignal, acted: () => void) => Promise<void>;

const BUSY_BOT = `export default class Busy {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    for (let i = 0, x = 1; i < 2_000_000; i++) x = (x * 31 + i) % 65521;
    this.ctx.post("bot", { saw: msg.id });
  }
}`;

/** A source that takes long to parse. */
const SLOW_SOURCE =
  `export default class Slow { on_init() { return ${"[".repeat(2_000)}${"]".repeat(2_000)}; } }\n` +
  "const x = `${1}`;\n".repeat(2_000);

export const FLOODS: Readonly<Record<string, Flood>> = {
  "idle connections": async (address, signal, acted) => {
    const openings = ["", "GET / HTTP/1.1\r\nHost:", post("/register", 1_000, "x".repeat(10))];
    const open = new Set<Deno.Conn>();
    for (let turn = 0; !signal.aborted; turn++) {
      await attempt(async () => {
        const conn = await connect(address());
        await conn.write(encoder.encode(openings[turn % openings.length]!));
        open.add(conn);
        acted();
      });
      if (open.size >= 300) { for (const conn of open) closed(conn), open.delete(conn); }
      await pause(20);
    }
    for (const conn of open) closed(conn);
  },

  "batches whose answers nobody reads": async (address, signal, acted) => {
    const { channel_id, token } = await busyChannel(address);
    const read = (id: number) => ({
      jsonrpc: "2.0",
      id,
      method: "resources/read",
      params: { uri: `channel://${channel_id}/transcript` },
    });
    const batch = JSON.stringify(Array.from({ length: 20 }, (_, id) => read(id)));
    while (!signal.aborted) {
      await attempt(async () => {
        const conn = await connect(address());
        const headers = Object.entries({ ...STREAMABLE, ...bearer(token) });
        await conn.write(encoder.encode(post("/mcp", batch.length, batch, headers)));
        acted();
        await pause(2_000);
        closed(conn);
      });
    }
  },

  "lists": async (address, signal, acted) => {
    const { token } = await busyChannel(address);
    const list = { jsonrpc: "2.0", id: 1, method: "resources/list", params: {} };
    await repeat({ signal, acted }, 50, async () => {
      await call(address, "/mcp", token, list);
      await call(address, "/mcp", token, toolCall("list_channels", { limit: 100 }));
    });
  },

  "fifty channels with busy bots": async (address, signal, acted) => {
    const token = await signIn(address());
    const rooms: string[] = [];
    await repeat({ signal, acted }, 10, async () => {
      if (rooms.length < 50) rooms.push((await busyChannel(address, token)).channel_id);
      const channel_id = rooms[Math.floor(Math.random() * rooms.length)];
      await call(address, "/post_message", token, { channel_id, body: "go" });
    });
  },

  "verifications, hung up at once": async (address, signal, acted) => {
    const { channel_id, token } = await busyChannel(address);
    for (let i = 0; i < 50; i++) {
      await attempt(() => call(address, "/post_message", token, { channel_id, body: "go" }));
    }
    await repeat({ signal, acted }, 500, async () => {
      const hangUp = AbortSignal.timeout(50);
      const asked = Array.from(
        { length: 8 },
        () => call(address, "/verify_channel", token, { channel_id }, hangUp),
      );
      await Promise.allSettled(asked);
    });
  },

  "sources that are slow to look at": async (address, signal, acted) => {
    const { channel_id, token } = await busyChannel(address);
    await repeat({ signal, acted }, 500, async () => {
      const attach = { channel_id, bot: { name: "Slow", inline_code: SLOW_SOURCE } };
      await Promise.allSettled(
        Array.from({ length: 12 }, () => call(address, "/attach_bot", token, attach)),
      );
    });
  },

  "questions whether it is ready": async (address, signal, acted) => {
    await repeat({ signal, acted }, 5, async () => {
      const answer = await fetch(`${address()}/readyz`, { signal });
      await answer.body?.cancel();
    });
  },
};

const encoder = new TextEncoder();

/** A guest's channel with a bot that works for some milliseconds on each entry. */
async function busyChannel(address: Address, token?: string) {
  token ??= await signIn(address());
  const answer = await call(address, "/create_channel", token, {
    name: "busy",
    slots: ["bot:busy", "invite:me"],
    bot_code: BUSY_BOT,
  });
  const { channel_id, invites } = JSON.parse(answer);
  await call(address, "/join_channel", token, { invite_code: invites[0] });
  return { channel_id: String(channel_id), token };
}

async function call(
  address: Address,
  path: string,
  token: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<string> {
  const answer = await fetch(address() + path, {
    method: "POST",
    headers: { ...STREAMABLE, ...bearer(token) },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
  return await answer.text();
}

function post(path: string, length: number, body: string, headers: [string, string][] = []) {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${length}\r\n${lines}\r\n${body}`;
}

async function connect(url: string): Promise<Deno.Conn> {
  const { hostname, port } = new URL(url);
  return await Deno.connect({ hostname, port: Number(port) });
}

function closed(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // The server was faster.
  }
}

/** Repeats an action, whether it succeeds or fails. */
async function repeat(
  { signal, acted }: { signal: AbortSignal; acted: () => void },
  everyMs: number,
  act: () => Promise<void>,
) {
  while (!signal.aborted) {
    await attempt(act);
    acted();
    await pause(everyMs);
  }
}

async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch {
    // Expected: the server refuses, closes the connection, or is restarting.
    await pause(20);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
