/**
 * RockPaperScissors: two players throw at the same time, best of n rounds.
 *
 * params: best_of = 3 (odd); variant "classic" | "spock" (with lizard and spock); mode "private" |
 *         "commit"; clock, strikes and turn_order as in every game.
 * mode "private": action "throw", value "rock", which only the referee reads until both have thrown.
 * mode "commit": the host need not be trusted: action "commit" with a hash of make_commitment, then
 *         action "reveal" with { value, salt }. The hash is the SHA-256 of the salt's 32 bytes and
 *         the throw as JSON ("rock", in quotes). In clock.move_s, whoever has not moved loses the round.
 */
import {
  GAME_ACTIONS,
  GAME_PARAMS,
  type GameParams,
  GameReferee,
  Illegal,
  type Move,
  type Result,
} from "lib:game";

interface Params extends GameParams {
  best_of: number;
  variant: "classic" | "spock";
  mode: "private" | "commit";
}

/** A throw; null for one that was never shown. */
type Throw = string | null;

interface State {
  /** In the order of the seats. */
  players: [string, string];
  /** The rounds before this one: the throws, in the order of the seats, and whose round it was. */
  rounds: { throws: Throw[]; winner: number | null }[];
  wins: number[];
  /** This round, by player: what was thrown, and the hash that was committed to. */
  thrown: Record<string, Throw>;
  commits: Record<string, string>;
  /** The beginnings of all commits of the game: nobody may post another's, or an old one. */
  used: string[];
}

/** What each throw beats. */
const BEATS: Record<string, string[]> = {
  rock: ["scissors", "lizard"],
  paper: ["rock", "spock"],
  scissors: ["paper", "lizard"],
  lizard: ["paper", "spock"],
  spock: ["rock", "scissors"],
};
const CLASSIC = ["rock", "paper", "scissors"];
const SHORT: Record<string, string> = { r: "rock", p: "paper", s: "scissors", scissor: "scissors" };
/** The salt of the commits in `legal_moves`, which hide nothing. */
const OPEN_SALT = "0".repeat(64);
/** The commit to each throw with this salt. */
const EXAMPLES: Record<string, string> = {
  rock: "sha256:4fe87e13059238a3bdc65667096be2a5926e351bd81f5b6fba2a7608eac1acba",
  paper: "sha256:d7d3a0c0b77951fc82097486561b3b533edf0eab89374733c2ff360c973cf85d",
  scissors: "sha256:76bc51f5df6c4399db4fa0a12b60e9a7b3bfc3bfe031dc8805f6e2890091b5a9",
  lizard: "sha256:a749a964e24ab6c478be7ff992667745772042fa220625d4f77d89fcaa3e3580",
  spock: "sha256:d42c5866f4c1e58cd8ed537fee9944512a3566c01fb002ab2a6d8b269262cfd1",
};
/** How many rounds a turn shows. */
const SHOWN = 8;

export default class RockPaperScissors extends GameReferee<State, Params> {
  static manifest = {
    summary: "Rock, paper, scissors: two throw at once, best of n rounds",
    private: true,
    net: [],
    moves: {
      game: "rps",
      aliases: ["RockPaperScissors", "rock paper scissors", "roshambo"],
      actions: {
        throw: { value: "<word>", private: true },
        commit: { value: "<text>" },
        reveal: {
          value: {
            type: "object",
            properties: { value: { type: "string" }, salt: { type: "string" } },
          },
        },
        ...GAME_ACTIONS,
      },
    },
    params: {
      type: "object",
      properties: {
        best_of: {
          type: "integer",
          description: "Odd: whoever has won more than half of so many rounds wins.",
          minimum: 1,
          maximum: 99,
          default: 3,
        },
        variant: { enum: ["classic", "spock"], default: "classic" },
        mode: {
          enum: ["private", "commit"],
          description: "private: the referee alone reads throws. commit: hash first, then reveal.",
          default: "private",
        },
        ...GAME_PARAMS,
      },
    },
  };

  constructor(ctx: BotContext, params: Params) {
    super(ctx, params);
    if (params.best_of % 2 === 0) {
      throw new Error(`best_of is ${params.best_of}, but must be odd, for example 3`);
    }
  }

  override setup(players: string[]): State {
    const [a, b] = players as [string, string];
    return { players: [a, b], rounds: [], wins: [0, 0], thrown: {}, commits: {}, used: [] };
  }

  override turn(state: State): string[] {
    const { players, commits, thrown } = state;
    if (this.params.mode === "private") return players.filter((each) => !(each in thrown));
    const missing = players.filter((each) => !(each in commits));
    return missing.length > 0 ? missing : players.filter((each) => !(each in thrown)).slice(0, 1);
  }

  override async play(state: State, player: string, move: Move) {
    const isRevealing = state.players.every((each) => each in state.commits);
    const due = this.params.mode === "private" ? "throw" : isRevealing ? "reveal" : "commit";
    if (move.action !== due) throw new Illegal(this.#rule(due));
    if (due === "commit") return this.#commit(state, player, move.value);
    state.thrown[player] = due === "throw"
      ? this.#thrown(move.value)
      : await this.#revealed(state.commits[player]!, move.value);
    this.#judgeWhenThrown(state);
  }

  #rule(due: string): string {
    if (due === "throw") {
      return `Now both throw, and only the referee reads it: make_game_move with action "throw" ` +
        `and the value ${this.#names()}.`;
    }
    if (due === "commit") {
      return `Now both commit: call make_commitment with the value ${this.#names()}, then ` +
        'make_game_move with action "commit" and the commit ("sha256:..."). Keep the salt.';
    }
    return 'Now both reveal: make_game_move with action "reveal" and the value ' +
      "{ value: <your throw>, salt: <64 hex digits> }.";
  }

  #names(): string {
    const names = this.#throws().map((each) => `"${each}"`);
    return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  }

  #throws(): string[] {
    return this.params.variant === "classic" ? CLASSIC : Object.keys(BEATS);
  }

  #thrown(value: unknown): Throw {
    const found = this.#throwIn(value);
    if (found === null) throw new Illegal(this.#rule("throw"));
    return found;
  }

  #throwIn(value: unknown): Throw {
    const said = typeof value === "string" ? value.trim().toLowerCase().replace(/[.!]+$/, "") : "";
    const name = Object.hasOwn(SHORT, said) ? SHORT[said]! : said;
    return this.#throws().includes(name) ? name : null;
  }

  #commit(state: State, player: string, value: unknown) {
    const hash = /^\s*(?:sha256:)?([0-9a-f]{64})\s*$/i.exec(String(value))?.[1]?.toLowerCase();
    if (hash === undefined) throw new Illegal(this.#rule("commit"));
    const commit = `sha256:${hash}`;
    if (!Object.values(EXAMPLES).includes(commit)) {
      const beginning = hash.slice(0, 20);
      if (state.used.includes(beginning)) {
        throw new Illegal("This commit was posted before in this game: make one with a new salt.");
      }
      state.used.push(beginning);
    }
    state.commits[player] = commit;
  }

  /** The throw behind a commit. A reveal that is not of this commit, or of no throw, shows nothing,
   *  and so loses the round. */
  async #revealed(commit: string, value: unknown): Promise<Throw> {
    const { value: thrown, salt } = Object(value);
    if (typeof salt !== "string" || !/^[0-9a-f]{64}$/.test(salt) || typeof thrown !== "string") {
      throw new Illegal(this.#rule("reveal"));
    }
    return await commitmentTo(thrown, salt) === commit ? this.#throwIn(thrown) : null;
  }

  #judgeWhenThrown(state: State) {
    const { players, thrown } = state;
    if (!players.every((each) => each in thrown)) return;
    const throws = players.map((each) => thrown[each]!);
    this.#judge(state, throws, winnerOf(throws));
  }

  /** Counts the round, and opens the next one. */
  #judge(state: State, throws: Throw[], winner: number | null) {
    if (winner !== null) state.wins[winner]!++;
    state.rounds.push({ throws, winner });
    state.thrown = {};
    state.commits = {};
    this.say("judge", {
      round: state.rounds.length,
      throws: Object.fromEntries(state.players.map((each, i) => [each, throws[i]])),
      winner: winner === null ? null : state.players[winner],
      wins: this.#wins(state),
      text: this.#told(throws, winner, state.players),
    });
  }

  #told([a, b]: Throw[], winner: number | null, players: string[]): string {
    if (winner === null) return a === null ? "Nobody has shown a throw." : `Both throw ${a}.`;
    const [won, lost] = winner === 0 ? [a, b] : [b, a];
    return lost === null
      ? `${players[winner]} wins the round: ${players[1 - winner]} has shown no throw.`
      : `${won} beats ${lost}: ${players[winner]} wins the round.`;
  }

  /** Whoever has not thrown, committed or revealed in time loses the round. */
  override timeUp(state: State, late: string[]) {
    const { players, commits } = state;
    const isCommitting = this.params.mode === "commit" && !players.every((each) => each in commits);
    if (isCommitting) {
      // Nothing is revealed any more, so a commit by itself wins.
      const winner = players.findIndex((each) => each in commits);
      return this.#judge(state, [null, null], winner < 0 ? null : winner);
    }
    for (const player of late) state.thrown[player] = null;
    this.#judgeWhenThrown(state);
  }

  override result({ players, rounds, wins }: State): Result | null {
    const needed = (this.params.best_of + 1) / 2;
    const [a, b] = wins as [number, number];
    // A drawn round is played again, but not for ever.
    if (Math.max(a, b) < needed && rounds.length < 3 * this.params.best_of) return null;
    const score = `${a} to ${b} in ${rounds.length} ${rounds.length === 1 ? "round" : "rounds"}`;
    if (a === b) {
      return { result: "drawn", winners: [], ranking: [players], text: `Drawn, ${score}.` };
    }
    const ranking = a > b ? [[players[0]], [players[1]]] : [[players[1]], [players[0]]];
    const winners = ranking[0]!;
    return { result: "won", winners, ranking, text: `${winners[0]} wins, ${score}.` };
  }

  override position(state: State) {
    const { players, rounds, commits, thrown } = state;
    const isCommitting = this.params.mode === "commit";
    return {
      round: rounds.length + 1,
      best_of: this.params.best_of,
      wins: this.#wins(state),
      last: rounds.slice(-SHOWN).map(({ throws }) =>
        Object.fromEntries(players.map((each, i) => [each, throws[i]!]))
      ),
      ...isCommitting && { commits, revealed: thrown },
    };
  }

  #wins({ players, wins }: State): Record<string, number> {
    return Object.fromEntries(players.map((each, i) => [each, wins[i]!]));
  }

  override picture({ players, rounds, wins }: State): string {
    const [a, b] = players;
    return [
      `${a} ${wins[0]} : ${wins[1]} ${b}, best of ${this.params.best_of}`,
      ...rounds.slice(-SHOWN).map(({ throws, winner }, i) => {
        const round = rounds.length - Math.min(SHOWN, rounds.length) + i + 1;
        const won = winner === null ? "drawn" : players[winner];
        return `round ${round}: ${throws.map((each) => each ?? "nothing").join(" - ")}, ${won}`;
      }),
    ].join("\n");
  }

  override view({ players, rounds, wins }: State): BoardView {
    const before = rounds.length - Math.min(SHOWN, rounds.length);
    return {
      kind: "table",
      title: `${players[0]} ${wins[0]} : ${wins[1]} ${players[1]}, best of ${this.params.best_of}`,
      columns: ["round", ...players, "won by"],
      rows: rounds.slice(-SHOWN).map(({ throws, winner }, i) => [
        before + i + 1,
        ...throws.map((each) => each ?? "nothing"),
        winner === null ? "nobody" : players[winner]!,
      ]),
    };
  }

  override legal(state: State, player: string) {
    const throws = this.#throws();
    if (this.params.mode === "private") {
      return throws.map((value) => ({ action: "throw", value }));
    }
    const commit = state.commits[player];
    if (commit === undefined) {
      return throws.map((each) => ({ action: "commit", value: EXAMPLES[each]! }));
    }
    // The salt of any other commit is known to its player alone.
    const example = throws.find((each) => EXAMPLES[each] === commit);
    return example === undefined
      ? []
      : [{ action: "reveal", value: { value: example, salt: OPEN_SALT } }];
  }
}

/** The index of the player who wins a round; null when nobody does. Whoever has shown no throw
 *  loses to whoever has. */
function winnerOf([a, b]: Throw[]): 0 | 1 | null {
  if (a === b) return null;
  if (b === null || a !== null && BEATS[a!]!.includes(b!)) return 0;
  return 1;
}

/** As make_commitment has it: SHA-256(salt || canonical JSON of the value). */
async function commitmentTo(value: string, salt: string): Promise<string> {
  const bytes = [
    ...salt.match(/../g)!.map((pair) => parseInt(pair, 16)),
    ...new TextEncoder().encode(JSON.stringify(value)),
  ];
  const hash = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return `sha256:${
    [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  }`;
}
