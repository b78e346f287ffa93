/** The built-in bots as a caller chooses among them: what each one is for, and how it is played.
 *  Everything about a source comes from the sandbox's inspection of that very source, now or when
 *  the release was made. */
import type { Import, Inspection } from "../../domain/bot/bot.ts";
import { type Moves, movesOf, playsGame } from "../../domain/bot/moves.ts";
import { type HashText, hashText } from "../../kernel/hash.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { BotLibrary } from "./bot_library.ts";

/** What the folder of a bot says of it. */
export interface BotGuide {
  players: { min: number; max: number };
  /** How long agents take for it. */
  minutes: number;
  /** Whether its games can be rated. */
  hasWinner: boolean;
  /** Markdown. */
  rules: string;
}

export interface CataloguedBot extends BotGuide {
  name: string;
  summary: string;
  language: Accepted["language"];
  code_hash: HashText;
  moves: Moves | null;
  manifest: JsonObject;
}

type Accepted = Extract<Inspection, { kind: "accepted" }>;

/** What the inspection of a source has found, for this source and these modules. */
export interface InspectedBot extends Pick<Accepted, "language" | "manifest"> {
  code_hash: HashText;
  imports: Import[];
}

interface CatalogueDeps {
  /** Sources of the built-in bots, by class name. */
  builtins: ReadonlyMap<string, string>;
  guides: ReadonlyMap<string, BotGuide>;
  /** By class name, what inspections have found before: a caller then waits for no host, least of
   *  all for the first one of Python, which takes seconds. */
  inspected(): Promise<Readonly<Record<string, InspectedBot>>>;
  library: BotLibrary;
  sandbox: Sandbox;
}

export class BotCatalogue {
  readonly #deps: CatalogueDeps;
  /** The inspections, which nobody pays for: there are only so many, and each happens once. */
  readonly #bots = new Map<string, Promise<CataloguedBot>>();

  constructor(deps: CatalogueDeps) {
    this.#deps = deps;
  }

  /** All built-in bots, by name. Throws UNAVAILABLE on a server that runs no bots. */
  async list(): Promise<CataloguedBot[]> {
    const bots: CataloguedBot[] = [];
    // One after the other: they must not displace the hooks of games.
    for (const name of [...this.#deps.guides.keys()].toSorted()) bots.push(await this.#bot(name));
    return bots;
  }

  /** The bot that a text means: by its name, as `presetNamed` finds it, or by a name of its game.
   *  Throws BOT_NOT_FOUND, and UNAVAILABLE on a server that runs no bots. */
  async find(text: string): Promise<CataloguedBot> {
    try {
      return await this.#bot(this.#deps.library.presetNamed(text));
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "BOT_NOT_FOUND") throw error;
      const game = (await this.list()).find(({ moves }) => moves && playsGame(moves, text));
      if (game) return game;
      throw error;
    }
  }

  #bot(name: string): Promise<CataloguedBot> {
    const known = this.#bots.get(name);
    if (known) return known;
    const bot = this.#inspected(name);
    this.#bots.set(name, bot);
    bot.catch(() => this.#bots.delete(name));
    return bot;
  }

  async #inspected(name: string): Promise<CataloguedBot> {
    const { builtins, guides } = this.#deps;
    const [source, guide] = [builtins.get(name), guides.get(name)];
    if (source === undefined || guide === undefined) {
      throw new Refusal(
        "BOT_NOT_FOUND",
        "Nothing describes this bot. Call list_bots for the others.",
      );
    }
    const code_hash = hashText(new TextEncoder().encode(source));
    const { language, manifest } = await this.#known(name, code_hash) ??
      await this.#inspect(name, source);
    return {
      ...guide,
      name,
      summary: typeof manifest.summary === "string" ? manifest.summary : "",
      language,
      code_hash,
      moves: movesOf(manifest),
      manifest,
    };
  }

  /** What is known of a source; undefined if it or one of its modules has changed, or if this
   *  server runs no bots. */
  async #known(name: string, codeHash: HashText): Promise<InspectedBot | undefined> {
    const facts = await this.#deps.sandbox.engine("javascript");
    const known = facts && (await this.#deps.inspected())[name];
    const isOwn = ({ hash }: Import) => facts?.modules?.some((module) => module.hash === hash);
    return known?.code_hash === codeHash && known.imports.every(isOwn) ? known : undefined;
  }

  async #inspect(name: string, source: string): Promise<Accepted> {
    const found = await this.#deps.sandbox.inspect({ source, again: true });
    if (found.kind === "accepted") return found;
    const text = `${name} can't be inspected right now. Try again in a few seconds.`;
    throw new Refusal("UNAVAILABLE", text);
  }
}
