/** The cost of rate limits: the same calls alternate between this server, where limits are off as
 *  in every other case, and a second server, where they are on. The callers alternate too, so that
 *  none of them reaches a limit. */
import { answered, type Door } from "../doors.ts";
import type { Figure } from "../figure.ts";
import { Player } from "../player.ts";
import { Server } from "../server.ts";
import { Rounds, timed } from "../stats.ts";

const ROUNDS = 5;
const PER_ROUND = 250;
/** A caller has 600 calls a minute. */
const CALLERS = 6;

const DOORS: readonly Door[] = ["2026", "rest"];

export async function limits({ url }: Server): Promise<Figure[]> {
  const limited = await Server.start({ RATE_LIMITS: "on" });
  try {
    const sides = { off: await callersAt(url), on: await callersAt(limited.url) };
    const rounds = new Rounds<string>();
    for (let round = -1; round < ROUNDS; round++) {
      if (round >= 0) rounds.begin(); // the first one warms up
      for (let i = 0; i < PER_ROUND; i++) {
        for (const [side, callers] of Object.entries(sides)) {
          const { connection, calls } = callers[i % CALLERS]!;
          for (const { door, bytes } of calls) {
            const took = await timed(async () => {
              const answer = await connection.send(bytes);
              if (!answered(answer)) throw new Error(`Cannot call: ${answer.body}`);
            });
            if (round >= 0) rounds.add(`${side} ${door}`, took);
          }
        }
      }
    }
    for (const { connection } of [...sides.off, ...sides.on]) connection.close();
    return DOORS.flatMap((door) => [
      { name: `${door} health_check, p50`, value: rounds.p50(`off ${door}`), unit: "ms" },
      {
        name: `${door}: limits add, p50`,
        value: rounds.over((of) => of(`on ${door}`) - of(`off ${door}`)),
        unit: "ms",
        target: { atMost: 0.05 },
      },
    ]);
  } finally {
    await limited.stop();
  }
}

async function callersAt(url: URL) {
  return await Promise.all(Array.from({ length: CALLERS }, async () => {
    const player = await Player.at(url);
    const calls = DOORS.map((door) => ({ door, bytes: player.bytes("health_check", {}, door) }));
    return { connection: player.connection, calls };
  }));
}
