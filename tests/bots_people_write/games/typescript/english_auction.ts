/// <reference path="./bot.d.ts" />
// Lots, one after another. Every bid restarts the countdown: going once, twice, sold.

type Lot = { title: string; reserve: number };
type Terms = { players: number; purse: number; call_s: number; lots: Lot[] };
type Sale = {
  bidders: string[];
  purses: Record<string, number>;
  lot: number;
  high: { bidder: string; amount: number } | null;
  /** Who has passed, and bids no more for this lot. */
  passed: string[];
  calls: number;
  sold: { title: string; to: string | null; amount: number }[];
};

export default class EnglishAuction {
  static manifest: BotManifest = {
    summary: "An English auction with a going-once clock",
    net: [],
    params: {
      type: "object",
      properties: {
        players: { type: "integer", minimum: 2, maximum: 6, default: 3 },
        purse: { type: "integer", minimum: 10, maximum: 10_000, default: 100 },
        call_s: { type: "integer", minimum: 1, maximum: 600, default: 10 },
        lots: {
          type: "array",
          minItems: 1,
          maxItems: 8,
          items: {
            type: "object",
            properties: {
              title: { type: "string", minLength: 1, maxLength: 60 },
              reserve: { type: "integer", minimum: 1 },
            },
            required: ["title", "reserve"],
          },
          default: [
            { title: "a teapot", reserve: 5 },
            { title: "a clock", reserve: 20 },
            { title: "a bicycle", reserve: 30 },
          ],
        },
      },
    },
    moves: {
      game: "english",
      actions: { bid: { value: "<whole number>", text: "bid 25" }, pass: { text: "pass" } },
    },
  };

  #ctx: BotContext;
  #terms: Terms;

  constructor(ctx: BotContext, params: Terms) {
    this.#ctx = ctx;
    this.#terms = params;
  }

  on_init() {
    if (this.#sale) return;
    const { players, purse } = this.#terms;
    const bidders = this.#ctx.players().map(({ player_id }) => player_id).slice(0, players);
    if (bidders.length < players) return;
    const purses = Object.fromEntries(bidders.map((b) => [b, purse]));
    this.#open({ bidders, purses, lot: 0, high: null, passed: [], calls: 0, sold: [] });
  }

  on_join() {
    this.on_init();
  }

  get #sale(): Sale | null {
    return this.#ctx.get_state();
  }

  #lot = ({ lot }: Sale) => this.#terms.lots[lot]!;
  #least = (sale: Sale) => sale.high ? sale.high.amount + 1 : this.#lot(sale).reserve;
  #able = (sale: Sale) =>
    sale.bidders.filter((b) =>
      b !== sale.high?.bidder && !sale.passed.includes(b) && sale.purses[b]! >= this.#least(sale)
    );

  #open(sale: Sale, text?: string): void {
    const { bidders, purses, high } = sale;
    const lot = this.#lot(sale);
    const able = this.#able(sale);
    if (able.length === 0) return this.#hammer(sale);
    this.#ctx.set_state(sale);
    this.#ctx.set_timer("call", this.#terms.call_s * 1000);
    const least = this.#least(sale);
    // Everybody may bid at once, but the range goes only up to what each of them can pay.
    const shared = Math.min(...able.map((b) => purses[b]!));
    this.#ctx.post("bot", {
      type: "bid_open",
      text: text ?? `${lot.title}: at least ${least}`,
      now: {
        may: able.map((player) => ({ player })),
        players: bidders,
        position: { lot, high, purses },
        legal_moves: [{ action: "bid", value: least }, { action: "pass" }],
        ranges: { bid: { min: least, max: shared } },
      },
      view: {
        kind: "table",
        columns: ["bidder", "purse", "bid"],
        rows: bidders.map((b) => [
          b,
          purses[b]!,
          high?.bidder === b ? { text: high.amount, marked: true } : "",
        ]),
        title: lot.title,
      },
    });
  }

  on_message({ sender, kind, body }: Message): void {
    const sale = this.#sale;
    if (kind !== "user" || !sale) return;
    const no = (text: string) => this.#ctx.post("bot", { type: "violation", player: sender, text });
    if (!sale.bidders.includes(sender)) return no("The room is full: you only watch.");
    if (!this.#able(sale).includes(sender)) {
      return no("You have the highest bid, or are out of it.");
    }
    const text = typeof body.text === "string" ? body.text.toLowerCase() : "";
    if (body.action === "pass" || text === "pass") {
      return this.#open({ ...sale, passed: [...sale.passed, sender] }, `${sender} passes.`);
    }
    const said = /^bid (\d+)$/.exec(text)?.[1];
    const amount = body.action === "bid" ? body.value : Number(said);
    const least = this.#least(sale);
    if (typeof amount !== "number" || !Number.isInteger(amount) || amount < least) {
      return no(`Pass, or bid a whole number from ${least}.`);
    }
    if (amount > sale.purses[sender]!) return no(`You have only ${sale.purses[sender]}.`);
    this.#open({ ...sale, high: { bidder: sender, amount }, calls: 0 });
  }

  on_timer() {
    const sale = this.#sale!;
    const calls = sale.calls + 1;
    if (calls === 3) return this.#hammer(sale);
    this.#open({ ...sale, calls }, `Going ${calls === 1 ? "once" : "twice"}!`);
  }

  #hammer(sale: Sale): void {
    const { title } = this.#lot(sale);
    const { high } = sale;
    const purses = { ...sale.purses };
    if (high) purses[high.bidder]! -= high.amount;
    const sold = [...sale.sold, { title, to: high?.bidder ?? null, amount: high?.amount ?? 0 }];
    const text = high ? `Sold to ${high.bidder} for ${high.amount}` : `${title} is not sold`;
    this.#ctx.post("bot", { text });
    const next = { ...sale, purses, sold, lot: sale.lot + 1, high: null, passed: [], calls: 0 };
    if (next.lot < this.#terms.lots.length) return this.#open(next);
    this.#ctx.end({ sold, purses });
  }

  on_leave(id: string) {
    const sale = this.#sale;
    if (!sale?.bidders.includes(id)) return;
    const bidders = sale.bidders.filter((b) => b !== id);
    if (bidders.length < 2) return this.#ctx.end({ sold: sale.sold, abandoned: true });
    // A bid leaves with its bidder.
    const rest = sale.high?.bidder === id ? { ...sale, high: null, passed: [], calls: 0 } : sale;
    this.#open({ ...rest, bidders }, `${id} is gone.`);
  }
}
