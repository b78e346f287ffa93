/** What the schema of an argument says to this folder: its type without its wrappers, whether the
 *  argument may be absent, and the hints of `.meta()` that the declarations carry. */
import * as z from "zod";
import type { FormName } from "./forms.ts";

/** Hints for understanding what callers send. All of them are optional. */
interface Hints {
  description?: string;
  /** Other names of the argument, with spaces between them. Case, `_` and `-` never matter. */
  aka?: string;
  /** The form of the text, which is found inside of whatever was pasted. */
  form?: FormName;
  /** Right values, the first one for refusals. */
  examples?: readonly unknown[];
  /** Of an object: the field that a bare text stands for. */
  text?: string;
  /** Of an object: whether its fields may stand beside it, too. */
  gathers?: boolean;
  /** Of an enumeration: short spellings and what they mean. */
  short?: Readonly<Record<string, string>>;
  /** Of an optional list: words for "all of them", which its absence means. */
  all?: string;
  /** Of such a list of readers: whether it is for the referee to ask for it. */
  refereed?: boolean;
  /** Of text: whether a number stands for its digits, as in a name that is one. */
  digits?: boolean;
  /** Of optional text: what yes means; no means that it is absent. */
  yes?: string;
  /** Of text or an object: whether text that is a JSON object means the object. */
  json?: boolean;
  /** Whether lists of tools leave the argument out, since few callers need it. OpenAPI has it. */
  rare?: boolean;
  /** Of a union of objects: whether lists of tools show one object with the fields of all. */
  flat?: boolean;
  /** Of an object in such a union: what the list says about it, in a few words. */
  brief?: string;
}

export interface ArgumentType {
  /** Without wrappers such as optional and default. */
  readonly schema: z.ZodType;
  readonly optional: boolean;
  readonly hints: Hints;
}

export type Fields = readonly (readonly [name: string, type: ArgumentType])[];

/** Types by their declarations, and fields by their objects: the schemas do not change, and every
 *  call asks for them. */
const types = new WeakMap<z.ZodType, ArgumentType>();
const fields = new WeakMap<z.ZodObject, Fields>();

export function typeOf(declared: z.ZodType): ArgumentType {
  let type = types.get(declared);
  if (!type) types.set(declared, type = unwrapped(declared));
  return type;
}

function unwrapped(declared: z.ZodType): ArgumentType {
  let schema = declared;
  let hints: Hints = {};
  let optional = false;
  for (;;) {
    hints = { ...schema.meta() as Hints, ...hints };
    optional ||= schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
    const inner = innerOf(schema);
    if (!inner) return { schema, optional, hints };
    schema = inner;
  }
}

function innerOf(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodPipe) return schema.in as z.ZodType;
  if (
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ||
    schema instanceof z.ZodNullable
  ) return schema.unwrap() as z.ZodType;
}

/** Whether the type is a JSON object with keys of any name. */
export function isFreeObject({ schema, hints }: ArgumentType): boolean {
  return schema instanceof z.ZodRecord || (hints as { type?: unknown }).type === "object";
}

/** The fields of an object, each with its type. */
export function fieldsOf(schema: z.ZodObject): Fields {
  let known = fields.get(schema);
  if (!known) {
    const declared = Object.entries(schema.shape as Record<string, z.ZodType>);
    fields.set(schema, known = declared.map(([name, field]) => [name, typeOf(field)]));
  }
  return known;
}

/** The variants of a union, told apart by a field, by the value of that field; null for any other
 *  type. */
export function variantsOf(
  schema: z.ZodType,
): { field: string; byValue: Map<string, z.ZodObject> } | null {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return null;
  const field = schema.def.discriminator;
  const byValue = (schema.options as z.ZodObject[]).map((option) =>
    [String((option.shape[field] as z.ZodLiteral).value), option] as const
  );
  return { field, byValue: new Map(byValue) };
}

/** A plain object, as JSON has it. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A name without what callers vary: case, `_`, `-`, spaces. */
export function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "");
}
