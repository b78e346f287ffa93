/** A bot's parameters as fields of a form: which control each has, and how its value is written
 *  into the form and read out of it. The name of a field is the path of its parameter:
 *  `p.clock.move_s`. */
import type { ParamSchema } from "../../domain/bot/params_schema.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";

type Control =
  /** One of these, or none. */
  | { kind: "choice"; choices: Json[] }
  /** Any of these. */
  | { kind: "choices"; choices: Json[] }
  | { kind: "switch" }
  | { kind: "number" }
  | { kind: "text" }
  /** A list of texts, one a line. */
  | { kind: "lines" }
  /** A list of so many values, side by side. */
  | { kind: "row"; item: ParamSchema; count: number }
  | { kind: "group"; properties: Record<string, ParamSchema> }
  /** A number if it reads like one, otherwise a text. */
  | { kind: "scalar" }
  | { kind: "json" };

/** The most values that stand side by side. */
const MOST_IN_ROW = 4;
const NUMBER = /^[+-]?\d{1,15}(\.\d{1,15})?$/;

export function controlOf(schema: ParamSchema): Control {
  const types = [schema.type ?? []].flat().filter((type) => type !== "null");
  if (schema.enum) return { kind: "choice", choices: schema.enum };
  if (types.length === 2 && types.includes("string") && types.includes("number")) {
    return { kind: "scalar" };
  }
  if (types.length !== 1) return { kind: "json" };
  switch (types[0]) {
    case "boolean":
      if (schema.default === undefined) return { kind: "choice", choices: [true, false] };
      return { kind: "switch" };
    case "integer":
    case "number":
      return { kind: "number" };
    case "string":
      return { kind: "text" };
    case "object":
      return schema.properties
        ? { kind: "group", properties: schema.properties }
        : { kind: "json" };
    default:
      return listControl(schema);
  }
}

function listControl({ items, minItems, maxItems, uniqueItems }: ParamSchema): Control {
  if (items?.enum && uniqueItems) return { kind: "choices", choices: items.enum };
  const item = items && controlOf(items);
  const isLine = item?.kind === "text" || item?.kind === "number";
  if (isLine && minItems && minItems === maxItems && minItems <= MOST_IN_ROW) {
    return { kind: "row", item: items!, count: minItems };
  }
  return item?.kind === "text" ? { kind: "lines" } : { kind: "json" };
}

/** How a choice stands in a form, and what a person reads. */
export function choiceText(choice: Json): string {
  return typeof choice === "string" ? choice : JSON.stringify(choice);
}

/** Writes a value, or the schema's default, into the fields of a form. */
export function writeParam(
  form: URLSearchParams,
  name: string,
  schema: ParamSchema,
  given: Json | undefined,
): void {
  const value = given ?? schema.default;
  const control = controlOf(schema);
  if (control.kind === "group") {
    for (const [key, property] of Object.entries(control.properties)) {
      writeParam(form, `${name}.${key}`, property, (value as JsonObject | undefined)?.[key]);
    }
    return;
  }
  if (value === undefined || value === null) return;
  const list = Array.isArray(value) ? value : [value];
  switch (control.kind) {
    case "choices":
      for (const choice of list) form.append(name, choiceText(choice));
      return;
    case "switch":
      if (value === true) form.set(name, "yes");
      return;
    case "row":
      for (const [i, item] of list.entries()) form.set(`${name}.${i}`, choiceText(item));
      return;
    case "lines":
      form.set(name, list.map(choiceText).join("\n"));
      return;
    case "json":
      form.set(name, JSON.stringify(value, null, 2));
      return;
    default:
      form.set(name, choiceText(value));
  }
}

/** The value of a parameter in a form; undefined where a person has left it out. A text that can't
 *  be what the schema wants stays a text: whoever checks the parameters says so. */
function readParam(
  form: URLSearchParams,
  name: string,
  schema: ParamSchema,
): Json | undefined {
  const control = controlOf(schema);
  const text = form.get(name)?.trim() ?? "";
  switch (control.kind) {
    case "switch":
      return form.has(name);
    case "choice":
      if (text === "") return undefined;
      return control.choices.find((choice) => choiceText(choice) === text) ?? text;
    case "choices": {
      const chosen = form.getAll(name);
      const known = control.choices.filter((choice) => chosen.includes(choiceText(choice)));
      return known.length > 0 ? known : undefined;
    }
    case "row": {
      const values = Array.from(
        { length: control.count },
        (_, i) => readParam(form, `${name}.${i}`, control.item) ?? null,
      );
      return values.some((value) => value !== null) ? values : undefined;
    }
    case "group": {
      const values = readParams(form, name, control.properties);
      return Object.keys(values).length > 0 ? values : undefined;
    }
    case "lines": {
      const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
      return lines.length > 0 ? lines : undefined;
    }
    case "text":
      return text === "" ? undefined : text;
    case "number":
    case "scalar":
      if (text === "") return undefined;
      return NUMBER.test(text) ? Number(text) : text;
    case "json":
      return text === "" ? undefined : jsonOf(text);
  }
}

/** The parameters below `name` in a form. */
export function readParams(
  form: URLSearchParams,
  name: string,
  properties: Record<string, ParamSchema>,
): JsonObject {
  const read = Object.entries(properties).map(([key, schema]) =>
    [key, readParam(form, `${name}.${key}`, schema)] as const
  );
  return Object.fromEntries(
    read.filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
