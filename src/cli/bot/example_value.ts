/** A value for a move, in the form that a manifest gives for it (`docs/bots.md`, "Moves"). Pure. */
import type { Json, JsonObject } from "../../kernel/json.ts";

/** What a value is drawn with: `dice(6)` is 0 to 5, and the players are ids. */
interface Chance {
  dice: (sides: number) => number;
  players: readonly string[];
}

/** Words for the forms that have no range. */
const WORDS: Record<string, readonly string[]> = {
  word: ["apple", "to", "x"],
  letter: ["a", "e", "z"],
  card: ["As", "10h", "Td"],
  square: ["a1", "b2", "c3"],
  id: ["1", "a"],
  text: ["hello", "a b", "1"],
};
/** Of a number without a range. */
const USUAL_MAX = 10;
const MOST_ITEMS = 3;

/** `form` is a JSON schema, or a form in words. */
export function exampleValue(form: string | JsonObject, chance: Chance): Json {
  return typeof form === "string" ? worded(form, chance) : schemed(form, chance);
}

function worded(form: string, { dice, players }: Chance): Json {
  const [, name = "text", from, to] = /^<([a-z ]+?)(?: (-?\d+)(?: to (-?\d+))?)?>$/.exec(form) ??
    [];
  if (name === "player id") return players[dice(players.length)]!;
  if (name === "object") return {};
  if (name === "true or false") return dice(2) === 1;
  if (name === "whole number" || name === "number") {
    return within(Number(from ?? 1), Number(to ?? from ?? USUAL_MAX), dice);
  }
  const words = WORDS[name] ?? WORDS.text!;
  return words[dice(words.length)]!;
}

function schemed(schema: JsonObject, chance: Chance): Json {
  const { dice } = chance;
  const { type, minimum, maximum, items, properties } = schema;
  if (schema.const !== undefined) return schema.const;
  const choices = schema.enum ?? schema.examples;
  if (Array.isArray(choices) && choices.length > 0) return choices[dice(choices.length)]!;
  switch (type) {
    case "integer":
    case "number": {
      const low = typeof minimum === "number" ? Math.ceil(minimum) : 0;
      return within(low, typeof maximum === "number" ? maximum : low + USUAL_MAX, dice);
    }
    case "boolean":
      return dice(2) === 1;
    case "array":
      return Array.from({ length: 1 + dice(MOST_ITEMS) }, () => schemed(Object(items), chance));
    case "object": {
      const members = Object.entries<JsonObject>(Object(properties));
      return Object.fromEntries(members.map(([name, each]) => [name, member(name, each, chance)]));
    }
    default:
      return worded("<text>", chance);
  }
}

/** A text that is named as players are is often the id of one. */
function member(name: string, schema: JsonObject, chance: Chance): Json {
  const { dice } = chance;
  const isPlayers = schema.type === "string" && schema.enum === undefined &&
    /^(to|from|who|whom|player|player_id|target)$/.test(name);
  return isPlayers && dice(2) === 0 ? worded("<player id>", chance) : schemed(schema, chance);
}

function within(low: number, high: number, dice: (sides: number) => number): number {
  return low + dice(Math.max(1, Math.min(Math.floor(high - low) + 1, 2 ** 31)));
}
