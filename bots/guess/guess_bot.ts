/**
 * GuessBot: players take turns guessing a number. The referee commits to the number before the first move,
 * commit = sha256(decimal target + salt), and reveals both at the end, so that everyone can check it.
 *
 * params: range [low, high] = [1, 100]; players = 2 (how many must sit before it starts, 31 at most);
 *         turn_order "join" | "random" = "join".
 * Moves: make_game_move game "guess", action "guess", value 42 (or the text "guess 42"); action "concede".
 */

/** All slots of a channel but the referee's own. */
const MOST_PLAYERS = 31;

interface State {
  target: number;
  salt: string;
  commit: string;
  /** Still in the game, in turn order. */
  players: string[];
  /** Whose turn it is: an index into players. */
  turn: number;
  started: boolean;
  ended: boolean;
  guesses: number;
}

export default class GuessBot {
  static manifest = {
    summary: "Referee of a turn-based number guessing game with commit and reveal",
    emits: ["prompt", "bot:commit", "bot:state", "bot:turn", "judge", "violation", "bot:reveal"],
    params: { range: [1, 100], players: 2, turn_order: "join" },
    net: [],
  };

  #low: number;
  #high: number;
  #seats: number;
  #shuffled: boolean;

  constructor(private ctx: BotContext, params: Record<string, unknown>) {
    const [low = 0, high = 0] = Array.isArray(params.range) ? params.range.map(Number) : [];
    const valid = Number.isSafeInteger(low) && Number.isSafeInteger(high) && low < high;
    this.#low = valid ? low : 1;
    this.#high = valid ? high : 100;
    const seats = Number(params.players);
    this.#seats = Number.isInteger(seats) && seats >= 1 && seats <= MOST_PLAYERS ? seats : 2;
    this.#shuffled = params.turn_order === "random";
  }

  async on_init() {
    const target = this.#low + randomBelow(this.#high - this.#low + 1);
    const salt = hex(crypto.getRandomValues(new Uint8Array(32)));
    const commit = await sha256(`${target}${salt}`);
    const state: State = {
      target,
      salt,
      commit,
      players: [],
      turn: 0,
      started: false,
      ended: false,
      guesses: 0,
    };
    this.ctx.post("bot", {
      type: "prompt",
      text: `Guess the number between ${this.#low} and ${this.#high}. ` +
        `The game starts when ${this.#seats} players have joined. ` +
        `On your turn: make_game_move game "guess", action "guess", value <number>, or say "guess <number>".`,
      mode: "number",
      range: [this.#low, this.#high],
    });
    this.ctx.post("control", {
      type: "bot:commit",
      commit,
      message: "commit = sha256(decimal target + salt); both are revealed at the end",
    });
    // Those who sit already are told together: one by one they would be more than a hook may post.
    state.players = this.ctx.players().slice(0, this.#seats).map(({ player_id }) => player_id);
    this.#postState(state);
    this.#startWhenFull(state);
    this.ctx.set_state(state);
  }

  on_join(player_id: string) {
    const state = this.ctx.get_state() as State | null;
    if (!state) return;
    this.#seat(state, player_id);
    this.ctx.set_state(state);
  }

  async on_leave(player_id: string) {
    const state = this.ctx.get_state() as State | null;
    if (!state || state.ended || !state.players.includes(player_id)) return;
    await this.#withdraw(state, player_id, "left");
    this.ctx.set_state(state);
  }

  async on_message(msg: Message) {
    const state = this.ctx.get_state() as State | null;
    if (!state || msg.kind !== "user") return;
    const move = moveOf(msg.body);
    if (!move || state.ended) return;
    await this.#play(state, msg.sender, move.action, move.value);
    this.ctx.set_state(state);
  }

  #seat(state: State, player: string) {
    if (state.started || state.ended || state.players.includes(player)) return;
    state.players.push(player);
    this.ctx.post("bot", {
      type: "player_joined",
      player,
      player_count: state.players.length,
    });
    this.#startWhenFull(state);
  }

  #startWhenFull(state: State) {
    if (state.players.length < this.#seats) return;
    if (this.#shuffled) shuffle(state.players);
    state.started = true;
    this.ctx.post("bot", {
      type: "game_start",
      players: state.players,
      turn_order: state.players,
    });
    this.#announceTurn(state);
  }

  async #play(state: State, player: string, action: unknown, value: unknown) {
    const current = state.players[state.turn];
    if (!state.started) return this.#violation(player, "GAME_NOT_STARTED", "Wait for all players.");
    if (!state.players.includes(player)) {
      return this.#violation(player, "NOT_IN_GAME", "You are not one of the players of this game.");
    }
    if (action === "concede") return await this.#withdraw(state, player, "concede");
    if (player !== current) {
      return this.#violation(player, "BAD_TURN", `Not your turn. Current player: ${current}`);
    }
    if (action !== "guess") {
      return this.#violation(player, "BAD_MOVE", 'Actions are "guess" and "concede".');
    }
    const guess = wholeNumber(value);
    if (guess === null || guess < this.#low || guess > this.#high) {
      return this.#violation(
        player,
        "BAD_MOVE",
        `value must be a whole number between ${this.#low} and ${this.#high}`,
      );
    }
    await this.#judge(state, player, guess);
  }

  async #judge(state: State, player: string, guess: number) {
    state.guesses++;
    const guess_count = state.guesses;
    if (guess === state.target) {
      this.ctx.post("bot", { type: "judge", result: "correct", player, guess, guess_count });
      return await this.#end(state, player, "correct");
    }
    const result = guess > state.target ? "high" : "low";
    const hint = warmth(Math.abs(guess - state.target));
    this.ctx.post("bot", { type: "judge", result, player, guess, hint, guess_count });
    state.turn = (state.turn + 1) % state.players.length;
    this.#announceTurn(state);
  }

  /** A player gives up or has gone; the last one left wins. */
  async #withdraw(state: State, player: string, reason: "concede" | "left") {
    const index = state.players.indexOf(player);
    const wasCurrent = index === state.turn;
    state.players.splice(index, 1);
    if (!state.started) {
      this.ctx.post("bot", { type: "player_left", player, player_count: state.players.length });
      return;
    }
    if (index < state.turn) state.turn--;
    this.ctx.post("bot", { type: "concede", player, reason });
    if (state.players.length <= 1 && this.#seats > 1) {
      return await this.#end(state, state.players[0] ?? null, reason);
    }
    if (state.players.length === 0) return await this.#end(state, null, reason);
    state.turn %= state.players.length;
    if (wasCurrent) this.#announceTurn(state);
  }

  async #end(state: State, winner: string | null, reason: string) {
    state.ended = true;
    const { target, salt, commit, players } = state;
    const verified = await sha256(`${target}${salt}`) === commit;
    this.ctx.post("control", { type: "bot:reveal", target, salt, commit, verified });
    this.ctx.post("bot", {
      type: "game_end",
      winner,
      reason,
      target,
      total_guesses: state.guesses,
      players,
    });
    this.ctx.post("system", { type: "end" });
    this.ctx.end({ winner, reason, target });
  }

  #announceTurn(state: State) {
    this.ctx.post("control", {
      type: "bot:turn",
      player: state.players[state.turn],
      turn_number: state.guesses + 1,
    });
  }

  #postState(state: State) {
    this.ctx.post("control", {
      type: "bot:state",
      public_state: {
        mode: "number",
        range: [this.#low, this.#high],
        players: state.players,
        game_started: state.started,
        game_ended: state.ended,
        current_turn: state.players[state.turn] ?? null,
        guess_count: state.guesses,
      },
    });
  }

  #violation(player: string, reason: string, details: string) {
    this.ctx.post("control", { type: "violation", player, reason, details });
  }
}

/** A move from make_game_move, or from the text "guess 42"; null when a message is neither. */
function moveOf(body: Record<string, unknown>): { action: unknown; value: unknown } | null {
  if (body.type === "move" && body.game === "guess") {
    return { action: body.action ?? "guess", value: body.value };
  }
  const text = typeof body.text === "string" ? body.text.trim() : "";
  if (/^concede$/i.test(text)) return { action: "concede", value: null };
  const said = /^guess\s+(\S+)$/i.exec(text);
  return said ? { action: "guess", value: said[1] } : null;
}

/** 42 and "42" are whole numbers; 4.2, "4e1", true and null are not. */
function wholeNumber(value: unknown): number | null {
  const number = typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

function warmth(distance: number): string {
  if (distance <= 5) return "very close!";
  if (distance <= 10) return "close";
  return distance <= 20 ? "getting warm" : "cold";
}

/** A fair number in [0, below): draws again where the last, incomplete range would favour small ones. */
function randomBelow(below: number): number {
  const range = 2 ** 48;
  const fair = range - range % below;
  for (;;) {
    const bytes = crypto.getRandomValues(new Uint8Array(6));
    const drawn = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    if (drawn < fair) return drawn % below;
  }
}

function shuffle(players: string[]) {
  for (let i = players.length - 1; i > 0; i--) {
    const j = randomBelow(i + 1);
    [players[i], players[j]] = [players[j]!, players[i]!];
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}
