/// <reference path="./bot.d.ts" />
/** Says the temperature of a city as the median of three weather services, and keeps a cache so
 *  that the same question within ten minutes costs no request. */

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

const PLACES = {
  berlin: { latitude: 52.52, longitude: 13.41 },
  paris: { latitude: 48.85, longitude: 2.35 },
  tokyo: { latitude: 35.68, longitude: 139.69 },
  lima: { latitude: -12.05, longitude: -77.04 },
} as const satisfies Record<string, Place>;

type City = keyof typeof PLACES;

interface Source {
  name: string;
  url(place: Place): string;
  /** Where the temperature is in the answer. */
  path: (string | number)[];
}

const SOURCES: Source[] = [
  {
    name: "open-meteo",
    url: ({ latitude, longitude }) =>
      `https://api.open-meteo.com/v1/forecast?${new URLSearchParams({
        latitude: String(latitude),
        longitude: String(longitude),
        current: "temperature_2m",
      })}`,
    path: ["current", "temperature_2m"],
  },
  {
    name: "met.no",
    url: ({ latitude, longitude }) =>
      `https://api.met.no/weatherapi/locationforecast/2.0/compact?lat=${latitude}&lon=${longitude}`,
    path: ["properties", "timeseries", 0, "data", "instant", "details", "air_temperature"],
  },
  {
    name: "7timer",
    url: ({ latitude, longitude }) =>
      `https://www.7timer.info/bin/api.pl?lon=${longitude}&lat=${latitude}&product=civil&output=json`,
    path: ["dataseries", 0, "temp2m"],
  },
];

interface Answer {
  celsius: number;
  from: string[];
  at: string;
}

type Cache = Partial<Record<City, Answer>>;

const SAID = /^(?:(?<command>cities)|ask\s+(?<city>\w+))$/i;
const FRESH_MS = 10 * 60 * 1000;

class NoQuorum extends Error {
  constructor(readonly answered: number, options?: ErrorOptions) {
    super(`only ${answered} of ${SOURCES.length} services answered`, options);
    this.name = "NoQuorum";
  }
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const dig = (json: unknown, path: Source["path"]): unknown =>
  path.reduce((at, key) => Object(at)[key], json);

export default class WeatherOracle {
  static manifest: BotManifest = {
    summary: "The temperature in a city, by two of three weather services: say 'ask berlin'",
    net: ["api.open-meteo.com", "api.met.no", "*.7timer.info"],
    moves: {
      game: "weather",
      actions: {
        ask: { value: { type: "string", enum: Object.keys(PLACES) }, text: "ask berlin" },
        cities: { text: "cities" },
      },
    },
  };

  constructor(private readonly ctx: BotContext) {}

  on_init(): void {
    this.ctx.post("system", {
      text: "Ask for the weather: ask berlin",
      cities: Object.keys(PLACES),
    });
  }

  async on_message(msg: Message): Promise<void> {
    if (msg.kind !== "user") return;
    const asked = this.#asked(msg.body);
    if (asked === undefined) return;
    if (asked === "cities") {
      this.ctx.post("bot", { type: "cities", cities: Object.keys(PLACES) });
      return;
    }
    if (!Object.hasOwn(PLACES, asked)) {
      this.ctx.post("bot", { type: "unknown_city", cities: Object.keys(PLACES) });
      return;
    }
    try {
      const answer = await this.#weather(asked as City, msg.ts);
      this.ctx.post("bot", { type: "weather", city: asked, ...answer });
    } catch (error) {
      if (!(error instanceof NoQuorum)) throw error;
      this.ctx.post("bot", { type: "no_weather", city: asked, why: error.message });
    }
  }

  #asked(body: Record<string, unknown>): string | undefined {
    if (body.type === "move" && body.game === "weather") {
      if (body.action === "cities") return "cities";
      return typeof body.value === "string" ? body.value.toLowerCase() : "";
    }
    if (typeof body.text !== "string") return undefined;
    const { command, city } = body.text.match(SAID)?.groups ?? {};
    return (command ?? city)?.toLowerCase();
  }

  async #weather(city: City, ts: string): Promise<Answer & { cached: boolean }> {
    const cache = (this.ctx.get_state() ?? {}) as Cache;
    const known = cache[city];
    if (known && Date.parse(ts) - Date.parse(known.at) < FRESH_MS) {
      return { ...known, cached: true };
    }
    const place = PLACES[city];
    const asked = await Promise.allSettled(SOURCES.map(async (source) => {
      const response = await fetch(source.url(place), { headers: { accept: "application/json" } });
      if (!response.ok) throw new Error(`${source.name}: HTTP ${response.status}`);
      const celsius = dig(await response.json(), source.path);
      if (typeof celsius !== "number" || Math.abs(celsius) > 70) throw new Error("absurd");
      return { name: source.name, celsius };
    }));
    const good = asked.flatMap((each) => each.status === "fulfilled" ? [each.value] : []);
    if (good.length < 2) throw new NoQuorum(good.length);
    const answer: Answer = {
      celsius: Math.round(10 * median(good.map(({ celsius }) => celsius))) / 10,
      from: good.map(({ name }) => name),
      at: ts,
    };
    this.ctx.set_state({ ...cache, [city]: answer });
    return { ...answer, cached: false };
  }
}
