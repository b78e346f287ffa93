/// <reference path="./bot.d.ts" />
import { GAME_ACTIONS, GAME_PARAMS, GameReferee, Illegal } from "lib:game";

// Checkers on a 6x6 board. Men go forward, kings both ways, one step at a time; capturing is
// compulsory and goes on with the same piece; 30 moves without a capture are a draw.

const N = 6;
const FILES = "abcdef";
type Side = "w" | "b";
type Piece = "w" | "W" | "b" | "B";
type Cell = Piece | null;
type Sq = { x: number; y: number };
type Step = { from: Sq; to: Sq; over?: Sq };

interface S {
  board: Cell[][];
  players: Record<Side, string>;
  side: Side;
  chain: Sq | null;
  quiet: number;
}

const SIGNS: Record<Piece, string> = { w: "⛀", W: "⛁", b: "⛂", B: "⛃" };
const sideOf = (p: Piece): Side => p.toLowerCase() as Side;
const isKing = (p: Piece) => p === "W" || p === "B";
const sq = ({ x, y }: Sq) => FILES.charAt(x) + (y + 1);
const notation = ({ from, to, over }: Step) => `${sq(from)}${over ? "x" : "-"}${sq(to)}`;

function initial(): Cell[][] {
  const cell = (x: number, y: number) => (x + y) % 2 ? null : y < 2 ? "w" : y > 3 ? "b" : null;
  return Array.from({ length: N }, (_, y) => Array.from({ length: N }, (_, x) => cell(x, y)));
}

function stepsOf(board: Cell[][], from: Sq): Step[] {
  const piece = board[from.y]?.[from.x];
  if (!piece) return [];
  const forward = sideOf(piece) === "w" ? 1 : -1;
  const found: Step[] = [];
  for (const dy of isKing(piece) ? [1, -1] : [forward]) {
    for (const dx of [-1, 1]) {
      const near = { x: from.x + dx, y: from.y + dy };
      const far = { x: from.x + 2 * dx, y: from.y + 2 * dy };
      const there = board[near.y]?.[near.x];
      if (there === null) found.push({ from, to: near });
      else if (there && sideOf(there) !== sideOf(piece) && board[far.y]?.[far.x] === null) {
        found.push({ from, to: far, over: near });
      }
    }
  }
  return found;
}

function allSteps({ board, side, chain }: S): Step[] {
  if (chain) return stepsOf(board, chain).filter((step) => step.over);
  const all = board.flatMap((row, y) =>
    row.flatMap((piece, x) => piece && sideOf(piece) === side ? stepsOf(board, { x, y }) : [])
  );
  const captures = all.filter((step) => step.over);
  return captures.length > 0 ? captures : all;
}

export default class Checkers extends GameReferee {
  static manifest: BotManifest = {
    summary: "Checkers on 6x6 with compulsory captures",
    net: [],
    moves: {
      game: "checkers",
      aliases: ["draughts"],
      actions: { move: { value: "<text>", text: "move a2-b3" }, ...GAME_ACTIONS },
    },
    params: { type: "object", properties: { ...GAME_PARAMS } },
  };

  setup([white, black]: [string, string]): S {
    return { board: initial(), players: { w: white, b: black }, side: "w", chain: null, quiet: 0 };
  }

  turn(s: S) {
    return [s.players[s.side]];
  }

  play(s: S, _player: string, { action, value }: LegalMove) {
    const steps = allSteps(s);
    const step = steps.find((each) => action === "move" && notation(each) === value);
    if (!step) {
      const some = steps.slice(0, 6).map(notation).join(", ");
      throw new Illegal(`Move as in ${some}. Captures are compulsory.`);
    }
    const { from, to, over } = step;
    let piece = s.board[from.y]![from.x]!;
    s.board[from.y]![from.x] = null;
    if (over) s.board[over.y]![over.x] = null;
    const crowned = !isKing(piece) && to.y === (s.side === "w" ? N - 1 : 0);
    if (crowned) piece = piece.toUpperCase() as Piece;
    s.board[to.y]![to.x] = piece;
    s.quiet = over ? 0 : s.quiet + 1;
    const more = over && !crowned && stepsOf(s.board, to).some((each) => each.over);
    s.chain = more ? to : null;
    if (!more) s.side = s.side === "w" ? "b" : "w";
  }

  result(s: S) {
    const { w, b } = s.players;
    if (allSteps(s).length === 0) {
      const [winner, loser] = s.side === "w" ? [b, w] : [w, b];
      const text = `${loser} can't move.`;
      return { result: "won", winners: [winner], ranking: [[winner], [loser]], text };
    }
    if (s.quiet < 30) return null;
    return { result: "drawn", winners: [], ranking: [[w, b]], text: "30 moves without a capture." };
  }

  position(s: S) {
    const { w, b } = s.players;
    return { white: w, black: b, board: this.picture(s).split("\n"), quiet: s.quiet };
  }

  picture({ board }: S) {
    return board.map((row) => row.map((piece) => piece ?? ".").join("")).reverse().join("\n");
  }

  override view(s: S): BoardView {
    const steps = allSteps(s);
    const cell = (piece: Cell, at: Sq): BoardCell => {
      const text = piece ? SIGNS[piece] : "";
      const mine = steps.filter(({ from }) => sq(from) === sq(at));
      if (mine.length === 0) return text;
      return { text, move: Object.fromEntries(mine.map((step) => [sq(step.to), notation(step)])) };
    };
    return {
      kind: "grid",
      checkered: true,
      action: "move",
      columns: [...FILES],
      flipped: s.players.b,
      rows: s.board.map((row, y) => ({
        label: y + 1,
        cells: row.map((piece, x) => cell(piece, { x, y })),
      })).reverse(),
    };
  }

  legal(s: S): LegalMove[] {
    return allSteps(s).map((step) => ({ action: "move", value: notation(step) }));
  }
}
