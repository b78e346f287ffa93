/** Names of players are unique among those who sit in a channel, compared as people read them:
 *  nobody can pass for another one who is there. */
import { asSeen } from "../../kernel/look_alike.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import type { Seat, Slot } from "./channel.ts";
import { DisplayName, nameInSlot } from "./names.ts";

/** What two names have in common that people read as the same: no case, width, style or kind of
 *  space, and letters that look alike. */
function readAs(name: string): string {
  const folded = name.normalize("NFKC").toLowerCase().normalize("NFKC");
  return asSeen(folded.replace(/[\s\p{Cf}_]+/gu, ""));
}

/** The name if nobody who sits here has it, or else with the first number that makes it another
 *  one. `own`: the seat that asks, if it has one already. */
export function freeName(
  seats: readonly Seat[],
  wanted: string,
  slot: Pick<Slot, "label" | "slot_id">,
  own?: string,
): string {
  const taken = new Set(
    seats.filter(({ player_id }) => player_id !== own).map((seat) => readAs(seat.display_name)),
  );
  for (const base of [wanted, nameInSlot(slot), `seat ${slot.slot_id}`]) {
    for (let n = 1; n <= seats.length + 1; n++) {
      const name = n === 1 ? base : numbered(base, n);
      if (!taken.has(readAs(name)) && DisplayName.safeParse(name).success) return name;
    }
  }
  throw new Error("Cannot name a player: more names are taken than there are seats");
}

function numbered(name: string, n: number): string {
  const most = CHANNEL_LIMITS.displayNameChars - ` ${n}`.length;
  return `${name.slice(0, most).toWellFormed().trimEnd()} ${n}`;
}
