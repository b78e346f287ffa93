/** Recursion, as solvers use it, and loops that wait for a clock. */
import { code, failed, posts, type Row } from "./row.ts";

/** What a failure says to somebody who waits for a clock. */
const STANDS = /(time|clock)[^"]*stands? still/i;

export const DEPTHS: readonly Row[] = [
  {
    name: "lru_cache with a generator, 450 deep",
    language: "python",
    source: code`
from functools import lru_cache

@lru_cache(maxsize=None)
def ways(n):
    if n <= 0:
        return 1 if n == 0 else 0
    return sum(ways(n - step) for step in (1, 2)) % 1000

class Stairs:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        n = int(msg['body']['text'])
        self.ctx.post('bot', {'ways': ways(n)})
`,
    says: ["10", "450"],
    means: posts({ ways: 89 }, { ways: 549 }),
  },
  {
    name: "max of a generator, 450 deep",
    language: "python",
    source: code`
class Deep:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def best(self, n):
        if n == 0:
            return 0
        return max(self.best(n - 1) + 1 for _ in range(1))

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'best': self.best(450)})
`,
    says: ["go"],
    means: posts({ best: 450 }),
  },
  {
    name: "nodes that make their children in __init__",
    language: "python",
    source: code`
class Node:
    def __init__(self, depth):
        self.depth = depth
        self.children = [Node(depth - 1)] if depth > 0 else []

    def size(self):
        return 1 + sum(child.size() for child in self.children)

class TreeBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'nodes': Node(450).size()})
`,
    says: ["go"],
    means: posts({ nodes: 451 }),
  },
  {
    name: "sorted with a key that recurses, and json of nested lists",
    language: "python",
    source: code`
import json

def depth(value):
    return 1 + max(map(depth, value), default=0)

class Nested:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        nested = []
        for _ in range(450):
            nested = [nested]
        again = json.loads(json.dumps(nested))
        deepest = sorted([[], again], key=depth)[-1]
        self.ctx.post('bot', {'depth': depth(deepest), 'same': deepest == nested})
`,
    says: ["go"],
    means: posts({ depth: 451, same: true }),
  },
  {
    name: "plain recursion, 450 deep",
    language: "python",
    source: code`
class Factorial:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def factorial(self, n):
        return 1 if n < 2 else n * self.factorial(n - 1)

    def on_message(self, msg):
        if msg['kind'] == 'user':
            digits = len(str(self.factorial(450)))
            self.ctx.post('bot', {'digits': digits})
`,
    says: ["go"],
    means: posts({ digits: 1001 }),
  },
  {
    name: "a RecursionError that is caught",
    language: "python",
    source: code`
class Endless:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def down(self, n):
        return max(self.down(n + 1) for _ in range(1))

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        try:
            self.down(0)
        except RecursionError:
            self.ctx.post('bot', {'text': 'too deep for me'})
`,
    says: ["go"],
    means: posts("too deep for me"),
  },
  {
    name: "an endless recursion is told with its line",
    language: "python",
    source: code`
class Endless:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def down(self, n):
        return self.down(n + 1) + 1

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.down(0)
`,
    says: ["go"],
    means: posts(failed(/RecursionError|recursion/, "return self.down(n + 1) + 1")),
  },
  {
    name: "alpha-beta on a small game",
    language: "python",
    source: code`
import math

def moves(pile):
    return [take for take in (1, 2, 3) if take <= pile]

def alphabeta(pile, alpha, beta, maximizing):
    if pile == 0:
        return -1 if maximizing else 1
    best = -math.inf if maximizing else math.inf
    for take in moves(pile):
        value = alphabeta(pile - take, alpha, beta, not maximizing)
        if maximizing:
            best = max(best, value)
            alpha = max(alpha, best)
        else:
            best = min(best, value)
            beta = min(beta, best)
        if beta <= alpha:
            break
    return best

class NimBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        pile = int(msg['body']['text'])
        take = max(moves(pile), key=lambda t: alphabeta(pile - t, -math.inf, math.inf, False))
        self.ctx.post('bot', {'take': take, 'left': pile - take})
`,
    says: ["10", "7"],
    means: posts({ take: 2, left: 8 }, { take: 3, left: 4 }),
  },
  {
    name: "recursion, 1,900 deep",
    language: "javascript",
    source: code`
export default class Sum {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const sum = (n) => (n === 0 ? 0 : n + sum(n - 1));
    this.ctx.post("bot", { sum: sum(1900) });
  }
}
`,
    says: ["go"],
    means: posts({ sum: 1900 * 1901 / 2 }),
  },
  {
    name: "recursion through map, 900 deep",
    language: "javascript",
    source: code`
export default class Tree {
  constructor(ctx) { this.ctx = ctx; }
  build(depth) {
    return { depth, children: depth > 0 ? [depth - 1].map((d) => this.build(d)) : [] };
  }
  count(node) {
    return 1 + node.children.map((child) => this.count(child)).reduce((a, b) => a + b, 0);
  }
  on_message(msg) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { nodes: this.count(this.build(900)) });
  }
}
`,
    says: ["go"],
    means: posts({ nodes: 901 }),
  },
  {
    name: "a flood fill by recursion",
    language: "javascript",
    source: code`
export default class Flood {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const size = 40;
    const grid = Array.from({ length: size }, () => Array(size).fill(0));
    let filled = 0;
    const fill = (x, y) => {
      if (x < 0 || y < 0 || x >= size || y >= size || grid[y][x]) return;
      grid[y][x] = 1;
      filled++;
      [[1, 0], [-1, 0], [0, 1], [0, -1]].forEach(([dx, dy]) => fill(x + dx, y + dy));
    };
    try {
      fill(0, 0);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    this.ctx.post("bot", { enough: filled >= 900 });
  }
}
`,
    says: ["go"],
    means: posts({ enough: true }),
  },
  {
    name: "a RangeError of an endless recursion is caught",
    language: "javascript",
    source: code`
export default class Endless {
  constructor(ctx) { this.ctx = ctx; }
  deeper() { return this.deeper() + 1; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    try {
      this.deeper();
    } catch (e) {
      this.ctx.post("bot", { error: e.name });
    }
  }
}
`,
    says: ["go"],
    means: posts({ error: "RangeError" }),
  },
  {
    name: "minimax with types and a memo",
    language: "typescript",
    source: code`
type Board = string;
const LINES = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6]];
const memo = new Map<string, number>();

function winner(board: Board): "X" | "O" | null {
  for (const [a, b, c] of LINES as [number, number, number][]) {
    if (board[a] !== "." && board[a] === board[b] && board[b] === board[c]) return board[a] as "X" | "O";
  }
  return null;
}

function minimax(board: Board, mark: "X" | "O"): number {
  const key = board + mark;
  const known = memo.get(key);
  if (known !== undefined) return known;
  const won = winner(board);
  let score: number;
  if (won) score = won === "O" ? 1 : -1;
  else if (!board.includes(".")) score = 0;
  else {
    const scores = [...board].flatMap((cell, i) =>
      cell === "." ? [minimax(board.slice(0, i) + mark + board.slice(i + 1), mark === "X" ? "O" : "X")] : []
    );
    score = mark === "O" ? Math.max(...scores) : Math.min(...scores);
  }
  memo.set(key, score);
  return score;
}

export default class Unbeatable {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const cell = Number(msg.body.text);
    const saved = (this.ctx.get_state() as Board | null) ?? "O...X....";
    const board = saved.slice(0, cell) + "X" + saved.slice(cell + 1);
    let best = -1, bestScore = -Infinity;
    [...board].forEach((c, i) => {
      if (c !== ".") return;
      const score = minimax(board.slice(0, i) + "O" + board.slice(i + 1), "X");
      if (score > bestScore) [best, bestScore] = [i, score];
    });
    const next = board.slice(0, best) + "O" + board.slice(best + 1);
    this.ctx.set_state(next);
    this.ctx.post("bot", { board: next, winner: winner(next) });
  }
}
`,
    says: ["8"],
    means: posts({ board: "O.O.X...X", winner: null }),
  },
  {
    name: "a recursive type and JSON of it",
    language: "typescript",
    source: code`
interface Tree { value: number; next?: Tree }

export default class Chain {
  constructor(private ctx: BotContext) {}
  private grow(n: number): Tree {
    return n === 0 ? { value: 0 } : { value: n, next: this.grow(n - 1) };
  }
  private total({ value, next }: Tree): number {
    return value + (next ? this.total(next) : 0);
  }
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { total: this.total(this.grow(1000)) });
  }
}
`,
    says: ["go"],
    means: posts({ total: 500500 }),
  },
  {
    name: "reduce within reduce, 900 deep",
    language: "typescript",
    source: code`
export default class Reducer {
  constructor(private readonly ctx: BotContext) {}
  private nest(n: number): number {
    return n === 0 ? 1 : [n].reduce((sum: number, m: number) => sum + this.nest(m - 1), 0);
  }
  on_message(msg: Message): void {
    if (msg.kind === "user") this.ctx.post("bot", { result: this.nest(900) });
  }
}
`,
    says: ["go"],
    means: posts({ result: 1 }),
  },
  {
    name: "a loop until Date.now() has moved on",
    language: "javascript",
    source: code`
function sleep(ms) {
  const end = Date.now() + ms;
  while (Date.now() < end) {}
}

export default class Busy {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    sleep(200);
    this.ctx.post("bot", { text: "slept" });
  }
}
`,
    says: ["go"],
    means: posts(failed(STANDS)),
  },
  {
    name: "a loop until performance.now() has moved on",
    language: "typescript",
    source: code`
export default class Busy {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const start: number = performance.now();
    let rounds = 0;
    while (performance.now() - start < 100) rounds++;
    this.ctx.post("bot", { rounds });
  }
}
`,
    says: ["go"],
    means: posts(failed(STANDS)),
  },
  {
    name: "a loop until new Date() has moved on",
    language: "typescript",
    source: code`
const wait = (ms: number): void => {
  const start = new Date().getTime();
  for (let now = start; now - start < ms;) now = new Date().getTime();
};

export default class Busy {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    wait(50);
    this.ctx.post("bot", { text: "waited" });
  }
}
`,
    says: ["go"],
    means: posts(failed(STANDS)),
  },
  {
    name: "a loop until time.time() has moved on",
    language: "python",
    source: code`
import time

class Busy:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        end = time.time() + 0.5
        while time.time() < end:
            pass
        self.ctx.post('bot', {'text': 'waited'})
`,
    says: ["go"],
    means: posts(failed(STANDS)),
  },
  {
    name: "a loop until datetime.now() has moved on, with sleeps",
    language: "python",
    source: code`
import time
from datetime import datetime, timedelta

class Busy:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        end = datetime.now() + timedelta(seconds=2)
        while datetime.now() < end:
            time.sleep(0.01)
        self.ctx.post('bot', {'text': 'waited'})
`,
    says: ["go"],
    means: { posts: [failed(STANDS)], or: posts("waited") },
  },
  {
    name: "a loop without an end",
    language: "python",
    source: code`
class Poller:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        while True:
            if self.ctx.get_state() == 'stop':
                break
`,
    says: ["go"],
    means: posts(failed(/out_of_budget/)),
  },
  {
    name: "sleep before an answer",
    language: "python",
    source: code`
from time import sleep

class Slow:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] == 'user':
            self.ctx.post('bot', {'text': 'thinking...'})
            sleep(2)
            self.ctx.post('bot', {'text': 'done'})
`,
    says: ["go"],
    means: posts("thinking...", "done"),
  },
  {
    name: "how long something took",
    language: "javascript",
    source: code`
export default class Timed {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const start = performance.now();
    let sum = 0;
    for (let i = 0; i < 1000; i++) sum += i;
    const took = performance.now() - start;
    this.ctx.post("bot", { sum, fine: took >= 0 && took < 1000, year: new Date().getFullYear() > 2020 });
  }
}
`,
    says: ["go"],
    means: posts({ sum: 499500, fine: true, year: true }),
  },
  {
    name: "towers of Hanoi and quicksort",
    language: "typescript",
    source: code`
type Peg = "a" | "b" | "c";

function hanoi(n: number, from: Peg, to: Peg, via: Peg, moves: [Peg, Peg][] = []): [Peg, Peg][] {
  if (n > 0) {
    hanoi(n - 1, from, via, to, moves);
    moves.push([from, to]);
    hanoi(n - 1, via, to, from, moves);
  }
  return moves;
}

const quicksort = (list: number[]): number[] => {
  if (list.length < 2) return list;
  const [pivot, ...rest] = list as [number, ...number[]];
  return [...quicksort(rest.filter((n) => n < pivot)), pivot, ...quicksort(rest.filter((n) => n >= pivot))];
};

export default class Classics {
  constructor(private ctx: BotContext) {}
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    this.ctx.post("bot", { moves: hanoi(8, "a", "c", "b").length, sorted: quicksort([3, 1, 2, 3]) });
  }
}
`,
    says: ["go"],
    means: posts({ moves: 255, sorted: [1, 2, 3, 3] }),
  },
  {
    name: "a sudoku by backtracking",
    language: "python",
    source: code`
PUZZLE = ['1...', '..3.', '.4..', '...2']

def allowed(grid, row, col, n):
    if n in grid[row] or any(grid[r][col] == n for r in range(4)):
        return False
    top, left = row // 2 * 2, col // 2 * 2
    return all(grid[top + i][left + j] != n for i in range(2) for j in range(2))

def solve(grid, at=0):
    if at == 16:
        return True
    row, col = divmod(at, 4)
    if grid[row][col]:
        return solve(grid, at + 1)
    for n in range(1, 5):
        if allowed(grid, row, col, n):
            grid[row][col] = n
            if solve(grid, at + 1):
                return True
            grid[row][col] = 0
    return False

class Sudoku:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        grid = [[int(c) if c != '.' else 0 for c in line] for line in PUZZLE]
        solved = solve(grid)
        self.ctx.post('bot', {'solved': solved, 'sums': [sum(row) for row in grid]})
`,
    says: ["go"],
    means: posts({ solved: true, sums: [10, 10, 10, 10] }),
  },
];
