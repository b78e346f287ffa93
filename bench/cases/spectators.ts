/** A public game before an audience: what the spectators of one channel cost, and how long a post
 *  takes to the last one of them. */
import { EventConnection } from "../event_connection.ts";
import type { Figure } from "../figure.ts";
import { channelOf, Player } from "../player.ts";
import { Server } from "../server.ts";
import { pause, Rounds } from "../stats.ts";

const SPECTATORS = 500;
const ROUNDS = 5;
const PER_ROUND = 20;
/** Long enough for the server to have sent the last post to everybody. */
const BETWEEN_MS = 50;
/** After so much rest V8 has given back what it does not need. */
const REST_MS = 8_000;
const WATCHED = { visibility: "public", spectators: "public" };

/** The spectators have addresses of their own, as a proxy tells them: each counts as one. */
export async function spectators(_: Server): Promise<Figure[]> {
  const server = await Server.start({ RATE_LIMITS: "on", TRUSTED_PROXIES: "1" });
  try {
    const { url } = server;
    const player = await Player.at(url);
    const channel = await channelOf([player], WATCHED);
    const alone = await server.settledMegabytes();
    const readers = await Promise.all(
      Array.from(
        { length: SPECTATORS },
        (_, i) => EventConnection.open(url, channel, `10.0.${i >> 8}.${i & 255}`),
      ),
    );
    const rounds = new Rounds<"answered" | "half" | "last">();
    for (let round = -1; round < ROUNDS; round++) {
      if (round >= 0) rounds.begin(); // the first one warms up
      for (let i = 0; i < PER_ROUND; i++) {
        const sent = performance.now();
        const { msg_id } = await player.post(channel, "a message of usual length");
        const answered = performance.now() - sent;
        const arrivals = await Promise.all(readers.map((reader) => reader.has(msg_id)));
        const delays = arrivals.map((at) => at - sent).sort((a, b) => a - b);
        await pause(BETWEEN_MS);
        if (round < 0) continue;
        rounds.add("answered", answered);
        rounds.add("half", delays[SPECTATORS / 2]!);
        rounds.add("last", delays.at(-1)!);
      }
    }
    await pause(REST_MS);
    const watched = await server.settledMegabytes();
    for (const reader of readers) reader.close();
    const left = await server.settledMegabytes();
    player.close();
    return [
      {
        name: `${SPECTATORS} spectators add`,
        value: watched - alone,
        unit: "MB",
        target: { atMost: 100 },
      },
      { name: "  still used after they are gone", value: left - alone, unit: "MB" },
      { name: "post sent to its answer, p50", value: rounds.p50("answered"), unit: "ms" },
      { name: "post sent to half of them, p50", value: rounds.p50("half"), unit: "ms" },
      { name: "post sent to the last of them, p50", value: rounds.p50("last"), unit: "ms" },
      {
        name: "post sent to the last of them, p95",
        value: rounds.over((of) => of("last", 0.95)),
        unit: "ms",
        target: { atMost: 100 },
      },
    ];
  } finally {
    await server.stop();
  }
}
