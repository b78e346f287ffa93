/** Ladders as everybody sees them: people by their public ids and the handles that they chose,
 *  without those who opted out. */
import type { Ladders } from "../domain/rating/ladders.ts";
import { RATING_LIMITS } from "../domain/limits/rating.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { RatedGame, Rating, RatingStore } from "../store/rating/rating_store.ts";

/** How a person is named. Somebody who opted out has neither. */
export interface Named {
  player?: string;
  name?: string;
}

interface Row extends Named {
  rank: number;
  rating: Rating;
}

interface Result extends Omit<RatedGame, "places"> {
  places: (Named & { before: number; after: number })[][];
}

interface LeaderboardDeps {
  store: RatingStore;
  ladders: Ladders;
  /** A person's public id. */
  idOf: (principal: string) => string;
}

/** Rows that are read in one batch. */
const READ_TOGETHER = 10;

export class Leaderboard {
  readonly #deps: LeaderboardDeps;

  constructor(deps: LeaderboardDeps) {
    this.#deps = deps;
  }

  /** All ladders, with the sources whose games they count. */
  get ladders(): { ladder: string; code_hashes: string[] }[] {
    const { ladders } = this.#deps;
    return ladders.names.map((ladder) => ({ ladder, code_hashes: ladders.sourcesOf(ladder) }));
  }

  /** The ladder of this name, in any case. Throws INVALID_REQUEST. */
  named(text: string): string {
    const wanted = text.trim().toLowerCase();
    const { names } = this.#deps.ladders;
    const found = names.find((name) => name === text) ??
      names.find((name) => name.toLowerCase() === wanted);
    if (found !== undefined) return found;
    const known = names.length > 0 ? `There are ${names.join(", ")}.` : "This server has none.";
    throw new Refusal("INVALID_REQUEST", `There is no ladder of this name. ${known}`);
  }

  /** Up to `limit` people of a ladder from the top, after a cursor of this method. */
  async page(
    ladder: string,
    limit: number,
    cursor?: string,
  ): Promise<{ rows: Row[]; nextCursor?: string }> {
    const [, before = "0", from] = /^(\d{1,9})\.([\w=-]+)$/.exec(cursor ?? "") ?? [];
    if (cursor !== undefined && from === undefined) throw badCursor();
    const rows: Row[] = [];
    let rank = Number(before);
    let next: string | undefined;
    let scanned = 0;
    for await (const some of this.#batches(ladder, from)) {
      const shown = await this.#named(some.map(({ principal }) => principal));
      for (const [i, { rating, next: after }] of some.entries()) {
        const { player, name } = shown[i]!;
        if (player !== undefined) {
          if (rows.length === limit) return { rows, nextCursor: `${rank}.${next}` };
          rows.push({ rank: ++rank, player, ...(name !== undefined && { name }), rating });
        }
        next = after;
        if (++scanned >= RATING_LIMITS.scanned) return { rows, nextCursor: `${rank}.${next}` };
      }
    }
    return { rows };
  }

  async *#batches(ladder: string, from: string | undefined) {
    let some: { principal: string; rating: Rating; next: string }[] = [];
    try {
      for await (const row of this.#deps.store.ranked(ladder, from)) {
        some.push(row);
        if (some.length < READ_TOGETHER) continue;
        yield some;
        some = [];
      }
    } catch (error) {
      // The database throws on a position that it did not issue.
      if (from === undefined || error instanceof Refusal) throw error;
      throw badCursor();
    }
    if (some.length > 0) yield some;
  }

  /** The latest results of a ladder, newest first. */
  async results(ladder: string): Promise<Result[]> {
    const games = await this.#deps.store.results(ladder, RATING_LIMITS.listResults);
    const principals = [
      ...new Set(games.flatMap(({ places }) => places.flat().map(({ principal }) => principal))),
    ];
    const named = await this.#named(principals);
    const shown = new Map(principals.map((principal, i) => [principal, named[i]!]));
    return games.map(({ places, ...game }) => ({
      ...game,
      places: places.map((place) =>
        place.map(({ principal, ...ratings }) => ({ ...shown.get(principal)!, ...ratings }))
      ),
    }));
  }

  /** How the caller appears, even if opted out, with the rating on a ladder. */
  async self(
    principal: string,
    ladder?: string,
  ): Promise<{ player: string; name?: string; hidden: boolean; rating?: Rating }> {
    const { store, idOf } = this.#deps;
    const [{ handle, hidden }] = await store.players([principal]) as [
      { handle?: string; hidden: boolean },
    ];
    const [known] = ladder === undefined ? [] : await store.ratings("people", ladder, [principal]);
    return {
      player: idOf(principal),
      ...(handle !== undefined && { name: handle }),
      hidden,
      ...(known?.rating && { rating: known.rating }),
    };
  }

  /** A person's rating on each ladder on which the person has played. */
  async ratingsOf(principal: string): Promise<({ ladder: string } & Rating)[]> {
    const { store, ladders } = this.#deps;
    const all = await Promise.all(ladders.names.map(async (ladder) => {
      const [{ rating } = { rating: null }] = await store.ratings("people", ladder, [principal]);
      return rating === null ? [] : [{ ladder, ...rating }];
    }));
    return all.flat();
  }

  /** Changes how a person appears. Throws INVALID_REQUEST if somebody else has the handle. */
  async appear(principal: string, changed: { handle?: string; hidden?: boolean }): Promise<void> {
    if (await this.#deps.store.appear(principal, changed)) return;
    throw new Refusal("INVALID_REQUEST", "handle: somebody else has it. Pass another one.");
  }

  async #named(principals: readonly string[]): Promise<Named[]> {
    const { store, idOf } = this.#deps;
    const players = await store.players(principals);
    return players.map(({ handle, hidden }, i) =>
      hidden ? {} : { player: idOf(principals[i]!), ...(handle !== undefined && { name: handle }) }
    );
  }
}

function badCursor(): Refusal {
  return new Refusal(
    "INVALID_REQUEST",
    "cursor must be the next_cursor of the page before, or absent.",
  );
}
