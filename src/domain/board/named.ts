/** Names in place of the ids of players. */
import { cleanName } from "../../kernel/clean_name.ts";

/** Names by player id. */
export type Names = Readonly<Record<string, string>>;

const NAME_CHARS = 24;
/** The letters of the scripts that are written from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The direction in which a text begins; undefined for one without letters. */
export function directionOf(text: string): "ltr" | "rtl" | undefined {
  const [letter] = /\p{L}/u.exec(text) ?? [];
  return letter === undefined ? undefined : RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
}

/** A name for a sentence: one from right to left leaves the words and numbers beside it in their
 *  places (U+2068 and U+2069 of Unicode). */
export function isolated(name: string): string {
  return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}

/** A text with the names of those players whose ids stand in it as words. */
export function named(text: string, players: Names): string {
  return text.replace(/(?<![\w.-])p[1-9]\d{0,14}(?![\w-])/g, (id) => {
    const name = Object.hasOwn(players, id) ? cleanName(players[id]!) : "";
    return name === "" ? id : isolated([...name].slice(0, NAME_CHARS).join(""));
  });
}
