/** How long a newcomer takes to be ready: TCP, registration, token and MCP handshake. */
import { initializeBytes } from "../doors.ts";
import type { Figure } from "../figure.ts";
import { Player } from "../player.ts";
import type { Server } from "../server.ts";
import { Rounds, timed } from "../stats.ts";

const ROUNDS = 5;
const PER_ROUND = 60;

export async function connect({ url }: Server): Promise<Figure[]> {
  const rounds = new Rounds<"connect">();
  for (let round = -1; round < ROUNDS; round++) {
    if (round >= 0) rounds.begin(); // the first one warms up
    for (let i = 0; i < PER_ROUND; i++) {
      const took = await timed(() => newcomer(url));
      if (round >= 0) rounds.add("connect", took);
    }
  }
  return [
    {
      name: "register + token + initialize, p50",
      value: rounds.p50("connect"),
      unit: "ms",
      original: "28 ms",
    },
    { name: "the same, p99", value: rounds.p99("connect"), unit: "ms" },
  ];
}

async function newcomer(url: URL): Promise<void> {
  const player = await Player.at(url);
  const { status, body } = await player.connection.send(initializeBytes(url, player.token));
  player.close();
  if (status !== 200) throw new Error(`Cannot initialize: ${status} ${body}`);
}
