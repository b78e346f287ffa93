import { GAME_ACTIONS, GAME_PARAMS, GameReferee, Illegal, randomBelow } from "lib:game";

const WORDS = [
  "crocodile",
  "saxophone",
  "blizzard",
  "quarantine",
  "rhythm",
  "jukebox",
  "labyrinth",
  "mnemonic",
];
const ABC = "abcdefghijklmnopqrstuvwxyz";
const GALLOWS = ["", "|", "|-", "|-o", "|-o-", "|-o-<", "|-o-<="];

export default class Hangman extends GameReferee {
  static manifest = {
    summary: "Hangman together: letters in turn, or the whole word as plain text",
    net: [],
    moves: {
      game: "hangman",
      actions: {
        letter: { value: "<letter>", text: "letter e" },
        word: { value: "<word>", text: "word" },
        ...GAME_ACTIONS,
      },
    },
    params: {
      type: "object",
      properties: {
        ...GAME_PARAMS,
        players: { type: "integer", minimum: 1, maximum: 6, default: 3 },
        word: { type: "string", minLength: 3, maxLength: 16, description: "a word of your own" },
      },
    },
  };

  constructor(ctx, params) {
    super(ctx, params);
    if (params.word !== undefined && !/^[a-z]+$/.test(params.word)) {
      throw new Error("word must have small letters only, for example banana");
    }
  }

  setup(players) {
    const { word = WORDS[randomBelow(WORDS.length)] } = this.params;
    return { word, order: players, tried: "", wrong: 0, winner: null };
  }

  commitment = ({ word }) => ({ word });
  turn = ({ order }) => order.slice(0, 1);

  read(text, player, state) {
    const said = text.trim().toLowerCase();
    if (said.length === 1) return { action: "letter", value: said };
    return said === state.word ? { action: "word", value: said } : null;
  }

  play(state, player, { action, value }) {
    const said = typeof value === "string" ? value.toLowerCase() : "";
    switch (action) {
      case "letter":
        if (!/^[a-z]$/.test(said)) throw new Illegal("Say one letter.");
        if (state.tried.includes(said)) throw new Illegal(`${said} has been tried: ${state.tried}`);
        state.tried += said;
        if (!state.word.includes(said)) state.wrong++;
        break;
      case "word":
        if (!/^[a-z]{2,}$/.test(said)) throw new Illegal("Say a word.");
        if (said === state.word) state.tried = ABC;
        else state.wrong++;
        break;
      default:
        throw new Illegal("Say a letter or the word.");
    }
    if (this.shown(state) === state.word) state.winner = player;
    state.order.push(state.order.shift());
  }

  shown = ({ word, tried }) => word.replace(/./g, (c) => tried.includes(c) ? c : "_");

  result({ word, order, wrong, winner }) {
    if (winner) {
      const ranking = [[winner], order.filter((p) => p !== winner)].filter((group) => group.length);
      return { result: "won", winners: [winner], ranking, text: `${winner} completes ${word}.` };
    }
    if (wrong < 6) return null;
    return { result: "lost", winners: [], text: `All hang. The word was ${word}.` };
  }

  drop(state, player) {
    state.order = state.order.filter((p) => p !== player);
  }

  position(state) {
    return { word: this.shown(state), tried: state.tried, wrong: state.wrong };
  }

  picture(state) {
    return `${this.shown(state)}   ${GALLOWS[state.wrong]}\n${state.tried}`;
  }

  legal({ tried }) {
    return [...ABC].filter((c) => !tried.includes(c)).map((value) => ({ action: "letter", value }));
  }
}
