/** Games, counters and polls, as a chat's first bots are. */
import { by, code, failed, leaves, posts, type Row, whisper } from "./row.ts";

export const GAMES: readonly Row[] = [
  {
    name: "echo",
    language: "javascript",
    source: code`
class EchoBot {
  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
  }

  on_message(msg) {
    if (msg.kind !== 'user') return;
    this.ctx.post('bot', { text: \`You said: \${msg.body.text}\` });
  }
}
`,
    says: ["hello", "\u00e4\u{1F600}"],
    means: posts("You said: hello", "You said: ä😀"),
  },
  {
    name: "counter",
    language: "javascript",
    source: code`
export default class Counter {
  constructor(ctx) { this.ctx = ctx; }
  on_init() { this.ctx.set_state({ count: 0 }); }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const state = this.ctx.get_state();
    state.count++;
    this.ctx.set_state(state);
    this.ctx.post("bot", { count: state.count });
  }
}
`,
    says: ["+", "+", "+"],
    means: posts({ count: 1 }, { count: 2 }, { count: 3 }),
  },
  {
    name: "poll with a result for all",
    language: "javascript",
    players: 3,
    bot: { params: { question: "Pizza or pasta?", options: ["pizza", "pasta"] } },
    source: code`
export default class PollBot {
  static manifest = { summary: "A poll", net: [] };

  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
  }

  on_init() {
    this.ctx.set_state({ votes: {} });
    this.ctx.post("bot", { text: this.params.question + " (" + this.params.options.join("/") + ")" });
  }

  on_message(msg) {
    if (msg.kind !== "user") return;
    const { votes } = this.ctx.get_state();
    const text = (msg.body.text ?? "").trim().toLowerCase();
    if (text === "!close") {
      const tally = Object.values(votes).reduce((sum, vote) => ({ ...sum, [vote]: (sum[vote] || 0) + 1 }), {});
      const [winner] = Object.entries(tally).sort(([, a], [, b]) => b - a)[0];
      this.ctx.post("bot", { type: "poll_result", tally, winner });
      return;
    }
    if (!this.params.options.includes(text)) {
      this.ctx.post("bot", { text: "Unknown option" }, { to: [msg.sender] });
      return;
    }
    votes[msg.sender] = text;
    this.ctx.set_state({ votes });
  }
}
`,
    says: [" Pasta", by(2, "pizza"), by(3, "soup"), by(3, "pasta"), by(2, "pasta"), "!close"],
    means: posts(
      "Pizza or pasta? (pizza/pasta)",
      whisper(["p3"], "Unknown option"),
      { type: "poll_result", tally: { pasta: 3 }, winner: "pasta" },
    ),
  },
  {
    name: "rock, paper, scissors",
    language: "javascript",
    players: 2,
    source: code`
const BEATS = { rock: "scissors", paper: "rock", scissors: "paper" };

export default class RPS {
  constructor(ctx) {
    this.ctx = ctx;
  }
  on_message({ kind, sender, body }) {
    if (kind !== "user" || !(body?.text in BEATS)) return;
    const picks = { ...(this.ctx.get_state() || {}), [sender]: body.text };
    const all = this.ctx.players().map((p) => p.player_id);
    if (!all.every((id) => id in picks)) {
      this.ctx.set_state(picks);
      this.ctx.post("bot", { type: "bot:turn", players: all.filter((id) => !(id in picks)) });
      return;
    }
    const [a, b] = all;
    const winner = picks[a] === picks[b] ? null : BEATS[picks[a]] === picks[b] ? a : b;
    this.ctx.set_state(null);
    this.ctx.post("bot", { type: "game_end", winner, picks });
  }
}
`,
    says: ["rock", "hm", by(2, "paper")],
    means: posts(
      { type: "bot:turn", players: ["p2"] },
      { type: "game_end", winner: "p2", picks: { p1: "rock", p2: "paper" } },
    ),
  },
  {
    name: "a bot that only greets",
    language: "javascript",
    players: 2,
    source: code`
class Greeter {
  constructor(ctx) { this.ctx = ctx; }
  on_join(player_id) {
    const player = this.ctx.players().find(p => p.player_id === player_id);
    this.ctx.post('system', { text: 'Welcome ' + player_id + ' (' + player.label + ')!' });
  }
  on_leave(player_id) {
    this.ctx.post('system', { text: 'Bye ' + player_id });
  }
}
`,
    says: [leaves(2)],
    means: posts("Welcome p1 (player1)!", "Welcome p2 (player2)!", "Bye p2"),
  },
  {
    name: "timer that ticks down",
    language: "javascript",
    source: code`
export default class Countdown {
  constructor(ctx, params) {
    this.ctx = ctx;
    this.from = params.from || 3;
  }
  on_message(msg) {
    if (msg.kind === "user" && msg.body.text === "start") {
      this.ctx.set_state(this.from);
      this.ctx.set_timer("tick", 5);
    }
  }
  on_timer(name) {
    if (name !== "tick") return;
    let left = this.ctx.get_state();
    this.ctx.post("bot", { left });
    if (--left > 0) {
      this.ctx.set_state(left);
      this.ctx.set_timer("tick", 5);
    }
  }
}
`,
    says: ["start"],
    means: posts({ left: 3 }, { left: 2 }, { left: 1 }),
  },
  {
    name: "a thrown error is told with its line",
    language: "javascript",
    source: code`
export default class Divider {
  constructor(ctx) {
    this.ctx = ctx;
  }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const n = Number(msg.body.text);
    if (Number.isNaN(n)) {
      throw new TypeError("not a number: " + msg.body.text);
    }
    this.ctx.post("bot", { half: n / 2 });
  }
}
`,
    says: ["seven", "7"],
    means: posts(failed(/not a number: seven/, "throw new TypeError"), { half: 3.5 }),
  },
  {
    name: "hangman",
    language: "typescript",
    bot: { params: { word: "banana" } },
    source: code`
interface State {
  guessed: string[];
  lives: number;
}

export default class Hangman {
  static manifest = { summary: "Hangman", net: [] };
  private readonly word: string;

  constructor(private ctx: BotContext, params: Record<string, unknown>) {
    this.word = String(params.word ?? "mystery");
  }

  on_init(): void {
    this.ctx.set_state({ guessed: [], lives: 3 } satisfies State);
  }

  on_message(msg: Message): void {
    if (msg.kind !== "user") return;
    const letter = String(msg.body.text).toLowerCase();
    const state = this.ctx.get_state() as State;
    if (!/^[a-z]$/.test(letter)) return;
    const guessed = [...new Set([...state.guessed, letter])];
    const lives = this.word.includes(letter) ? state.lives : state.lives - 1;
    const shown = [...this.word].map((c) => (guessed.includes(c) ? c : "_")).join("");
    this.ctx.set_state({ guessed, lives });
    this.ctx.post("bot", { shown, lives });
    if (shown === this.word || lives === 0) {
      this.ctx.post("bot", { type: "game_end", won: lives > 0 });
    }
  }
}
`,
    says: ["a", "z", "B", "what?", "n"],
    means: posts(
      { shown: "_a_a_a", lives: 3 },
      { shown: "_a_a_a", lives: 2 },
      { shown: "ba_a_a", lives: 2 },
      { shown: "banana", lives: 2 },
      { type: "game_end", won: true },
    ),
  },
  {
    name: "tic-tac-toe with types all over",
    language: "typescript",
    players: 2,
    source: code`
type Mark = "X" | "O";
type Cell = Mark | null;
type Board = [Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell];

const LINES: ReadonlyArray<readonly [number, number, number]> = [
  [0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6],
] as const;

interface Game {
  board: Board;
  turn: Mark;
}

export default class TicTacToe {
  constructor(private readonly ctx: BotContext, private readonly params: Record<string, unknown>) {}

  on_init() {
    const game: Game = { board: Array<Cell>(9).fill(null) as Board, turn: "X" };
    this.ctx.set_state(game);
  }

  private winner(board: Board): Mark | undefined {
    for (const [a, b, c] of LINES) {
      if (board[a] && board[a] === board[b] && board[b] === board[c]) return board[a]!;
    }
    return undefined;
  }

  on_message(msg: Message) {
    if (msg.kind !== "user" || msg.body.type !== "move") return;
    const { value } = msg.body as { value: number };
    const game = this.ctx.get_state() as Game;
    const mark: Mark = msg.sender === "p1" ? "X" : "O";
    if (mark !== game.turn || game.board[value] !== null) {
      this.ctx.post("bot", { type: "illegal", value }, { to: [msg.sender] });
      return;
    }
    game.board[value] = mark;
    game.turn = mark === "X" ? "O" : "X";
    this.ctx.set_state(game);
    const won = this.winner(game.board);
    if (won) this.ctx.end({ won });
    else this.ctx.post("bot", { type: "bot:turn", player: game.turn === "X" ? "p1" : "p2" });
  }
}
`,
    says: [
      { type: "move", game: "ttt", action: "place", value: 0 },
      by(2, { type: "move", game: "ttt", action: "place", value: 0 }),
      by(2, { type: "move", game: "ttt", action: "place", value: 3 }),
      { type: "move", game: "ttt", action: "place", value: 1 },
      by(2, { type: "move", game: "ttt", action: "place", value: 4 }),
      { type: "move", game: "ttt", action: "place", value: 2 },
    ],
    means: posts(
      { type: "bot:turn", player: "p2" },
      whisper(["p2"], { type: "illegal", value: 0 }),
      { type: "bot:turn", player: "p1" },
      { type: "bot:turn", player: "p2" },
      { type: "bot:turn", player: "p1" },
      { type: "bot:end", result: { won: "X" } },
    ),
  },
  {
    name: "auction with a generic queue",
    language: "typescript",
    players: 2,
    source: code`
class PriorityQueue<T> {
  private items: { value: T; priority: number }[] = [];
  push(value: T, priority: number): this {
    this.items.push({ value, priority });
    this.items.sort((a, b) => b.priority - a.priority);
    return this;
  }
  pop(): T | undefined {
    return this.items.shift()?.value;
  }
  get size(): number {
    return this.items.length;
  }
}

interface Bid { who: string; amount: number }

export default class AuctionBot {
  constructor(private ctx: BotContext) {}

  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const bids = (this.ctx.get_state() ?? []) as Bid[];
    if (msg.body.text === "sold") {
      const queue = new PriorityQueue<Bid>();
      for (const bid of bids) queue.push(bid, bid.amount);
      const first = queue.pop(), second = queue.pop();
      this.ctx.post("bot", { winner: first?.who ?? null, pays: second?.amount ?? 0, others: queue.size });
      return;
    }
    bids.push({ who: msg.sender, amount: Number(msg.body.text) });
    this.ctx.set_state(bids);
  }
}
`,
    says: ["10", by(2, "30"), "25", "sold"],
    means: posts({ winner: "p2", pays: 25, others: 1 }),
  },
  {
    name: "quiz with a map of answers",
    language: "typescript",
    source: code`
const QUESTIONS: Record<string, string> = {
  "2 + 2": "4",
  "capital of France": "paris",
};

export default class Quiz {
  constructor(private ctx: BotContext, private params: Record<string, unknown>) {}
  on_init() {
    this.ask(0);
  }
  private ask(index: number): void {
    const question = Object.keys(QUESTIONS)[index];
    this.ctx.set_state({ index, score: (this.ctx.get_state() as any)?.score ?? 0 });
    if (question === undefined) {
      this.ctx.post("bot", { type: "game_end", score: (this.ctx.get_state() as { score: number }).score });
    } else {
      this.ctx.post("bot", { question });
    }
  }
  on_message(msg: Message) {
    if (msg.kind !== "user") return;
    const state = this.ctx.get_state() as { index: number; score: number };
    const answer = Object.values(QUESTIONS)[state.index];
    if (answer === undefined) return;
    const right = (msg.body.text as string).toLowerCase() === answer;
    this.ctx.set_state({ ...state, score: state.score + Number(right) });
    this.ask(state.index + 1);
  }
}
`,
    says: ["5", "Paris", "more?"],
    means: posts(
      { question: "2 + 2" },
      { question: "capital of France" },
      { type: "game_end", score: 1 },
    ),
  },
  {
    name: "number guessing",
    language: "python",
    source: code`
import random

class GuessTheNumber:
    manifest = {'summary': 'Guess a number between 1 and 100', 'net': []}

    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        self.ctx.set_state({'secret': random.randint(1, 100), 'tries': 0})
        self.ctx.post('system', {'text': 'I am thinking of a number between 1 and 100.'})

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        try:
            guess = int(msg['body']['text'])
        except ValueError:
            self.ctx.post('bot', {'text': 'Please send a number.'})
            return
        state = self.ctx.get_state()
        state['tries'] += 1
        self.ctx.set_state(state)
        if guess < state['secret']:
            hint = 'higher'
        elif guess > state['secret']:
            hint = 'lower'
        else:
            hint = 'correct'
        self.ctx.post('bot', {'text': f"{hint} (try {state['tries']})"})
`,
    says: ["abc", "0", "101"],
    means: posts(
      "I am thinking of a number between 1 and 100.",
      "Please send a number.",
      "higher (try 1)",
      "lower (try 2)",
    ),
  },
  {
    name: "to-do list with commands",
    language: "python",
    source: code`
class TodoBot:
    def __init__(self, ctx, params):
        self.ctx = ctx
        self.state = ctx.get_state() or {"items": []}

    def on_message(self, msg):
        if msg.get("kind") != "user":
            return
        text = msg.get("body", {}).get("text", "")
        command, _, rest = text.partition(" ")
        items = self.state["items"]
        if command == "!add" and rest:
            items.append({"task": rest, "done": False})
        elif command == "!done":
            try:
                items[int(rest) - 1]["done"] = True
            except (IndexError, ValueError):
                self.ctx.post("bot", {"text": "No such item"})
                return
        elif command == "!list":
            lines = [f"{i}. [{'x' if item['done'] else ' '}] {item['task']}" for i, item in enumerate(items, start=1)]
            self.ctx.post("bot", {"text": "\n".join(lines) or "(empty)"})
        self.ctx.set_state(self.state)
`,
    says: ["!list", "!add buy milk", "!add sleep", "!done 2", "!done 9", "!list"],
    means: posts("(empty)", "No such item", "1. [ ] buy milk\n2. [x] sleep"),
  },
  {
    name: "dice with a regular expression",
    language: "python",
    source: code`
import random
import re

DICE = re.compile(r"^(?P<n>\d+)d(?P<sides>\d+)(?P<mod>[+-]\d+)?$")

class DiceBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg["kind"] != "user":
            return
        if not (m := DICE.match(msg["body"]["text"])):
            return
        n, sides, mod = int(m["n"]), int(m["sides"]), int(m["mod"] or 0)
        rolls = [random.randint(1, sides) for _ in range(n)]
        ok = len(rolls) == n and all(1 <= r <= sides for r in rolls)
        self.ctx.post("bot", {"ok": ok, "total": sum(rolls) + mod >= n + mod, "mod": mod})
`,
    says: ["2d6+3", "hello", "10d1-2"],
    means: posts({ ok: true, total: true, mod: 3 }, { ok: true, total: true, mod: -2 }),
  },
  {
    name: "tic-tac-toe that can't be beaten",
    language: "python",
    source: code`
from functools import lru_cache

LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]

def winner(board):
    for a, b, c in LINES:
        if board[a] != '.' and board[a] == board[b] == board[c]:
            return board[a]
    return None

@lru_cache(maxsize=None)
def minimax(board, mark):
    w = winner(board)
    if w:
        return 1 if w == 'O' else -1
    if '.' not in board:
        return 0
    other = 'X' if mark == 'O' else 'O'
    scores = (minimax(board[:i] + mark + board[i + 1:], other) for i, c in enumerate(board) if c == '.')
    return max(scores) if mark == 'O' else min(scores)

class UnbeatableBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        board = self.ctx.get_state() or '.' * 9
        cell = int(msg['body']['text'])
        board = board[:cell] + 'X' + board[cell + 1:]
        free = [i for i, c in enumerate(board) if c == '.']
        best = max(free, key=lambda i: minimax(board[:i] + 'O' + board[i + 1:], 'X'))
        board = board[:best] + 'O' + board[best + 1:]
        self.ctx.set_state(board)
        self.ctx.post('bot', {'board': board, 'winner': winner(board)})
`,
    says: ["4", "8"],
    means: posts(
      { board: "O...X....", winner: null },
      { board: "O.O.X...X", winner: null },
    ),
  },
  {
    name: "score board",
    language: "python",
    players: 2,
    source: code`
from collections import Counter, defaultdict

class ScoreBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['kind'] != 'user':
            return
        scores = Counter(self.ctx.get_state() or {})
        scores[msg['sender']] += len(msg['body']['text'])
        self.ctx.set_state(scores)
        by_initial = defaultdict(list)
        for player in self.ctx.players():
            by_initial[player['player_id'][0]].append(player['player_id'])
        self.ctx.post('bot', {'top': scores.most_common(1), 'groups': by_initial})
`,
    says: ["abc", by(2, "abcdef")],
    means: posts(
      { top: [["p1", 3]], groups: { p: ["p1", "p2"] } },
      { top: [["p2", 6]], groups: { p: ["p1", "p2"] } },
    ),
  },
];
