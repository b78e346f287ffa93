/** Names in place of the ids of players. */
import { cleanName } from "../../kernel/clean_name.ts";

/** Names by player id. */
export type Names = Readonly<Record<string, string>>;

const NAME_CHARS = 24;

/** A text with the names of those players whose ids stand in it as words. */
export function named(text: string, players: Names): string {
  return text.replace(/(?<![\w.-])p[1-9]\d{0,14}(?![\w-])/g, (id) => {
    const name = Object.hasOwn(players, id) ? cleanName(players[id]!) : "";
    return name === "" ? id : [...name].slice(0, NAME_CHARS).join("");
  });
}
