/** A new bot for its author: a small one that is sound, and what an editor needs to know `ctx`. */
import pythonTypes from "../../../bots/bot.pyi" with { type: "text" };
import gameTypes from "../../../bots/lib_game.d.ts" with { type: "text" };
import types from "../../../bots/bot.d.ts" with { type: "text" };
import rulesInJavaScript from "./templates/rules.js.txt" with { type: "text" };
import rulesInTypeScript from "./templates/rules.ts.txt" with { type: "text" };
import serviceInJavaScript from "./templates/service.js.txt" with { type: "text" };
import serviceInPython from "./templates/service.py" with { type: "text" };
import serviceInTypeScript from "./templates/service.ts.txt" with { type: "text" };
import turnsInJavaScript from "./templates/turns.js.txt" with { type: "text" };
import turnsInPython from "./templates/turns.py" with { type: "text" };
import turnsInTypeScript from "./templates/turns.ts.txt" with { type: "text" };
import type { KINDS, LANGUAGES } from "./choices.ts";

type Language = typeof LANGUAGES[number];
type Kind = typeof KINDS[number];

/** An editor finds `lib:game` in the same file. */
const ALL_TYPES = `${types}\n${gameTypes}`;

const ENDINGS = { typescript: "ts", javascript: "js", python: "py" } as const;
/** `rules` in Python is none: lib:game is a module for the other languages. */
const TEMPLATES: Record<Language, Record<Kind, string | undefined>> = {
  typescript: {
    turns: turnsInTypeScript,
    rules: rulesInTypeScript,
    service: serviceInTypeScript,
  },
  javascript: {
    turns: turnsInJavaScript,
    rules: rulesInJavaScript,
    service: serviceInJavaScript,
  },
  python: { turns: turnsInPython, rules: undefined, service: serviceInPython },
};

/** The files of a new bot by name, its source first; undefined if there is no such bot in this
 *  language. `name` is that of its class. */
export function filesOf(
  name: string,
  language: Language,
  kind: Kind = "turns",
): Record<string, string> | undefined {
  const template = TEMPLATES[language][kind];
  if (template === undefined) return undefined;
  const file = name.replace(/(?<=[a-z\d])(?=[A-Z])/g, "_").toLowerCase();
  return {
    [`${file}.${ENDINGS[language]}`]: template.replace(/\bclass Game\b/, `class ${name}`),
    ...language === "python" ? { "bot.pyi": pythonTypes } : { "bot.d.ts": ALL_TYPES },
  };
}
