/** How many players a bot is tried with, where its author does not say. */
import { playersOf } from "../../domain/bot/params.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { Table, type TableDef } from "./table.ts";

const USUAL_SEATS = 2;
const MOST_SEATS = BOT_LIMITS.slots - 1;

/** As few as a server takes with these parameters of a bot. */
export function seatsFor({ players }: { players?: unknown } = {}): number {
  const isWhole = Number.isInteger(players) && Number(players) >= 1;
  return isWhole ? Math.min(Number(players), MOST_SEATS) : USUAL_SEATS;
}

/** As the bot's parameters or its manifest say, or two. Throws the refusal of a server that would
 *  not attach the bot. */
export async function usualSeats(sandbox: Sandbox, def: Omit<TableDef, "seats">): Promise<number> {
  const seats = seatsFor(def.bot.params);
  await using table = await Table.open(sandbox, { ...def, seats, seed: "seats" });
  const { manifest, params } = await table.bot();
  const wanted = typeof params.players === "number" ? params.players : playersOf(manifest)?.usual;
  return Math.min(wanted ?? USUAL_SEATS, MOST_SEATS);
}
