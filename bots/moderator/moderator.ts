/**
 * Moderator: gives the word to one after the other, so that many agents can discuss. It can't keep
 * anybody from posting: it notes who speaks without having the word.
 *
 * params: topics = ["the topic"]; order "round_robin" | "hands" (whoever raises a hand speaks); rounds =
 *         2 (for each topic); summary = true (a player sums each topic up); max_chars = 1000; players =
 *         the invite slots; clock (after clock.move_s, the word passes on), strikes and turn_order as in
 *         every game.
 * Moves: action "say" with a text, or any text of whoever has the word; "pass"; "raise" a hand;
 *        "summarize" with a text.
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
  topics: string[];
  order: "round_robin" | "hands";
  rounds: number;
  summary: boolean;
  max_chars: number;
}

interface Share {
  turns: number;
  characters: number;
  /** Messages without having the word. */
  out_of_turn: number;
}

interface State {
  players: string[];
  out: string[];
  /** An index into the topics. */
  topic: number;
  round: number;
  phase: "hands" | "speak" | "summary";
  /** Who is to speak, the first one now. */
  queue: string[];
  /** Who has said whether to speak, in this order. */
  hands: { player: string; raised: boolean }[];
  shares: Record<string, Share>;
  /** Who has summed up the topics that are over; null where nobody has. */
  summaries: (string | null)[];
}

/** Beyond so many speakers, those without a seat are not counted. */
const MOST_SHARES = 32;

export default class Moderator extends GameReferee<State, Params> {
  static manifest = {
    summary: "Gives the word to many agents in turn, by rounds or by raised hands, topic by topic",
    net: [],
    moves: {
      game: "moderator",
      aliases: ["discussion", "meeting"],
      actions: {
        say: { value: "<text>" },
        raise: { text: "raise" },
        pass: { text: "pass" },
        summarize: { value: "<text>" },
        ...GAME_ACTIONS,
      },
    },
    params: {
      type: "object",
      properties: {
        topics: {
          type: "array",
          items: { type: "string", minLength: 1, maxLength: 200 },
          minItems: 1,
          maxItems: 10,
          default: ["the topic"],
        },
        order: {
          enum: ["round_robin", "hands"],
          description: "All in turn, or those who raise a hand.",
          default: "round_robin",
        },
        rounds: {
          type: "integer",
          description: "How often the word goes round for each topic, at most.",
          minimum: 1,
          maximum: 20,
          default: 2,
        },
        summary: {
          type: "boolean",
          description: "Whether a player sums up each topic.",
          default: true,
        },
        max_chars: { type: "integer", minimum: 20, maximum: 2000, default: 1000 },
        players: { type: "integer", minimum: 2, maximum: 31 },
        ...GAME_PARAMS,
      },
    },
  };

  override setup(players: string[]): State {
    const share = () => ({ turns: 0, characters: 0, out_of_turn: 0 });
    const state: State = {
      players,
      out: [],
      topic: 0,
      round: 0,
      phase: "speak",
      queue: [],
      hands: [],
      shares: Object.fromEntries(players.map((each) => [each, share()])),
      summaries: [],
    };
    this.#open(state);
    return state;
  }

  /** The next round of a topic, its summary, or the next topic. */
  #open(state: State) {
    const { rounds, order, summary } = this.params;
    const left = state.players.filter((each) => !state.out.includes(each));
    state.hands = [];
    if (state.round < rounds) {
      state.round++;
      state.phase = order === "hands" ? "hands" : "speak";
      state.queue = order === "hands" ? [] : left;
      return;
    }
    if (!summary) return this.#closeTopic(state, null, null);
    state.phase = "summary";
    // Each topic has another one to sum it up.
    state.queue = [left[state.topic % left.length]!];
  }

  #closeTopic(state: State, by: string | null, summary: string | null) {
    const { topics } = this.params;
    this.say("minutes", { topic: topics[state.topic]!, by, summary });
    state.summaries.push(by);
    state.topic++;
    state.round = 0;
    state.queue = [];
    if (state.topic < topics.length) this.#open(state);
    else this.say("shares", { shares: state.shares });
  }

  override turn({ phase, players, out, hands, queue }: State): string[] {
    if (phase !== "hands") return queue.slice(0, 1);
    return players.filter((each) =>
      !out.includes(each) && !hands.some(({ player }) => player === each)
    );
  }

  override play(state: State, player: string, { action, value }: Move) {
    const { phase } = state;
    const due = { hands: "raise", speak: "say", summary: "summarize" }[phase];
    if (action !== due && action !== "pass") throw new Illegal(this.#rule(phase));
    if (phase === "hands") return this.#answerHands(state, [player], action === "raise");
    const said = action === "pass" ? null : textIn(value);
    const { max_chars } = this.params;
    if (said !== null && (said === "" || said.length > max_chars)) {
      throw new Illegal(this.#rule(phase));
    }
    if (said !== null) {
      state.shares[player]!.turns++;
      state.shares[player]!.characters += said.length;
    }
    if (phase === "summary") return this.#closeTopic(state, said === null ? null : player, said);
    this.#passOn(state);
  }

  #rule(phase: State["phase"]): string {
    const { max_chars } = this.params;
    return {
      hands: 'Now all say whether they want to speak: action "raise" or "pass".',
      speak:
        `Say it with action "say" and a text of at most ${max_chars} characters as value, or ` +
        'with the text alone; or "pass".',
      summary: `Sum the topic up: action "summarize" with a text of at most ${max_chars} ` +
        'characters as value, or "pass".',
    }[phase];
  }

  #passOn(state: State) {
    state.queue.shift();
    if (state.queue.length === 0) this.#open(state);
  }

  #answerHands(state: State, players: string[], raised: boolean) {
    state.hands.push(...players.map((player) => ({ player, raised })));
    this.#callHands(state);
  }

  /** When all have answered, those who want to speak have the word in the order of their hands. */
  #callHands(state: State) {
    if (this.turn(state).length > 0) return;
    state.queue = state.hands.flatMap(({ player, raised }) =>
      raised && !state.out.includes(player) ? [player] : []
    );
    state.phase = "speak";
    if (state.queue.length > 0) return;
    // Nobody has anything to add.
    state.round = this.params.rounds;
    this.#open(state);
  }

  override read(text: string, _player: string, { phase }: State): Move | null {
    if (phase === "hands") return null;
    const action = phase === "speak" ? "say" : "summarize";
    // "say: hello" is the action with its value.
    return { action, value: text.replace(RegExp(`^${action}(:|\\s)\\s*`, "i"), "") };
  }

  /** Whatever is said by somebody who does not have the word. */
  override talk(state: State, speaker: string) {
    const isKnown = speaker in state.shares;
    if (!isKnown && Object.keys(state.shares).length >= MOST_SHARES) return;
    const share = state.shares[speaker] ??= { turns: 0, characters: 0, out_of_turn: 0 };
    share.out_of_turn++;
    const [first] = state.phase === "hands" ? [] : state.queue;
    const whose = first === undefined ? "nobody has the word" : `${first} has the word`;
    this.say("out_of_turn", {
      player: speaker,
      times: share.out_of_turn,
      text: `${speaker} spoke out of turn: ${whose}.`,
    });
  }

  override timeUp(state: State, late: string[]) {
    if (state.phase === "hands") this.#answerHands(state, late, false);
    else if (state.phase === "summary") this.#closeTopic(state, null, null);
    else this.#passOn(state);
  }

  override drop(state: State, player: string) {
    state.out.push(player);
    if (this.#left(state) < 2) return this.say("shares", { shares: state.shares });
    const isNext = state.queue[0] === player;
    if (state.phase === "hands") return this.#callHands(state);
    if (!isNext) state.queue = state.queue.filter((each) => each !== player);
    else if (state.phase === "summary") this.#closeTopic(state, null, null);
    else this.#passOn(state);
  }

  #left({ players, out }: State): number {
    return players.length - out.length;
  }

  /** Nobody wins or loses here, so the others go on, whyever one is gone. */
  override async on_leave(player: string) {
    await super.on_leave(player, "left");
  }

  override result(state: State): Result | null {
    const left = this.#left(state);
    if (state.topic < this.params.topics.length && left > 1) return null;
    const text = left > 1 ? "All topics are discussed." : "There are not two left to discuss.";
    return { result: "finished", winners: [], text };
  }

  override position({ topic, round, phase, queue, hands, out }: State) {
    const { topics, rounds, order, max_chars } = this.params;
    return {
      topic: topics[topic] ?? null,
      topic_number: topic + 1,
      topics: topics.length,
      round,
      rounds,
      order,
      phase,
      max_chars,
      ...phase !== "hands" && { word: queue[0] ?? null, then: queue.slice(1) },
      ...phase === "hands" && { answered: hands.map(({ player }) => player) },
      ...out.length > 0 && { out },
    };
  }

  override picture({ topic, round, phase, queue, hands, summaries }: State): string {
    const { topics, rounds } = this.params;
    const now = {
      hands: `hands: ${hands.filter(({ raised }) => raised).length} raised`,
      speak: `the word: ${queue.join(", then ")}`,
      summary: `to sum up: ${queue.join(", ")}`,
    }[phase];
    return [
      ...summaries.map((by, i) => `done: ${topics[i]}${by === null ? "" : `, summed up by ${by}`}`)
        .slice(-5),
      ...topic < topics.length
        ? [
          `topic ${topic + 1} of ${topics.length}: ${topics[topic]}`,
          `round ${round} of ${rounds}`,
        ]
        : [],
      ...topic < topics.length ? [now] : [],
    ].join("\n");
  }

  override view(state: State): BoardView {
    const { topic, round, phase, queue, hands, players, out, shares } = state;
    const { topics, rounds } = this.params;
    const isOver = topic >= topics.length;
    const stands = (player: string) => {
      if (out.includes(player)) return "out";
      if (isOver) return "";
      if (phase === "hands") {
        const hand = hands.find((each) => each.player === player);
        return hand ? hand.raised ? "raises a hand" : "passes" : "";
      }
      const at = queue.indexOf(player);
      if (at < 0) return "";
      return at > 0 ? `${at + 1}.` : phase === "summary" ? "sums up" : "has the word";
    };
    return {
      kind: "table",
      title: isOver ? "All topics are done" : `Topic ${topic + 1} of ${topics.length}`,
      ...!isOver && { note: `${topics[topic]!.replace(/\s+/g, " ")}\nRound ${round} of ${rounds}` },
      columns: ["player", "turns", "characters", ""],
      rows: players.map((player) => [
        player,
        shares[player]?.turns ?? 0,
        shares[player]?.characters ?? 0,
        stands(player),
      ]),
    };
  }

  override legal({ phase }: State) {
    const pass = { action: "pass" };
    if (phase === "hands") return [{ action: "raise" }, pass];
    const isSummary = phase === "summary";
    return [
      isSummary
        ? { action: "summarize", value: "We discussed it." }
        : { action: "say", value: "I agree." },
      pass,
    ];
  }
}

function textIn(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}
