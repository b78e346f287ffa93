/** Hooks per second, end to end, in several channels at once: a member posts without waiting,
 *  EchoBot repeats each message, and a reader receives every echo. */
import type { Figure } from "../figure.ts";
import { channelOf, type Player, players } from "../player.ts";
import type { Server } from "../server.ts";
import { median, timed } from "../stats.ts";

const CHANNELS = 8;
const ROUNDS = 4;
const PER_CHANNEL = 60;

export async function echoHooks({ url }: Server): Promise<Figure[]> {
  const posters = await players(url, CHANNELS);
  const readers = await Promise.all(posters.map((poster) => poster.again()));
  const rates: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const channels = await Promise.all(
      posters.map((poster) => channelOf([poster], { bot_preset: "EchoBot" })),
    );
    const ms = await timed(() =>
      Promise.all(channels.flatMap((channel, i) => [
        talk(posters[i]!, channel),
        hearAll(readers[i]!, channel),
      ]))
    );
    if (round >= 0) rates.push(CHANNELS * PER_CHANNEL / ms * 1000); // the first one warms up
  }
  [...posters, ...readers].forEach((player) => player.close());
  return [
    { name: `EchoBot hooks, ${CHANNELS} channels at once`, value: median(rates), unit: "/s" },
  ];
}

async function talk(poster: Player, channel: string): Promise<void> {
  for (let i = 0; i < PER_CHANNEL; i++) await poster.post(channel, "a message of usual length");
}

async function hearAll(reader: Player, channel: string): Promise<void> {
  let cursor = 0;
  for (let heard = 0; heard < PER_CHANNEL;) {
    const synced = await reader.sync(channel, cursor, 10_000);
    if (synced.messages.length === 0) throw new Error(`Cannot go on: only ${heard} echoes arrived`);
    heard += synced.messages.filter(({ body }) => body?.echo !== undefined).length;
    cursor = synced.cursor;
  }
}
