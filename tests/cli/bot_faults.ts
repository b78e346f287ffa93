/** A sound game, and the same with one fault each. */
import type { FAULTS } from "../../src/cli/bot/game_check.ts";

export const NIM = `export default class Nim {
  static manifest = {
    summary: "Who takes the last of seven wins",
    net: [],
    moves: { game: "nim", actions: { take: { value: "<whole number 1 to 2>" } } },
  };
  constructor(ctx) { this.ctx = ctx; }
  on_init() { this.on_join(); }
  on_join() {
    const players = this.ctx.players().map(({ player_id }) => player_id).slice(0, 2);
    if (players.length < 2 || this.ctx.get_state()) return;
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
  /** The game in which it shows. */
  game: number;
  /** What its text must say. */
  says: RegExp;
  /** The line that the report must name. */
  line?: number;
  change: [from: string, to: string];
}

export const PLANTED: Record<string, Planted> = {
  "a hook that throws in the middle of a game": {
    game: 1,
    fault: "hook_failed",
    says: /^After p\d made the move take \d, on_message failed at line 34 \(threw\): TypeError/,
    line: 34,
    change: [
      "const left = heap - body.value;",
      "const left = heap > 4 ? heap - body.value : state.no.left;",
    ],
  },
  "a hook that never ends": {
    game: 1,
    fault: "hook_failed",
    says: /on_message failed .*\((out_of_budget|killed)\)/, // the latter on a busy machine
    change: ["if (left === 0)", "for (; left === 1;);\n    if (left === 0)"],
  },
  "nobody has the turn": {
    game: 1,
    fault: "stall",
    says: /^After p\d made the move .*nobody has the turn, no timer is set/,
    change: [
      "this.turn({ heap: left,",
      'if (left === 3) return this.ctx.post("bot", { type: "bot:turn", player: null });\n    this.turn({ heap: left,',
    ],
  },
  "the game has no end": {
    game: 1,
    fault: "no_end",
    says: /did not end in 40 moves/,
    change: ["const left = heap - body.value;", "const left = Math.max(3, heap - body.value);"],
  },
  "a turn without moves": {
    game: 1,
    fault: "no_moves",
    says: /no legal_moves and no ranges/,
    change: ["legal_moves:", "moves:"],
  },
  "a legal move that the bot refuses": {
    game: 2,
    fault: "legal_move_refused",
    says: /^The bot refuses take 3, which its legal_moves or ranges offered/,
    change: ["[1, 2].filter(", "[1, 2, 3].filter("],
  },
  "a text that the manifest declares, and the bot does not know": {
    game: 1,
    fault: "text_ignored",
    says: /^p\d had the turn and said take \d, which manifest.moves declares .*read body.text, too/,
    change: ['"<whole number 1 to 2>"', '"<whole number 1 to 2>", text: "take 1"'],
  },
  "a player is left alone": {
    game: 3,
    fault: "left_alone",
    says: /^p\d left, and the others wait for ever/,
    change: ["this.ctx.end({ abandoned: true })", "return"],
  },
  "a message that nobody expected": {
    game: 2,
    fault: "odd_message",
    says: /^After p\d posted .*on_message failed/,
    change: ["const fits =", "body.game.length;\n    const fits ="],
  },
  "a move without its value": {
    game: 2,
    fault: "odd_message",
    says: /^After p\d posted .*"action":"take".*on_message failed/,
    change: ["const fits =", 'if (body.action === "take") body.value.toFixed();\n    const fits ='],
  },
  "a player who talks before anybody else has joined": {
    game: 2,
    fault: "odd_message",
    says: /^After p1 posted .*on_message failed .*null/,
    change: ['if (kind !== "user" || !state) return;', 'if (kind !== "user") return;'],
  },
  "a player who leaves before anybody else has joined": {
    game: 3,
    fault: "hook_failed",
    says: /^After p1 joined and left, and nobody else was there, on_leave failed/,
    change: ["get_state()?.players", "get_state().players"],
  },
  "a player who is late": {
    game: 2,
    fault: "hook_failed",
    says: /^After p3 joined when the others were there, on_join failed/,
    change: [
      "on_join() {",
      "on_join() {\n    if (this.ctx.players().length > 2) throw new Error();",
    ],
  },
  "a timer that comes due while a player has the turn": {
    game: 4,
    fault: "hook_failed",
    says: /^After the timer "nudge" came due, on_timer failed/,
    change: [
      "turn(state) {",
      'on_timer() { this.none(); }\n  turn(state) {\n    this.ctx.set_timer("nudge", 60_000);',
    ],
  },
  "no rematch with a spectator": {
    game: 1,
    fault: "no_rematch",
    says: /It may have more than play/,
    change: [".slice(0, 2);\n    if (players.length < 2", ";\n    if (players.length !== 2"],
  },
  "no rematch": {
    game: 1,
    fault: "no_rematch",
    says: /^After the game the players asked for a rematch, .* in on_init\(\), too,/,
    change: ["on_init() { this.on_join(); }", ""],
  },
  "a board that breaks a rule": {
    game: 1,
    fault: "view_left_out",
    says: /^A board was left out as a whole, because view\.rows/,
    change: [
      "position: { heap },",
      'position: { heap },\n      view: { kind: "grid", rows: heap },',
    ],
  },
  "a timer without a hook": {
    game: 1,
    fault: "timer_unheard",
    says: /^The timer "nudge" came due, but the bot has no on_timer/,
    change: [
      "this.ctx.set_state(state);",
      'this.ctx.set_state(state);\n    this.ctx.set_timer("nudge", 1);',
    ],
  },
  "a state that grows": {
    game: 1,
    fault: "state_grows",
    says: /^The state has \d+ of at most 49152 bytes/,
    change: [
      "this.ctx.set_state(state);",
      'this.ctx.set_state({ ...state, past: (this.ctx.get_state()?.past ?? "") + "x".repeat(9_000) });',
    ],
  },
  "a host that the manifest does not name": {
    game: 1,
    fault: "undeclared_host",
    says: /^It asks example.org, which manifest.net does not name/,
    change: [
      "on_join() {",
      'async on_join() {\n    await fetch("https://example.org/price").catch(() => {});',
    ],
  },
  "a hook that a replay can't repeat": {
    game: 1,
    fault: "not_replayed",
    says: /^Players could not run the game again: \? replay .*time limit/,
    change: [
      "on_join() {",
      'async on_join() {\n    const large = new Uint8Array(8e6);\n    while (this.ctx.players().length === 1) await crypto.subtle.digest("SHA-512", large);',
    ],
  },
};
