/** The parameters that a bot is given: those of the caller, checked against the manifest's schema
 *  and completed with its defaults. What comes out is announced, and is what the bot gets. */
import { canonicalText, type Json, type JsonObject } from "../../kernel/json.ts";
import { nearMiss } from "../../kernel/near_miss.ts";
import { Refusal } from "../../kernel/refusal.ts";
import {
  isObject,
  isParamsSchema,
  type ParamSchema,
  paramsSchemaOf,
  type TypeName,
} from "./params_schema.ts";

/** The longest wrong value that a refusal repeats. */
const SHOWN_CHARS = 60;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The parameters of a bot with this manifest. Without a schema, the manifest's parameters are
 *  examples, whose values are the defaults. Throws BOT_REJECTED for parameters that do not fit the
 *  schema, and for a schema whose own defaults do not. */
export function paramsOf(manifest: JsonObject, given: JsonObject = {}): JsonObject {
  const schema = paramsSchemaOf(manifest);
  if (!schema) return { ...(isObject(manifest.params) ? manifest.params : {}), ...given };
  for (const [name, { default: value }] of Object.entries(schema.properties)) {
    if (value !== undefined && !fits(schema.properties[name]!, value)) {
      throw new Refusal(
        "BOT_REJECTED",
        `The default of ${name} in manifest.params does not fit its own schema. Correct it and ` +
          "attach the bot again.",
      );
    }
  }
  try {
    return objectFor(schema, given, "");
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    throw new Refusal("BOT_REJECTED", `${error.told()} Correct it and attach the bot again.`);
  }
}

/** For how many players a bot of this manifest can wait, if its schema has `players` as a whole
 *  number; `usual` is its default. */
export function playersOf(
  manifest: JsonObject,
): { least: number; most: number; usual?: number } | undefined {
  if (!isParamsSchema(manifest.params)) return undefined;
  const { type, minimum = 1, maximum = Infinity, default: usual } =
    Object(manifest.params.properties).players ?? {};
  return type === "integer" ? { least: minimum, most: maximum, usual } : undefined;
}

/** The parameters that a bot of this manifest does not run without. */
export function requiredOf({ params }: JsonObject): string[] {
  const { required } = Object(isParamsSchema(params) ? params : {});
  return Array.isArray(required) ? required.map(String) : [];
}

/** The parameters of a bot in a channel with so many invite slots: without a default, it waits for
 *  as many `players`, as far as its schema allows. */
export function paramsForSeats(
  { manifest, params }: { manifest: JsonObject; params: JsonObject },
  seats: number,
): JsonObject {
  const wanted = playersOf(manifest);
  if (!wanted || wanted.usual !== undefined || params.players !== undefined) return params;
  const players = Math.min(seats, wanted.most);
  return players >= wanted.least ? { ...params, players } : params;
}

/** How many players a bot waits for: its parameter `players`, if its schema has that as a whole
 *  number. `isChosen` is false for the default. */
export function playersWanted(
  { manifest, params }: { manifest: JsonObject; params: JsonObject },
): { players: number; isChosen: boolean } | undefined {
  const wanted = playersOf(manifest);
  const { players } = params;
  if (!wanted || typeof players !== "number") return undefined;
  return { players, isChosen: players !== wanted.usual };
}

/** `told` says what is wrong, and one right value. It is a function because finding that value
 *  tries others, most of which are wrong too. */
class Wrong extends Error {
  constructor(readonly told: () => string) {
    super();
  }
}

function wrongValue(schema: ParamSchema, path: string, value?: Json): Wrong {
  return new Wrong(() => {
    const is = value === undefined ? "is missing: it" : `is ${shown(value)}, but`;
    const example = exampleOf(schema);
    const right = example === undefined ? "" : JSON.stringify(example);
    const wants = wanted(schema);
    const such = right === "" || right === wants ? "" : `, for example ${right}`;
    return `Parameter ${path} ${is} must be ${wants}${such}.`;
  });
}

function fits(schema: ParamSchema, value: Json): boolean {
  try {
    fitted(schema, value, "");
    return true;
  } catch (error) {
    if (error instanceof Wrong) return false;
    throw error;
  }
}

/** The value as the schema wants it. Throws `Wrong`. */
function fitted(schema: ParamSchema, given: Json, path: string): Json {
  const value = understood(schema, given);
  if (!isAllowed(schema, value)) throw wrongValue(schema, path, given);
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item, i) => fitted(items, item, `${path}[${i}]`)) : value;
  }
  return isObject(value) ? objectFor(schema, value, path) : value;
}

/** An object with its properties checked, and with the defaults of those that are absent. */
function objectFor(schema: ParamSchema, given: JsonObject, path: string): JsonObject {
  const { properties = {}, required = [], additionalProperties } = schema;
  const others = additionalProperties ?? schema.properties === undefined;
  const pathTo = (name: string) => path === "" ? name : `${path}.${name}`;
  const entries: [string, Json][] = [];
  for (const [name, property] of Object.entries(properties)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined && !isAbsent(property, value)) {
      entries.push([name, fitted(property, value, pathTo(name))]);
    } else if (property.default !== undefined) {
      entries.push([name, fitted(property, property.default, pathTo(name))]);
    } else if (required.includes(name)) throw wrongValue(property, pathTo(name));
  }
  for (const [name, value] of Object.entries(given)) {
    if (Object.hasOwn(properties, name)) continue;
    if (others === false) throw unknownName(name, Object.keys(properties), path);
    entries.push([name, others === true ? value : fitted(others, value, pathTo(name))]);
  }
  return Object.fromEntries(entries);
}

function unknownName(name: string, names: readonly string[], path: string): Wrong {
  return new Wrong(() => {
    const near = nearMiss(name, names);
    const where = path === "" ? "The bot" : `Parameter ${path}`;
    const known = names.length === 0 ? "It takes none." : `It takes ${names.join(", ")}.`;
    const meant = near === undefined ? "." : `: did you mean ${near}?`;
    return `${where} has no parameter ${shown(name)}${meant} ${known}`;
  });
}

/** Models fill in null, or "", for what they mean to leave out. */
function isAbsent(schema: ParamSchema, value: Json): boolean {
  const types = typesOf(schema);
  if (value === null) return !types?.includes("null") || schema.default !== undefined;
  return value === "" && types !== undefined && !types.includes("string");
}

/** Reads texts that plainly mean another value: "2" where a number is wanted, "Join" for "join". */
function understood(schema: ParamSchema, value: Json): Json {
  if (typeof value !== "string") return value;
  const types = typesOf(schema);
  const text = value.trim();
  const choices =
    schema.enum?.filter((choice) =>
      typeof choice !== "object" && String(choice).toLowerCase() === text.toLowerCase()
    ) ?? [];
  if (choices.length === 1) return choices[0]!;
  if (!types || types.includes("string")) return value;
  const isNumber = types.includes("number") || types.includes("integer");
  if (isNumber && NUMBER.test(text)) return Number(text);
  if (types.includes("boolean") && /^(true|false)$/i.test(text)) return /^t/i.test(text);
  if (!types.includes("array") && !types.includes("object")) return value;
  try {
    return JSON.parse(text);
  } catch {
    return value;
  }
}

/** Whether a value fits a schema, apart from what it contains. */
function isAllowed(schema: ParamSchema, value: Json): boolean {
  const types = typesOf(schema);
  if (types && !types.some((type) => isOfType(value, type))) return false;
  const same = (other: Json) => canonicalText(other) === canonicalText(value);
  if (schema.enum && !schema.enum.some(same)) return false;
  if (schema.const !== undefined && !same(schema.const)) return false;
  if (typeof value === "number") return isInBounds(schema, value);
  if (typeof value === "string") {
    const { minLength = 0, maxLength = Infinity } = schema;
    const { length } = [...value];
    return length >= minLength && length <= maxLength;
  }
  if (!Array.isArray(value)) return true;
  const { minItems = 0, maxItems = Infinity, uniqueItems = false } = schema;
  if (value.length < minItems || value.length > maxItems) return false;
  return !uniqueItems || new Set(value.map(canonicalText)).size === value.length;
}

function isInBounds(schema: ParamSchema, value: number): boolean {
  const { minimum = -Infinity, maximum = Infinity, multipleOf } = schema;
  const { exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = schema;
  if (value < minimum || value > maximum) return false;
  if (value <= exclusiveMinimum || value >= exclusiveMaximum) return false;
  if (multipleOf === undefined) return true;
  // A double holds 0.3 / 0.1 only nearly.
  const times = value / multipleOf;
  return Math.abs(times - Math.round(times)) < 1e-9 * Math.max(1, Math.abs(times));
}

function isOfType(value: Json, type: TypeName): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "integer":
      return Number.isSafeInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "number":
      return Number.isFinite(value);
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
  }
}

function typesOf({ type }: ParamSchema): TypeName[] | undefined {
  return typeof type === "string" ? [type] : type;
}

const NAMES: Record<TypeName, string> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
  null: "null",
};

/** What a schema wants, in words. */
function wanted(schema: ParamSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((choice) => JSON.stringify(choice)).join(" or ");
  const { minimum, maximum } = schema;
  if (minimum !== undefined && minimum === maximum) return String(minimum);
  const types = typesOf(schema) ?? [];
  const words = types.map((type) => NAMES[type]).join(" or ") || "a value";
  return words + bounds(schema, types);
}

function bounds(schema: ParamSchema, types: readonly TypeName[]): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const texts: string[] = [];
  if (types.includes("number") || types.includes("integer")) {
    if (minimum !== undefined && maximum !== undefined) texts.push(`from ${minimum} to ${maximum}`);
    else if (minimum !== undefined) texts.push(`of at least ${minimum}`);
    else if (maximum !== undefined) texts.push(`of at most ${maximum}`);
    if (exclusiveMinimum !== undefined) texts.push(`above ${exclusiveMinimum}`);
    if (exclusiveMaximum !== undefined) texts.push(`below ${exclusiveMaximum}`);
    if (multipleOf !== undefined) texts.push(`that is a multiple of ${multipleOf}`);
  }
  const { minLength, maxLength, items, minItems, maxItems, uniqueItems } = schema;
  if (types.includes("string")) texts.push(...counted(minLength, maxLength, "characters"));
  if (types.includes("array")) {
    texts.push(...counted(minItems, maxItems, "items"));
    if (uniqueItems) texts.push("that all differ");
    if (items) texts.push(`each ${wanted(items)}`);
  }
  return texts.map((text) => ` ${text}`).join("");
}

function counted(least: number | undefined, most: number | undefined, what: string): string[] {
  if (least === undefined && most === undefined) return [];
  if (least === most) return [`of ${least} ${what}`];
  if (most === undefined) return [`of at least ${least} ${what}`];
  return [least ? `of ${least} to ${most} ${what}` : `of at most ${most} ${what}`];
}

/** One value that fits; undefined if none was found. */
function exampleOf(schema: ParamSchema): Json | undefined {
  const { minimum, maximum, exclusiveMinimum = -1, minItems = 1, items } = schema;
  const made: (Json | undefined)[] = [
    schema.default,
    ...(schema.examples ?? []),
    schema.const,
    ...(schema.enum ?? []),
    ...[minimum, maximum, exclusiveMinimum + 1, 1, true, {}],
  ];
  if (typesOf(schema)?.includes("array")) {
    const item = items ? exampleOf(items) : 1;
    // A list of many items would be no help.
    if (item !== undefined && minItems <= 8) made.push(Array(minItems).fill(item));
  }
  return made.find((value) => value !== undefined && fits(schema, value));
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS).toWellFormed()}…`;
}
