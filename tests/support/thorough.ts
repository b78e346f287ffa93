/** How often random and repeated tests run. `THOROUGH=1 deno task test` runs each of them as often
 *  as it is worth before a release; without it, the suite has to end within half an hour on two
 *  cores. */
export const THOROUGH = Deno.env.get("THOROUGH") === "1";

/** `whole` with `THOROUGH=1`, and otherwise a quarter of it. */
export function runs(whole: number): number {
  return THOROUGH ? whole : Math.ceil(whole / 4);
}
