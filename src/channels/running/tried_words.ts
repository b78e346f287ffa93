/** What made-up players say in a try of a bot, as a person writes it: a line for each, which begins
 *  with the player, such as `p1 place 5`. */
import { movesOf } from "../../domain/bot/moves.ts";
import { SHARED_WORK } from "../../domain/limits/work.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import { Refusal } from "../../kernel/refusal.ts";

export interface TriedWords {
  player_id: string;
  text: string;
}

const LINE = /^(?:player +|p)?(\d{1,2})(?: *[:,])? +(\S.*)$/i;
const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/;

/** Throws INVALID_REQUEST for a line that names no player. */
export function triedWords(text: string): TriedWords[] {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const { triedWords: most } = SHARED_WORK;
  if (lines.length > most) {
    throw new Refusal("INVALID_REQUEST", `Moves to try are at most ${most} lines. Remove some.`);
  }
  return lines.map((line, i) => {
    const [, number, words] = LINE.exec(line) ?? [];
    if (words !== undefined) return { player_id: `p${Number(number)}`, text: words };
    throw new Refusal(
      "INVALID_REQUEST",
      `Moves to try, line ${i + 1}: begin with the player, for example "p1 place 5".`,
    );
  });
}

/** The body that the words are: JSON, a move with an action that the manifest declares, or text. */
export function bodyOfWords(text: string, manifest: JsonObject): JsonObject {
  const written = jsonIn(text);
  if (written && !Array.isArray(written)) return written;
  const [, action = "", rest = ""] = /^(\S+) *(.*)$/s.exec(text) ?? [];
  const moves = movesOf(manifest);
  if (!moves || !Object.hasOwn(moves.actions, action)) return { text };
  const value = valueIn(rest);
  return { type: "move", game: moves.game, action, ...value !== undefined && { value } };
}

function valueIn(text: string): Json | undefined {
  if (text === "") return undefined;
  return NUMBER.test(text) ? Number(text) : jsonIn(text) ?? text;
}

function jsonIn(text: string): JsonObject | Json[] | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
