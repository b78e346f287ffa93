/**
 * Trivia: everybody answers the same question, in private; when all have, or the time is up, the
 * answers are shown and whoever is right gets a point.
 *
 * params: players = the invite slots; rounds = 5; source "seed" (the referee makes the questions from
 *         its seed and commits to all of them before the first) | "quizmaster" (the first seat asks,
 *         commits to the answer and reveals it); topics = all; level = 1 to 3; clock (in clock.move_s,
 *         whoever has not answered gets no point), strikes and turn_order as in every game.
 * Moves: action "answer" with a text or a number, which the referee alone reads. The quizmaster:
 *        "ask" with { question, commit } (commit: by make_commitment), then "reveal" with
 *        { value, salt }.
 */
import {
  type Drop,
  GAME_ACTIONS,
  GAME_PARAMS,
  type GameParams,
  GameReferee,
  Illegal,
  type Move,
  randomBelow,
  type Result,
  shuffled,
} from "lib:game";

type Topic = keyof typeof TOPICS;

interface Params extends GameParams {
  players: number;
  rounds: number;
  source: "seed" | "quizmaster";
  topics?: Topic[];
  level: number;
}

/** A question whose answer follows from it; `example` has the form of the answer. */
interface Question {
  question: string;
  answer: string;
  example: string;
}

interface State {
  quizmaster: string | null;
  /** Those who answer. */
  players: string[];
  out: string[];
  phase: "ask" | "answer" | "reveal";
  round: number;
  /** All of them, from the seed; one after the other, from a quizmaster. */
  questions: Question[];
  /** The quizmaster's commit to the answer of the present question. */
  commit: string;
  given: Record<string, string>;
  scores: Record<string, number>;
  /** Why the last one to go went. */
  why: Drop | null;
}

const MOST_ANSWER = 100;
const MOST_QUESTION = 500;
/** What the example of a quizmaster's move asks; its salt hides nothing. */
const EXAMPLE = { question: "What is 2 + 2?", value: "4", salt: "0".repeat(64) };

// The questions
// -------------------------------------------------------------------------------------------------

const below = randomBelow;
/** A whole number from `low` to `high`. */
const from = (low: number, high: number) => low + below(high - low + 1);
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
const letters = (count: number, of = "ABCDEFGHIJKLMNOPQRSTUVWXYZ") =>
  Array.from({ length: count }, () => pick([...of])).join("");

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const DAY_MS = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const someDay = () => Date.UTC(from(1900, 2099), below(12), from(1, 28));

function number(question: string, answer: number): Question {
  return { question, answer: String(answer), example: "42" };
}

function text(question: string, answer: string, example: string): Question {
  return { question, answer, example };
}

/** One question of each topic and level, 1 to 3. Whatever is asked can be worked out. */
const TOPICS = {
  arithmetic(level: number): Question {
    const [a, b, c] = [from(11, 99 * level), from(11, 99), from(2, 9 * level)];
    const forms: [string, number][] = [
      [`${a} + ${b} * ${c}`, a + b * c],
      [`${a} * ${c} - ${b}`, a * c - b],
      [`(${a} + ${b}) * ${c}`, (a + b) * c],
      [`the remainder of ${a * b} divided by ${c + 2}`, a * b % (c + 2)],
    ];
    const [form, answer] = pick(forms);
    return number(`What is ${form}?`, answer);
  },

  sequences(level: number): Question {
    const [a, b, step, at] = [from(1, 9), from(1, 9), from(2, 9), from(5, 6 + 2 * level)];
    const terms = [a, b];
    const [rule, next] = pick<[string, (last: number, before: number) => number]>([
      ["is the sum of the two before it", (last, before) => last + before],
      [`is the one before it plus ${step} times the one before that`, (x, y) => x + step * y],
      ["is twice the one before it less the one before that, plus 3", (x, y) => 2 * x - y + 3],
    ]);
    while (terms.length < at) terms.push(next(terms.at(-1)!, terms.at(-2)!));
    const question = `A sequence begins ${a}, ${b}, and each further term ${rule}. ` +
      `What is its term number ${at}?`;
    return number(question, terms[at - 1]!);
  },

  calendar(level: number): Question {
    const day = someDay();
    const later = day + from(20, 300 * level) * DAY_MS;
    const weekday = DAYS[new Date(day).getUTCDay()]!;
    return pick([
      text(`What day of the week is ${iso(day)}?`, weekday, "Monday"),
      number(`How many days is it from ${iso(day)} to ${iso(later)}?`, (later - day) / DAY_MS),
      text(
        `What date is ${(later - day) / DAY_MS} days after ${iso(day)}?`,
        iso(later),
        "2000-01-31",
      ),
    ]);
  },

  clock(level: number): Question {
    const [start, length] = [below(1_440), from(31, 500 * level)];
    const time = (minutes: number) =>
      [Math.floor(minutes / 60) % 24, minutes % 60].map((n) => `${n}`.padStart(2, "0")).join(":");
    return text(
      `It is ${time(start)}. What time is it ${length} minutes later, in 24 hours?`,
      time(start + length),
      "08:30",
    );
  },

  anagrams(level: number): Question {
    const word = letters(4 + 2 * level);
    const shuffledOf = (of: string) => shuffled([...of]).join("");
    // Each of the others differs from the word in one letter, so that only one is an anagram.
    const choices = [
      word,
      ...[1, 2, 3].map(() => {
        const at = below(word.length);
        const other = String.fromCharCode(65 + (word.charCodeAt(at) - 65 + from(1, 25)) % 26);
        return word.slice(0, at) + other + word.slice(at + 1);
      }),
    ].map(shuffledOf);
    const shown = shuffled(choices);
    return text(
      `Which one is an anagram of ${word}: ${shown.join(", ")}?`,
      choices[0]!,
      shown[0]!,
    );
  },

  letters(level: number): Question {
    const word = letters(5 + 2 * level);
    const row = letters(12 + 6 * level, "AEIOST");
    const counted = pick([..."AEIOST"]);
    const shift = from(1, 5 * level);
    const moved = word.replace(
      /./g,
      (each) => String.fromCharCode(65 + (each.charCodeAt(0) - 65 + shift) % 26),
    );
    return pick([
      text(`Write ${word} backwards.`, [...word].reverse().join(""), "ABCDE"),
      text(`Put the letters of ${word} in alphabetical order.`, [...word].sort().join(""), "ABCDE"),
      number(`How many times is ${counted} in ${row}?`, row.split(counted).length - 1),
      text(
        `Move each letter of ${word} ${shift} on in the alphabet, from Z to A. What is it now?`,
        moved,
        "ABCDE",
      ),
    ]);
  },

  numerals(level: number): Question {
    const value = from(11, level === 1 ? 399 : 3_999);
    const hex = value.toString(16).toUpperCase();
    return pick([
      text(`Write ${value} in Roman numerals.`, roman(value), "XLII"),
      number(`Which number is ${roman(value)}, in Roman numerals?`, value),
      number(`Which number is ${value.toString(2)}, in binary?`, value),
      text(`Write ${value} in hexadecimal.`, hex, "2A"),
    ]);
  },

  numbers(level: number): Question {
    const [a, b, c] = [from(2, 9 * level), from(2, 19), from(2, 19)];
    const long = from(10 ** (3 * level), 10 ** (3 * level + 2));
    const sum = [...`${long}`].reduce((total, digit) => total + Number(digit), 0);
    return pick([
      number(`What is the greatest common divisor of ${a * b} and ${a * c}?`, gcd(a * b, a * c)),
      number(
        `What is the least common multiple of ${a * b} and ${a * c}?`,
        a * b * a * c / gcd(a * b, a * c),
      ),
      number(`What is the sum of the digits of ${long}?`, sum),
    ]);
  },

  order(level: number): Question {
    const names = ["Ada", "Bob", "Eve", "Ian", "Kim", "Leo", "Mia"].slice(0, 3 + level);
    const order = shuffled(names);
    const told = shuffled(order.slice(1).map((name, i) => `${order[i]} is taller than ${name}`));
    const at = below(order.length);
    const which = ["tallest", "second tallest", "third tallest"][at] ??
      `number ${at + 1} in height`;
    return text(`${told.join(". ")}. Who is the ${which}?`, order[at]!, "Ada");
  },
};

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

function roman(value: number): string {
  const signs: [string, number][] = [
    ...([["M", 1000], ["CM", 900], ["D", 500], ["CD", 400], ["C", 100]] as [string, number][]),
    ...([["XC", 90], ["L", 50], ["XL", 40], ["X", 10], ["IX", 9]] as [string, number][]),
    ...([["V", 5], ["IV", 4], ["I", 1]] as [string, number][]),
  ];
  let text = "";
  for (const [sign, worth] of signs) {
    while (value >= worth) {
      text += sign;
      value -= worth;
    }
  }
  return text;
}

/** What an answer says, apart from case, spaces, and punctuation around it. */
function plain(answer: string): string {
  const said = answer.normalize("NFKC").toLowerCase().replace(/\s+/g, " ")
    .replace(/^[\s"'`*(]+|[\s"'`*).!?]+$/g, "");
  if (/^\d:\d\d$/.test(said)) return `0${said}`;
  const digits = said.replace(/(?<=\d)[,_ ](?=\d{3}(?!\d))/g, "");
  return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(digits) ? String(Number(digits)) : said;
}

// The game
// -------------------------------------------------------------------------------------------------

export default class Trivia extends GameReferee<State, Params> {
  static manifest = {
    summary: "A quiz: all answer at once, in private, and whoever is right gets a point",
    private: true,
    net: [],
    moves: {
      game: "trivia",
      aliases: ["quiz", "trivia quiz"],
      actions: {
        answer: { value: "<text>", private: true },
        ask: {
          value: {
            type: "object",
            properties: { question: { type: "string" }, commit: { type: "string" } },
          },
        },
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
        players: {
          type: "integer",
          description: "Those who must sit before it starts, the quizmaster included.",
          minimum: 1,
          maximum: 16,
        },
        rounds: { type: "integer", minimum: 1, maximum: 20, default: 5 },
        source: {
          enum: ["seed", "quizmaster"],
          description: "seed: the referee makes questions. quizmaster: the first seat asks.",
          default: "seed",
        },
        topics: {
          type: "array",
          description: "What the referee asks about; everything if absent.",
          items: { enum: Object.keys(TOPICS) },
          minItems: 1,
          uniqueItems: true,
        },
        level: { type: "integer", minimum: 1, maximum: 3, default: 1 },
        ...GAME_PARAMS,
      },
    },
  };

  constructor(ctx: BotContext, params: Params) {
    super(ctx, params);
    if (params.source === "quizmaster" && params.players < 2) {
      throw new Error(`players is ${params.players}, but a quizmaster needs at least 2`);
    }
    if (params.source === "seed") {
      this.commitment = ({ questions }) => ({
        questions: questions.map(({ question, answer }) => ({ question, answer })),
      });
    }
  }

  override setup(seated: string[]): State {
    const { source, rounds, level } = this.params;
    const topics = this.params.topics ?? Object.keys(TOPICS) as Topic[];
    const isAsked = source === "quizmaster";
    const players = isAsked ? seated.slice(1) : seated;
    return {
      quizmaster: isAsked ? seated[0]! : null,
      players,
      out: [],
      phase: isAsked ? "ask" : "answer",
      round: 1,
      questions: isAsked ? [] : Array.from({ length: rounds }, () => TOPICS[pick(topics)](level)),
      commit: "",
      given: {},
      scores: Object.fromEntries(players.map((each) => [each, 0])),
      why: null,
    };
  }

  override turn({ quizmaster, players, out, phase, given }: State): string[] {
    if (phase !== "answer") return [quizmaster!];
    return players.filter((each) => !out.includes(each) && !(each in given));
  }

  override async play(state: State, player: string, move: Move) {
    const { phase } = state;
    if (move.action !== phase) throw new Illegal(this.#rule(phase));
    if (phase === "ask") this.#ask(state, move.value);
    else if (phase === "reveal") await this.#reveal(state, move.value);
    else this.#answer(state, player, move.value);
  }

  #rule(phase: State["phase"]): string {
    if (phase === "answer") {
      return `Send one answer of at most ${MOST_ANSWER} characters, which only the referee reads: ` +
        'make_game_move with action "answer" and the answer as value.';
    }
    return phase === "ask"
      ? 'The quizmaster calls make_commitment with the answer, then make_game_move with action "ask" ' +
        `and the value { question: <at most ${MOST_QUESTION} characters>, commit: "sha256:..." }.`
      : 'The quizmaster shows the answer: make_game_move with action "reveal" and the value ' +
        "{ value: <the answer>, salt: <64 hex digits> }, both as in make_commitment.";
  }

  #answer(state: State, player: string, value: unknown) {
    const said = typeof value === "string" ? value.trim() : "";
    if (said === "" || said.length > MOST_ANSWER) throw new Illegal(this.#rule("answer"));
    state.given[player] = said;
    if (this.turn(state).length === 0) this.#close(state);
  }

  #ask(state: State, value: unknown) {
    const { question, commit } = Object(value);
    const said = typeof question === "string" ? question.trim() : "";
    const hash = /^\s*(?:sha256:)?([0-9a-f]{64})\s*$/i.exec(String(commit))?.[1];
    if (said === "" || said.length > MOST_QUESTION || hash === undefined) {
      throw new Illegal(this.#rule("ask"));
    }
    state.questions.push({ question: said, answer: "", example: "I don't know" });
    state.commit = `sha256:${hash.toLowerCase()}`;
    state.phase = "answer";
  }

  /** A value and a salt that are not those of the commit void the question. */
  async #reveal(state: State, shown: unknown) {
    const { value, salt } = Object(shown);
    const isForm = typeof salt === "string" && /^[0-9a-f]{64}$/.test(salt) &&
      ["string", "number"].includes(typeof value);
    if (!isForm) throw new Illegal(this.#rule("reveal"));
    const isTrue = await commitmentTo(value, salt) === state.commit;
    this.#score(state, isTrue ? String(value) : null);
  }

  override timeUp(state: State) {
    if (state.phase === "answer") this.#close(state);
    else this.#score(state, null);
  }

  /** No further answers to this question. */
  #close(state: State) {
    if (state.quizmaster !== null) state.phase = "reveal";
    else this.#score(state, state.questions[state.round - 1]!.answer);
  }

  /** Shows all answers and counts the right ones. Without a true answer of the quizmaster, everyone
   *  who has given one is right. */
  #score(state: State, answer: string | null) {
    const { players, given, scores, round, questions } = state;
    const right = players.filter((each) =>
      each in given && (answer === null || plain(given[each]!) === plain(answer))
    );
    for (const player of right) scores[player]!++;
    const why = answer === null ? "The quizmaster has shown no true answer. " : "";
    this.say("answers", {
      round,
      question: questions[round - 1]?.question ?? null,
      answer,
      given,
      right,
      scores,
      text: `${why}${answer === null ? "" : `Answer: ${answer}. `}` +
        (right.length > 0 ? `A point for ${right.join(", ")}.` : "Nobody gets a point."),
    });
    // Questions of a quizmaster are as long as it likes, and no longer needed. One that was never
    // asked has its place, too.
    if (state.quizmaster !== null) {
      questions[round - 1] = { question: "", answer: "", example: "" };
    }
    state.given = {};
    state.round++;
    state.phase = state.quizmaster === null ? "answer" : "ask";
  }

  override drop(state: State, player: string, why: Drop) {
    state.out.push(player);
    state.why = why;
    delete state.given[player];
    const left = state.players.filter((each) => !state.out.includes(each));
    const waits = state.phase === "answer" && this.turn(state).length === 0;
    if (player !== state.quizmaster && left.length > 0 && waits) this.#close(state);
  }

  override result({ round, players, out, quizmaster, scores, why }: State): Result | null {
    if (quizmaster !== null && out.includes(quizmaster)) {
      const text = `The quizmaster, ${quizmaster}, is gone. Nobody wins.`;
      return { result: "abandoned", winners: [], text };
    }
    const left = players.filter((each) => !out.includes(each));
    const ranking = [...grouped(left, scores), ...out.toReversed().map((each) => [each])];
    // The quizmaster is no winner, so the game ends with the last one who answers.
    if (quizmaster !== null && why !== null && left.length < Math.min(2, players.length)) {
      const text = `${left[0] ?? "Nobody"} is left to answer.`;
      return { result: why, winners: left, ...left.length > 0 && { ranking }, text };
    }
    if (round <= this.params.rounds) return null;
    const best = ranking[0]!;
    const isTie = best.length > 1;
    return {
      result: players.length === 1 ? "finished" : isTie ? "drawn" : "won",
      winners: isTie ? [] : best,
      ...players.length > 1 && { ranking },
      scores,
      text: `${best.join(" and ")} ${isTie ? "tie" : "wins"} with ${scores[best[0]!]} of ` +
        `${this.params.rounds}.`,
    };
  }

  override position(state: State) {
    const { phase, round, questions, players, given, scores, quizmaster } = state;
    return {
      phase,
      round,
      rounds: this.params.rounds,
      ...quizmaster !== null && { quizmaster },
      ...phase !== "ask" && { question: questions[round - 1]?.question ?? "" },
      ...quizmaster !== null && phase !== "ask" && { commit: state.commit },
      answered: players.filter((each) => each in given),
      scores,
    };
  }

  override picture({ phase, round, questions, players, given, scores }: State): string {
    const standing = players.map((each) => `${each} ${scores[each]}`).join(", ");
    const { rounds } = this.params;
    if (round > rounds) return `After ${rounds} questions: ${standing}`;
    const asked = phase === "ask" ? "the quizmaster asks" : questions[round - 1]?.question ?? "";
    return [
      `question ${round} of ${rounds}: ${asked}`,
      ...phase === "answer" ? [`${Object.keys(given).length} answers are in`] : [],
      standing,
    ].join("\n");
  }

  override view({ phase, round, questions, players, given, scores, out }: State): BoardView {
    const { rounds } = this.params;
    const isOver = round > rounds;
    const asked = isOver ? "" : questions[round - 1]?.question ?? "";
    return {
      kind: "table",
      title: isOver ? `After ${rounds} questions` : `Question ${round} of ${rounds}`,
      note: phase === "ask" && !isOver ? "The quizmaster asks." : asked.replace(/\s+/g, " "),
      columns: ["player", "points", ""],
      rows: players.map((player) => [
        player,
        scores[player]!,
        out.includes(player) ? "out" : player in given ? "has answered" : "",
      ]),
    };
  }

  override legal({ phase, questions, round, commit }: State) {
    if (phase === "answer") {
      return [{ action: "answer", value: questions[round - 1]!.example }];
    }
    const { question, value, salt } = EXAMPLE;
    if (phase === "ask") return [{ action: "ask", value: { question, commit: EXAMPLE_COMMIT } }];
    // The salt of any other commit is known to the quizmaster alone.
    return commit === EXAMPLE_COMMIT ? [{ action: "reveal", value: { value, salt } }] : [];
  }
}

/** The commit to EXAMPLE, as make_commitment has it. */
const EXAMPLE_COMMIT = "sha256:cc260090e1af53993c0cef28d5beade501304e6c01a341a0abd885ba842c9373";

/** As make_commitment has it: SHA-256(salt || canonical JSON of the value). */
async function commitmentTo(value: string | number, salt: string): Promise<string> {
  const bytes = [
    ...salt.match(/../g)!.map((pair) => parseInt(pair, 16)),
    ...new TextEncoder().encode(JSON.stringify(value)),
  ];
  const hash = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return `sha256:${
    [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  }`;
}

/** Players by score, the best first, those with the same together. */
function grouped(players: string[], scores: Record<string, number>): string[][] {
  const levels = [...new Set(players.map((each) => scores[each]!))].sort((a, b) => b - a);
  return levels.map((level) => players.filter((each) => scores[each] === level));
}
