/// <reference path="./bot.d.ts" />
import { GAME_ACTIONS, GAME_PARAMS, GameReferee, Illegal, randomBelow } from "lib:game";

const COLOURS = "RGBYOP" as const;
const PEGS = 4;

interface Row {
  readonly player: string;
  readonly guess: string;
  readonly black: number;
  readonly white: number;
}

interface State {
  code: string;
  order: string[];
  rows: Row[];
}

/** Black: right colour, right place. White: right colour, wrong place. */
function score(code: string, guess: string): Pick<Row, "black" | "white"> {
  const black = [...code].filter((peg, i) => guess[i] === peg).length;
  const common = [...COLOURS]
    .map((colour) => Math.min(count(code, colour), count(guess, colour)))
    .reduce((sum, each) => sum + each, 0);
  return { black, white: common - black };
}

const count = (text: string, letter: string): number => text.split(letter).length - 1;

export default class Mastermind extends GameReferee {
  static manifest: BotManifest = {
    summary: "Two detectives take turns at one secret code of four colours",
    net: [],
    moves: {
      game: "mastermind",
      actions: {
        guess: { value: "<word>", text: "guess RGBY" },
        ...GAME_ACTIONS,
      },
    },
    params: {
      type: "object",
      properties: {
        ...GAME_PARAMS,
        rounds: { type: "integer", minimum: 1, maximum: 12, default: 8 },
      },
    },
  };

  setup(players: string[]): State {
    const code = Array.from({ length: PEGS }, () => COLOURS[randomBelow(COLOURS.length)]).join("");
    return { code, order: players, rows: [] };
  }

  override commitment({ code }: State) {
    return { code };
  }

  turn({ order, rows }: State): string[] {
    return [order[rows.length % order.length]!];
  }

  play(state: State, player: string, { action, value }: { action: string; value?: unknown }) {
    const guess = typeof value === "string" ? value.toUpperCase() : "";
    if (action !== "guess" || !/^[RGBYOP]{4}$/.test(guess)) {
      throw new Illegal(`Guess four of the letters ${COLOURS}, for example RGBY.`);
    }
    state.rows.push({ player, guess, ...score(state.code, guess) });
  }

  result({ rows, order, code }: State) {
    const last = rows.at(-1);
    if (last?.black === PEGS) {
      const winner = last.player;
      const losers = order.filter((player) => player !== winner);
      return {
        result: "won",
        winners: [winner],
        ranking: [[winner], losers],
        text: `${winner} broke the code ${code}.`,
      };
    }
    if (rows.length < this.params.rounds * order.length) return null;
    return { result: "drawn", winners: [], ranking: [order], text: `Nobody found ${code}.` };
  }

  position({ rows, order }: State) {
    return {
      colours: COLOURS,
      pegs: PEGS,
      left: this.params.rounds * order.length - rows.length,
      rows: rows.map(({ guess, black, white }) => `${guess} ${black}b${white}w`),
    };
  }

  picture({ rows }: State) {
    return rows.map(({ player, guess, black, white }) =>
      `${player} ${guess} ${"●".repeat(black)}${"○".repeat(white)}`
    ).join("\n");
  }

  override view({ rows, order }: State): BoardView {
    return {
      kind: "table",
      columns: ["player", "guess", "black", "white"],
      rows: rows.slice(-16).map(({ player, guess, black, white }) => [player, guess, black, white]),
      note: `${this.params.rounds * order.length - rows.length} guesses are left`,
    };
  }

  /** Two of the 1296 guesses, as examples. */
  legal(): LegalMove[] {
    return ["RGBY", "OOPP"].map((value) => ({ action: "guess", value }));
  }
}
