/** The time from a post to its arrival at a reader that waits in `sync_messages`. */
import type { Figure } from "../figure.ts";
import { channelOf, players } from "../player.ts";
import type { Server } from "../server.ts";
import { pause, Rounds } from "../stats.ts";

const ROUNDS = 4;
const PER_ROUND = 60;
/** Long enough for the reader's call to be waiting before the post is sent. */
const PARKED_MS = 6;

export async function waitingReader({ url }: Server): Promise<Figure[]> {
  const [poster, reader] = await players(url, 2);
  const channel = await channelOf([poster!, reader!]);
  let { cursor } = await reader!.sync(channel, 0, 0);
  const rounds = new Rounds<"sent" | "answered">();
  for (let round = -1; round < ROUNDS; round++) {
    if (round >= 0) rounds.begin(); // the first one warms up
    for (let i = 0; i < PER_ROUND; i++) {
      const reading = reader!.sync(channel, cursor, 20_000)
        .then((synced) => ({ synced, held: performance.now() }));
      await pause(PARKED_MS);
      const sent = performance.now();
      const { msg_id } = await poster!.post(channel, "a message of usual length");
      const answered = performance.now();
      const { synced, held } = await reading;
      if (synced.cursor !== msg_id) throw new Error(`Cannot find message ${msg_id}`);
      cursor = synced.cursor;
      if (round < 0) continue;
      rounds.add("sent", held - sent);
      rounds.add("answered", held - answered);
    }
  }
  poster!.close();
  reader!.close();
  return [
    {
      name: "post sent to message received, p50",
      value: rounds.p50("sent"),
      unit: "ms",
      target: { atMost: 3 },
      original: "8 polls, 8.3 ms",
    },
    { name: "post sent to message received, p99", value: rounds.p99("sent"), unit: "ms" },
    { name: "post answered to message received, p50", value: rounds.p50("answered"), unit: "ms" },
  ];
}
