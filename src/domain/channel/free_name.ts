/** Names of players are unique among those who sit in a channel, compared as people read them:
 *  nobody can pass for another one who is there. */
import { CHANNEL_LIMITS } from "../limits/channel.ts";
import type { Seat, Slot } from "./channel.ts";
import { DisplayName, nameInSlot } from "./names.ts";

/** Cyrillic and Greek letters, in small, that look like Latin ones in small or in capitals. A name
 *  may have only one alphabet in a word, but whole words of one can look like the other. */
const LIKE: Readonly<Record<string, string>> = {
  ...alike("аᴀα", "a"),
  ...alike("вβ", "b"),
  ...alike("сϲ", "c"),
  ...alike("ԁ", "d"),
  ...alike("еєε", "e"),
  ...alike("ԍ", "g"),
  ...alike("һнη", "h"),
  ...alike("іι", "i"),
  ...alike("јϳ", "j"),
  ...alike("кκ", "k"),
  ...alike("ӏ", "l"),
  ...alike("мμ", "m"),
  ...alike("ν", "n"),
  ...alike("оο", "o"),
  ...alike("рρ", "p"),
  ...alike("ԛ", "q"),
  ...alike("ѕ", "s"),
  ...alike("тτ", "t"),
  ...alike("ѵ", "v"),
  ...alike("ԝ", "w"),
  ...alike("хχ", "x"),
  ...alike("уүυ", "y"),
  ...alike("ζ", "z"),
};

function alike(letters: string, latin: string): Record<string, string> {
  return Object.fromEntries([...letters].map((letter) => [letter, latin]));
}

/** What two names have in common that people read as the same: no case, width, style or kind of
 *  space, and letters that look alike. */
function readAs(name: string): string {
  const folded = name.normalize("NFKC").toLowerCase().normalize("NFKC");
  return [...folded.replace(/[\s\p{Cf}_]+/gu, "")].map((each) => LIKE[each] ?? each).join("");
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
