import { GAME_ACTIONS as GA, GAME_PARAMS as GP, GameReferee, Illegal } from "lib:game";
const sum = (a) => a.reduce((x, y) => x + y, 0);
export default class Nim extends GameReferee {
  static manifest = {
    summary: "Nim with several heaps, normal or misère",
    net: [],
    moves: {
      game: "nim",
      actions: {
        take: {
          value: {
            type: "object",
            properties: { heap: { type: "integer" }, n: { type: "integer" } },
          },
        },
        ...GA,
      },
    },
    params: {
      type: "object",
      properties: {
        ...GP,
        heaps: {
          type: "array",
          items: { type: "integer", minimum: 1, maximum: 15 },
          minItems: 1,
          maxItems: 6,
          default: [3, 4, 5],
        },
        misere: { type: "boolean", default: false },
      },
    },
  };
  setup = (ps) => ({ h: this.params.heaps, o: ps });
  turn = ({ o }) => [o[0]];
  legal = ({ h }) =>
    h.flatMap((c, heap) =>
      Array.from({ length: c }, (_, i) => ({ action: "take", value: { heap: heap + 1, n: i + 1 } }))
    ).slice(0, 64);
  play(s, _, { action, value }) {
    const { heap, n } = value ?? {};
    if (action !== "take" || !(n >= 1) || !(s.h[heap - 1] >= n) || n % 1) {
      throw new Illegal("take {heap, n}: n at least 1, at most what the heap has");
    }
    return { h: s.h.with(heap - 1, s.h[heap - 1] - n), o: s.o.toReversed() };
  }
  result({ h, o: [next, last] }) {
    if (sum(h)) return null;
    const [w, l] = this.params.misere ? [next, last] : [last, next];
    return { result: "won", winners: [w], ranking: [[w], [l]], text: w + " wins" };
  }
  position = ({ h }) => ({ heaps: h, misere: this.params.misere });
  picture = ({ h }) => h.map((c, i) => `${i + 1}: ${"|".repeat(c)}`).join("\n");
}
