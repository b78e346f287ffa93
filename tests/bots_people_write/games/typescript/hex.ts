/// <reference path="./bot.d.ts" />
import { GAME_ACTIONS, GAME_PARAMS, GameReferee, Illegal } from "lib:game";

/** Hex on n x n with the swap rule. Red (first) joins top and bottom, blue joins left and right. */
class Grid<T> {
  #cells: T[][];
  constructor(readonly size: number, fill: T) {
    this.#cells = Array.from({ length: size }, () => Array<T>(size).fill(fill));
  }
  static from<T>(rows: readonly (readonly T[])[]): Grid<T> {
    const grid = new Grid<T>(rows.length, rows[0]![0]!);
    grid.#cells = rows.map((row) => [...row]);
    return grid;
  }
  at(x: number, y: number): T | undefined {
    return this.#cells[y]?.[x];
  }
  put(x: number, y: number, value: T): void {
    this.#cells[y]![x] = value;
  }
  *neighbours(x: number, y: number): Iterable<[number, number]> {
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1], [1, -1], [-1, 1]] as const) {
      if (this.at(x + dx, y + dy) !== undefined) yield [x + dx, y + dy];
    }
  }
  *[Symbol.iterator](): Iterator<[number, number, T]> {
    for (const [y, row] of this.#cells.entries()) {
      for (const [x, value] of row.entries()) yield [x, y, value];
    }
  }
  toJSON(): T[][] {
    return this.#cells;
  }
}

enum Stone {
  None = 0,
  Red = 1,
  Blue = 2,
}

interface Game {
  rows: Stone[][];
  red: string;
  blue: string;
  moves: number;
  last: string | null;
}

const nameOf = (x: number, y: number) => String.fromCharCode(97 + x) + (y + 1);

export default class Hex extends GameReferee {
  static manifest: BotManifest = {
    summary: "Hex with the swap rule: join your two sides of the board",
    net: [],
    params: {
      type: "object",
      properties: {
        size: { type: "integer", minimum: 3, maximum: 11, default: 6 },
        ...GAME_PARAMS,
      },
    },
    moves: {
      game: "hex",
      aliases: ["nash"],
      actions: { place: { value: "<square>" }, swap: {}, ...GAME_ACTIONS },
    },
  };

  setup([red, blue]: string[]): Game {
    const { size } = this.params;
    return {
      rows: new Grid<Stone>(size, Stone.None).toJSON(),
      red: red!,
      blue: blue!,
      moves: 0,
      last: null,
    };
  }

  turn({ red, blue, moves }: Game) {
    return [moves % 2 === 0 ? red : blue];
  }

  play(game: Game, player: string, { action, value }: LegalMove): Game {
    if (action === "swap") {
      if (!this.#maySwap(game)) {
        throw new Illegal("Only the second player swaps, in place of a first stone.");
      }
      return { ...game, red: game.blue, blue: game.red, moves: 1, last: "swap" };
    }
    const grid = Grid.from(game.rows);
    const found = [...grid].find(([x, y]) => nameOf(x, y) === value);
    if (!found || found[2] !== Stone.None) {
      throw new Illegal("Place a stone on a free cell, such as c3.");
    }
    grid.put(found[0], found[1], player === game.red ? Stone.Red : Stone.Blue);
    return { ...game, rows: grid.toJSON(), moves: game.moves + 1, last: value as string };
  }

  result(game: Game) {
    for (
      const [stone, winner, loser] of [
        [Stone.Red, game.red, game.blue],
        [Stone.Blue, game.blue, game.red],
      ] as const
    ) {
      if (!this.#joined(Grid.from(game.rows), stone)) continue;
      return {
        result: "won",
        winners: [winner],
        ranking: [[winner], [loser]],
        text: `${winner} has joined both sides.`,
      };
    }
    return null;
  }

  #joined(grid: Grid<Stone>, stone: Stone): boolean {
    const red = stone === Stone.Red;
    const todo = [...grid].filter(([x, y, s]) => s === stone && (red ? y : x) === 0)
      .map(([x, y]): [number, number] => [x, y]);
    const seen = new Set(todo.map(([x, y]) => nameOf(x, y)));
    for (let next = todo.pop(); next; next = todo.pop()) {
      const [x, y] = next;
      if ((red ? y : x) === grid.size - 1) return true;
      for (const [nx, ny] of grid.neighbours(x, y)) {
        if (grid.at(nx, ny) !== stone || seen.has(nameOf(nx, ny))) continue;
        seen.add(nameOf(nx, ny));
        todo.push([nx, ny]);
      }
    }
    return false;
  }

  position({ rows, red, blue, last }: Game) {
    return { red, blue, last, rows: rows.map((row) => row.map((s) => ".RB"[s]).join("")) };
  }

  picture({ rows }: Game) {
    return rows.map((row, y) => " ".repeat(y) + row.map((s) => ".RB"[s]).join(" ")).join("\n");
  }

  #maySwap({ moves, last }: Game) {
    return moves === 1 && last !== "swap";
  }

  legal(game: Game): LegalMove[] {
    const places = [...Grid.from(game.rows)].filter(([, , s]) => s === Stone.None)
      .map(([x, y]) => ({ action: "place", value: nameOf(x, y) }));
    return [...(this.#maySwap(game) ? [{ action: "swap" }] : []), ...places].slice(0, 64);
  }
}
