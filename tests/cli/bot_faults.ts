/** A sound game, and the same with one fault each. */
import type { FAULTS } from "../../src/cli/bot/game_check.ts";

export const NIM = `export default class Nim {
  static manifest = {
    summary: "Who takes the last of seven wins",
    net: [],
    moves: { game: "nim", actions: { take: { value: "<whole number 1 to 2>" } } },
  };
  constructor(ctx) { this.ctx = ctx; }
  on_join() {
    const players = this.ctx.players().map(({ player_id }) => player_id);
    if (players.length !== 2 || this.ctx.get_state()) return;
    this.turn({ heap: 7, players, at: 0 });
  }
  turn(state) {
    const { heap, players, at } = state;
    this.ctx.set_state(state);
    const legal = [1, 2].filter((n) => n <= heap);
    this.ctx.post("bot", {
      type: "bot:turn",
      player: players[at],
      players,
      position: { heap },
      legal_moves: legal.map((value) => ({ action: "take", value })),
    });
  }
  on_message({ sender, kind, body }) {
    const state = this.ctx.get_state();
    if (kind !== "user" || !state) return;
    const { heap, players, at } = state;
    const fits = body.type === "move" && body.game === "nim" && [1, 2].includes(body.value);
    if (!fits || sender !== players[at] || body.value > heap) {
      return this.ctx.post("bot", { type: "violation", player: sender, text: "Take 1 or 2." });
    }
    const left = heap - body.value;
    if (left === 0) return this.ctx.end({ winner: sender });
    this.turn({ heap: left, players, at: 1 - at });
  }
  on_leave(player_id) {
    if (this.ctx.get_state()?.players.includes(player_id)) this.ctx.end({ abandoned: true });
  }
}
`;

interface Planted {
  fault: (typeof FAULTS)[number];
  /** What its text must say. */
  says: RegExp;
  /** The line that the report must name. */
  line?: number;
  change: [from: string, to: string];
}

export const PLANTED: Record<string, Planted> = {
  "a hook that throws in the middle of a game": {
    fault: "hook_failed",
    says: /^After p\d made the move take \d, on_message failed at line 33 \(threw\): TypeError/,
    line: 33,
    change: [
      "const left = heap - body.value;",
      "const left = heap > 4 ? heap - body.value : state.no.left;",
    ],
  },
  "a hook that never ends": {
    fault: "hook_failed",
    says: /on_message failed .*\((out_of_budget|killed)\)/, // the latter on a busy machine
    change: ["if (left === 0)", "for (; left === 1;);\n    if (left === 0)"],
  },
  "nobody has the turn": {
    fault: "stall",
    says: /^After p\d made the move .*nobody has the turn, no timer is set/,
    change: [
      "this.turn({ heap: left,",
      'if (left === 3) return this.ctx.post("bot", { type: "bot:turn", player: null });\n    this.turn({ heap: left,',
    ],
  },
  "the game has no end": {
    fault: "no_end",
    says: /did not end in 40 moves/,
    change: ["const left = heap - body.value;", "const left = Math.max(3, heap - body.value);"],
  },
  "a turn without moves": {
    fault: "no_moves",
    says: /no legal_moves and no ranges/,
    change: ["legal_moves:", "moves:"],
  },
  "a legal move that the bot refuses": {
    fault: "legal_move_refused",
    says: /^The bot refuses take 3, which its legal_moves or ranges offered/,
    change: ["[1, 2].filter(", "[1, 2, 3].filter("],
  },
  "a player is left alone": {
    fault: "left_alone",
    says: /^p\d left, and the others wait for ever/,
    change: ["this.ctx.end({ abandoned: true })", "return"],
  },
  "a message that nobody expected": {
    fault: "odd_message",
    says: /^After p1 posted .*on_message failed/,
    change: ["const fits =", "body.game.length;\n    const fits ="],
  },
  "a timer without a hook": {
    fault: "timer_unheard",
    says: /^The timer "nudge" came due, but the bot has no on_timer/,
    change: [
      "this.ctx.set_state(state);",
      'this.ctx.set_state(state);\n    this.ctx.set_timer("nudge", 1);',
    ],
  },
  "a state that grows": {
    fault: "state_grows",
    says: /^The state has \d+ of at most 49152 bytes/,
    change: [
      "this.ctx.set_state(state);",
      'this.ctx.set_state({ ...state, past: (this.ctx.get_state()?.past ?? "") + "x".repeat(9_000) });',
    ],
  },
  "a host that the manifest does not name": {
    fault: "undeclared_host",
    says: /^It asks example.org, which manifest.net does not name/,
    change: [
      "on_join() {",
      'async on_join() {\n    await fetch("https://example.org/price").catch(() => {});',
    ],
  },
  "a hook that a replay can't repeat": {
    fault: "not_replayed",
    says: /^Players could not run the game again: \? replay .*time limit/,
    change: [
      "on_join() {",
      'async on_join() {\n    const large = new Uint8Array(8e6);\n    while (this.ctx.players().length === 1) await crypto.subtle.digest("SHA-512", large);',
    ],
  },
};
