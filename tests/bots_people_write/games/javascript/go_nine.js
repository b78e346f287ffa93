/// <reference path="./bot.d.ts" />
import { GAME_ACTIONS, GAME_PARAMS, GameReferee, Illegal } from "lib:game";

const N = 9;
const LETTERS = "ABCDEFGHJ";
const EMPTY = ".".repeat(N * N);
/** @param {number} at */
const name = (at) => `${LETTERS[at % N]}${Math.floor(at / N) + 1}`;
const NAMES = new Map(Array.from(EMPTY, (_, at) => [name(at), at]));
const NEXT = Array.from(EMPTY, (_, at) => {
  const x = at % N, y = Math.floor(at / N);
  return [[x - 1, y], [x + 1, y], [x, y - 1], [x, y + 1]]
    .filter(([i, j]) => i >= 0 && j >= 0 && i < N && j < N).map(([i, j]) => i + j * N);
});

/** The stones joined with one, or the empty region, and the marks around. */
function group(board, start) {
  const mark = board[start];
  const all = new Set([start]);
  const around = new Set();
  for (const at of all) {
    for (const next of NEXT[at]) {
      if (board[next] === mark) all.add(next);
      else around.add(board[next]);
    }
  }
  return { all, around };
}

/** The board after a stone, or null where it may not be put. */
function put(board, at, mark) {
  if (board[at] !== ".") return null;
  const marks = [...board];
  marks[at] = mark;
  for (const next of NEXT[at]) {
    if (marks[next] === "." || marks[next] === mark) continue;
    const { all, around } = group(marks, next);
    if (!around.has(".")) { for (const dead of all) marks[dead] = "."; }
  }
  return group(marks, at).around.has(".") ? marks.join("") : null;
}

/** A short name of a board, so that all that have been fit into the state. */
const digest = (board) => {
  let h = 0xcbf29ce484222325n;
  for (const mark of board) {
    h = BigInt.asUintN(64, (h ^ BigInt(mark.charCodeAt(0))) * 0x100000001b3n);
  }
  return h.toString(36);
};

const area = (board) => {
  const points = { X: 0, O: 0 };
  const seen = new Set();
  [...board].forEach((mark, at) => {
    if (mark !== ".") return points[mark]++;
    if (seen.has(at)) return;
    const { all, around } = group(board, at);
    all.forEach((each) => seen.add(each));
    if (around.size === 1) points[[...around][0]] += all.size;
  });
  return points;
};

export default class GoNine extends GameReferee {
  static manifest = {
    summary:
      "Go on 9 by 9, area scoring, no position may come again; the game ends after 250 moves",
    net: [],
    moves: {
      game: "go9",
      actions: { play: { value: "<square>", text: "play E5" }, pass: {}, ...GAME_ACTIONS },
    },
    params: {
      type: "object",
      properties: {
        komi: { type: "number", minimum: 0, maximum: 20, default: 6.5 },
        ...GAME_PARAMS,
      },
    },
  };

  setup(players) {
    return { board: EMPTY, players, count: 0, passes: 0, past: digest(EMPTY), last: null };
  }

  turn({ players, count }) {
    return [players[count % 2]];
  }

  play(state, player, { action, value }) {
    const { board, players, past } = state;
    if (action === "pass") {
      return { ...state, count: state.count + 1, passes: state.passes + 1, last: "pass" };
    }
    const at = action === "play" ? NAMES.get(String(value).toUpperCase()) : undefined;
    if (at === undefined) {
      throw new Illegal("Play on a point from A1 to J9 (there is no I), or pass.");
    }
    const after = put(board, at, player === players[0] ? "X" : "O");
    if (after === null) {
      throw new Illegal("That point is taken, or the stone would have no liberty.");
    }
    if (past.split(" ").includes(digest(after))) {
      throw new Illegal("That position has been on the board before (ko).");
    }
    return {
      ...state,
      board: after,
      count: state.count + 1,
      passes: 0,
      past: `${past} ${digest(after)}`,
      last: name(at),
    };
  }

  result({ board, players: [black, white], passes, count }) {
    if (passes < 2 && count < 250) return null;
    const { X, O } = area(board);
    const scores = { [black]: X, [white]: O + this.params.komi };
    if (scores[black] === scores[white]) {
      return { result: "drawn", winners: [], ranking: [[black, white]], scores, text: "Jigo." };
    }
    const [winner, loser] = scores[black] > scores[white] ? [black, white] : [white, black];
    return {
      result: "won",
      winners: [winner],
      ranking: [[winner], [loser]],
      scores,
      text: `${winner} wins.`,
    };
  }

  position({ board, players: [black, white], last, passes }) {
    return { black, white, last, passes, rows: board.match(/.{9}/g).reverse() };
  }

  picture({ board }) {
    const rows = board.match(/.{9}/g).map((row, y) => `${y + 1} ${[...row].join(" ")}`).reverse();
    return [...rows, `  ${[...LETTERS].join(" ")}`].join("\n");
  }

  view({ board, players: [black, white], last }) {
    return {
      kind: "grid",
      action: "play",
      columns: [...LETTERS],
      marks: { [black]: "X", [white]: "O" },
      rows: Array.from({ length: N }, (_, i) => {
        const y = N - 1 - i;
        return {
          label: y + 1,
          cells: Array.from({ length: N }, (_, x) => {
            const at = x + y * N;
            if (board[at] === ".") return { move: name(at) };
            return { text: board[at], marked: name(at) === last };
          }),
        };
      }),
    };
  }

  legal(state, player) {
    const mark = player === state.players[0] ? "X" : "O";
    const past = new Set(state.past.split(" "));
    const points = [];
    for (const [value, at] of NAMES) {
      const after = put(state.board, at, mark);
      if (after !== null && !past.has(digest(after))) points.push({ action: "play", value });
    }
    return [{ action: "pass" }, ...points].slice(0, 64);
  }
}
