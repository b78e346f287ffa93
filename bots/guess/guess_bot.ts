/**
 * GuessBot: players take turns guessing a number, or a word. The referee commits to it before the first move,
 * commit = sha256(decimal target + salt) or sha256(word + salt), and reveals both at the end, so that everyone can
 * check it.
 *
 * params: range [low, high] = [1, 100]; players = 2 (how many must sit before it starts, 31 at most);
 *         turn_order "join" | "random" = "join"; mode "number" | "hot_cold" (verdicts say only whether a guess is nearer
 *         than the one before it) | "word" (a word of five letters, with a mark for each letter of a guess);
 *         clock { move_s, game_s, increment_s } = none.
 * Moves: make_game_move game "guess", action "guess", value 42 (or a text such as "guess 42"); in mode "word",
 *        value "crane" (or "guess crane"); action "concede".
 *        A move may name the turn that it answers, as `answers`: the id of its bot:turn. One for an earlier turn is
 *        refused.
 */

import {
  type Clock,
  GAME_PARAMS,
  GameClock,
  randomBelow,
  sha256Hex,
  shuffled,
  type Times,
} from "lib:game";

/** As the manifest's schema has them; the server has checked that. */
interface Params {
  range: [low: number, high: number];
  players: number;
  turn_order: "join" | "random";
  mode?: Mode;
  clock?: Clock;
}

/** Why a player is out of the game. */
type Withdrawal = "concede" | "left" | "timeout" | "claimed";

type Mode = "number" | "hot_cold" | "word";

interface Position {
  low: number;
  high: number;
}

interface State {
  target: number | string;
  /** Fills the target up: admins see the size of the state. */
  fill: string;
  salt: string;
  commit: string;
  /** Still in the game, in turn order. */
  players: string[];
  /** Those who gave up or left, in that order. */
  out: string[];
  /** Whose turn it is: an index into players. */
  turn: number;
  started: boolean;
  ended: boolean;
  guesses: number;
  /** What the verdicts have left: the number is from `low` to `high`. */
  left: Position;
  /** The id of the message that passed the turn on; 0 at first. */
  passed: number;
  /** Each player's last guess. */
  last: Record<string, number | string>;
  /** In mode "hot_cold", the guess before, whoever made it. */
  before: number | null;
  time: Times;
  /** In mode "word", the guesses with their marks. */
  words: { guess: string; marks: string }[];
}

/** Of a target, with its sign. */
const MOST_DIGITS = 17;
/** How many guesses of words count for what is left. */
const KEPT_WORDS = 400;
/** How a game ended, as all referees say it, by this one's reasons. */
const RESULTS = {
  correct: "won",
  concede: "conceded",
  left: "conceded",
  timeout: "timed_out",
  claimed: "claimed",
  abandoned: "abandoned",
};
/** The operations of members that concern a game. */
const APPLIED = ["claim_applied", "pause_bot_applied", "resume_bot_applied"];
/** How many guesses of words a turn shows. */
const SHOWN_WORDS = 12;
/** The largest number in mode "hot_cold", so that the sum of two is exact. */
const MOST_HOT = 2 ** 51;

export default class GuessBot {
  static manifest = {
    summary: "Referee of a turn-based number guessing game with commit and reveal",
    emits: ["prompt", "bot:commit", "bot:state", "bot:turn", "judge", "violation", "bot:reveal"],
    moves: {
      game: "guess",
      aliases: ["GuessBot", "guess the number", "guessing game", "number guessing"],
      actions: {
        guess: { value: "<whole number>", text: "guess 42" },
        concede: { text: "concede" },
      },
    },
    params: {
      type: "object",
      properties: {
        range: {
          type: "array",
          description: "The lowest and the highest number.",
          items: { type: "integer" },
          minItems: 2,
          maxItems: 2,
          default: [1, 100],
        },
        players: {
          type: "integer",
          description: "How many must sit before the game starts.",
          minimum: 1,
          maximum: 31,
          default: 2,
        },
        turn_order: {
          enum: ["join", "random"],
          description: "In the order of joining, or shuffled when the game starts.",
          default: "join",
        },
        mode: {
          enum: ["number", "hot_cold", "word"],
          description: "number, if absent; hot_cold: nearer or not; word: of five letters.",
        },
        clock: GAME_PARAMS.clock,
      },
    },
    net: [],
  };

  #low: number;
  #high: number;
  #seats: number;
  #shuffled: boolean;
  #clock: Clock | undefined;
  #mode: Mode;

  constructor(private ctx: BotContext, params: Params) {
    const { range: [low, high], players, turn_order, mode = "number" } = params;
    if (low >= high || !Number.isSafeInteger(high - low + 1)) {
      throw new Error(
        `range is ${JSON.stringify(params.range)}, but must go from a lower to a higher number, ` +
          "at most 2^53 - 1 numbers in all, for example [1,100]",
      );
    }
    if (mode === "hot_cold" && Math.max(-low, high) > MOST_HOT) {
      throw new Error(
        `range is ${JSON.stringify(params.range)}, but mode hot_cold takes numbers within ` +
          "±2^51, for example [1,100]",
      );
    }
    this.#mode = mode;
    this.#low = low;
    this.#high = high;
    this.#seats = players;
    this.#shuffled = turn_order === "random";
    this.#clock = params.clock;
  }

  async on_init() {
    const target = this.#mode === "word"
      ? WORDS[randomBelow(WORDS.length)]!
      : this.#low + randomBelow(this.#high - this.#low + 1);
    const salt = hex(crypto.getRandomValues(new Uint8Array(32)));
    const commit = await sha256Hex(`${target}${salt}`);
    const state: State = {
      target,
      fill: " ".repeat(MOST_DIGITS - `${target}`.length),
      salt,
      commit,
      players: [],
      out: [],
      turn: 0,
      started: false,
      ended: false,
      guesses: 0,
      left: { low: this.#low, high: this.#high },
      passed: 0,
      last: {},
      before: null,
      time: { since: {}, left: {} },
      words: [],
    };
    const isWord = this.#mode === "word";
    const what = isWord
      ? `the word of ${LETTERS} letters`
      : `the number between ${this.#low} and ${this.#high}`;
    const form = isWord
      ? 'action "guess", value <word>, or say "guess <word>".'
      : 'action "guess", value <number>, or say "guess <number>".';
    this.ctx.post("bot", {
      type: "prompt",
      text: `Guess ${what}. The game starts when ${this.#seats} players have joined. ` +
        `On your turn: make_game_move game "guess", ${form}`,
      mode: this.#mode,
      ...this.#scope,
    });
    this.ctx.post("control", {
      type: "bot:commit",
      commit,
      message: `commit = sha256(${isWord ? "word" : "decimal target"} + salt); both are revealed ` +
        "at the end",
    });
    // Those who sit already are told together: one by one they would be more than a hook may post.
    const seated = this.ctx.players().map(({ player_id }) => player_id);
    state.players = seated.slice(0, this.#seats);
    this.#postState(state);
    this.#startWhenFull(state);
    this.#tellOthers(state, seated.slice(this.#seats));
    this.ctx.set_state(state);
  }

  get #scope() {
    return this.#mode === "word" ? { letters: LETTERS } : { range: [this.#low, this.#high] };
  }

  on_join(player_id: string) {
    const state = this.ctx.get_state() as State | null;
    if (!state) return;
    this.#seat(state, player_id);
    this.ctx.set_state(state);
  }

  async on_leave(player_id: string, reason: "left" | "removed" | "banned" = "left") {
    const state = this.ctx.get_state() as State | null;
    if (!state || state.ended || !state.players.includes(player_id)) return;
    if (reason === "left" || !state.started) await this.#withdraw(state, player_id, "left");
    else await this.#abandon(state, player_id);
    this.ctx.set_state(state);
  }

  async on_message(msg: Message) {
    const state = this.ctx.get_state() as State | null;
    if (!state || state.ended) return;
    if (APPLIED.includes(String(msg.body.type)) && msg.sender === "system") {
      return await this.#hear(state, msg);
    }
    if (msg.kind !== "user") return;
    // Time that is up counts before a move that came too late.
    if (await this.#dropLate(state) && state.ended) return this.ctx.set_state(state);
    const hasTurn = state.started && state.players[state.turn] === msg.sender;
    const move = this.#mode === "word" ? wordMoveOf(msg.body) : moveOf(msg.body, hasTurn);
    if (!move) return;
    await this.#play(state, msg, move);
    this.ctx.set_state(state);
  }

  async on_timer() {
    const state = this.ctx.get_state() as State | null;
    if (!state || state.ended) return;
    const begins = this.#clockOf(state).begin();
    if (!begins && !await this.#dropLate(state)) this.#clockOf(state).set();
    this.ctx.set_state(state);
  }

  #clockOf({ time }: State): GameClock {
    return new GameClock(this.ctx, this.#clock, time);
  }

  /** Takes out who has the turn and no time. Returns whether there was somebody. */
  async #dropLate(state: State): Promise<boolean> {
    const [late] = this.#clockOf(state).late();
    if (late !== undefined) await this.#withdraw(state, late, "timeout");
    return late !== undefined;
  }

  /** Hears the operations of members: a game that is left alone may be claimed by another player,
   *  and while the referee is paused, no time runs. */
  async #hear(state: State, { body: { type, op }, ts }: Message) {
    const claimant = (op as { player_id?: unknown } | undefined)?.player_id;
    const current = state.players[state.turn];
    const isPlayer = state.started && state.players.some((player) => player === claimant);
    if (type === "claim_applied" && isPlayer && claimant !== current) {
      await this.#withdraw(state, current!, "claimed");
    }
    if (this.#clockOf(state).hear(type, Date.parse(ts))) this.#postTurn(state);
    this.ctx.set_state(state);
  }

  #seat(state: State, player: string) {
    if (state.ended || state.players.includes(player)) return;
    if (state.started) return this.#tellOthers(state, [player]);
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
    if (this.#shuffled) state.players = shuffled(state.players);
    this.#clockOf(state).start(state.players);
    state.started = true;
    this.ctx.post("bot", {
      type: "game_start",
      players: state.players,
      turn_order: state.players,
    });
    this.#announceTurn(state);
  }

  /** Players who come too late have no part in the game. */
  #tellOthers({ players }: State, others: string[]) {
    if (others.length === 0) return;
    const text = `${others.join(", ")}: you watch this game, which ${players.join(", ")} play.`;
    this.ctx.post("bot", { type: "not_playing", players: others, text });
  }

  async #play(state: State, { sender: player, id }: Message, move: Move) {
    const current = state.players[state.turn];
    if (!state.started) {
      const sit = `${state.players.length} of ${this.#seats} players have joined`;
      return this.#violation(player, "GAME_NOT_STARTED", `Wait for all players: ${sit}.`);
    }
    if (!state.players.includes(player)) {
      return this.#violation(player, "NOT_IN_GAME", "You are not one of the players of this game.");
    }
    if (Number(move.answers ?? Infinity) <= state.passed) {
      const late = `This answers message ${Number(move.answers)}, but the turn has passed since.`;
      return this.#violation(
        player,
        "LATE",
        `${late} It does not count. Current player: ${current}`,
      );
    }
    if (move.action === "concede") return await this.#withdraw(state, player, "concede");
    if (player !== current) {
      return this.#violation(player, "BAD_TURN", `Not your turn. Current player: ${current}`);
    }
    const { guess } = move;
    const isOutside = typeof guess === "number" && (guess < this.#low || guess > this.#high);
    if (guess === null || isOutside) {
      return this.#violation(player, "BAD_MOVE", this.#rightForm());
    }
    if (state.last[player] === guess) {
      // It may be a move that was sent twice. Whoever means it sends it once more.
      delete state.last[player];
      const details = `You guessed ${guess} the last time, too, so this does not count. Guess ` +
        `another number, or send ${guess} again if you mean it.`;
      return this.#violation(player, "REPEATED", details);
    }
    state.last[player] = guess;
    state.passed = id;
    this.#clockOf(state).spend(player);
    await this.#judge(state, player, guess);
  }

  #rightForm(): string {
    if (this.#mode === "word") {
      return `The value must be a word of ${LETTERS} letters from a to z: make_game_move game ` +
        `"guess", action "guess", value "crane", or say "guess crane". To give up: action "concede".`;
    }
    return `The value must be a whole number between ${this.#low} and ${this.#high}, in digits: ` +
      `make_game_move game "guess", action "guess", value ${this.#low}, or say "guess ${this.#low}". ` +
      'To give up: action "concede".';
  }

  async #judge(state: State, player: string, guess: number | string) {
    state.guesses++;
    const guess_count = state.guesses;
    if (guess === state.target) {
      this.ctx.post("bot", { type: "judge", result: "correct", player, guess, guess_count });
      return await this.#end(state, player, "correct");
    }
    const verdict = this.#verdict(state, guess);
    this.ctx.post("bot", { type: "judge", ...verdict, player, guess, guess_count });
    state.turn = (state.turn + 1) % state.players.length;
    this.#announceTurn(state);
  }

  /** What is said of a wrong guess. Notes what it leaves. */
  #verdict(state: State, guess: number | string) {
    const { target, before, left } = state;
    if (typeof guess === "string" || typeof target === "string") {
      const marks = marksOf(String(guess), String(target));
      const others = state.words.filter((each) => each.guess !== guess);
      state.words = [...others, { guess: String(guess), marks }].slice(-KEPT_WORDS);
      return { result: "wrong", marks };
    }
    const hint = warmth(Math.abs(guess - target));
    if (this.#mode === "number") {
      const result = guess > target ? "high" : "low";
      state.left = withoutOneSide(left, guess, result);
      return { result, hint };
    }
    state.before = guess;
    // A wrong guess at an end of what is left is no longer left.
    state.left = {
      low: left.low === guess ? guess + 1 : left.low,
      high: left.high === guess ? guess - 1 : left.high,
    };
    if (before === null) return { result: "first", hint };
    const nearer = Math.abs(before - target) - Math.abs(guess - target);
    const result = nearer > 0 ? "hotter" : nearer < 0 ? "colder" : "same";
    state.left = nearerHalf(state.left, before, guess, nearer);
    return { result, hint };
  }

  /** A player was put out, which is no concession: whoever did that may be a friend of another one. */
  async #abandon(state: State, player: string) {
    const text = `The game is abandoned, because ${player} was removed. Nobody wins.`;
    this.ctx.post("bot", { type: "abandoned", player, text });
    await this.#end(state, null, "abandoned");
  }

  /** A player gives up, has gone, or let its time pass; the last one left wins. */
  async #withdraw(state: State, player: string, reason: Withdrawal) {
    const index = state.players.indexOf(player);
    const wasCurrent = index === state.turn;
    state.players.splice(index, 1);
    if (!state.started) {
      this.ctx.post("bot", { type: "player_left", player, player_count: state.players.length });
      return;
    }
    if (index < state.turn) state.turn--;
    state.out.push(player);
    this.ctx.post("bot", { type: "concede", player, reason });
    if (state.players.length <= 1 && this.#seats > 1) {
      return await this.#end(state, state.players[0] ?? null, reason);
    }
    if (state.players.length === 0) return await this.#end(state, null, reason);
    state.turn %= state.players.length;
    if (wasCurrent) this.#announceTurn(state);
  }

  async #end(state: State, winner: string | null, reason: "correct" | "abandoned" | Withdrawal) {
    state.ended = true;
    state.time.since = {};
    const { target, salt, commit, players } = state;
    const verified = await sha256Hex(`${target}${salt}`) === commit;
    this.ctx.post("control", { type: "bot:reveal", target, salt, commit, verified });
    this.ctx.post("bot", {
      type: "game_end",
      winner,
      reason,
      target,
      total_guesses: state.guesses,
      players,
      view: this.#view(state),
    });
    this.ctx.post("system", { type: "end" });
    const result = RESULTS[reason];
    const ranking = result === "abandoned" ? undefined : this.#ranking(state, winner);
    const winners = winner === null ? [] : [winner];
    this.ctx.end({ winner, reason, target, result, winners, ...ranking && { ranking } });
  }

  /** From the best place to the worst. Whoever stays longer has the better place. */
  #ranking({ players, out }: State, winner: string | null): string[][] {
    const others = players.filter((player) => player !== winner);
    const places = [
      winner === null ? [] : [winner],
      others,
      ...out.map((each) => [each]).reverse(),
    ];
    return places.filter((place) => place.length > 0);
  }

  #announceTurn(state: State) {
    this.#clockOf(state).give([state.players[state.turn]!]);
    this.#postTurn(state);
  }

  #postTurn(state: State) {
    const { players, turn, guesses } = state;
    this.ctx.post("control", {
      type: "bot:turn",
      player: players[turn],
      turn_number: guesses + 1,
      ...this.#help(state),
      ...this.#clockOf(state).shown(),
      view: this.#view(state),
    });
  }

  /** What is left, with the last guess of each player. */
  #view({ words, left, last, ended, target }: State): BoardView {
    if (this.#mode === "word") {
      return {
        kind: "table",
        action: "guess",
        columns: ["guess", "marks"],
        rows: words.slice(-SHOWN_WORDS).map(({ guess, marks }) => [guess, marks]),
        note: ended ? `The word is ${target}.` : "= here, + elsewhere, - not in the word",
      };
    }
    const { low, high } = ended ? { low: Number(target), high: Number(target) } : left;
    return {
      kind: "line",
      action: "guess",
      from: this.#low,
      to: this.#high,
      low,
      high,
      points: Object.entries(last).map(([player, guess]) => ({ at: Number(guess), text: player })),
    };
  }

  #help({ players, turn, last, left, before, words }: State) {
    const { low, high } = left;
    if (this.#mode === "word") {
      const fitting = WORDS.filter((word) =>
        words.every(({ guess, marks }) => marksOf(guess, word) === marks)
      );
      const position = {
        letters: LETTERS,
        guesses: words.slice(-SHOWN_WORDS),
        left: fitting.length,
      };
      return { position, legal_moves: [{ action: "guess", value: fitting[0]! }] };
    }
    if (this.#mode === "hot_cold") {
      const range = { low: this.#low, high: this.#high };
      // A player's own last guess would count as sent twice.
      const value = mirrored(left, before, range, [last[players[turn]!]]);
      return {
        position: { ...left, before },
        ranges: { guess: { min: this.#low, max: this.#high } },
        legal_moves: [{ action: "guess", value }],
      };
    }
    return {
      position: left,
      ranges: { guess: { min: low, max: high } },
      legal_moves: [{ action: "guess", value: low + Math.floor((high - low) / 2) }],
    };
  }

  #postState(state: State) {
    this.ctx.post("control", {
      type: "bot:state",
      public_state: {
        mode: this.#mode,
        ...this.#scope,
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

interface Move {
  action: "guess" | "concede";
  /** Null for a guess without a right number or word. */
  guess: number | string | null;
  /** The id of the message that it answers. */
  answers?: unknown;
}

const BAD_GUESS: Move = { action: "guess", guess: null };
const CONCEDE: Move = { action: "concede", guess: null };

const GAMES =
  /^(bot)?(number)?guess(ing|es)?(bot\d*|game|(the)?number(s|game)?)?$|^numbers?(game)?$/;
const GUESSES = ["", "guess", "guesses", "makeguess", "move", "play", "submit", "try", "answer"];
const CONCEDES = ["concede", "resign", "giveup", "surrender", "forfeit"];

/** What a message says to this referee; null when it is talk, or for another bot. `hasTurn`: its
 *  sender has the turn. Only then does a message need not name the game, and only then is one that
 *  comes near a guess a bad one, which is refused in words. */
function moveOf(body: Record<string, unknown>, hasTurn: boolean): Move | null {
  const { type, game, action, answers, text, guess } = body;
  const isText = typeof text === "string" && type === undefined && game === undefined;
  if (isText) return moveInText(text, hasTurn);
  if (game !== undefined && !GAMES.test(plain(game))) return null;
  const isNamed = [game, guess].some((each) => each !== undefined) ||
    [type, action].some((each) => plain(each) === "guess");
  const isBare = type === "move" || Object.keys(body).every((key) => /^(value|number)$/.test(key));
  if (!isNamed && !(hasTurn && isBare)) return null;
  if (CONCEDES.includes(plain(action))) return { ...CONCEDE, answers };
  const value = body.value ?? guess ?? body.number ?? text;
  if (GUESSES.includes(plain(action))) return { action: "guess", guess: numberIn(value), answers };
  // The whole move may be its action: "guess 42".
  const said = value === undefined ? moveInText(String(action), true) : null;
  return { ...(said ?? BAD_GUESS), answers };
}

/** 42, 42.0, "42", "guess 42!" and { guess: 42 } are 42; 4.2, "4e1", true and null are none. */
function numberIn(value: unknown): number | null {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : null;
  if (typeof value === "string") {
    const { guess } = moveInText(value, true) ?? {};
    return typeof guess === "number" ? guess : null;
  }
  const [inner, ...others] = Object.values(Object(value));
  const isOne = others.length === 0 && ["number", "string"].includes(typeof inner);
  return isOne ? numberIn(inner) : null;
}

/** Words that may stand around the number of a guess. With any other word, a text is talk. */
const AROUND = new Set(
  ("i i'll ill i'm im i'd my me the it it's its is be so well hmm hm ok okay alright then now let " +
    "let's lets go going gonna with for to try say pick choose take make submit play think " +
    "believe would will my next final answer number guess guesses guessing guessbot bot " +
    "referee please").split(" "),
);
const TOKEN = /[+-]?\d+(?:\.\d+)*|\p{L}[\p{L}']*/gu;
const MARKS = /^[\s.,!:;=()#*_`"'~/–—-]*$/;
const WHOLE = /^[+-]?\d{1,16}(\.0{1,2})?$/;
const IN_WORDS = new RegExp(
  "^(zero|(one|two|three|four|five|six|seven|eight|nine)(teen|ty)?|ten|eleven|twelve|" +
    "(thir|fif|eigh)(teen|ty)|twenty|forty|hundred|thousand)$",
);
const GIVES_UP = /^(i |i'll )?(concede|resign|give up|surrender|forfeit)( the game)?[.! ]*$/;

/** A text is a guess when it has one number, and around it nothing but words that lead up to one:
 *  "70", "guess: 70", "My guess is 70!". A question is none, nor is a text with two numbers. */
function moveInText(text: string, hasTurn: boolean): Move | null {
  const plainText = text.normalize("NFKC").trim().toLowerCase().replaceAll("’", "'");
  if (plainText.startsWith("{")) return moveInJson(plainText, hasTurn);
  if (GIVES_UP.test(plainText)) return CONCEDE;
  if (plainText.length > 200) return null;
  const said = plainText.replace(/^@\S+\s/, "") // @GuessBot 70
    .replace(/(?<=\w)-/g, " ") // guess-70
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, ""); // 1,000
  const tokens = said.match(TOKEN) ?? [];
  const [number, ...others] = tokens.filter((token) => /\d/.test(token));
  const words = tokens.filter((token) => !/\d/.test(token));
  const isNamed = words.some((word) => /^guess(es|ing)?$/.test(word));
  const leadsUp = words.every((word) => AROUND.has(word));
  if (number !== undefined && others.length === 0 && leadsUp && (isNamed || hasTurn)) {
    if (!MARKS.test(said.replace(TOKEN, "").replace(/\p{Extended_Pictographic}\ufe0f?/gu, ""))) {
      return hasTurn ? BAD_GUESS : null;
    }
    return WHOLE.test(number) ? { action: "guess", guess: Number(number) } : BAD_GUESS;
  }
  const inWords = words.some((word) => IN_WORDS.test(word)) &&
    (isNamed || words.every((word) => IN_WORDS.test(word) || word === "and"));
  const isNear = number !== undefined && (isNamed || leadsUp) || inWords ||
    /^guess(\s+\S+)?$/.test(said);
  return hasTurn && isNear ? BAD_GUESS : null;
}

function moveInJson(text: string, hasTurn: boolean): Move | null {
  try {
    const body = JSON.parse(text);
    return "text" in body ? null : moveOf(body, hasTurn);
  } catch {
    return null;
  }
}

/** The move of a game of words in a message; null when it is talk, or for another bot. */
function wordMoveOf(body: Record<string, unknown>): Move | null {
  const { type, game, action, answers, text } = body;
  if (typeof text === "string" && type === undefined && game === undefined) {
    const said = text.normalize("NFKC").trim().toLowerCase().replaceAll("’", "'");
    if (GIVES_UP.test(said)) return CONCEDE;
    const [, word] = /^(?:@\S+ )?(?:my |i )?(?:guess|word)(?: is)?[\s:]+["'`*]*(\p{L}+)["'`*.! ]*$/u
      .exec(said.slice(0, 200)) ?? [];
    return word === undefined ? null : { action: "guess", guess: wordIn(word) };
  }
  if (game !== undefined && !GAMES.test(plain(game))) return null;
  const names = [...GUESSES, "word"];
  if (type !== "move" && game === undefined && !names.slice(1).includes(plain(action))) return null;
  if (CONCEDES.includes(plain(action))) return { ...CONCEDE, answers };
  const value = body.value ?? body.word ?? body.guess;
  return { action: "guess", guess: names.includes(plain(action)) ? wordIn(value) : null, answers };
}

/** "crane", " Crane " and { word: "crane" } are crane; null for anything else. */
function wordIn(value: unknown): string | null {
  if (typeof value === "string") {
    const word = value.trim().toLowerCase();
    return /^[a-z]{5}$/.test(word) ? word : null;
  }
  const [inner, ...others] = Object.values(Object(value));
  return typeof inner === "string" && others.length === 0 ? wordIn(inner) : null;
}

/** A mark for each letter of a guess: "=" where the word has it in this place, "+" where it has it
 *  in another one, as often as it has it, and "-" where it has not. */
function marksOf(guess: string, word: string): string {
  const elsewhere = [...word].filter((letter, i) => letter !== guess[i]);
  return [...guess].map((letter, i) => {
    if (letter === word[i]) return "=";
    const at = elsewhere.indexOf(letter);
    if (at < 0) return "-";
    elsewhere.splice(at, 1);
    return "+";
  }).join("");
}

/** What is left after "high" or "low". */
function withoutOneSide({ low, high }: Position, guess: number, result: "high" | "low"): Position {
  return result === "high"
    ? { low, high: Math.min(high, guess - 1) }
    : { low: Math.max(low, guess + 1), high };
}

/** What is left after a guess that is `nearer` to the number than the one before it by so much. */
function nearerHalf(left: Position, before: number, guess: number, nearer: number): Position {
  if (before === guess) return left;
  const sum = before + guess;
  if (nearer === 0) return { low: sum / 2, high: sum / 2 };
  const isAbove = (nearer > 0) === (guess > before);
  return isAbove
    ? { low: Math.max(left.low, Math.floor(sum / 2) + 1), high: left.high }
    : { low: left.low, high: Math.min(left.high, Math.ceil(sum / 2) - 1) };
}

/** The guess that, after the one before it, splits what is left in the middle, as far as the range
 *  allows, and that is none of those to avoid. */
function mirrored(
  { low, high }: Position,
  before: number | null,
  range: Position,
  avoid: unknown[],
) {
  if (low === high || before === null) return low + Math.floor((high - low) / 2);
  const wanted = Math.min(range.high, Math.max(range.low, low + high - before));
  const near = [0, 1, -1, 2, -2].map((step) => wanted + step);
  return near.find((each) =>
    each >= range.low && each <= range.high && each !== before && !avoid.includes(each)
  ) ?? low;
}

/** A name without case, spaces and punctuation. */
function plain(name: unknown): string {
  return typeof name === "string" ? name.toLowerCase().replace(/[^a-z0-9]/g, "") : "";
}

function warmth(distance: number): string {
  if (distance <= 5) return "very close!";
  if (distance <= 10) return "close";
  return distance <= 20 ? "getting warm" : "cold";
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const LETTERS = 5;
/** The words among which mode "word" chooses. */
const WORDS = (
  "about above actor acute admit adopt adult after again agent agree ahead alarm album alert alike " +
  "alive allow alone along alter among anger angle angry apart apple apply arena argue arise array " +
  "aside asset audio avoid award aware badly baker basic basis beach began begin begun being below " +
  "bench birth black blame blind block blood board boost bound brain brand bread break breed brief " +
  "bring broad broke brown build built buyer cable carry catch cause chain chair chart chase cheap " +
  "check chest chief child chose civil claim class clean clear click clock close coach coast could " +
  "count court cover craft crash cream crime cross crowd crown curve cycle daily dance dealt death " +
  "delay depth doing doubt dozen draft drama drawn dream dress drink drive eager early earth eight " +
  "elite empty enemy enjoy enter entry equal error event every exact exist extra faith false fault " +
  "fiber field fifth fifty fight final first fixed flash fleet floor fluid focus force forth forty " +
  "forum found frame fraud fresh front fruit fully funny giant given glass globe going grace grade " +
  "grand grant grass great green gross group grown guard guest guide happy heart heavy hence horse " +
  "hotel house human ideal image index inner input issue joint judge knife known label large laser " +
  "later laugh layer learn lease least leave legal level light limit local logic loose lower lucky " +
  "lunch magic major maker march match maybe mayor meant media metal might minor mixed model money " +
  "month moral motor mount mouse mouth movie music never night noise north novel nurse occur ocean " +
  "offer often order other ought paint panel paper party peace phase phone photo piece pilot pitch " +
  "place plain plane plant plate point pound power press price pride prime print prior prize proof " +
  "proud prove queen quick quiet quite radio raise range rapid ratio reach ready refer right river " +
  "round route royal rural scale scene scope score sense serve seven shall shape share sharp sheet " +
  "shelf shell shift shirt shock shoot short shown sight since sixth sixty skill sleep slide small " +
  "smart smile smoke solid solve sorry sound south space spare speak speed spend spent split sport " +
  "staff stage stake stand start state steam steel stick still stock stone stood store storm story " +
  "strip stuck study stuff style sugar suite super sweet table taken taste teach thank theme there " +
  "thick thing think third those three throw tight times tired title today topic total touch tough " +
  "tower track trade train treat trend trial tried truck truly trust truth twice under union unity " +
  "until upper upset urban usage usual valid value video visit vital voice waste watch water wheel " +
  "where which while white whole whose woman world worry worse worst worth would wound write wrong " +
  "yield young youth"
).split(" ");
