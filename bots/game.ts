/// <reference path="./bot.d.ts" />
/**
 * lib:game: the half of a referee that all games share. It seats players, gives turns, keeps clocks, refuses illegal,
 * late and foreign moves with the rule, and ends games. A game extends GameReferee and writes its rules.
 *
 *   import { GAME_PARAMS, GameReferee, Illegal } from "lib:game";
 *   export default class Nim extends GameReferee { … }
 *
 * A game's state is JSON. The clock stands still during a hook, at the time of the entry that called it, so all times
 * here are those of entries. Posts: game_start, bot:commit, bot:turn, violation, time_up, player_out, bot:reveal,
 * game_end.
 */

/** A move as its player sent it: the action has the spelling of the manifest, and the value is a number or a text
 *  where the manifest asks for one and the player plainly meant one. */
export interface Move {
  action: string;
  value?: unknown;
}

/** A whole move: as the arguments of `make_game_move`, it is one that the game accepts now. */
export interface LegalMove {
  action: string;
  value?: number | string | Record<string, unknown>;
}

/** How a game ended. */
export interface Result {
  result:
    | "won"
    | "drawn"
    | "conceded"
    | "timed_out"
    | "illegal"
    | "claimed"
    | "abandoned"
    | "broke"
    | "finished"
    | (string & Record<never, never>);
  winners: string[];
  /** All players, the best first, those who tie together; absent if play decided nothing. */
  ranking?: string[][];
  scores?: Record<string, number>;
  /** The same for people, in one sentence. */
  text: string;
}

/** Why a player is out of a game that goes on. */
export type Drop = "conceded" | "timed_out" | "illegal" | "claimed";

/** A move that the rules forbid. The message is the rule in one sentence: its player reads it. */
export class Illegal extends Error {
  readonly reason: string;
  constructor(rule: string, reason = "ILLEGAL_MOVE") {
    super(rule);
    this.reason = reason;
  }
}

/** Seconds. Without `game_s` or `move_s`, no time runs. */
export interface Clock {
  move_s?: number;
  game_s?: number;
  increment_s?: number;
}

export interface GameParams {
  clock?: Clock;
  strikes?: number;
  turn_order?: "join" | "random";
  players?: number;
}

const DAY_S = 86_400;
/** A server lets bots go on alone for 64 entries. A game that goes on by its clock alone is over before. */
const MOST_ALONE = 40;

/** The parameters that every game takes, for the `properties` of a manifest's `params`. */
export const GAME_PARAMS = {
  clock: {
    type: "object",
    description: "Seconds for each move, for all moves of a player, and added after each move.",
    properties: {
      move_s: { type: "integer", minimum: 1, maximum: 7 * DAY_S },
      game_s: { type: "integer", minimum: 1, maximum: 28 * DAY_S },
      increment_s: { type: "integer", minimum: 0, maximum: DAY_S },
    },
  },
  strikes: {
    type: "integer",
    description: "How many illegal moves in one turn lose the game; 0: none do.",
    minimum: 0,
    maximum: 20,
    default: 0,
  },
  turn_order: {
    enum: ["join", "random"],
    description: "In the order of the seats, or shuffled at the start.",
    default: "join",
  },
};

/** What every game accepts beside its own actions, for the `actions` of a manifest's `moves`. */
export const GAME_ACTIONS = { concede: { text: "concede" } };

/** The time of all players, as JSON. */
export interface Times {
  /** Who has the turn, each with the time since when, in ms since 1970. */
  since: Record<string, number>;
  /** The game time that each player has left, ms; without `game_s`, none. */
  left: Record<string, number>;
  /** Since when no time runs, because the referee is paused. */
  stopped?: number;
  /** Those of `since` whose time has yet to begin. */
  fresh?: string[];
}

/** The clock of a game, for referees with turns of their own, too. It sets one timer, called "clock": when that comes
 *  due, `begin()` says whether it only begins the time of those who have just got the turn: the word that gives it may
 *  come long after the entry that called the hook, if the referee was kept busy, and that is no time of theirs. Else,
 *  and before a move counts, the players in `late()` are out of time. Without `game_s` and `move_s` nobody ever is. */
export class GameClock {
  constructor(
    private ctx: Pick<BotContext, "set_timer">,
    private clock: Clock | undefined,
    readonly times: Times,
  ) {}

  /** Gives each player the time for the game. */
  start(players: string[]): void {
    const { game_s } = this.clock ?? {};
    if (game_s === undefined) return;
    for (const player of players) this.times.left[player] = game_s * 1_000;
  }

  /** Gives these players the turn, in place of all others. The time of those in `kept` goes on. */
  give(turn: string[], kept: string[] = []): void {
    const { since, fresh = [] } = this.times;
    this.times.since = Object.fromEntries(
      turn.map((player) => [player, kept.includes(player) ? since[player]! : this.#now]),
    );
    this.times.fresh = turn.filter((player) => !kept.includes(player) || fresh.includes(player));
    this.set();
  }

  /** Sets the timer to when the first player is out of time, or to the moment when their time begins. */
  set(): void {
    const { stopped, fresh = [] } = this.times;
    if (stopped !== undefined || this.deadline === Infinity) return;
    this.ctx.set_timer("clock", fresh.length > 0 ? 1 : Math.max(1, this.deadline - Date.now()));
  }

  /** Begins the time of those who have got the turn by now. Returns whether there were any: then nobody is late. */
  begin(): boolean {
    const { since, stopped, fresh = [] } = this.times;
    if (fresh.length === 0 || stopped !== undefined) return false;
    // The millisecond of the timer is nobody's.
    for (const player of fresh) if (player in since) since[player] = Date.now() - 1;
    this.times.fresh = [];
    this.set();
    return true;
  }

  /** Charges a player for its turn, and adds the increment of a move. */
  spend(player: string): void {
    const { left, since, fresh = [] } = this.times;
    if (left[player] === undefined) return;
    const used = fresh.includes(player) ? 0 : this.#now - since[player]!;
    left[player] += (this.clock?.increment_s ?? 0) * 1_000 - used;
  }

  /** Takes from those who are out of time what they had for the game. Returns them. */
  late(): string[] {
    if (this.times.stopped !== undefined) return [];
    const { left, since, fresh = [] } = this.times;
    const now = Date.now();
    const late = Object.keys(since).filter((player) =>
      !fresh.includes(player) && this.#deadlineOf(player) <= now
    );
    for (const player of late) {
      if (player in left) left[player] = Math.max(0, left[player]! - (now - since[player]!));
    }
    return late;
  }

  /** Hears an entry of the server: while an admin has paused a referee, no time runs. `at` is when, ms since 1970.
   *  Returns whether a turn goes on now: it lasts longer than was told, so the referee tells it again. */
  hear(type: unknown, at: number): boolean {
    const { times } = this;
    if (type === "pause_bot_applied") times.stopped ??= at;
    if (type !== "resume_bot_applied" || times.stopped === undefined) return false;
    const turn = Object.keys(times.since);
    for (const player of turn) times.since[player]! += at - times.stopped;
    delete times.stopped;
    this.set();
    return turn.length > 0;
  }

  /** The moment up to which time has run: a bot hears what was said during a pause, too. */
  get #now(): number {
    return this.times.stopped ?? Date.now();
  }

  /** When the first player is out of time, ms since 1970; Infinity for never. */
  get deadline(): number {
    return Math.min(...Object.keys(this.times.since).map((player) => this.#deadlineOf(player)));
  }

  #deadlineOf(player: string): number {
    const { since, left } = this.times;
    const { move_s = Infinity } = this.clock ?? {};
    return since[player]! + Math.min(move_s * 1_000, left[player] ?? Infinity);
  }

  /** What a turn says: the seconds that each player has left for the game, and until when the turn lasts. That is not
   *  known while no time runs. */
  shown(): { clock?: Record<string, number>; deadline?: string } {
    if (this.deadline === Infinity) return {};
    const { left, since, stopped } = this.times;
    const clock = Object.fromEntries(
      Object.entries(left).map(([player, rest]) => {
        const used = player in since ? this.#now - since[player]! : 0;
        return [player, Math.max(0, Math.ceil((rest - used) / 1_000))];
      }),
    );
    const deadline = stopped === undefined && new Date(this.deadline).toISOString();
    return { ...Object.keys(clock).length > 0 && { clock }, ...deadline && { deadline } };
  }
}

interface Table<State> {
  phase: "waiting" | "playing" | "over";
  /** In turn order once the game has started. */
  players: string[];
  /** The players who are out. */
  out: string[];
  game: State | null;
  time: Times;
  turnNumber: number;
  /** How many entries the log has for certain: it may have more. */
  seen: number;
  /** How many entries have come since a member last said something: those of this bot, and what called it. */
  alone: number;
  /** For each player, what `seen` was before its present turn: a move that answers an entry up to
   *  there is late. */
  passed: Record<string, number>;
  /** Illegal moves of each player in its present turn. */
  strikes: Record<string, number>;
  /** What was committed before the first move. */
  sealed: { commit: string; secret: Record<string, unknown>; salt: string } | null;
}

interface GameManifest {
  moves: {
    game: string;
    aliases?: string[];
    actions: Record<string, { value?: unknown; private?: boolean }>;
  };
}

/** The operations of members that concern a game. */
const APPLIED = ["claim_applied", "pause_bot_applied", "resume_bot_applied"];
const GIVES_UP = ["concede", "resign", "giveup", "surrender", "forfeit", "iresign", "igiveup"];

// deno-lint-ignore no-explicit-any -- a game may leave it to its manifest what its parameters are
export abstract class GameReferee<State = any, Params extends GameParams = any> {
  // What a game writes
  // ------------------------------------------------------------------------------------------------------------------

  /** How many play; `params.players`, if the game has it, goes before. */
  seats = 2;
  /** The size to which the words that one player alone reads are filled up, so that their length says nothing. */
  handBytes = 256;

  /** The state at the start. Players are ids, in turn order. */
  abstract setup(players: string[]): State | Promise<State>;
  /** The players who may move now; nobody while a game with `onTimer` waits for its time. */
  abstract turn(state: State): string[];
  /** Applies a move of a player who has the turn. Throws `Illegal`; what it has changed by then is taken back. */
  abstract play(state: State, player: string, move: Move): State | void | Promise<State | void>;
  /** How the game ended; null while it goes on. */
  abstract result(state: State): Result | null;
  /** How things stand, for everyone. */
  abstract position(state: State): Record<string, unknown>;
  /** The same as a picture in text, of at most 20 lines. */
  abstract picture(state: State): string;
  /** The board, for everyone; or as a player sees it that has a `hand`, with what it alone may know. */
  view?(state: State, player?: string): BoardView;
  /** At most 64 moves that the player may make, or examples where there are more. */
  abstract legal(state: State, player: string): LegalMove[];
  /** The whole numbers that an action accepts, where a list would be long. */
  ranges?(state: State, player: string): Record<string, { min: number; max: number }>;
  /** The actions of one of several players who move at once, where they differ. */
  actions?(state: State, player: string): string[];
  /** What this player alone may know. */
  hand?(state: State, player: string): Record<string, unknown>;
  /** What is committed before the first move and revealed at the end. */
  commitment?(state: State): Record<string, unknown>;
  /** What else is revealed at the end. */
  reveal?(state: State): Record<string, unknown>;
  /** The move in a text of a player who has the turn; null for talk. */
  read?(text: string, player: string, state: State): Move | null;
  /** Hears what somebody says to everyone that is no move. It gives no turn. */
  talk?(state: State, speaker: string, text: string): State | void;
  /** Called when the time is over that `after` set. */
  onTimer?(name: string, state: State): State | void | Promise<State | void>;
  /** Goes on without the moves of players whose time for a move is over. Without this hook they are
   *  out, as is whoever has no time left for the game. */
  timeUp?(state: State, players: string[]): State | void | Promise<State | void>;
  /** Takes a player out of the game. Unless a game says otherwise, the last one left wins, and a game that more than
   *  one would have to go on with is abandoned. */
  drop(_state: State, _player: string, _why: Drop): State | void | Promise<State | void> {}
  /** Called before a game ends that is abandoned, so that what was at stake goes back. */
  abandon?(state: State): void;

  // What a game may use
  // ------------------------------------------------------------------------------------------------------------------

  constructor(protected ctx: BotContext, protected params: Params) {}

  /** Posts to everyone, or to one player alone. */
  protected say(type: string, body: Record<string, unknown>, to?: string): void {
    this.#post("bot", { type, ...body }, to);
  }

  #post(kind: "bot" | "control", body: Record<string, unknown>, to?: string) {
    this.ctx.post(kind, body, to === undefined ? {} : { to: [to] });
    this.#table.alone += 1;
    // A post to a player who has left is dropped.
    if (to === undefined) this.#table.seen += 1;
  }

  /** Calls `onTimer(name)` after `ms`, while the game goes on. */
  protected after(name: string, ms: number): void {
    this.ctx.set_timer(`game:${name}`, ms);
  }

  /** A player has lost by the rules, and the others play on: it neither moves nor concedes any more. */
  protected retire(player: string): void {
    if (!this.#table.out.includes(player)) this.#table.out.push(player);
  }

  /** Those who have not dropped out, in turn order. */
  protected get remaining(): string[] {
    const { players, out } = this.#table;
    return players.filter((player) => !out.includes(player));
  }

  /** How many players the game waits for. */
  protected wanted(): number {
    return this.params.players ?? this.seats;
  }

  // The hooks
  // ------------------------------------------------------------------------------------------------------------------

  #table: Table<State> = {
    phase: "waiting",
    players: [],
    out: [],
    game: null,
    time: { since: {}, left: {} },
    turnNumber: 0,
    seen: 0,
    alone: 0,
    passed: {},
    strikes: {},
    sealed: null,
  };

  async on_init() {
    const { game, actions } = this.#moves;
    const seated = this.ctx.players().map(({ player_id }) => player_id);
    this.#table.players = seated.slice(0, this.wanted());
    const moves = Object.keys(actions).map((action) => `"${action}"`).join(", ");
    this.#post("bot", {
      type: "prompt",
      text: `${this.#summary} It starts when ${this.wanted()} players have joined. On your turn: ` +
        `make_game_move game "${game}", action ${moves}; each turn names the moves.`,
      players: this.#table.players,
    });
    await this.#startWhenFull();
    this.#tellOthers(seated.slice(this.wanted()));
    this.ctx.set_state(this.#table);
  }

  async on_join(player_id: string) {
    if (!this.#load() || this.#table.players.includes(player_id)) return;
    if (this.#table.phase === "over") return;
    this.#table.alone = 0;
    if (this.#table.phase === "playing") this.#tellOthers([player_id]);
    else {
      this.#table.players.push(player_id);
      const { length } = this.#table.players;
      this.say("player_joined", { player: player_id, player_count: length });
      await this.#startWhenFull();
    }
    this.ctx.set_state(this.#table);
  }

  async on_leave(player_id: string, reason = "left") {
    if (!this.#load() || !this.#table.players.includes(player_id)) return;
    this.#table.alone = 0;
    if (this.#table.phase === "waiting") {
      this.#table.players = this.#table.players.filter((player) => player !== player_id);
      this.say("player_left", { player: player_id, player_count: this.#table.players.length });
    } else if (this.#table.phase === "playing" && !this.#table.out.includes(player_id)) {
      if (reason === "left") await this.#drop([player_id], "conceded");
      else {
        this.abandon?.(this.#game);
        this.#end({
          result: "abandoned",
          winners: [],
          text: `The game is abandoned, because ${player_id} was removed. Nobody wins.`,
        });
      }
    }
    this.ctx.set_state(this.#table);
  }

  async on_timer(name: string) {
    if (!this.#load() || this.#table.phase !== "playing") return;
    if (name === "clock") { if (!this.#clock.begin()) await this.#dropLate(); }
    else if (this.onTimer && name.startsWith("game:")) {
      const before = JSON.stringify(this.#game);
      const next = await this.onTimer(name.slice("game:".length), this.#game);
      this.#table.game = next ?? this.#game;
      const isChanged = JSON.stringify(this.#game) !== before;
      if (isChanged) this.#goOn(this.#turn);
    }
    this.ctx.set_state(this.#table);
  }

  async on_message(msg: Message) {
    const { type } = msg.body;
    const isOp = msg.sender === "system" && APPLIED.includes(String(type));
    if (!isOp && msg.kind !== "user" || !this.#load()) return;
    this.#table.seen = Math.max(this.#table.seen, msg.id);
    if (!isOp) this.#table.alone = 0;
    if (!isOp) await this.#answer(msg);
    else if (type === "claim_applied") await this.#claim(msg);
    else if (this.#clock.hear(type, Date.parse(msg.ts))) this.#postTurn(this.#turn);
    this.ctx.set_state(this.#table);
  }

  // Seats and turns
  // ------------------------------------------------------------------------------------------------------------------

  #load(): boolean {
    const state = this.ctx.get_state() as Table<State> | null;
    // The entry that called this hook is one more, whatever its id.
    if (state) this.#table = { ...state, seen: state.seen + 1, alone: state.alone + 1 };
    return state !== null;
  }

  get #game(): State {
    return this.#table.game as State;
  }

  get #manifest(): GameManifest & { summary?: string } {
    return (this.constructor as unknown as { manifest: GameManifest }).manifest;
  }

  get #moves(): GameManifest["moves"] {
    return this.#manifest.moves;
  }

  get #summary(): string {
    return (this.#manifest.summary ?? this.#moves.game).replace(/[.\s]*$/, ".");
  }

  async #startWhenFull() {
    const table = this.#table;
    if (table.players.length < this.wanted()) return;
    if (this.params.turn_order === "random") table.players = shuffled(table.players);
    table.phase = "playing";
    table.game = await this.setup([...table.players]);
    this.#clock.start(table.players);
    this.say("game_start", { players: table.players, turn_order: table.players });
    if (this.commitment) {
      const secret = this.commitment(this.#game);
      const { commit, salt } = await commitTo(secret);
      table.sealed = { commit, secret, salt };
      this.#post("control", {
        type: "bot:commit",
        commit,
        message:
          "commit = sha256(secret as JSON with sorted keys + salt); both are revealed at the end",
      });
    }
    this.#goOn([]);
  }

  /** Players who come too late have no part in the game. */
  #tellOthers(others: string[]) {
    if (others.length === 0) return;
    const { players, phase } = this.#table;
    if (phase !== "playing") return;
    const text = `${others.join(", ")}: you watch this game, which ${players.join(", ")} play.`;
    this.say("not_playing", { players: others, text });
  }

  /** Ends the game or gives the next turn. `moved`: those whose turn is a new one even if they had it before. */
  #goOn(moved: string[]) {
    const table = this.#table;
    if (table.phase !== "playing") return;
    const result = this.result(this.#game);
    if (result) return this.#end(result);
    const turn = this.turn(this.#game);
    if (turn.length === 0 && !this.onTimer) {
      throw new Error("nobody has the turn, and the game has no result");
    }
    // Where several move at once, those who have not moved yet keep their turn.
    const kept = turn.filter((player) => this.#turn.includes(player) && !moved.includes(player));
    for (const player of table.players.filter((each) => !kept.includes(each))) {
      table.passed[player] = table.seen;
      delete table.strikes[player];
    }
    this.#clock.give(turn, kept);
    table.turnNumber += 1;
    this.#postTurn(turn);
  }

  #postTurn(turn: string[]) {
    const { players } = this.#table;
    const position = this.position(this.#game);
    const view = this.view?.(this.#game);
    const common = {
      turn_number: this.#table.turnNumber,
      ...this.#clock.shown(),
      text: this.picture(this.#game),
      ...view && { view },
    };
    const isHidden = this.hand !== undefined;
    const help = { position, ...!isHidden && this.#help(turn) };
    if (turn.length === 1) {
      const body = { type: "bot:turn", player: turn[0]!, players, ...help, ...common };
      this.#post("control", body);
    } else {
      const may = turn.map((player) => {
        const actions = this.actions?.(this.#game, player);
        return { player, ...actions && { actions } };
      });
      this.#post("control", { type: "bot:turn", now: { may, players, ...help }, ...common });
    }
    if (!this.hand) return;
    for (const player of turn) {
      const own = { hand: this.hand(this.#game, player), ...this.#help([player]) };
      const { hand, ...moves } = own;
      const ownView = this.view?.(this.#game, player);
      // Everyone knows how long the open board is.
      const bytes = jsonBytes(own) + jsonBytes(ownView ?? null) - jsonBytes(view ?? null);
      const filled = Math.ceil(bytes / this.handBytes) * this.handBytes;
      this.#post("control", {
        type: "bot:turn",
        player,
        position: { ...position, ...hand },
        ...moves,
        ...ownView && { view: ownView },
        fill: " ".repeat(filled - bytes),
      }, player);
    }
  }

  #help(turn: string[]) {
    const moves = turn.flatMap((player) => this.legal(this.#game, player));
    const legal_moves = [...new Map(moves.map((move) => [JSON.stringify(move), move])).values()];
    const ranges = Object.assign({}, ...turn.map((player) => this.ranges?.(this.#game, player)));
    return {
      legal_moves: legal_moves.slice(0, 64),
      ...Object.keys(ranges).length > 0 && { ranges },
    };
  }

  // Moves
  // ------------------------------------------------------------------------------------------------------------------

  async #answer({ sender: player, body, to }: Message) {
    const table = this.#table;
    const hasTurn = table.phase === "playing" && this.#turn.includes(player);
    const move = this.#moveOf(body, player, hasTurn);
    const isOwn = to?.length === 1 && to[0] === player;
    // What players whisper to each other is talk.
    if (!move || to && !isOwn && body.type !== "move") {
      const isHeard = table.phase === "playing" && !to && typeof body.text === "string";
      if (isHeard) table.game = this.talk?.(this.#game, player, String(body.text)) ?? this.#game;
      return;
    }
    if (!table.players.includes(player)) {
      return this.#refuse(player, "NOT_IN_GAME", "You are not one of the players of this game.");
    }
    if (table.phase === "waiting") {
      const sit = `${table.players.length} of ${this.wanted()} players have joined`;
      return this.#refuse(player, "GAME_NOT_STARTED", `Wait for all players: ${sit}.`);
    }
    if (table.phase === "over" || table.out.includes(player)) {
      return this.#refuse(player, "OUT", "You are no longer in this game.");
    }
    // Time that is up counts before the move that came too late, whichever entry is first.
    if (hasTurn && await this.#dropLate()) return;
    if (Number(move.answers ?? Infinity) <= (table.passed[player] ?? 0)) {
      const late = `This answers message ${Number(move.answers)}, but the turn has passed since.`;
      return this.#refuse(player, "LATE", `${late} It does not count. ${this.#whoseTurn}`);
    }
    const isPrivate = this.#moves.actions[move.action]?.private === true;
    if (to && !isPrivate) {
      return this.#refuse(player, "NOT_OPEN", "This move is for everyone. Send it without to.");
    }
    if (move.action === "concede") return await this.#drop([player], "conceded");
    if (!hasTurn) {
      return this.#refuse(player, "BAD_TURN", `Not your turn. ${this.#whoseTurn}`);
    }
    if (move.action === "") {
      const actions = Object.keys(this.#moves.actions).map((each) => `"${each}"`).join(", ");
      return await this.#strike(player, "UNKNOWN_ACTION", `The actions are ${actions}.`);
    }
    if (isPrivate && !isOwn) {
      const how = `make_game_move game "${this.#moves.game}", action "${move.action}"`;
      const rule = `Others can read this move, so it does not count. Call ${how}, without to.`;
      return await this.#strike(player, "NOT_PRIVATE", rule);
    }
    const before = structuredClone(table.game);
    try {
      const next = await this.play(this.#game, player, move);
      table.game = next ?? this.#game;
    } catch (error) {
      if (!(error instanceof Illegal)) throw error;
      table.game = before;
      return await this.#strike(player, error.reason, error.message);
    }
    this.#clock.spend(player);
    this.#goOn([player]);
  }

  get #whoseTurn(): string {
    const turn = this.#turn;
    if (turn.length === 0) return "Nobody has the turn now.";
    return turn.length === 1 ? `Current player: ${turn[0]}` : `Current players: ${turn.join(", ")}`;
  }

  #refuse(player: string, reason: string, details: string) {
    this.#post("control", { type: "violation", player, reason, details });
  }

  async #strike(player: string, reason: string, rule: string) {
    const { strikes } = this.#table;
    const { strikes: most = 0 } = this.params;
    strikes[player] = (strikes[player] ?? 0) + 1;
    const left = most - strikes[player];
    const count = most === 0
      ? ""
      : left > 0
      ? ` ${left} more illegal ${left === 1 ? "move" : "moves"} in this turn and you are out.`
      : " That was the last illegal move of this turn: you are out.";
    this.#refuse(player, reason, rule + count);
    if (most === 0 || left > 0) return;
    await this.#drop([player], "illegal");
  }

  /** Takes players out, in one go, and goes on. */
  async #drop(players: string[], why: Drop) {
    const table = this.#table;
    table.out.push(...players);
    for (const player of players) {
      delete table.time.since[player];
      this.say("player_out", { player, reason: why });
      const next = await this.drop(this.#game, player, why);
      table.game = next ?? this.#game;
    }
    const result = this.result(this.#game) ?? this.#lastLeft(players, why);
    if (result) return this.#end(result);
    const turn = this.turn(this.#game).filter((player) => table.out.includes(player));
    if (turn.length > 0) {
      return this.#end({
        result: "abandoned",
        winners: [],
        text: `The game can't go on without ${turn.join(" and ")}. Nobody wins.`,
      });
    }
    this.#goOn([]);
  }

  #lastLeft(dropped: string[], why: Drop): Result | null {
    const { remaining } = this;
    const [winner] = remaining;
    if (remaining.length > 1) return null;
    const gone = dropped.join(" and ");
    const text = {
      conceded: `${gone} conceded.`,
      timed_out: `${gone} ran out of time.`,
      illegal: `${gone} made too many illegal moves.`,
      claimed: `${gone} did not move, and the game was claimed.`,
    }[why];
    if (winner === undefined) return { result: why, winners: [], text: `${text} Nobody wins.` };
    const out = this.#table.out.filter((player) => !dropped.includes(player)).reverse();
    return {
      result: why,
      winners: [winner],
      ranking: [[winner], dropped, ...out.map((player) => [player])],
      text: `${text} ${winner} wins.`,
    };
  }

  // Time
  // ------------------------------------------------------------------------------------------------------------------

  get #clock(): GameClock {
    return new GameClock(this.ctx, this.params.clock, this.#table.time);
  }

  /** Who has the turn. */
  get #turn(): string[] {
    return Object.keys(this.#table.time.since);
  }

  /** Takes out those whose time is up. Returns whether there were any. */
  async #dropLate(): Promise<boolean> {
    const late = this.#clock.late();
    if (late.length === 0) {
      this.#clock.set();
      return false;
    }
    const { since, left } = this.#table.time;
    const out = late.filter((player) => !this.timeUp || left[player] === 0);
    const others = late.filter((player) => !out.includes(player));
    if (this.timeUp && others.length > 0) {
      this.say("time_up", { players: others });
      this.#table.game = await this.timeUp(this.#game, others) ?? this.#game;
      for (const player of others) delete since[player];
      if (out.length === 0 && this.#table.alone > MOST_ALONE && !this.result(this.#game)) {
        this.abandon?.(this.#game);
        const text = "Nobody has made a move for long, so the game is over. Nobody wins.";
        this.#end({ result: "timed_out", winners: [], text });
        return true;
      }
    }
    if (out.length > 0) await this.#drop(out, "timed_out");
    else this.#goOn([]);
    return true;
  }

  /** A player claims a game that the others have left alone: the server has checked for how long. */
  async #claim({ body }: Message) {
    const op = body.op as { type?: unknown; player_id?: unknown } | undefined;
    const { phase, out, players } = this.#table;
    if (op?.type !== "claim" || phase !== "playing") return;
    const claimant = String(op.player_id);
    if (!players.includes(claimant) || out.includes(claimant)) return;
    if (this.#turn.includes(claimant)) return;
    await this.#drop(this.#turn, "claimed");
  }

  // The end
  // ------------------------------------------------------------------------------------------------------------------

  #end(result: Result) {
    const { sealed, players } = this.#table;
    const revealed = { ...sealed, ...this.reveal?.(this.#game) };
    if (Object.keys(revealed).length > 0) {
      this.#post("control", { type: "bot:reveal", ...revealed });
    }
    const view = this.view?.(this.#game);
    const picture = this.picture(this.#game);
    const ended = { ...result, ...result.ranking && { ranking: this.#completed(result.ranking) } };
    this.say("game_end", { ...ended, players, picture, ...view && { view } });
    this.#table.phase = "over";
    this.#table.time.since = {};
    this.ctx.end(ended);
  }

  /** A game may have forgotten those who dropped out: they come last, the first of them at the very end. */
  #completed(ranking: string[][]): string[][] {
    const ranked = ranking.flat();
    const missing = this.#table.out.filter((player) => !ranked.includes(player)).reverse();
    return [...ranking, ...missing.map((player) => [player])];
  }

  // What a message says
  // ------------------------------------------------------------------------------------------------------------------

  /** The move in a message; null when it is talk, or for another bot. An action that the game does not have is "". */
  #moveOf(
    body: Record<string, unknown>,
    player: string,
    hasTurn: boolean,
  ): (Move & { answers?: unknown }) | null {
    const { type, game, action, answers, text } = body;
    if (type === undefined && action === undefined) {
      return typeof text === "string" ? this.#moveInText(text, player, hasTurn) : null;
    }
    if (type !== undefined && type !== "move" && action === undefined) return null;
    const names = [this.#moves.game, ...this.#moves.aliases ?? [], this.constructor.name];
    if (game !== undefined && !names.some((name) => plain(name) === plain(game))) return null;
    if (game === undefined && !hasTurn) return null;
    const named = this.#actionNamed(action);
    if (named !== undefined) {
      return { action: named, ...this.#valueFor(named, body.value), answers };
    }
    // The whole move may be its action: "place 5".
    const said = typeof action === "string" ? this.#moveInText(action, player, hasTurn) : null;
    return { ...said ?? { action: "" }, answers };
  }

  #actionNamed(name: unknown): string | undefined {
    const { actions } = this.#moves;
    const own = Object.keys(actions).find((action) => plain(action) === plain(name));
    if (own !== undefined) return own;
    return "concede" in actions && GIVES_UP.includes(plain(name)) ? "concede" : undefined;
  }

  #moveInText(text: string, player: string, hasTurn: boolean): Move | null {
    const said = text.normalize("NFKC").trim().replace(/^@\S+\s+/, "");
    if (said.length > 200) return hasTurn ? this.read?.(said, player, this.#game) ?? null : null;
    if (said.startsWith("{")) return this.#moveInJson(said, player, hasTurn);
    const whole = this.#actionNamed(said);
    if (whole !== undefined && this.#moves.actions[whole]!.value === undefined) {
      return { action: whole };
    }
    const own = hasTurn ? this.read?.(said, player, this.#game) ?? null : null;
    if (own) return own;
    const [, first, rest] = /^\/?([\p{L}_-]+)[\s:=]+(.+?)[.!]*$/u.exec(said) ?? [];
    const action = this.#actionNamed(first);
    if (action === undefined || this.#moves.actions[action]!.value === undefined) return null;
    return { action, ...this.#valueFor(action, rest) };
  }

  #moveInJson(text: string, player: string, hasTurn: boolean): Move | null {
    try {
      const body = JSON.parse(text);
      return "text" in body ? null : this.#moveOf(body, player, hasTurn);
    } catch {
      return null;
    }
  }

  /** A value in the form that the manifest names, where the player plainly meant one. Where that is a number or a text,
   *  anything else but these is left out. */
  #valueFor(action: string, value: unknown): { value?: unknown } {
    const { value: form } = this.#moves.actions[action]!;
    if (form === undefined || value === undefined || value === null) return {};
    const [inner, ...others] = typeof value === "object" ? Object.values(value) : [];
    const isOne = others.length === 0 && ["number", "string"].includes(typeof inner);
    const schema = (typeof form === "object" ? form : {}) as { type?: string };
    const wantsNumber = /^<(whole )?number/.test(String(form)) ||
      ["integer", "number"].includes(schema.type ?? "");
    const wantsText = /^<(text|word|letter|card|square|player id|id)/.test(String(form)) ||
      schema.type === "string";
    if (!wantsNumber && !wantsText) return { value };
    const one = isOne ? inner : value;
    if (typeof one !== "number" && typeof one !== "string") return {};
    if (wantsText) return { value: String(one).trim() };
    const isNumber = typeof one === "string" && /^\s*[+-]?\d{1,15}(\.\d{1,15})?\s*$/.test(one);
    return { value: isNumber ? Number(one) : one };
  }
}

function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** A name without case, spaces and punctuation. */
function plain(name: unknown): string {
  return typeof name === "string" ? name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") : "";
}

// Chance and commitments
// --------------------------------------------------------------------------------------------------------------------

/** A fair whole number from 0 to below `below`, which is at most 2^53. */
export function randomBelow(below: number): number {
  const range = 2 ** 53;
  // The last, incomplete stretch would favour small numbers: a draw from it is drawn again.
  const fair = range - range % below;
  for (;;) {
    const [high, low] = crypto.getRandomValues(new Uint32Array(2));
    const drawn = (high! >>> 11) * 2 ** 32 + low!;
    if (drawn < fair) return drawn % below;
  }
}

/** The items of a list in a random order. */
export function shuffled<T>(list: readonly T[]): T[] {
  const items = [...list];
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomBelow(i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}

/** Commits to a value: commit = sha256(the value as JSON with sorted keys + salt), both in hex. A text stands for
 *  itself. */
export async function commitTo(value: unknown): Promise<{ commit: string; salt: string }> {
  const salt = hex(crypto.getRandomValues(new Uint8Array(32)));
  return { commit: await sha256Hex(sortedJson(value) + salt), salt };
}

/** A value as JSON with the keys of its objects sorted, and without spaces. A text stands for itself. */
export function sortedJson(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(
    value,
    (_, each) =>
      typeof each === "object" && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.keys(each).sort().map((key) => [key, each[key]]))
        : each,
  );
}

export async function sha256Hex(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
