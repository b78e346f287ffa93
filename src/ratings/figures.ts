/** Ratings by `openskill`: Weng and Lin's Bayesian model with Plackett and Luce's likelihood, with
 *  the library's own constants. */

export interface Skill {
  mu: number;
  sigma: number;
}

/** The rating of somebody who has played no rated game. */
export const NEWCOMER: Skill = { mu: 25, sigma: 25 / 3 };

interface Figures extends Skill {
  /** What ladders sort by: the player's strength is above it with 99.7 percent. 0 at first. */
  ordinal: number;
}

/** The library, loaded with the first game. */
let library: Promise<typeof import("openskill")> | undefined;

/** The ratings after a game, in the same order. `places` has those of the players from the best
 *  place to the worst; those in one place have drawn. A player without games has null. */
export async function figuresAfter(
  places: readonly (readonly (Skill | null)[])[],
): Promise<Figures[][]> {
  library ??= import("openskill");
  const { rate, rating, ordinal } = await library;
  // The library takes a rank of 0 for none.
  const flat = places.flatMap((place, rank) => place.map((before) => ({ before, rank: rank + 1 })));
  const teams = flat.map(({ before }) => [rating(before ?? NEWCOMER)]);
  const rated = rate(teams, { rank: flat.map(({ rank }) => rank) });
  let at = 0;
  return places.map((place) =>
    place.map(() => {
      const [{ mu, sigma }] = rated[at++] as [{ mu: number; sigma: number }];
      return { mu, sigma, ordinal: ordinal({ mu, sigma }) };
    })
  );
}
