/** People's ratings by the source that they want to play, for the lobby. */
import type { Ladders } from "../domain/rating/ladders.ts";
import type { RatingStore } from "../store/rating/rating_store.ts";
import { NEWCOMER, type Skill } from "./figures.ts";

/** The rating of somebody who signed in, on the ladder of a source; a newcomer's if there is
 *  none. */
export function ratingsBySource(
  { store, ladders }: { store: RatingStore; ladders: Ladders },
): (principal: string, codeHash: string) => Promise<Skill> {
  return async (principal, codeHash) => {
    const ladder = ladders.of(codeHash);
    const [known] = ladder === undefined ? [] : await store.ratings("people", ladder, [principal]);
    const { mu, sigma } = known?.rating ?? NEWCOMER;
    return { mu, sigma };
  };
}
