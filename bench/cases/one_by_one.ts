/** One client, one call after another. `health_check` does no work, so its time is the cost of the
 *  protocol alone. The kinds of call alternate, so that noise affects all of them alike. */
import { answered, type Door } from "../doors.ts";
import type { Figure } from "../figure.ts";
import { channelOf, Player } from "../player.ts";
import type { Server } from "../server.ts";
import { Rounds, timed } from "../stats.ts";

const ROUNDS = 5;
const PER_ROUND = 250;

const KINDS = ["health 2026", "post 2026", "health 2025", "post 2025", "health rest", "post rest"];

export async function oneByOne({ url }: Server): Promise<Figure[]> {
  const player = await Player.at(url);
  const channel_id = await channelOf([player]);
  const calls = KINDS.map((kind) => {
    const [what, door] = kind.split(" ") as ["health" | "post", Door];
    const bytes = what === "post"
      ? player.bytes("post_message", { channel_id, body: "a message of usual length" }, door)
      : player.bytes("health_check", {}, door);
    return { kind, bytes };
  });
  const rounds = new Rounds<string>();
  for (let round = -1; round < ROUNDS; round++) {
    if (round >= 0) rounds.begin(); // the first one warms up
    for (let i = 0; i < PER_ROUND; i++) {
      for (const { kind, bytes } of calls) {
        const took = await timed(async () => {
          const answer = await player.connection.send(bytes);
          if (!answered(answer)) throw new Error(`Cannot ${kind}: ${answer.body}`);
        });
        if (round >= 0) rounds.add(kind, took);
      }
    }
  }
  player.close();
  return [
    { name: "health_check, p50", value: rounds.p50("health 2026"), unit: "ms" },
    { name: "health_check, p99", value: rounds.p99("health 2026"), unit: "ms" },
    {
      name: "post_message, p50",
      value: rounds.p50("post 2026"),
      unit: "ms",
      target: { atMost: 1.5 },
      original: "3.3 ms",
    },
    { name: "post_message, p99", value: rounds.p99("post 2026"), unit: "ms", original: "7.5 ms" },
    {
      name: "post_message less health_check",
      value: rounds.over((of) => of("post 2026") - of("health 2026")),
      unit: "ms",
      target: { atMost: 0.8 },
    },
    { name: "2025-era health_check, p50", value: rounds.p50("health 2025"), unit: "ms" },
    { name: "2025-era post_message, p50", value: rounds.p50("post 2025"), unit: "ms" },
    { name: "REST health_check, p50", value: rounds.p50("health rest"), unit: "ms" },
    { name: "REST post_message, p50", value: rounds.p50("post rest"), unit: "ms" },
  ];
}
