/**
 * PriceBot: asks several public sources for a price, posts what each one said, the median and how far apart they are,
 * and says so when they disagree or one of them failed.
 *
 * params: symbol = "BTC-USD"; tolerance = 0.5 (percent between the lowest and the highest price);
 *         sources = up to five { name, url, path }, where path leads through the JSON answer: "data.amount",
 *         "bids.0.price", "result.*.c.0" (* is the first there is). Their hosts must be in the manifest's net.
 * Moves: the text "price", or make_game_move game "price", action "price".
 */

interface Source {
  name: string;
  url: string;
  path: string;
}

/** As the manifest's schema has them; the server has checked that. */
interface Params {
  symbol: string;
  tolerance: number;
  sources?: Source[];
}

interface Reading {
  source: string;
  url: string;
  price: number | null;
  /** Why there is no price. */
  error?: string;
}

export default class PriceBot {
  static manifest = {
    summary: "Reads a price from several public sources and says how far they agree",
    emits: ["prompt", "reading", "price", "violation"],
    params: {
      type: "object",
      properties: {
        symbol: { type: "string", description: "A pair such as ETH-USD.", default: "BTC-USD" },
        tolerance: {
          type: "number",
          description: "The largest difference that counts as agreement, in percent.",
          minimum: 0,
          default: 0.5,
        },
        sources: {
          type: "array",
          description: "Other sources; their hosts must be in the manifest's net.",
          items: {
            type: "object",
            properties: {
              name: { type: "string", minLength: 1 },
              url: { type: "string", minLength: 1 },
              path: { type: "string", minLength: 1 },
            },
            required: ["name", "url", "path"],
          },
          minItems: 1,
          maxItems: 5,
        },
      },
    },
    moves: { game: "price", aliases: ["PriceBot"], actions: { price: { text: "price" } } },
    net: ["api.coinbase.com", "api.kraken.com", "www.bitstamp.net"],
  };

  #symbol: string;
  #tolerance: number;
  #sources: Source[];

  constructor(private ctx: BotContext, params: Params) {
    const symbol = params.symbol.trim().toUpperCase().replace(/[\/_ ]/, "-");
    if (!/^[A-Z0-9]{2,10}-[A-Z0-9]{2,10}$/.test(symbol)) {
      const given = JSON.stringify(params.symbol);
      throw new Error(`symbol is ${given}, but must be a pair, for example "ETH-USD"`);
    }
    this.#symbol = symbol;
    this.#tolerance = params.tolerance;
    this.#sources = params.sources ?? exchangesFor(symbol);
  }

  on_init() {
    const sources = this.#sources.map(({ name, url }) => ({ name, url }));
    const text = `Say "price" and I ask ${
      sources.map(({ name }) => name).join(", ")
    } for ${this.#symbol}.`;
    this.ctx.post("bot", { type: "prompt", text, sources, tolerance_percent: this.#tolerance });
  }

  async on_message(msg: Message) {
    const asked = msg.kind === "user" ? askedIn(msg.body) : null;
    if (asked === null) return;
    if (asked === "something else") {
      const details = 'Ask with make_game_move game "price", action "price", or say "price".';
      this.ctx.post("control", {
        type: "violation",
        player: msg.sender,
        reason: "BAD_MOVE",
        details,
      });
      return;
    }
    const readings = await Promise.all(this.#sources.map(read));
    for (const reading of readings) this.ctx.post("bot", { type: "reading", ...reading });
    this.ctx.post("bot", {
      type: "price",
      symbol: this.#symbol,
      at: msg.ts,
      ...this.#sum(readings),
    });
  }

  #sum(readings: Reading[]) {
    const failed = readings.filter(({ price }) => price === null).map(({ source }) => source);
    const prices = readings.flatMap(({ price }) => price ?? []).sort((a, b) => a - b);
    const told = `${prices.length} of ${readings.length} sources answered`;
    if (prices.length === 0) {
      return { median: null, failed, agree: false, text: `There is no price: ${told}.` };
    }
    const [low, high] = [prices[0]!, prices.at(-1)!];
    const middle = prices.length / 2;
    const median = (prices[Math.ceil(middle) - 1]! + prices[Math.floor(middle)]!) / 2;
    const spread = Number(((high - low) / median * 100).toFixed(4));
    const agree = spread <= this.#tolerance && prices.length > 1;
    const doubt = prices.length === 1
      ? "; nothing to compare it with"
      : agree
      ? ""
      : `; they disagree by ${spread} %, more than ${this.#tolerance} %`;
    const lost = failed.length > 0 ? `; failed: ${failed.join(", ")}` : "";
    const text = `${this.#symbol} is ${median}; ${told}${doubt}${lost}.`;
    return { median, low, high, spread_percent: spread, failed, agree, text };
  }
}

async function read({ name: source, url, path }: Source): Promise<Reading> {
  const failed = (error: string): Reading => ({ source, url, price: null, error });
  try {
    const answer = await fetch(url, { headers: { accept: "application/json" } });
    if (!answer.ok) return failed(`HTTP ${answer.status}`);
    const found = at(await answer.json(), path.split("."));
    const price = typeof found === "string" && /^\d+(\.\d+)?$/.test(found) ? Number(found) : found;
    const usable = typeof price === "number" && price > 0;
    return usable ? { source, url, price } : failed(`no price at ${path}`);
  } catch (error) {
    return failed(
      String(error instanceof Error ? error.message : error).slice(0, 300).toWellFormed(),
    );
  }
}

/** What a path leads to in JSON; undefined where it leads nowhere. */
function at(value: unknown, [key, ...rest]: string[]): unknown {
  if (key === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  const next = key === "*"
    ? Object.values(value)[0]
    : Object.entries(value).find(([k]) => k === key)?.[1];
  return at(next, rest);
}

function exchangesFor(symbol: string): Source[] {
  const [base, quote] = symbol.split("-") as [string, string];
  const pair = `${base === "BTC" ? "XBT" : base}${quote}`;
  return [
    {
      name: "coinbase",
      url: `https://api.coinbase.com/v2/prices/${symbol}/spot`,
      path: "data.amount",
    },
    {
      name: "kraken",
      url: `https://api.kraken.com/0/public/Ticker?pair=${pair}`,
      path: "result.*.c.0",
    },
    {
      name: "bitstamp",
      url: `https://www.bitstamp.net/api/v2/ticker/${(base + quote).toLowerCase()}/`,
      path: "last",
    },
  ];
}

/** What a message asks of this bot; null when it is talk, or for another bot. */
function askedIn(
  { type, game, action, text }: Record<string, unknown>,
): "price" | "something else" | null {
  if (type === "move") {
    if (!/^price(bot)?$/.test(plain(game))) return null;
    return /^(|price|getprice|get|quote|ask|read)$/.test(plain(action))
      ? "price"
      : "something else";
  }
  const asks =
    /^\s*((what'?s|what is) the |the |current |get )?(current )?price( now)?( please)?\s*[?!.]*\s*$/i;
  return asks.test(String(text ?? "").replace("’", "'")) ? "price" : null;
}

/** A name without case, spaces and punctuation. */
function plain(name: unknown): string {
  return typeof name === "string" ? name.toLowerCase().replace(/[^a-z0-9]/g, "") : "";
}
