/** What the end of a rated game means for ratings. Pure. */
import * as z from "zod";
import { isGuest } from "../channel/principal.ts";
import { RATING_LIMITS } from "../limits/rating.ts";
import type { Json } from "../../kernel/json.ts";

/** What a referee passes to `ctx.end`, as far as ratings read it. `ranking` has the players from
 *  the best place to the worst, those who share a place together. */
const Ended = z.object({
  result: z.string(),
  ranking: z.array(z.array(z.string()).min(1)).min(1),
});

/** People and guests never meet in one pool: anyone can be many guests. */
export type Pool = "people" | "guests";

type Outcome =
  | { kind: "rated"; pool: Pool; result: string; places: string[][] }
  | { kind: "unrated"; why: string };

/** The outcome of a game with this end; `places` are principals. `principalOf` says who took a
 *  player's seat. */
export function outcomeOf(
  end: Json,
  principalOf: (playerId: string) => string | undefined,
): Outcome {
  const { data } = Ended.safeParse(end);
  if (!data) return unrated("the referee ranked nobody");
  const { result, ranking } = data;
  if (result === "abandoned") return unrated("it was abandoned");
  const players = ranking.flat();
  if (players.length < 2) return unrated("it had one player");
  if (players.length > RATING_LIMITS.players) return unrated("it had too many players");
  if (new Set(players).size < players.length) return unrated("the referee ranked a player twice");
  const places = ranking.map((place) => place.map((player) => principalOf(player) ?? ""));
  const principals = places.flat();
  if (principals.includes("")) return unrated("the referee ranked somebody who had no seat");
  if (new Set(principals).size < principals.length) {
    return unrated("somebody played against themselves");
  }
  const guests = principals.filter(isGuest).length;
  if (guests === 0) return { kind: "rated", pool: "people", result, places };
  if (guests < principals.length) return unrated("a guest played with people");
  return { kind: "rated", pool: "guests", result, places };
}

function unrated(why: string): Outcome {
  return { kind: "unrated", why };
}

/** The players of a ranking, for the look-up of who took their seats; none if there is no
 *  ranking. */
export function rankedIn(end: Json): string[] {
  return Ended.safeParse(end).data?.ranking.flat().slice(0, RATING_LIMITS.players) ?? [];
}
