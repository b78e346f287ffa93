/** Ladders: the names under which rated games count. A ladder counts the games of certain sources,
 *  which it knows by their hashes. Pure. */
import type { HashText } from "../../kernel/hash.ts";

/** What the operator maps: by the name of a ladder, hashes of sources, or built-in bots as
 *  `builtin://Name`. An empty list is no ladder. */
export type LadderSettings = Readonly<Record<string, readonly string[]>>;

const BUILTIN = "builtin://";

export class Ladders {
  readonly #ladderOf = new Map<string, string>();

  /** `builtins` are the hashes of the built-in games that have a winner, by name. Each is a ladder
   *  of its own, unless a ladder of the settings has its name or its hash. Throws for a source that
   *  is in two ladders of the settings, or that does not exist. */
  constructor(builtins: ReadonlyMap<string, HashText>, settings: LadderSettings = {}) {
    for (const [ladder, sources] of Object.entries(settings)) {
      for (const source of sources) {
        const hash = source.startsWith(BUILTIN)
          ? builtins.get(source.slice(BUILTIN.length))
          : source;
        if (hash === undefined) {
          const known = [...builtins.keys()].map((name) => `${BUILTIN}${name}`).join(", ");
          throw new Error(`${ladder}: no game with a winner is ${source}; there are ${known}`);
        }
        const other = this.#ladderOf.get(hash);
        if (other !== undefined) {
          throw new Error(`${source} is in two ladders, ${other} and ${ladder}`);
        }
        this.#ladderOf.set(hash, ladder);
      }
    }
    for (const [name, hash] of builtins) {
      if (Object.hasOwn(settings, name) || this.#ladderOf.has(hash)) continue;
      this.#ladderOf.set(hash, name);
    }
  }

  /** The ladder on which the games of a source count, if any. */
  of(codeHash: string): string | undefined {
    return this.#ladderOf.get(codeHash);
  }

  /** The names of all ladders, sorted. */
  get names(): string[] {
    return [...new Set(this.#ladderOf.values())].toSorted();
  }

  /** The sources of a ladder. */
  sourcesOf(ladder: string): string[] {
    return [...this.#ladderOf].filter(([, name]) => name === ladder).map(([hash]) => hash);
  }
}
