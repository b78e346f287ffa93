/** Plays whole games with a bot by random legal moves, and finds what would spoil them for players.
 *  Every game follows from its seed. */
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { GameCheck, type Played } from "./game_check.ts";
import { KINDS, RandomGame } from "./random_game.ts";
import { Table, type TableDef } from "./table.ts";

/** After so many requests over the network, nobody asks a bot any more that gives no turns. */
const MOST_REQUESTS = 40;

interface PlayOptions extends Omit<TableDef, "seed" | "isEmpty"> {
  games: number;
  game?: number | undefined;
  /** The most moves of a game. */
  moves: number;
  seed: string;
  /** Called after each game. */
  played?: (game: number) => void;
}

/** Names each kind of fault once. `game` is the only one of them that is played, counted from 1.
 *  Throws the refusal of a server that would not attach the bot. */
export async function playGames(
  sandbox: Sandbox,
  { games, game: only, moves, seed, played, ...def }: PlayOptions,
): Promise<Played> {
  const all: Played = { games: 0, ended: 0, moves: 0, stateBytes: 0, requests: 0, faults: [] };
  const [first, last] = only === undefined ? [1, games] : [only, only];
  for (let number = first; number <= last; number++) {
    await using table = await Table.open(sandbox, {
      ...def,
      seed: `${seed}/${number}`,
      isEmpty: true,
    });
    const check = new GameCheck(table, number);
    const kind = KINDS[(number - 1) % KINDS.length]!;
    const mayAsk = def.answers !== undefined || all.requests < MOST_REQUESTS;
    const game = new RandomGame(table, check, { kind, moves, mayAsk, seed: `${seed}/${number}` });
    await game.play();
    all.games++;
    all.moves += game.made;
    all.requests += check.requests;
    if (check.hasEnded) all.ended++;
    all.stateBytes = Math.max(all.stateBytes, check.stateBytes);
    for (const fault of check.faults) {
      if (!all.faults.some((known) => known.fault === fault.fault)) all.faults.push(fault);
    }
    if (check.note !== undefined) all.note ??= check.note;
    played?.(number);
  }
  return all;
}
