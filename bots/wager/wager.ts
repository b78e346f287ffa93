/**
 * Wager: a bet in points on what a source on the web will say at a moment. The referee reads it then,
 * and the server records what it read.
 *
 * params: claim (what is bet on, in words); sources (1 to 3 of { url, path }, whose hosts must be in the
 *         manifest's net); test { op ">" | ">=" | "<" | "<=" | "=" | "contains", value }; at (ISO 8601)
 *         or after_s = 3600 (seconds after the last bet); points = 100 (what each player has); players =
 *         2; tries = 3, retry_s = 60 (while a source can't be read); clock (after clock.move_s, a player
 *         who has not bet passes), strikes and turn_order as in every game.
 * Moves: action "bet" with { side: "yes" | "no", stake }, or a text such as "bet yes 10"; "pass".
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

type Side = "yes" | "no";

interface Source {
  url: string;
  path: string;
}

interface Params extends GameParams {
  claim: string;
  sources: Source[];
  test: { op: ">" | ">=" | "<" | "<=" | "=" | "contains"; value: number | string };
  at?: string;
  after_s: number;
  points: number;
  players: number;
  tries: number;
  retry_s: number;
}

interface Bet {
  player: string;
  side: Side;
  stake: number;
}

interface Reading {
  url: string;
  /** What stands at the path; null if there is nothing to read. */
  value: string | number | null;
  error?: string;
}

interface State {
  players: string[];
  out: string[];
  /** In the order in which they were made. */
  bets: Bet[];
  passed: string[];
  /** When the sources are read, ms since 1970; null while that depends on bets to come. */
  reads: number | null;
  tries: number;
  /** The bets are over: what it came to. */
  over: { answer: Side | null; why: string; points: Record<string, number> } | null;
}

const LONGEST_TIMER_MS = 30 * 24 * 3_600_000;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

export default class Wager extends GameReferee<State, Params> {
  static manifest = {
    summary: "A bet in points on what a source on the web says at a moment",
    net: ["api.coinbase.com", "api.kraken.com", "www.bitstamp.net"],
    moves: {
      game: "wager",
      aliases: ["bet"],
      actions: {
        bet: {
          value: {
            type: "object",
            properties: { side: { enum: ["yes", "no"] }, stake: { type: "integer", minimum: 1 } },
          },
        },
        pass: { text: "pass" },
        ...GAME_ACTIONS,
      },
    },
    params: {
      type: "object",
      properties: {
        claim: {
          type: "string",
          description: "What is bet on, in words; sources and test decide.",
          minLength: 1,
          maxLength: 300,
        },
        sources: {
          type: "array",
          description: "All must agree. Their hosts must be in the manifest's net.",
          items: {
            type: "object",
            properties: {
              url: { type: "string", minLength: 1, maxLength: 500 },
              path: { type: "string", maxLength: 200, default: "" },
            },
            required: ["url"],
          },
          minItems: 1,
          maxItems: 3,
        },
        test: {
          type: "object",
          description: "When the answer is yes.",
          properties: {
            op: { enum: [">", ">=", "<", "<=", "=", "contains"] },
            value: { type: ["number", "string"] },
          },
          required: ["op", "value"],
        },
        at: { type: "string", description: "When, for example 2030-01-31T12:00:00Z." },
        after_s: {
          type: "integer",
          description: "Without at: so many seconds after the last bet.",
          minimum: 1,
          maximum: 31_536_000,
          default: 3600,
        },
        points: { type: "integer", minimum: 1, maximum: 1_000_000, default: 100 },
        players: { type: "integer", minimum: 2, maximum: 16, default: 2 },
        tries: { type: "integer", minimum: 1, maximum: 10, default: 3 },
        retry_s: { type: "integer", minimum: 1, maximum: 86_400, default: 60 },
        ...GAME_PARAMS,
      },
      required: ["claim", "sources", "test"],
    },
  };

  constructor(ctx: BotContext, params: Params) {
    super(ctx, params);
    const { at, test, sources } = params;
    if (at !== undefined && !(INSTANT.test(at) && Date.parse(at) > 0)) {
      throw new Error(`at is ${JSON.stringify(at)}, but must be like "2030-01-31T12:00:00Z"`);
    }
    const isOrder = test.op.startsWith("<") || test.op.startsWith(">");
    if (isOrder && typeof test.value !== "number") {
      const given = JSON.stringify(test.value);
      throw new Error(
        `test.value is ${given}, but must be a number for ${test.op}, for example 100`,
      );
    }
    for (const { url } of sources) {
      if (!/^https?:\/\/[^/]/.test(url)) {
        const given = JSON.stringify(url);
        throw new Error(`sources: url is ${given}, but must be like "https://example.org/a.json"`);
      }
    }
  }

  override setup(players: string[]): State {
    const { at } = this.params;
    const state: State = {
      players,
      out: [],
      bets: [],
      passed: [],
      reads: at === undefined ? null : Date.parse(at),
      tries: 0,
      over: null,
    };
    this.#wait(state);
    this.say("terms", { ...this.#terms(), text: this.#told() });
    return state;
  }

  #terms() {
    const { claim, sources, test, at, after_s, points, tries, retry_s } = this.params;
    return {
      claim,
      sources,
      test,
      ...at === undefined ? { after_s } : { at },
      points,
      tries,
      retry_s,
    };
  }

  #told(): string {
    const { test, at, after_s, sources, tries } = this.params;
    const when = at ?? `${after_s} seconds after the last bet`;
    return `The answer is yes if what ${sources.map(({ url }) => url).join(", ")} says is ` +
      `${test.op} ${
        JSON.stringify(test.value)
      } (${when}). The bet is void, and all stakes go back, ` +
      `if a source can't be read in ${tries} tries, if sources disagree, or if nobody bets on one ` +
      "of the sides.";
  }

  /** Sets the timer of the reading, which may be further away than a timer reaches. */
  #wait({ reads }: State) {
    if (reads === null) return;
    this.after("read", Math.min(Math.max(1, reads - Date.now()), LONGEST_TIMER_MS));
  }

  override turn(state: State): string[] {
    return state.over === null && state.tries === 0 ? this.#toBet(state).slice(0, 1) : [];
  }

  #toBet({ players, out, bets, passed }: State): string[] {
    return players.filter((each) =>
      !out.includes(each) && !passed.includes(each) && !bets.some(({ player }) => player === each)
    );
  }

  override play(state: State, player: string, { action, value }: Move) {
    if (action === "pass") state.passed.push(player);
    else {
      const { side, stake } = betIn(value);
      const { points } = this.params;
      const isStake = Number.isInteger(stake) && stake >= 1 && stake <= points;
      if (side !== "yes" && side !== "no" || !isStake) throw new Illegal(this.#rule);
      const only = this.#missingSide(state);
      if (only !== null && side !== only) {
        throw new Illegal(
          `Everybody else has bet on ${side}, so you may bet on ${only} or pass: ` +
            `action "bet" with { side: "${only}", stake: 1 }.`,
        );
      }
      state.bets.push({ player, side, stake });
    }
    this.#goOn(state);
  }

  get #rule(): string {
    return 'Bet with action "bet" and the value { side: "yes" or "no", stake: <whole number 1 to ' +
      `${this.params.points}> }, or "pass".`;
  }

  /** The side on which the last one to bet has to bet, if all others are on the other one. */
  #missingSide(state: State): Side | null {
    const [first] = state.bets;
    const isLast = this.#toBet(state).length === 1;
    if (!isLast || !first || state.bets.some(({ side }) => side !== first.side)) return null;
    return first.side === "yes" ? "no" : "yes";
  }

  /** After a bet or a departure: the next bet, or the wait for the moment. */
  #goOn(state: State) {
    if (this.#toBet(state).length > 0) return;
    const sides = new Set(state.bets.map(({ side }) => side));
    if (sides.size < 2) return this.#settle(state, null, "Nobody has bet on one of the sides.");
    const standing = state.bets.filter(({ player }) => !state.out.includes(player));
    const [side, ...others] = new Set(standing.map(({ side }) => side));
    if (side !== undefined && others.length === 0) {
      return this.#settle(state, side, "Everyone on the other side has given up.");
    }
    if (state.reads !== null) return;
    state.reads = Date.now() + 1_000 * this.params.after_s;
    this.#wait(state);
  }

  /** A bet that is made stands, and is lost. */
  override drop(state: State, player: string) {
    state.out.push(player);
    if (state.over === null) this.#goOn(state);
  }

  override timeUp(state: State, late: string[]) {
    state.passed.push(...late);
    this.#goOn(state);
  }

  override async onTimer(name: string, state: State) {
    if (name === "read") await this.#read(state);
  }

  async #read(state: State) {
    if (state.reads === null || state.over !== null) return;
    if (Date.now() < state.reads) return this.#wait(state);
    // Bets are over, whoever has not made one.
    state.passed.push(...this.#toBet(state));
    this.#goOn(state);
    if (state.over !== null) return;
    state.tries++;
    const { sources, test, tries, retry_s } = this.params;
    const readings = await Promise.all(sources.map((source) => read(source, test)));
    for (const reading of readings) this.say("reading", { ...reading, try: state.tries });
    const failed = readings.filter(({ value }) => value === null);
    if (failed.length > 0 && state.tries < tries) {
      state.reads = Date.now() + 1_000 * retry_s;
      return this.#wait(state);
    }
    const where = failed.map(({ url }) => url).join(", ");
    if (failed.length > 0) return this.#settle(state, null, `Nothing could be read at ${where}.`);
    const answers = new Set(readings.map(({ value }) => isTrue(value!, test)));
    if (answers.size > 1) return this.#settle(state, null, "The sources disagree.");
    const said = readings.map(({ value }) => shortened(JSON.stringify(value))).join(", ");
    const answer = answers.has(true) ? "yes" : "no";
    this.#settle(
      state,
      answer,
      `The ${sources.length > 1 ? "sources say" : "source says"} ${said}.`,
    );
  }

  /** Pays out: the stakes of the losers go to the winners in proportion to theirs, rounded down, and
   *  what is left over point by point to the winners in the order of their bets. */
  #settle(state: State, answer: Side | null, why: string) {
    const { points: start } = this.params;
    const points = Object.fromEntries(state.players.map((each) => [each, start]));
    const isWon = ({ player, side }: Bet) => side === answer && !state.out.includes(player);
    const winners = state.bets.filter(isWon);
    const losers = state.bets.filter((bet) => !isWon(bet));
    if (answer !== null && winners.length > 0) {
      const sum = (bets: Bet[]) => bets.reduce((total, { stake }) => total + stake, 0);
      const [pool, staked] = [sum(losers), sum(winners)];
      for (const { player, stake } of losers) points[player]! -= stake;
      let left = pool;
      for (const { player, stake } of winners) {
        const share = Math.floor(pool * stake / staked);
        points[player]! += share;
        left -= share;
      }
      for (const { player } of winners.slice(0, left)) points[player]!++;
    } else answer = null;
    state.over = { answer, why, points };
    const verdict = answer === null ? "The bet is void." : `The answer is ${answer}.`;
    this.say("verdict", { answer, points, bets: state.bets, text: `${why} ${verdict}` });
  }

  override result({ players, out, bets, over, passed }: State): Result | null {
    if (over === null) {
      const left = players.filter((each) => !out.includes(each) && !passed.includes(each));
      if (left.length > 1 || bets.length > 1) return null;
      return { result: "finished", winners: [], text: "There are not two to bet. No bet is made." };
    }
    const { answer, why, points } = over;
    if (answer === null) {
      return { result: "finished", winners: [], scores: points, text: `${why} The bet is void.` };
    }
    const winners = players.filter((each) => points[each]! > this.params.points);
    const levels = [...new Set(Object.values(points))].sort((a, b) => b - a);
    return {
      result: "won",
      winners,
      ranking: levels.map((level) => players.filter((each) => points[each] === level)),
      scores: points,
      text: `${why} The answer is ${answer}: ${winners.join(", ")} won.`,
    };
  }

  override position({ bets, passed, reads, tries }: State) {
    return {
      ...this.#terms(),
      bets,
      ...passed.length > 0 && { passed },
      ...reads !== null && { reads: new Date(reads).toISOString() },
      ...tries > 0 && { tried: tries },
    };
  }

  override picture({ bets, passed, reads, over }: State): string {
    return [
      this.params.claim,
      ...bets.map(({ player, side, stake }) => `${player}: ${stake} on ${side}`),
      ...passed.length > 0 ? [`no bet: ${passed.join(", ")}`] : [],
      ...reads !== null && over === null ? [`read at ${new Date(reads).toISOString()}`] : [],
      ...over !== null ? [`answer: ${over.answer ?? "void"}`] : [],
    ].slice(0, 20).join("\n");
  }

  override view({ players, bets, passed, out, reads, over }: State): BoardView {
    const { claim } = this.params;
    const bet = (player: string) => bets.find((each) => each.player === player);
    return {
      kind: "table",
      title: [...claim].slice(0, 100).join(""),
      columns: ["player", "bets on", "stake", ...over ? ["points"] : []],
      rows: players.map((player) => [
        player,
        bet(player)?.side ??
          (out.includes(player) ? "out" : passed.includes(player) ? "no bet" : ""),
        bet(player)?.stake ?? "",
        ...over ? [over.points[player] ?? ""] : [],
      ]),
      ...over
        ? { note: `The answer: ${over.answer ?? "void"}` }
        : reads !== null && { note: `Read at ${new Date(reads).toISOString()}` },
    };
  }

  override legal(state: State) {
    const stake = Math.ceil(this.params.points / 10);
    const only = this.#missingSide(state);
    const sides = only === null ? ["yes", "no"] : [only];
    return [
      ...sides.map((side) => ({ action: "bet", value: { side, stake } })),
      { action: "pass" },
    ];
  }
}

/** So that a sentence has room for it, whatever a source says. */
function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text;
}

/** A bet as an object or in words: "yes 10". */
function betIn(value: unknown): { side: unknown; stake: number } {
  if (typeof value !== "string") {
    const { side, stake } = Object(value);
    const isNumber = typeof stake === "string" && /^\s*\d{1,9}\s*$/.test(stake);
    return {
      side: typeof side === "string" ? side.trim().toLowerCase() : side,
      stake: isNumber ? Number(stake) : stake,
    };
  }
  const [, side, stake] = /^\s*(yes|no)[\s,:]+(\d{1,9})\s*$/i.exec(value) ?? [];
  return { side: side?.toLowerCase(), stake: Number(stake) };
}

/** Reads a source: what stands at a path of its JSON, or all that it says where there is no path.
 *  Where the test wants a number, anything else can't be read. */
async function read({ url, path }: Source, { op, value }: Params["test"]): Promise<Reading> {
  const failed = (error: string): Reading => ({ url, value: null, error });
  try {
    const answer = await fetch(url, { headers: { accept: "application/json" } });
    if (!answer.ok) return failed(`HTTP ${answer.status}`);
    const body = await answer.text();
    const found = path === "" ? body.trim() : at(JSON.parse(body), path.split("."));
    if (typeof value === "number" && op !== "contains") {
      const isNumeric = typeof found === "string" && /^[+-]?\d+(\.\d+)?$/.test(found.trim());
      const number = isNumeric ? Number(found) : found;
      return Number.isFinite(number) ? { url, value: number as number } : failed("no number there");
    }
    if (typeof found === "boolean") return { url, value: String(found) };
    if (!Number.isFinite(found) && !(typeof found === "string" && found.isWellFormed())) {
      return failed("no text there");
    }
    if (String(found).length > 1_000) return failed("more than 1,000 characters there");
    return { url, value: found as string | number };
  } catch (error) {
    const message = String(error instanceof Error ? error.message : error);
    return failed(message.slice(0, 300).toWellFormed());
  }
}

function isTrue(found: string | number, { op, value }: Params["test"]): boolean {
  if (op === "contains") return String(found).includes(String(value));
  if (op === "=") return typeof value === "number" ? found === value : String(found) === value;
  const [a, b] = [Number(found), Number(value)];
  return { ">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b }[op];
}

/** What a path leads to in JSON; * is the first member. Undefined where it leads nowhere. */
function at(value: unknown, [key, ...rest]: string[]): unknown {
  if (key === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  const next = key === "*"
    ? Object.values(value)[0]
    : Object.entries(value).find(([name]) => name === key)?.[1];
  return at(next, rest);
}
