/// <reference path="./bot.d.ts" />
import { GAME_ACTIONS, GAME_PARAMS, GameReferee, Illegal, shuffled } from "lib:game";

const tiles = () =>
  Array.from({ length: 7 }, (_, a) => Array.from({ length: a + 1 }, (_, b) => `${b}${a}`)).flat();
const pips = (hand) => hand.reduce((sum, [a, b]) => sum + Number(a) + Number(b), 0);

/** Block dominoes: whoever can't play draws, and passes when the stock is empty. */
export default class Dominoes extends GameReferee {
  static manifest = {
    summary: "Dominoes with a hidden hand and a stock, for two to four",
    net: [],
    moves: {
      game: "dominoes",
      actions: {
        lay: {
          value: {
            type: "object",
            properties: {
              tile: { type: "string" },
              end: { type: "string", enum: ["left", "right"] },
            },
          },
        },
        draw: {},
        pass: {},
        ...GAME_ACTIONS,
      },
    },
    params: {
      type: "object",
      properties: {
        ...GAME_PARAMS,
        players: { type: "integer", minimum: 2, maximum: 4, default: 2 },
      },
    },
  };
  handBytes = 256;

  setup(players) {
    const stock = shuffled(tiles());
    const hands = {};
    for (const player of players) hands[player] = stock.splice(0, 7);
    return {
      order: players,
      hands,
      stock,
      left: null,
      right: null,
      line: "",
      passes: 0,
      deal: { stock: [...stock], hands: structuredClone(hands) },
    };
  }

  commitment({ deal }) {
    return deal;
  }

  turn({ order: [first] }) {
    return [first];
  }

  *lays({ hands, left, right }, player) {
    for (const tile of hands[player]) {
      const [a, b] = tile;
      if (left === null) yield { tile, end: "right" };
      else {
        if (a === left || b === left) yield { tile, end: "left" };
        if (a === right || b === right) yield { tile, end: "right" };
      }
    }
  }

  play(state, player, { action, value }) {
    const lays = [...this.lays(state, player)];
    if (action === "lay") {
      const { tile, end } = value ?? {};
      if (!lays.some((lay) => lay.tile === tile && lay.end === end)) {
        throw new Illegal("Lay a tile of your hand that fits an end.");
      }
      state.hands[player] = state.hands[player].filter((each) => each !== tile);
      const [a, b] = tile;
      if (state.left === null) {
        [state.left, state.right] = [a, b];
        state.line = tile;
      } else if (end === "right") {
        const [inner, outer] = a === state.right ? [a, b] : [b, a];
        state.right = outer;
        state.line = `${state.line} ${inner}${outer}`;
      } else {
        const [inner, outer] = a === state.left ? [a, b] : [b, a];
        state.left = outer;
        state.line = `${outer}${inner} ${state.line}`;
      }
      state.passes = 0;
    } else if (action === "draw") {
      if (lays.length > 0 || state.stock.length === 0) {
        throw new Illegal("Draw only if you can't lay, while there is a stock.");
      }
      state.hands[player].push(state.stock.pop());
      return;
    } else if (action === "pass") {
      if (lays.length > 0 || state.stock.length > 0) {
        throw new Illegal("Pass only if you can neither lay nor draw.");
      }
      state.passes++;
    } else throw new Illegal("Lay, draw or pass.");
    state.order.push(state.order.shift());
  }

  result({ order, hands, passes }) {
    const out = order.find((player) => hands[player].length === 0);
    if (!out && passes < order.length) return null;
    const groups = Map.groupBy(order, (player) => pips(hands[player]));
    const ranking = [...groups].sort(([a], [b]) => a - b).map(([, players]) => players);
    const text = out ? `${out} is out.` : "Nobody can lay a tile.";
    if (ranking.length === 1) return { result: "drawn", winners: [], ranking, text };
    return { result: "won", winners: ranking[0], ranking, text };
  }

  drop(state, player) {
    state.stock = [...state.stock, ...state.hands[player]];
    state.order = state.order.filter((each) => each !== player);
    delete state.hands[player];
    state.passes = 0;
  }

  hand({ hands }, player) {
    return { tiles: hands[player] };
  }

  position({ hands, stock, line }) {
    return {
      line: line || null,
      stock: stock.length,
      tiles: Object.fromEntries(Object.entries(hands).map(([p, hand]) => [p, hand.length])),
    };
  }

  picture({ line, stock }) {
    return `${line.replace(/(\d)(\d)/g, "[$1|$2]") || "(nothing yet)"}\nstock: ${stock.length}`;
  }

  legal(state, player) {
    const lays = [...this.lays(state, player)].map((value) => ({ action: "lay", value }));
    if (lays.length > 0) return lays;
    return [{ action: state.stock.length > 0 ? "draw" : "pass" }];
  }
}
