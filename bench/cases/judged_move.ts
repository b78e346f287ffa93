/** A move and its verdict: the time from sending a guess to receiving the referee's `judge` post.
 *  Like an agent, the player makes two calls: `make_game_move`, then `sync_messages` from there. */
import type { Figure } from "../figure.ts";
import { channelOf, type Player, players, type Posted } from "../player.ts";
import type { Server } from "../server.ts";
import { Rounds } from "../stats.ts";

const ROUNDS = 5;
const PER_ROUND = 50;
const HIGHEST = 1_000_000_000;
const GUESS_BOT = { bot_preset: "GuessBot", bot_params: { range: [1, HIGHEST] } };

export async function judgedMove({ url }: Server): Promise<Figure[]> {
  const pair = await players(url, 2);
  const rounds = new Rounds<"move">();
  for (let round = -1; round < ROUNDS; round++) {
    if (round >= 0) rounds.begin(); // the first one warms up
    let channel: string | null = null;
    for (let move = 0; move < PER_ROUND; move++) {
      channel ??= await game(pair);
      const mover = pair[move % 2]!;
      const start = performance.now();
      const result = await judged(mover, channel);
      if (round >= 0) rounds.add("move", performance.now() - start);
      if (result === "correct") channel = null; // a chance of one in a thousand million
    }
  }
  pair.forEach((player) => player.close());
  return [
    {
      name: "move to verdict received, p50",
      value: rounds.p50("move"),
      unit: "ms",
      target: { atMost: 6 },
      original: "6.7 ms",
    },
    { name: "move to verdict received, p99", value: rounds.p99("move"), unit: "ms" },
  ];
}

/** Starts a game in which the first player of the pair has the turn. Returns its channel. */
async function game(pair: readonly Player[]): Promise<string> {
  const channel = await channelOf(pair, GUESS_BOT);
  await until(pair[0]!, channel, 0, (body) => body.type === "bot:turn");
  return channel;
}

async function judged(mover: Player, channel_id: string): Promise<unknown> {
  const value = 1 + Math.floor(Math.random() * HIGHEST);
  const move = { channel_id, game: "guess", action: "guess", value };
  const { msg_id } = await mover.call<Posted>("make_game_move", move);
  const judge = await until(mover, channel_id, msg_id, ({ type }) => {
    if (type === "violation") throw new Error("Cannot go on: the move was out of turn");
    return type === "judge";
  });
  return judge.result;
}

/** Reads from a cursor onwards until a body fits. Returns that body. */
async function until(
  player: Player,
  channel: string,
  cursor: number,
  fits: (body: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  for (;;) {
    const synced = await player.sync(channel, cursor, 10_000);
    if (synced.messages.length === 0) throw new Error("Cannot go on: the referee is silent");
    const found = synced.messages.find(({ body }) => body !== null && fits(body));
    if (found) return found.body!;
    cursor = synced.cursor;
  }
}
