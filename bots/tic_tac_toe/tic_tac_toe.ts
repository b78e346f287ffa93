/**
 * TicTacToe: two players take turns to mark a square; a line of marks wins, a full board is a draw.
 *
 * params: size = 3 (squares a side, 3 to 8), line = 3 (marks in a row that win, at most size), and those of every
 *         game: clock, strikes, turn_order.
 * Moves: make_game_move game "tictactoe", action "place", value 5 (or the text "place 5"); action "concede".
 *        Squares are numbered from 1, row by row from the top left. "b2" and { row: 2, column: 2 } name one, too.
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
  size: number;
  line: number;
}

interface State {
  size: number;
  line: number;
  /** X moves first, then O. */
  players: string[];
  /** One character for each square, row by row: X, O or a dot. */
  board: string;
  /** The last square that was marked, counted from 0; -1 for none. */
  last: number;
}

const MARKS = "XO";
const EMPTY = ".";
/** Right, down, and both diagonals downwards: every line is found from its first square. */
const DIRECTIONS: [down: number, right: number][] = [[0, 1], [1, 0], [1, 1], [1, -1]];

export default class TicTacToe extends GameReferee<State, Params> {
  static manifest = {
    summary: "Tic-tac-toe for two, on 3 by 3 squares or more",
    net: [],
    moves: {
      game: "tictactoe",
      aliases: ["TicTacToe", "tic tac toe", "noughts and crosses"],
      actions: {
        place: { value: "<whole number 1 to 64>", text: "place 5" },
        ...GAME_ACTIONS,
      },
    },
    params: {
      type: "object",
      properties: {
        size: {
          type: "integer",
          description: "Squares a side.",
          minimum: 3,
          maximum: 8,
          default: 3,
        },
        line: {
          type: "integer",
          description: "Marks in a row that win; at most size.",
          minimum: 3,
          maximum: 8,
          default: 3,
        },
        ...GAME_PARAMS,
      },
    },
  };

  override seats = 2;

  constructor(ctx: BotContext, params: Params) {
    super(ctx, params);
    const { size, line } = params;
    if (line > size) {
      throw new Error(`line is ${line}, but must be at most size, which is ${size}: pass ${size}`);
    }
  }

  override setup(players: string[]): State {
    const { size, line } = this.params;
    return { size, line, players, board: EMPTY.repeat(size * size), last: -1 };
  }

  override turn({ players, board }: State): string[] {
    return [players[markedIn(board) % 2]!];
  }

  override play(state: State, player: string, { value }: Move) {
    const { size, board, players } = state;
    const square = squareOf(value, size);
    if (square === null) {
      throw new Illegal(`The value must be the number of a free square, 1 to ${size * size}.`);
    }
    if (board[square] !== EMPTY) {
      throw new Illegal(`Square ${square + 1} has an ${board[square]}: choose a free one.`);
    }
    const mark = MARKS[players.indexOf(player)]!;
    state.board = board.slice(0, square) + mark + board.slice(square + 1);
    state.last = square;
    this.say("judge", { player, mark, square: square + 1 });
  }

  override result(state: State) {
    const { players, board, size } = state;
    const line = lineIn(state);
    if (line !== null) {
      const winner = players[MARKS.indexOf(board[line[0]!]!)]!;
      const squares = line.map((square) => square + 1);
      const loser = players.filter((each) => each !== winner);
      return {
        result: "won" as const,
        winners: [winner],
        ranking: [[winner], loser],
        text: `${winner} has the line ${squares.join(", ")}.`,
        line: squares,
      };
    }
    if (markedIn(board) < size * size) return null;
    const text = "The board is full, and nobody has a line: a draw.";
    return { result: "drawn" as const, winners: [], ranking: [players], text };
  }

  override position({ size, line, players, board }: State) {
    const rows = Array.from(
      { length: size },
      (_, row) => board.slice(row * size, row * size + size),
    );
    return {
      board: rows,
      marks: Object.fromEntries(players.map((player, i) => [player, MARKS[i]!])),
      line,
    };
  }

  override read(text: string): Move | null {
    const [, square] = /^(?:(?:square|cell|place|mark) )?(\d{1,2}|[a-h][1-8])[.!]?$/i.exec(text) ??
      [];
    return square === undefined ? null : { action: "place", value: square };
  }

  /** Free squares show their numbers. */
  override picture({ size, players, board }: State): string {
    const width = `${size * size}`.length;
    const cells = [...board].map((mark, square) =>
      (mark === EMPTY ? `${square + 1}` : mark).padStart(width)
    );
    const rows = Array.from(
      { length: size },
      (_, row) => cells.slice(row * size, row * size + size).join(" "),
    );
    return [...rows, players.map((player, i) => `${player} is ${MARKS[i]}`).join(", ")].join("\n");
  }

  override view(state: State): BoardView {
    const { size, players, board, last } = state;
    const marked = lineIn(state) ?? [last];
    const cells = [...board].map((mark, square) => {
      if (mark === EMPTY) return { move: square + 1 };
      return marked.includes(square) ? { text: mark, marked: true } : mark;
    });
    return {
      kind: "grid",
      action: "place",
      marks: Object.fromEntries(players.map((player, i) => [player, MARKS[i]!])),
      rows: Array.from({ length: size }, (_, row) => cells.slice(row * size, (row + 1) * size)),
    };
  }

  override legal({ board }: State) {
    return [...board].flatMap((mark, square) =>
      mark === EMPTY ? [{ action: "place", value: square + 1 }] : []
    );
  }
}

function markedIn(board: string): number {
  return [...board].filter((mark) => mark !== EMPTY).length;
}

/** The squares of a line that wins, counted from 0. */
function lineIn({ size, line, board }: State): number[] | null {
  for (let square = 0; square < board.length; square++) {
    if (board[square] === EMPTY) continue;
    const [row, column] = [Math.floor(square / size), square % size];
    for (const [down, right] of DIRECTIONS) {
      const [lastRow, lastColumn] = [row + down * (line - 1), column + right * (line - 1)];
      if (lastRow >= size || lastColumn >= size || lastColumn < 0) continue;
      const squares = Array.from({ length: line }, (_, i) => square + i * (down * size + right));
      if (squares.every((each) => board[each] === board[square])) return squares;
    }
  }
  return null;
}

/** The square that a value names, counted from 0: 5, "5", "b2" or { row: 2, column: 2 }. */
function squareOf(value: unknown, size: number): number | null {
  if (typeof value === "number") return within(value - 1, size * size);
  if (typeof value === "string") {
    const said = value.trim().toLowerCase();
    if (/^\d{1,2}$/.test(said)) return within(Number(said) - 1, size * size);
    const [, letter, digit] = /^([a-h])([1-8])$/.exec(said) ?? [];
    return letter ? at(Number(digit) - 1, letter.charCodeAt(0) - 97, size) : null;
  }
  const { row, column, col = column, ...more } = Object(value);
  if (Object.keys(more).length > 0 || row === undefined) return null;
  return at(Number(row) - 1, Number(col) - 1, size);
}

function at(row: number, column: number, size: number): number | null {
  const isOnBoard = within(row, size) !== null && within(column, size) !== null;
  return isOnBoard ? row * size + column : null;
}

function within(index: number, below: number): number | null {
  return Number.isInteger(index) && index >= 0 && index < below ? index : null;
}
