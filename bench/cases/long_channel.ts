/** The cost of a long history: the same post and the same read near the end alternate between a
 *  channel of 20 entries and one of 20,000. */
import type { Figure } from "../figure.ts";
import { fill } from "../fill.ts";
import { channelOf, Player } from "../player.ts";
import type { Server } from "../server.ts";
import { Rounds, timed } from "../stats.ts";

const SHORT = 20;
const LONG = 20_000;
const ROUNDS = 5;
const PER_ROUND = 120;
/** How many of the last entries a reader reads. */
const TAIL = 10;
const body = "a message of usual length";

export async function longChannel({ url }: Server): Promise<Figure[]> {
  const player = await Player.at(url);
  const long = await channelOf([player]);
  const filled = await timed(() => fill(player, long, LONG));
  const rounds = new Rounds<"post short" | "post long" | "read short" | "read long">();
  for (let round = -1; round < ROUNDS; round++) {
    if (round >= 0) rounds.begin(); // the first one warms up
    const short = await channelOf([player]);
    await fill(player, short, SHORT);
    for (let i = 0; i < PER_ROUND; i++) {
      for (const [name, channel] of [["short", short], ["long", long]] as const) {
        let last = 0;
        const posting = await timed(async () => last = (await player.post(channel, body)).msg_id);
        const reading = await timed(() => player.sync(channel, last - TAIL, 0));
        if (round < 0) continue;
        rounds.add(`post ${name}`, posting);
        rounds.add(`read ${name}`, reading);
      }
    }
  }
  player.close();
  return [
    { name: "post, 20 entries, p50", value: rounds.p50("post short"), unit: "ms" },
    { name: "post, 20,000 entries, p50", value: rounds.p50("post long"), unit: "ms" },
    {
      name: "  ratio",
      value: rounds.over((of) => of("post long") / of("post short")),
      unit: "x",
      target: { atMost: 1.3 },
    },
    { name: `read of ${TAIL}, 20 entries, p50`, value: rounds.p50("read short"), unit: "ms" },
    { name: `read of ${TAIL}, 20,000 entries, p50`, value: rounds.p50("read long"), unit: "ms" },
    {
      name: "  ratio",
      value: rounds.over((of) => of("read long") / of("read short")),
      unit: "x",
      target: { atMost: 1.3 },
    },
    { name: "posts while filling", value: LONG / filled * 1000, unit: "/s" },
  ];
}
