/** What a caller means by the arguments of a call. Models send numbers as text, lists as JSON text,
 *  invites with a sentence around them, and names in another spelling: whatever has one meaning for
 *  the declared type is understood, everything else stays as it is for the schema to refuse. The
 *  content of messages, moves, sources and names is never changed. Pure. */
import * as z from "zod";
import { HTTP_LIMITS } from "../../domain/limits/http.ts";
import { Refusal } from "../../kernel/refusal.ts";
import {
  type ArgumentType,
  type Fields,
  fieldsOf,
  isFreeObject,
  isObject,
  plain,
  typeOf,
  variantsOf,
} from "./argument_type.ts";
import { foundIn, isOf } from "./forms.ts";
import { jsonIn } from "./json_text.ts";
import { refuseMistaken, refusePrivate, shownName } from "./unknown_argument.ts";

interface Understood {
  input: unknown;
  /** The unknown arguments, by their path: they change nothing. */
  ignored: string[];
}

/** Notes of one call. */
interface Notes {
  /** Whether the call may write what nobody can take back. */
  writes: boolean;
  ignored: string[];
}

/** What this folder needs of an operation. */
interface Tool {
  name: string;
  aliases?: readonly string[];
  effects: "reads" | "writes" | "destroys";
  input: z.ZodObject;
}

/** Throws INVALID_REQUEST for an argument whose meaning is unclear and would matter. */
export function understood(tool: Tool, sent: unknown): Understood {
  const notes: Notes = { writes: tool.effects !== "reads", ignored: [] };
  const input = fitted(typeOf(tool.input), unwrapped(tool, sent), "", notes);
  return { input, ignored: notes.ignored };
}

/** Names that models give to the whole of the arguments when they put them in an object of their
 *  own, sometimes beside the name of the tool, and once more at each attempt. */
const WHOLE = ["arguments", "args", "kwargs", "input", "inputs", "parameters", "params", "request"];

/** The arguments of a call, without the objects around them. Some models write none as an empty
 *  text, and PHP writes an empty object as an empty list. */
function unwrapped({ name, aliases = [], input: { shape } }: Tool, sent: unknown): unknown {
  if (typeof sent === "string" && isNothing(sent)) return {};
  if (Array.isArray(sent) && sent.length === 0) return {};
  let whole = sent ?? {};
  for (;;) {
    const [[key, inner] = [], ...more] = Object.entries(jsonIn(whole, "object") ?? {})
      .filter(([, value]) => ![name, ...aliases].some((each) => each === value));
    const isWhole = key !== undefined && more.length === 0 && !Object.hasOwn(shape, key) &&
      WHOLE.includes(plain(key));
    const object = isWhole ? jsonIn(inner, "object") : undefined;
    if (object === undefined) return whole;
    whole = object;
  }
}

const SCALARS = [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodEnum, z.ZodLiteral];

/** The value as the type has it, or unchanged if that is not clear. */
function fitted(type: ArgumentType, value: unknown, path: string, notes: Notes): unknown {
  const { schema } = type;
  if (value === null || value === undefined) return value;
  if (schema instanceof z.ZodArray) return fittedList(type, schema, value, path, notes);
  if (schema instanceof z.ZodObject) return fittedObject(type, schema, value, path, notes);
  if (variantsOf(schema)) return fittedVariant(type, value, path, notes);
  if (schema instanceof z.ZodUnion) return fittedUnion(type, value);
  if (isFreeObject(type)) return jsonIn(value, "object") ?? value;
  return SCALARS.some((scalar) => schema instanceof scalar)
    ? fittedScalar(type, value, path)
    : value;
}

/** An object with every argument under its declared name. */
function fittedObject(
  type: ArgumentType,
  schema: z.ZodObject,
  value: unknown,
  path: string,
  notes: Notes,
): unknown {
  const sent = objectIn(type, value);
  if (!sent) return value;
  const fields = fieldsOf(schema);
  const named = new Map<string, unknown>();
  const others: [name: string, value: unknown][] = [];
  for (const [name, each] of Object.entries(sent)) {
    if (Object.hasOwn(schema.shape, name)) named.set(name, each);
    else others.push([name, each]);
  }
  const unknown: typeof others = [];
  for (const [name, each] of others) {
    const field = fieldCalled(name, fields);
    if (field === undefined && gathered(name, each, named, fields)) continue;
    if (field === undefined) unknown.push([name, each]);
    else if (isVoid(named.get(field))) named.set(field, each);
    else if (!isVoid(each) && JSON.stringify(named.get(field)) !== JSON.stringify(each)) {
      throw new Refusal(
        "INVALID_REQUEST",
        `${within(path, name)} and ${within(path, field)} name the same argument and differ. ` +
          `Pass only ${field}.`,
      );
    }
  }
  const entries: [string, unknown][] = [];
  for (const [name, field] of fields) {
    if (!named.has(name)) continue;
    const fit = fitted(field, named.get(name), within(path, name), notes);
    if (!field.optional || !meansNothing(field, fit)) entries.push([name, fit]);
  }
  const given = Object.fromEntries(entries);
  for (const [name, each] of unknown) {
    const at = within(path, name);
    if (notes.writes) refusePrivate(at, name, each, given, schema);
    refuseMistaken(at, name, each, given, fields);
    if (notes.ignored.length < HTTP_LIMITS.ignoredNamed) notes.ignored.push(at);
  }
  return given;
}

/** The object that a value stands for; undefined if it stands for none. */
function objectIn({ hints }: ArgumentType, value: unknown): Record<string, unknown> | undefined {
  const object = jsonIn(value, "object");
  if (object !== undefined) return object;
  if (Array.isArray(value) && value.length === 1 && isObject(value[0])) return value[0];
  const bare = typeof value === "string" && value.trim() !== "" && !/^[[{]/.test(value.trim());
  return bare && hints.text ? { [hints.text]: value } : undefined;
}

/** The declared name of the argument that a caller calls by another one. */
function fieldCalled(
  name: string,
  fields: Fields,
): string | undefined {
  const wanted = plain(name);
  const bySpelling = fields.find(([field]) => plain(field) === wanted);
  const found = bySpelling ??
    fields.find(([, { hints }]) => hints.aka?.split(" ").some((other) => plain(other) === wanted));
  return found?.[0];
}

/** Moves a field of an inner object that stands beside it into it. Returns whether it is one. */
function gathered(
  name: string,
  value: unknown,
  named: Map<string, unknown>,
  fields: Fields,
): boolean {
  const [into, type] = fields.find(([, { hints }]) => hints.gathers) ?? [];
  if (into === undefined || !(type!.schema instanceof z.ZodObject)) return false;
  if (fieldCalled(name, fieldsOf(type!.schema)) === undefined) return false;
  const inner = named.get(into);
  named.set(into, { ...isVoid(inner) ? {} : objectIn(type!, inner), [name]: value });
  return true;
}

/** A list, from its JSON text, from one item, or from text that lists items. */
function fittedList(
  type: ArgumentType,
  schema: z.ZodArray,
  value: unknown,
  path: string,
  notes: Notes,
): unknown {
  const item = typeOf(schema.element as z.ZodType);
  const list = Array.isArray(value) ? value : listIn(type, item, value);
  const [only, ...more] = list ?? [];
  if (type.optional && more.length === 0 && typeof only === "string") {
    const all = type.hints.all?.split(" ").includes(plain(bare(only).replace(/^@/, "")));
    if (all || isNothing(only)) return null;
  }
  return list?.map((each, i) => fitted(item, each, within(path, `${i}`), notes)) ?? value;
}

function listIn({ optional }: ArgumentType, item: ArgumentType, value: unknown) {
  if (typeof value !== "string") return isObject(value) ? [value] : undefined;
  if (value.trim() === "" && optional) return undefined;
  const list = jsonIn(value, "array");
  if (list) return list;
  const { form } = item.hints;
  const pieces = value.split(form === "slot" ? /\s*[,;\n]\s*/ : /\s*[,;\n&/]\s*|\s+(?:and\s+)?/)
    .map((piece) => piece.trim()).filter((piece) => piece !== "");
  // Labels may have commas: the text is a list only if each piece is an item of its own.
  if (form && pieces.length > 1 && pieces.every((piece) => isOf(piece, form))) return pieces;
  return [value];
}

/** One variant of a union: a bare text is its kind, and so is a single key around the rest. */
function fittedVariant(
  { schema, hints }: ArgumentType,
  value: unknown,
  path: string,
  notes: Notes,
): unknown {
  const { field, byValue } = variantsOf(schema)!;
  const kinds = [...byValue.keys()];
  const called = (text: unknown) =>
    typeof text === "string" ? kinds.find((kind) => plain(kind) === plain(text.trim())) : undefined;
  let sent = jsonIn(value, "object");
  if (typeof value === "string" && called(value)) sent = { [field]: value };
  if (!sent) return value;
  const [[only, inner] = [], ...more] = Object.entries(sent);
  if (more.length === 0 && called(only) && (isObject(inner) || isVoid(inner) || inner === true)) {
    sent = { ...isObject(inner) && inner, [field]: only };
  }
  const names = [field, ...hints.aka?.split(" ") ?? []];
  const name = Object.keys(sent).find((each) => names.includes(each) && called(sent[each]));
  if (name === undefined) return sent;
  const kind = called(sent[name])!;
  const { [name]: _, ...rest } = sent;
  return fitted(typeOf(byValue.get(kind)!), { ...rest, [field]: kind }, path, notes);
}

/** Text stays text, unless the declaration says that a JSON object in it means the object. */
function fittedUnion({ hints }: ArgumentType, value: unknown): unknown {
  if (typeof value === "number" && hints.digits) return String(value);
  if (typeof value !== "string" || !hints.json) return value;
  const object = jsonIn(value, "object");
  return object && Object.keys(object).length > 0 ? object : value;
}

function fittedScalar({ schema, hints, optional }: ArgumentType, sent: unknown, path: string) {
  const { form } = hints;
  const value = form === "slot" ? slotIn(sent) : only(sent, form !== undefined);
  if (optional && typeof value === "string" && isNothing(value)) return null;
  if (hints.yes !== undefined) {
    const said = booleanIn(value);
    if (typeof said === "boolean") return said ? hints.yes : null;
  }
  if (schema instanceof z.ZodBoolean) return booleanIn(value);
  if (typeof value === "number" && hints.digits) return String(value);
  if (typeof value === "boolean") return hints.short?.[String(value)] ?? value;
  if (typeof value !== "string") return value;
  if (form) return foundIn(value, form, path);
  if (schema instanceof z.ZodNumber) return numberIn(value);
  const words = schema instanceof z.ZodEnum
    ? schema.options
    : schema instanceof z.ZodLiteral
    ? [...schema.values]
    : [];
  const said = plain(bare(value));
  return hints.short?.[said] ??
    words.find((word) => typeof word === "string" && plain(word) === said) ?? value;
}

/** The only item of a list where one value is wanted. Of several ids or tokens it makes one text,
 *  in which they are then found. */
function only(value: unknown, joined: boolean): unknown {
  if (!Array.isArray(value)) return value;
  if (value.length === 1) return value[0];
  return joined && value.every((each) => typeof each === "string") ? value.join(" ") : value;
}

/** A slot that is described by an object, such as `{ "bot": "referee" }`. */
function slotIn(value: unknown): unknown {
  if (!isObject(value)) return value;
  const [[only, named] = [], ...more] = Object.entries(value);
  if (more.length === 0 && typeof named === "string" && isOf(only!, "slot")) {
    return `${only}:${named}`;
  }
  const kind = value.kind ?? value.type;
  const label = value.label ?? value.name;
  if (typeof kind !== "string") return value;
  return typeof label === "string" ? `${kind}:${label}` : kind;
}

const NUMBER = /^[+-]?(?:0|[1-9]\d*)(?:\.\d*)?(?:e[+-]?\d+)?$/i;

/** The number that a text writes in decimals, also with an exponent; else the text. A zero in front
 *  may mean octal digits or an identifier. */
function numberIn(text: string): unknown {
  const said = bare(text);
  return NUMBER.test(said) ? Number(said) : text;
}

function booleanIn(value: unknown): unknown {
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== "string") return value;
  const said = bare(value).toLowerCase();
  if (["true", "yes", "on", "1"].includes(said)) return true;
  return ["false", "no", "off", "0"].includes(said) ? false : value;
}

/** A text without the quotes and space around it. */
function bare(text: string): string {
  return text.trim().replace(/^(["'`])(.*)\1$/s, "$2").trim();
}

/** Whether a text stands for no value at all: clients send null as text, too. */
function isNothing(text: string): boolean {
  return /^(["'`]?)(?:null|None|none|undefined)?\1$/.test(text.trim());
}

function isVoid(value: unknown): boolean {
  return value === null || value === undefined || value === "";
}

/** Whether a value of an optional argument means that it is absent. The empty text is content where
 *  text or something else is wanted, as in the value of a move. */
function meansNothing({ schema, hints }: ArgumentType, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === "string") return value.trim() === "" && !(schema instanceof z.ZodUnion);
  return hints.text !== undefined && isObject(value) && Object.keys(value).length === 0;
}

function within(path: string, name: string): string {
  return path === "" ? shownName(name) : `${path}.${shownName(name)}`;
}
