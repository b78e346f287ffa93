/**
 * SealedBidAuction: every bidder sends one bid that the referee alone reads; the highest one wins.
 *
 * params: price "first" (the winner pays its bid) | "vickrey" (pays the second highest, or the
 *         reserve); players = the invite slots; lots = 1 (one after the other); lot = what is sold;
 *         reserve = 1; max_bid = 1,000,000; ties "first" (the earlier bid) | "random"; values "none" |
 *         "private" (each bidder is told what each lot is worth to it, and the profits decide);
 *         clock (in clock.move_s, whoever has not bid passes), strikes and turn_order as in every game.
 * Moves: action "bid" with a whole number, or "pass". Both are private.
 */
import {
  GAME_ACTIONS,
  GAME_PARAMS,
  type GameParams,
  GameReferee,
  Illegal,
  type Move,
  randomBelow,
  type Result,
} from "lib:game";

interface Params extends GameParams {
  price: "first" | "vickrey";
  players: number;
  lots: number;
  lot: string;
  reserve: number;
  max_bid: number;
  ties: "first" | "random";
  values: "none" | "private";
}

interface Lot {
  bids: Record<string, number | null>;
  winner: string | null;
  price: number | null;
}

interface State {
  players: string[];
  /** Those who are out, the first one first. */
  out: string[];
  /** The lots that are closed. */
  closed: Lot[];
  /** The bids on the present lot in the order in which they came; null for a pass. */
  bids: { player: string; bid: number | null }[];
  /** What each lot is worth to each bidder, in three digits: admins see the size of the state. Empty
   *  without private values. */
  values: Record<string, string[]>;
}

/** The highest private value of a lot. */
const MOST_WORTH = 100;
/** How many closed lots a turn shows. */
const SHOWN = 5;

export default class SealedBidAuction extends GameReferee<State, Params> {
  static manifest = {
    summary: "A sealed-bid auction: bids that nobody else reads, first price or Vickrey",
    private: true,
    net: [],
    moves: {
      game: "auction",
      aliases: ["SealedBidAuction", "sealed bid auction", "sealed auction"],
      actions: {
        bid: { value: "<whole number>", private: true },
        pass: { private: true },
        ...GAME_ACTIONS,
      },
    },
    params: {
      type: "object",
      properties: {
        price: {
          enum: ["first", "vickrey"],
          description: "The winner pays its own bid, or the second highest one.",
          default: "first",
        },
        players: { type: "integer", minimum: 2, maximum: 16 },
        lots: { type: "integer", minimum: 1, maximum: 20, default: 1 },
        lot: {
          type: "string",
          description: "What is sold.",
          minLength: 1,
          maxLength: 300,
          default: "the lot",
        },
        reserve: { type: "integer", minimum: 1, maximum: 1_000_000_000, default: 1 },
        max_bid: { type: "integer", minimum: 1, maximum: 1_000_000_000, default: 1_000_000 },
        ties: {
          enum: ["first", "random"],
          description: "Of equal bids, the earlier one wins, or one by lot.",
          default: "first",
        },
        values: {
          enum: ["none", "private"],
          description: "private: each bidder is told its worth of a lot; profits decide.",
          default: "none",
        },
        ...GAME_PARAMS,
      },
    },
  };

  constructor(ctx: BotContext, params: Params) {
    super(ctx, params);
    const { reserve, max_bid, values } = params;
    if (reserve > max_bid) {
      throw new Error(`reserve is ${reserve}, but max_bid must not be below it: raise max_bid`);
    }
    if (values === "private") {
      this.hand = ({ values, closed }, player) => ({
        worth: Number(values[player]![closed.length]),
      });
      this.commitment = ({ values }) => ({ worth: values });
    }
  }

  override setup(players: string[]): State {
    const { lots, values } = this.params;
    const worth = () => `${1 + randomBelow(MOST_WORTH)}`.padStart(3, "0");
    const drawn = () => Array.from({ length: lots }, worth);
    const state: State = { players, out: [], closed: [], bids: [], values: {} };
    if (values === "private") { for (const player of players) state.values[player] = drawn(); }
    return state;
  }

  override turn({ players, out, bids }: State): string[] {
    return players.filter((each) =>
      !out.includes(each) && !bids.some(({ player }) => player === each)
    );
  }

  override play(state: State, player: string, { action, value }: Move) {
    const { reserve, max_bid } = this.params;
    const isBid = Number.isInteger(value) && Number(value) >= reserve && Number(value) <= max_bid;
    if (action === "bid" && !isBid) throw new Illegal(this.#rule);
    state.bids.push({ player, bid: action === "bid" ? Number(value) : null });
    if (this.turn(state).length === 0) this.#close(state);
  }

  get #rule(): string {
    const { reserve, max_bid } = this.params;
    return `Bid a whole number from ${reserve} to ${max_bid}, which only the referee reads: ` +
      `make_game_move with action "bid" and the value ${reserve}, or action "pass".`;
  }

  override timeUp(state: State, late: string[]) {
    for (const player of late) state.bids.push({ player, bid: null });
    if (this.turn(state).length === 0) this.#close(state);
  }

  /** Whoever is out bids no more, and its bid on the open lot is void. */
  override drop(state: State, player: string) {
    state.out.push(player);
    state.bids = state.bids.filter((bid) => bid.player !== player);
    if (this.turn(state).length === 0 && state.bids.length > 1) this.#close(state);
  }

  /** Sells the lot, shows all bids, and opens the next one. */
  #close(state: State) {
    const { price: rule, reserve, ties } = this.params;
    const bids = state.bids.flatMap(({ player, bid }) => bid === null ? [] : [{ player, bid }])
      .sort((a, b) => b.bid - a.bid); // stable: the earlier of equal bids stays first
    const best = bids.filter(({ bid }) => bid === bids[0]!.bid);
    const won = best[ties === "random" && best.length > 1 ? randomBelow(best.length) : 0];
    const second = bids.find((each) => each !== won)?.bid ?? reserve;
    const price = won ? rule === "first" ? won.bid : second : null;
    const shown = Object.fromEntries(
      state.players.map((each) => [
        each,
        state.bids.find(({ player }) => player === each)?.bid ?? null,
      ]),
    );
    const winner = won?.player ?? null;
    state.closed.push({ bids: shown, winner, price });
    this.say("lot", {
      lot: state.closed.length,
      bids: shown,
      winner,
      price,
      ...best.length > 1 && { tie: best.map(({ player }) => player) },
      text: winner === null
        ? `Lot ${state.closed.length} is not sold: nobody has bid.`
        : `${winner} buys lot ${state.closed.length} for ${price}.`,
    });
    state.bids = [];
  }

  override result(state: State): Result | null {
    const { players, out, closed } = state;
    const { lots, values } = this.params;
    const remaining = players.filter((each) => !out.includes(each));
    const winners = [...new Set(closed.flatMap(({ winner }) => winner ?? []))];
    if (values === "none") {
      if (closed.length < lots && remaining.length > 1) return null;
      const sold = closed.flatMap(({ winner, price }, i) =>
        winner === null ? [] : [`${winner} buys lot ${i + 1} for ${price}`]
      );
      const early = closed.length < lots
        ? "Too few bidders are left, so the auction is over. "
        : "";
      const text = `${early}${sold.length > 0 ? sold.join(", ") : "Nothing is sold"}.`;
      return { result: "finished", winners, text };
    }
    if (closed.length < lots) return null;
    const scores = this.#profits(state);
    const ranking = [
      ...grouped(remaining, scores),
      ...out.toReversed().map((each) => [each]),
    ];
    const best = ranking[0]!;
    return {
      result: best.length > 1 ? "drawn" : "won",
      winners: best.length > 1 ? [] : best,
      ranking,
      scores,
      text: `${best.join(" and ")} ${best.length > 1 ? "tie" : "wins"} with a profit of ` +
        `${scores[best[0]!]}.`,
    };
  }

  /** What each bidder has gained: the worth of its lots less what it pays. */
  #profits({ players, closed, values }: State): Record<string, number> {
    return Object.fromEntries(players.map((each) => [
      each,
      closed.reduce(
        (sum, { winner, price }, i) =>
          winner === each ? sum + Number(values[each]![i]) - price! : sum,
        0,
      ),
    ]));
  }

  override position({ players, out, closed, bids }: State) {
    const { price, lot, lots, reserve, max_bid, ties } = this.params;
    const isOut = out.length > 0 && { out };
    return {
      ...{ price, ties, lot, lot_number: closed.length + 1, lots, reserve, max_bid },
      bidders: players.length,
      bids_in: players.filter((each) => bids.some(({ player }) => player === each)),
      ...isOut,
      sold: closed.slice(-SHOWN).map(({ winner, price }) => ({ winner, price })),
    };
  }

  override picture({ closed, bids, players, out }: State): string {
    const { lot, lots, reserve, price } = this.params;
    const first = closed.length - Math.min(SHOWN, closed.length);
    const past = closed.slice(-SHOWN).map(({ winner, price }, i) =>
      `lot ${first + i + 1}: ${winner === null ? "not sold" : `${winner} for ${price}`}`
    );
    if (closed.length === lots) return past.join("\n");
    const rule = price === "first" ? "the winner pays its bid" : "the winner pays the second bid";
    return [
      ...past,
      `lot ${closed.length + 1} of ${lots}: ${lot}`,
      `reserve ${reserve}, ${rule}, ${bids.length} of ${players.length - out.length} bids are in`,
    ].join("\n");
  }

  override view({ closed, bids, players, out, values }: State, viewer?: string): BoardView {
    const { lot, lots, reserve, price } = this.params;
    const hasWorth = this.params.values === "private";
    const worth = (i: number) => {
      if (!hasWorth) return [];
      return [viewer === undefined ? "?" : Number(values[viewer]![i])];
    };
    const rule = price === "first" ? "the winner pays its bid" : "the winner pays the second bid";
    const first = closed.length - Math.min(SHOWN, closed.length);
    const isOver = closed.length === lots;
    return {
      kind: "table",
      title: [...lot].slice(0, 100).join(""),
      round: closed.length + 1,
      columns: ["lot", "goes to", "for", ...hasWorth ? ["value to you"] : []],
      rows: [
        ...closed.slice(-SHOWN).map(({ winner, price }, i) => [
          first + i + 1,
          winner ?? "nobody",
          price ?? "",
          ...worth(first + i),
        ]),
        ...isOver ? [] : [[`${closed.length + 1} of ${lots}`, "", "", ...worth(closed.length)]],
      ],
      ...!isOver && {
        note: `reserve ${reserve}, ${rule}, ${bids.length} of ${
          players.length - out.length
        } bids are in`,
      },
    };
  }

  override legal() {
    return [{ action: "bid", value: this.params.reserve }, { action: "pass" }];
  }

  override ranges() {
    const { reserve, max_bid } = this.params;
    return { bid: { min: reserve, max: max_bid } };
  }
}

/** Players by score, the best first, those with the same together. */
function grouped(players: string[], scores: Record<string, number>): string[][] {
  const levels = [...new Set(players.map((each) => scores[each]!))].sort((a, b) => b - a);
  return levels.map((level) => players.filter((each) => scores[each] === level));
}
