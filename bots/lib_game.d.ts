// The types of lib:game, as its source declares them.
declare module "lib:game" {
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
    constructor(rule: string, reason?: string);
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
  /** The parameters that every game takes, for the `properties` of a manifest's `params`. */
  export const GAME_PARAMS: {
    clock: {
      type: string;
      description: string;
      properties: {
        move_s: {
          type: string;
          minimum: number;
          maximum: number;
        };
        game_s: {
          type: string;
          minimum: number;
          maximum: number;
        };
        increment_s: {
          type: string;
          minimum: number;
          maximum: number;
        };
      };
    };
    strikes: {
      type: string;
      description: string;
      minimum: number;
      maximum: number;
      default: number;
    };
    turn_order: {
      enum: string[];
      description: string;
      default: string;
    };
  };
  /** What every game accepts beside its own actions, for the `actions` of a manifest's `moves`. */
  export const GAME_ACTIONS: {
    concede: {
      text: string;
    };
  };
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
    #private;
    private ctx;
    private clock;
    readonly times: Times;
    constructor(ctx: Pick<BotContext, "set_timer">, clock: Clock | undefined, times: Times);
    /** Gives each player the time for the game. */
    start(players: string[]): void;
    /** Gives these players the turn, in place of all others. The time of those in `kept` goes on. */
    give(turn: string[], kept?: string[]): void;
    /** Sets the timer to when the first player is out of time, or to the moment when their time begins. */
    set(): void;
    /** Begins the time of those who have got the turn by now. Returns whether there were any: then nobody is late. */
    begin(): boolean;
    /** Charges a player for its turn, and adds the increment of a move. */
    spend(player: string): void;
    /** Takes from those who are out of time what they had for the game. Returns them. */
    late(): string[];
    /** Hears an entry of the server: while an admin has paused a referee, no time runs. `at` is when, ms since 1970.
     *  Returns whether a turn goes on now: it lasts longer than was told, so the referee tells it again. */
    hear(type: unknown, at: number): boolean;
    /** When the first player is out of time, ms since 1970; Infinity for never. */
    get deadline(): number;
    /** What a turn says: the seconds that each player has left for the game, and until when the turn lasts. That is not
     *  known while no time runs. */
    shown(): {
      clock?: Record<string, number>;
      deadline?: string;
    };
  }
  export abstract class GameReferee<State = any, Params extends GameParams = any> {
    #private;
    protected ctx: BotContext;
    protected params: Params;
    /** How many play; `params.players`, if the game has it, goes before. */
    seats: number;
    /** The size to which the words that one player alone reads are filled up, so that their length says nothing. */
    handBytes: number;
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
    ranges?(state: State, player: string): Record<string, {
      min: number;
      max: number;
    }>;
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
    drop(_state: State, _player: string, _why: Drop): State | void | Promise<State | void>;
    /** Called before a game ends that is abandoned, so that what was at stake goes back. */
    abandon?(state: State): void;
    constructor(ctx: BotContext, params: Params);
    /** Posts to everyone, or to one player alone. */
    protected say(type: string, body: Record<string, unknown>, to?: string): void;
    /** Calls `onTimer(name)` after `ms`, while the game goes on. */
    protected after(name: string, ms: number): void;
    /** A player has lost by the rules, and the others play on: it neither moves nor concedes any more. */
    protected retire(player: string): void;
    /** Those who have not dropped out, in turn order. */
    protected get remaining(): string[];
    /** How many players the game waits for. */
    protected wanted(): number;
    on_init(): Promise<void>;
    on_join(player_id: string): Promise<void>;
    on_leave(player_id: string, reason?: string): Promise<void>;
    on_timer(name: string): Promise<void>;
    on_message(msg: Message): Promise<void>;
  }
  /** A fair whole number from 0 to below `below`, which is at most 2^53. */
  export function randomBelow(below: number): number;
  /** The items of a list in a random order. */
  export function shuffled<T>(list: readonly T[]): T[];
  /** Commits to a value: commit = sha256(the value as JSON with sorted keys + salt), both in hex. A text stands for
   *  itself. */
  export function commitTo(value: unknown): Promise<{
    commit: string;
    salt: string;
  }>;
  /** A value as JSON with the keys of its objects sorted, and without spaces. A text stands for itself. */
  export function sortedJson(value: unknown): string;
  export function sha256Hex(text: string): Promise<string>;
}

// Of the other modules, an editor knows nothing but the names.
declare module "lib:*";
