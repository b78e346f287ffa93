/// <reference path="./bot.d.ts" />
import { GAME_ACTIONS, GAME_PARAMS, GameReferee, Illegal, randomBelow } from "lib:game";

const MOST_TURNS = 60;

/** Farkle: roll six dice, keep some that score, roll the rest or bank. Whoever reaches the goal
 *  first wins, or who has most after 60 turns. */

interface Turn {
  total: number;
  dice: number[];
  kept: boolean;
}
interface State {
  order: string[];
  scores: Record<string, number>;
  now: Turn;
  turns: number;
  /** Who has dropped out, the latest first. */
  out: string[];
}

const roll = (n: number) => Array.from({ length: n }, () => randomBelow(6) + 1).sort();

/** Points of dice which all must score; 0 if one of them doesn't. */
function points(dice: readonly number[]): number {
  if (dice.length === 0) return 0;
  const counts = new Map<number, number>();
  for (const die of dice) counts.set(die, (counts.get(die) ?? 0) + 1);
  if (counts.size === 6) return 1500;
  let sum = 0;
  for (const [die, n] of counts) {
    if (n >= 3) sum += (die === 1 ? 1000 : die * 100) * 2 ** (n - 3);
    else if (die === 1) sum += 100 * n;
    else if (die === 5) sum += 50 * n;
    else return 0;
  }
  return sum;
}

function subsets<T>(all: readonly T[]): T[][] {
  return all.reduce<T[][]>((found, each) => [...found, ...found.map((set) => [...set, each])], [
    [],
  ]);
}

const scoring = (dice: number[]): string[] => [
  ...new Set(subsets(dice).filter((set) => points(set) > 0).map((set) => set.join(""))),
];

export default class Farkle extends GameReferee {
  static manifest = {
    summary: "Farkle for two to five: push your luck with six dice",
    net: [],
    moves: {
      game: "farkle",
      actions: { keep: { value: "<text>", text: "keep 115" }, roll: {}, bank: {}, ...GAME_ACTIONS },
    },
    params: {
      type: "object",
      properties: {
        ...GAME_PARAMS,
        players: { type: "integer", minimum: 2, maximum: 5, default: 3 },
        goal: { type: "integer", minimum: 500, maximum: 10_000, default: 2_000 },
      },
    },
  } satisfies BotManifest;

  setup(players: string[]): State {
    const scores = Object.fromEntries(players.map((p) => [p, 0]));
    const now = { total: 0, dice: [], kept: true };
    const state: State = { order: [...players], scores, now, turns: 0, out: [] };
    this.#begin(state);
    return state;
  }

  /** Rolls for whoever is first, until somebody's roll scores. */
  #begin(state: State) {
    for (;;) {
      state.now = { total: 0, dice: roll(6), kept: false };
      state.turns++;
      if (scoring(state.now.dice).length > 0) return;
      state.order.push(state.order.shift()!);
    }
  }

  turn({ order }: State) {
    return order.slice(0, 1);
  }

  play(state: State, player: string, { action, value }: LegalMove) {
    const { now } = state;
    if (action === "keep") {
      const wish = [...`${typeof value === "object" ? "" : value}`].sort().join("");
      if (!scoring(now.dice).includes(wish)) {
        throw new Illegal(`Keep dice that score, such as ${scoring(now.dice)[0] ?? "none"}.`);
      }
      now.total += points([...wish].map(Number));
      for (const die of wish) now.dice.splice(now.dice.indexOf(Number(die)), 1);
      now.kept = true;
    } else if (!now.kept) {
      throw new Illegal("First keep at least one die that scores.");
    } else if (action === "roll") {
      now.dice = roll(now.dice.length || 6);
      now.kept = false;
      if (scoring(now.dice).length === 0) this.#pass(state); // a farkle: the total is lost
    } else if (action === "bank") {
      state.scores[player] = (state.scores[player] ?? 0) + now.total;
      this.#pass(state);
    } else throw new Illegal("Keep dice, roll, or bank.");
  }

  #pass(state: State) {
    state.order.push(state.order.shift()!);
    this.#begin(state);
  }

  result({ scores, turns, out }: State) {
    const best = Math.max(...Object.values(scores));
    if (best < this.params.goal && turns <= MOST_TURNS) return null;
    const levels = [...new Set(Object.values(scores))].sort((a, b) => b - a);
    const level = levels.map((n) => Object.keys(scores).filter((p) => scores[p] === n));
    const winners = level[0]!;
    const ranking = [...level, ...out.map((p) => [p])];
    const text = `${winners.join(" and ")} with ${best} points.`;
    return { result: "won", winners, ranking, scores, text };
  }

  override drop(state: State, player: string) {
    const first = state.order[0] === player;
    state.order = state.order.filter((p) => p !== player);
    state.out.unshift(player);
    delete state.scores[player];
    if (first) this.#begin(state);
  }

  position({ scores, now }: State) {
    return { scores, dice: now.dice.join(""), total: now.total, goal: this.params.goal };
  }

  picture({ scores, now }: State) {
    return [
      `dice ${now.dice.join(" ")}, ${now.total} so far`,
      ...Object.entries(scores).map((s) => s.join(": ")),
    ].join("\n");
  }

  override view({ scores, now }: State): BoardView {
    return {
      kind: "cards",
      rows: [{ label: "dice", cells: now.dice }, { label: "so far", cells: [String(now.total)] }],
      note: Object.entries(scores).map(([p, n]) => `${p} has ${n}`).join("\n"),
    };
  }

  legal({ now }: State): LegalMove[] {
    const keeps = scoring(now.dice).map((value) => ({ action: "keep", value }));
    return now.kept ? [{ action: "roll" }, { action: "bank" }, ...keeps] : keeps;
  }
}
