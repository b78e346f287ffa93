/** Sixteen clients at once. The same client code against an empty server shows how much of a figure
 *  is the client's own cost. */
import process from "node:process";
import { answered } from "../doors.ts";
import { EmptyServer } from "../empty_server.ts";
import type { Figure } from "../figure.ts";
import { Connection } from "../http.ts";
import { channelOf, type Player, players } from "../player.ts";
import type { Server } from "../server.ts";
import { median, Rounds } from "../stats.ts";

const CLIENTS = 16;
const ROUNDS = 4;
const PHASE_MS = 1_000;
const body = "a message of usual length";

/** One connection, and the request that it repeats. */
type Lane = { connection: Connection; bytes: Uint8Array };

export async function concurrent(server: Server): Promise<Figure[]> {
  const clients = await players(server.url, CLIENTS);
  const shared = await channelOf(clients);
  const own = await Promise.all(clients.map((client) => channelOf([client])));
  const lanes = (bytes: (client: Player, i: number) => Uint8Array): Lane[] =>
    clients.map((client, i) => ({ connection: client.connection, bytes: bytes(client, i) }));
  const phases = {
    health: lanes((client) => client.bytes("health_check", {})),
    one: lanes((client) => client.bytes("post_message", { channel_id: shared, body })),
    many: lanes((client, i) => client.bytes("post_message", { channel_id: own[i], body })),
  };
  const rounds = new Rounds<keyof typeof phases>();
  const clientShare: number[] = [];
  const serverShare: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    if (round >= 0) rounds.begin(); // the first one warms up
    for (const [name, phase] of Object.entries(phases) as [keyof typeof phases, Lane[]][]) {
      const cpu = await server.cpuSeconds();
      const { perSecond, clientCpu, seconds } = await load(phase);
      if (round < 0) continue;
      rounds.add(name, perSecond);
      if (name !== "one") continue;
      clientShare.push(clientCpu / seconds);
      serverShare.push((await server.cpuSeconds() - cpu) / seconds);
    }
  }
  clients.forEach((client) => client.close());
  return [
    {
      name: "health_check",
      value: rounds.p50("health"),
      unit: "/s",
      original: "SDK alone: 5,400 to 7,300/s",
    },
    {
      name: "posts, 16 seats in one channel",
      value: rounds.p50("one"),
      unit: "/s",
      target: { atLeast: 2_000 },
      original: "365/s",
    },
    {
      name: "  of health_check",
      value: rounds.over((of) => of("one") / of("health")),
      unit: "x",
      target: { atLeast: 0.5 },
    },
    {
      name: "posts, 16 channels",
      value: rounds.p50("many"),
      unit: "/s",
      target: { atLeast: 2_000 },
    },
    {
      name: "  of health_check",
      value: rounds.over((of) => of("many") / of("health")),
      unit: "x",
      target: { atLeast: 0.5 },
    },
    { name: "calls of this client to an empty server", value: await ceiling(), unit: "/s" },
    { name: "client's CPU while posting", value: 100 * median(clientShare), unit: "%" },
    { name: "server's CPU while posting", value: 100 * median(serverShare), unit: "%" },
  ];
}

async function load(lanes: readonly Lane[]) {
  const before = process.cpuUsage();
  const start = performance.now();
  const end = start + PHASE_MS;
  const counts = await Promise.all(lanes.map(async ({ connection, bytes }) => {
    let count = 0;
    for (; performance.now() < end; count++) {
      const answer = await connection.send(bytes);
      if (!answered(answer)) throw new Error(`Cannot load: ${answer.status} ${answer.body}`);
    }
    return count;
  }));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const total = counts.reduce((sum, count) => sum + count);
  return { perSecond: total / seconds, clientCpu: (user + system) / 1e6, seconds };
}

/** Calls per second of this client to a server that sends as many bytes and does no work. */
async function ceiling(): Promise<number> {
  await using server = await EmptyServer.start();
  const lanes = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const connection = await Connection.open(server.url);
      return { connection, bytes: server.request };
    }),
  );
  await load(lanes);
  const { perSecond } = await load(lanes);
  lanes.forEach(({ connection }) => connection.close());
  return perSecond;
}
