/** JSON schemas in words: the type of a value, and a table of an object's members. */
import * as z from "zod";

export interface Schema {
  /** The name of the shape that the value has. */
  $ref?: string;
  /** The name of a shape of which the object has all members, besides its own. */
  base?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  description?: string;
  about?: string;
  default?: unknown;
  rare?: boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
}

/** Schemas that have a place of their own in the page: where they occur, a link leads there. */
export type Shapes = ReadonlyMap<z.ZodObject, string>;

export function schemaOf(type: z.ZodType, io: "input" | "output", shapes: Shapes): Schema {
  return z.toJSONSchema(type, {
    io,
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      if (!(zodSchema instanceof z.ZodObject)) return;
      const name = zodSchema === type ? undefined : shapes.get(zodSchema);
      if (name !== undefined) {
        for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Schema)[key as "type"];
        jsonSchema.$ref = name;
        return;
      }
      const [base, of] = [...shapes].find(([shape]) => hasAllOf(zodSchema, shape)) ?? [];
      if (!base) return;
      for (const member of Object.keys(base.shape)) delete jsonSchema.properties![member];
      (jsonSchema as Schema).base = of!;
    },
  }) as Schema;
}

/** Whether an object has the members of a shape, some of them optional, and others. */
function hasAllOf({ shape: own }: z.ZodObject, { shape }: z.ZodObject): boolean {
  const names = Object.keys(shape);
  return own !== shape && Object.keys(own).length > names.length &&
    names.every((name) => own[name] && unwrapped(own[name]) === unwrapped(shape[name]!));
}

function unwrapped(type: z.core.$ZodType): z.core.$ZodType {
  return type instanceof z.ZodOptional ? unwrapped(type.unwrap()) : type;
}

/** A link to the place of a shape. */
export function shapeLink(name: string): string {
  return `[${/^[A-Z]/.test(name) ? name : `\`${name}\``}](#${name.toLowerCase()})`;
}

const code = (value: unknown) => `\`${JSON.stringify(value)}\``;
const count = (value: number) => value.toLocaleString("en");

/** The type of a value, with its bounds. */
export function typeWords(schema: Schema): string {
  const { $ref, anyOf, oneOf, items } = schema;
  if ($ref !== undefined) return shapeLink($ref);
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (values) return listed(values.map(code));
  const choices = anyOf ?? oneOf;
  if (choices) return listed([...new Set(choices.map(typeWords))]);
  if (Array.isArray(schema.type)) {
    return listed(schema.type.map((type) => typeWords({ ...schema, type })));
  }
  switch (schema.type) {
    case "string":
      if (schema.pattern === "^sha256:[0-9a-f]{64}$") return "`sha256:<64 hex digits>`";
      if (schema.pattern && schema.maxLength === undefined) {
        return `text such as \`${schema.pattern}\``;
      }
      return `text${bounds(schema.minLength, schema.maxLength, "characters")}`;
    case "integer":
    case "number": {
      const { type, exclusiveMinimum: above } = schema;
      const least = above === undefined ? schema.minimum : above + 1;
      return (type === "integer" ? "whole number" : "number") + bounds(least, schema.maximum);
    }
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "array": {
      const of = items && Object.keys(items).length > 0 ? `: ${typeWords(items)}` : "";
      return `list${bounds(schema.minItems, schema.maxItems)}${of}`;
    }
    case "object": {
      const { additionalProperties: each } = schema;
      const ofEach = typeof each === "object" && Object.keys(each).length > 0;
      return ofEach ? `object, by name: ${typeWords(each)}` : "object";
    }
    default:
      return "any JSON";
  }
}

/** Numbers that only say that they are exact are no bounds. */
function bounds(least: number | undefined, most: number | undefined, what = ""): string {
  const low = least !== undefined && least > Number.MIN_SAFE_INTEGER && least > (what ? 1 : -1)
    ? least
    : undefined;
  const high = most !== undefined && most < Number.MAX_SAFE_INTEGER ? most : undefined;
  const unit = what ? ` ${what}` : "";
  if (low === undefined && high === undefined) return "";
  if (low === undefined) return `, at most ${count(high!)}${unit}`;
  if (high === undefined) return `, at least ${count(low)}${unit}`;
  return `, ${count(low)} to ${count(high)}${unit}`;
}

function listed(items: string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}

export interface Row {
  path: string;
  type: string;
  isRequired: boolean;
  preset: string;
  text: string;
  isRare: boolean;
}

/** The members of an object, those of inner objects behind their own. */
export function rowsOf(schema: Schema, within = ""): Row[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, member]) => {
    const path = within + name;
    const row: Row = {
      path,
      type: typeWords(member),
      isRequired: required.includes(name) && member.default === undefined,
      preset: member.default === undefined ? "" : code(member.default),
      text: plain(textOf(member)),
      isRare: member.rare ?? false,
    };
    // A link leads to where its meaning stands.
    if (row.text === "" && !row.type.includes("](#")) throw new Error(`${path} has no text`);
    return [row, ...innerRows(member, path)];
  });
}

/** What is said of a member, and of its items. */
function textOf(member: Schema): string {
  const base = member.base ?? member.items?.base;
  const more = base ? ` Has what ${shapeLink(base)} has, and:` : "";
  return (member.description ?? member.about ?? "") + more;
}

function innerRows(member: Schema, path: string): Row[] {
  if (member.$ref !== undefined) return [];
  if (member.properties) return rowsOf(member, `${path}.`);
  if (member.items) return innerRows(member.items, `${path}[]`);
  const choices = member.anyOf ?? member.oneOf ?? [];
  return choices.flatMap((choice) => innerRows(choice, path));
}

/** Text as Markdown shows it: what stands in angle brackets would be a tag. */
export function plain(text: string): string {
  return text.split(/(`[^`]*`)/).map((part, i) => i % 2 ? part : part.replaceAll("<", "\\<"))
    .join("");
}

/** A table in Markdown. Its cells are on one line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
