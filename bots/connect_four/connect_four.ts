/**
 * ConnectFour: two players take turns to drop a disc into a column, where it falls onto those below it; four in a row
 * win, a full board is a draw.
 *
 * params: columns = 7 and rows = 6 (4 to 12 each), line = 4 (discs in a row that win, 3 to 6), and those of every
 *         game: clock, strikes, turn_order.
 * Moves: make_game_move game "connectfour", action "drop", value 4 (or the text "drop 4"); action "concede".
 *        Columns are numbered from 1, from the left.
 */
import {
  GAME_ACTIONS,
  GAME_PARAMS,
  type GameParams,
  GameReferee,
  Illegal,
  type Move,
} from "lib:game";

interface Params extends GameParams {
  columns: number;
  rows: number;
  line: number;
}

interface State {
  rows: number;
  line: number;
  /** X moves first, then O. */
  players: string[];
  /** The discs of each column, from the lowest up: "XO" has an X at the bottom. */
  columns: string[];
  /** The column of the last disc, counted from 0. */
  last: number | null;
}

const DISCS = "XO";
const EMPTY = ".";
/** The discs as a board shows them. */
const SIGNS = ["●", "○"];
const DIRECTIONS: [right: number, up: number][] = [[1, 0], [0, 1], [1, 1], [1, -1]];

export default class ConnectFour extends GameReferee<State, Params> {
  static manifest = {
    summary: "Connect four for two: discs fall into columns, and four in a row win",
    net: [],
    moves: {
      game: "connectfour",
      aliases: ["ConnectFour", "connect four", "connect 4", "four in a row"],
      actions: {
        drop: { value: "<whole number 1 to 12>", text: "drop 4" },
        ...GAME_ACTIONS,
      },
    },
    params: {
      type: "object",
      properties: {
        columns: { type: "integer", minimum: 4, maximum: 12, default: 7 },
        rows: { type: "integer", minimum: 4, maximum: 12, default: 6 },
        line: {
          type: "integer",
          description: "Discs in a row that win; at most the longer side.",
          minimum: 3,
          maximum: 6,
          default: 4,
        },
        ...GAME_PARAMS,
      },
    },
  };

  override seats = 2;

  constructor(ctx: BotContext, params: Params) {
    super(ctx, params);
    const { columns, rows, line } = params;
    const longest = Math.max(columns, rows);
    if (line > longest) {
      throw new Error(`line is ${line}, but no side is longer than ${longest}: pass ${longest}`);
    }
  }

  override setup(players: string[]): State {
    const { columns, rows, line } = this.params;
    return { rows, line, players, columns: Array(columns).fill(""), last: null };
  }

  override turn({ players, columns }: State): string[] {
    return [players[columns.join("").length % 2]!];
  }

  override play(state: State, player: string, { value }: Move) {
    const { players, columns, rows } = state;
    const column = columnOf(value, columns.length);
    if (column === null) {
      throw new Illegal(`The value must be the number of a column, 1 to ${columns.length}.`);
    }
    if (columns[column]!.length >= rows) {
      throw new Illegal(`Column ${column + 1} is full: choose another one.`);
    }
    const disc = DISCS[players.indexOf(player)]!;
    columns[column] += disc;
    state.last = column;
    this.say("judge", { player, disc, column: column + 1, row: columns[column]!.length });
  }

  override result(state: State) {
    const { players, columns, rows } = state;
    const line = lineIn(state);
    if (line !== null) {
      const [column, row] = line[0]!;
      const winner = players[DISCS.indexOf(discAt(state, column, row))]!;
      const named = line.map(([column, row]) => ({ column: column + 1, row: row + 1 }));
      const shown = named.map(({ column, row }) => `${column}/${row}`).join(", ");
      return {
        result: "won" as const,
        winners: [winner],
        ranking: [[winner], players.filter((each) => each !== winner)],
        text: `${winner} has the line ${shown} (column/row).`,
        line: named,
      };
    }
    if (columns.some((discs) => discs.length < rows)) return null;
    const text = "The board is full, and nobody has a line: a draw.";
    return { result: "drawn" as const, winners: [], ranking: [players], text };
  }

  override position(state: State) {
    const { players, line, last } = state;
    return {
      board: rowsOf(state),
      discs: Object.fromEntries(players.map((player, i) => [player, DISCS[i]!])),
      line,
      last: last === null ? null : last + 1,
    };
  }

  override read(text: string): Move | null {
    const [, column] = /^(?:(?:column|drop|disc in|drop in) )?(\d{1,2})[.!]?$/i.exec(text) ?? [];
    return column === undefined ? null : { action: "drop", value: column };
  }

  override picture(state: State): string {
    const { players, columns } = state;
    const width = `${columns.length}`.length + 1;
    const spread = (cells: string[]) => cells.map((cell) => cell.padStart(width)).join("").slice(1);
    return [
      ...rowsOf(state).map((row) => spread([...row])),
      spread(columns.map((_, i) => `${i + 1}`)),
      players.map((player, i) => `${player} is ${DISCS[i]}`).join(", "),
    ].join("\n");
  }

  override view(state: State): BoardView {
    const { players, columns, rows, last } = state;
    const marked = lineIn(state) ?? (last === null ? [] : [[last, columns[last]!.length - 1]]);
    const isMarked = (column: number, row: number) =>
      marked.some(([right, up]) => right === column && up === row);
    return {
      kind: "grid",
      action: "drop",
      marks: Object.fromEntries(players.map((player, i) => [player, SIGNS[i]!])),
      columns: columns.map((discs, i) => ({
        text: `${i + 1}`,
        ...discs.length < rows && { move: i + 1 },
      })),
      rows: Array.from({ length: rows }, (_, i) =>
        columns.map((discs, column) => {
          const row = rows - 1 - i;
          const sign = SIGNS[DISCS.indexOf(discs[row] ?? EMPTY)] ?? "";
          return isMarked(column, row) ? { text: sign, marked: true } : sign;
        })),
    };
  }

  override legal({ columns, rows }: State) {
    return columns.flatMap((discs, i) =>
      discs.length < rows ? [{ action: "drop", value: i + 1 }] : []
    );
  }
}

function discAt({ columns }: State, column: number, row: number): string {
  return columns[column]?.[row] ?? EMPTY;
}

/** The rows from the top down, as a player sees them. */
function rowsOf({ columns, rows }: State): string[] {
  return Array.from(
    { length: rows },
    (_, i) => columns.map((discs) => discs[rows - 1 - i] ?? EMPTY).join(""),
  );
}

/** A line through the last disc that wins, as [column, row] counted from 0. */
function lineIn(state: State): [number, number][] | null {
  const { columns, line, last } = state;
  if (last === null) return null;
  const row = columns[last]!.length - 1;
  const disc = discAt(state, last, row);
  for (const [right, up] of DIRECTIONS) {
    let [column, height] = [last, row];
    while (discAt(state, column - right, height - up) === disc) {
      [column, height] = [column - right, height - up];
    }
    const found: [number, number][] = [];
    while (discAt(state, column, height) === disc) {
      found.push([column, height]);
      [column, height] = [column + right, height + up];
    }
    if (found.length >= line) return found;
  }
  return null;
}

/** The column that a value names, counted from 0: 4, "4" or { column: 4 }. */
function columnOf(value: unknown, columns: number): number | null {
  const { column = value, ...more } = Object(value);
  if (typeof value === "object" && Object.keys(more).length > 0) return null;
  const number = typeof column === "string" && /^\s*\d{1,2}\s*$/.test(column) ? +column : column;
  return Number.isInteger(number) && number >= 1 && number <= columns ? number - 1 : null;
}
