/** A new bot for its author: a small game that is sound, and what an editor needs to know `ctx`. */
import pythonTypes from "../../../bots/bot.pyi" with { type: "text" };
import gameTypes from "../../../bots/lib_game.d.ts" with { type: "text" };
import types from "../../../bots/bot.d.ts" with { type: "text" };
import pythonGame from "./templates/game.py" with { type: "text" };
import game from "./templates/game.ts.txt" with { type: "text" };
import type { LANGUAGES } from "./languages.ts";
import { javascriptOf } from "../../sandbox/guest/javascript/source.ts";

type Language = typeof LANGUAGES[number];

/** An editor finds `lib:game` in the same file. */
const ALL_TYPES = `${types}\n${gameTypes}`;

/** The files of a new bot by name. `name` is that of its class. */
export async function filesOf(
  name: string,
  language: Language,
): Promise<Record<string, string>> {
  const file = name.replace(/(?<=[a-z\d])(?=[A-Z])/g, "_").toLowerCase();
  switch (language) {
    case "typescript":
      return { [`${file}.ts`]: named(game, name), "bot.d.ts": ALL_TYPES };
    case "javascript":
      return { [`${file}.js`]: named(await javascriptOf(game), name), "bot.d.ts": ALL_TYPES };
    case "python":
      return { [`${file}.py`]: named(pythonGame, name), "bot.pyi": pythonTypes };
  }
}

function named(source: string, name: string): string {
  return source.replace(/\bclass Game\b/, `class ${name}`);
}
