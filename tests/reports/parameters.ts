/** Parameters that people and models give to bots, and what is right: what the announcement shows,
 *  or the words of the refusal. */
import type { Report } from "./report.ts";

export interface Given extends Report {
  /** A built-in bot, or the source of somebody's own. */
  bot: string;
  params: Record<string, unknown>;
  /** The number of invite slots; 2 if absent. */
  seats?: number;
  right: Record<string, unknown> | RegExp;
}

/** A stranger's bots. */
const AUCTION = `export default class Auction {
  static manifest = {
    params: {
      type: "object",
      properties: {
        goods: { type: "string", minLength: 1 },
        minutes: { type: "number", minimum: 1, maximum: 60, default: 5 },
        open: { type: "boolean", default: true },
        reserve: { type: "number", minimum: 0 },
        limit: { type: "number" },
      },
      required: ["goods"],
    },
  };
  constructor(ctx, { reserve = 0, limit = Infinity }) {
    if (limit <= reserve) throw new Error("limit must be above reserve, for example 100");
  }
  on_init() {}
}`;
const QUIZ = `class Quiz:
    manifest = {"params": {"type": "object", "properties": {
        "topic": {"enum": ["rivers", "music"], "default": "rivers"}, "rounds": {"type": "integer", "default": 3}}}}
    def __init__(self, ctx, params):
        if params["rounds"] < 1:
            raise ValueError("rounds must be at least 1")
    def on_init(self):
        pass
`;
const EXAMPLES = `export default class Old {
  static manifest = { params: { depth: 3, type: "object" } };
  on_init() {}
}`;
const REGEX = `export default class Slow {
  static manifest = { params: { type: "object", properties: { a: { type: "string", pattern: "^(a+)+$" } } } };
  on_init() {}
}`;
const REFERS = `export default class Refers {
  static manifest = { params: { type: "object", properties: { a: { $ref: "#/properties/a" } } } };
  on_init() {}
}`;

const GUESS = { range: [1, 100], players: 2, turn_order: "join" };
const PRICE = { symbol: "BTC-USD", tolerance: 0.5 };
const row = (bot: string, params: Given["params"], right: Given["right"], more = {}): Given => ({
  what: `${/class (\w+)/.exec(bot)?.[1] ?? bot} ${JSON.stringify(params).slice(0, 80)}`,
  bot,
  params,
  right,
  ...more,
});

export const PARAMETERS: Given[] = [
  row("GuessBot", {}, GUESS),
  row(
    "GuessBot",
    { players: "two" },
    /players is "two", but must be a whole number from 1 to 31, for example 2/,
    {
      report: 180,
    },
  ),
  row("GuessBot", { players: "2" }, GUESS),
  row("GuessBot", { players: null, range: null }, GUESS),
  row("GuessBot", { players: 2.5 }, /players is 2\.5, but must be a whole number/),
  row("GuessBot", { players: 0 }, /players is 0/),
  row("GuessBot", { players: 32 }, /players is 32/),
  row("GuessBot", { players: 4 }, /players is 4, but the channel has 2 invite slots.*at most 2/),
  row("GuessBot", { players: 2 }, { ...GUESS, players: 2 }, { seats: 1 }),
  row("GuessBot", { players: 3 }, /players is 3, but the channel has 1 invite slot,/, { seats: 1 }),
  row("GuessBot", { range: [10, 1] }, /range is \[10,1\], but must go from a lower to a higher/),
  row("GuessBot", { range: [1, 1] }, /range is \[1,1\], but must go from a lower to a higher/),
  row("GuessBot", { range: [1, 2 ** 53] }, /range\[1\] is 9007199254740992, but must be a whole/),
  row("GuessBot", { range: [-9e15, 9e15] }, /at most 2\^53 - 1 numbers/),
  row("GuessBot", { range: [1, 2 ** 53 - 1] }, { ...GUESS, range: [1, 2 ** 53 - 1] }),
  row("GuessBot", { range: [1.5, 3] }, /range\[0\] is 1\.5/),
  row("GuessBot", { range: ["1", "9"] }, { ...GUESS, range: [1, 9] }),
  row("GuessBot", { range: "[1, 9]" }, { ...GUESS, range: [1, 9] }),
  row("GuessBot", { range: "1-100" }, /range is "1-100", .*for example \[1,100\]/),
  row("GuessBot", { range: 100 }, /range is 100, but must be a list of 2 items/),
  row("GuessBot", { range: [1, 2, 3] }, /range is \[1,2,3\]/),
  row("GuessBot", { range: { min: 1, max: 9 } }, /range is \{"min":1,"max":9\}/),
  row("GuessBot", { turn_order: "Random" }, { ...GUESS, turn_order: "random" }),
  row("GuessBot", { turn_order: "alphabetical" }, /but must be "join" or "random"/),
  row("GuessBot", { player: 2 }, /no parameter "player": did you mean players\?/),
  row("GuessBot", { turnOrder: "join" }, /no parameter "turnOrder": did you mean turn_order\?/),
  row("GuessBot", { mode: "Number" }, { ...GUESS, mode: "number" }),
  row("GuessBot", { mode: "words" }, /mode is "words", but must be "number"/),
  row("GuessBot", { colour: "red" }, /no parameter "colour"\. It takes range, players, turn_order/),
  row("PriceBot", { symbol: "eth-usd" }, { ...PRICE, symbol: "eth-usd" }, { report: 1230 }),
  row("PriceBot", { symbol: "ETH/USD" }, { ...PRICE, symbol: "ETH/USD" }),
  row(
    "PriceBot",
    { symbol: "gold" },
    /symbol is "gold", but must be a pair, for example "ETH-USD"/,
  ),
  row("PriceBot", { symbol: "" }, /symbol is "", but must be a pair/),
  row("PriceBot", { symbol: 5 }, /symbol is 5, but must be a text, for example "BTC-USD"/),
  row("PriceBot", { tolerance: "1.5" }, { ...PRICE, tolerance: 1.5 }),
  row("PriceBot", { tolerance: -1 }, /tolerance is -1, but must be a number of at least 0/),
  row("PriceBot", { sources: [] }, /sources is \[\], but must be a list of 1 to 5 items/),
  row("PriceBot", { sources: [{ name: "a" }] }, /sources\[0\]\.url is missing/),
  row("TlsBot", { host: "example.org" }, /no parameter "host"\. It takes none/),
  row(AUCTION, {}, /goods is missing: it must be a text of at least 1 characters/),
  row(AUCTION, { goods: "a chair", minutes: "7", open: "false" }, {
    goods: "a chair",
    minutes: 7,
    open: false,
  }),
  row(
    AUCTION,
    { goods: "a chair", minutes: "soon" },
    /minutes is "soon", but must be a number from 1 to 60, for example 5/,
  ),
  row(
    AUCTION,
    { goods: "a chair", reserve: 9, limit: 3 },
    /limit must be above reserve, for example 100 \(line \d+/,
  ),
  row(QUIZ, { topic: "Music" }, { topic: "music", rounds: 3 }),
  row(QUIZ, { topic: "war" }, /topic is "war", but must be "rivers" or "music"/),
  row(QUIZ, { rounds: 0 }, /ValueError: rounds must be at least 1/),
  row(EXAMPLES, { depth: "deep", more: 1 }, { depth: "deep", type: "object", more: 1 }),
  row(REGEX, { a: `${"a".repeat(40)}!` }, /keyword "pattern", which the server does not check/),
  row(REFERS, {}, /keyword "\$ref"/),
];
