/** The JSON schemas of inputs that clients get. Models' own APIs accept different subsets of JSON
 *  Schema, and refuse a whole list of tools for one word that they do not know, so this is what all
 *  of them share: one type for each value, its bounds and `anyOf`. What the schema of an input
 *  accepts, the server accepts; the server also understands more (`understood.ts`). */
import * as z from "zod";

/** The words that mean the same everywhere. `required` and `properties` are handled apart. */
const KEPT = [
  "type",
  "description",
  "enum",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "pattern",
];

type Schema = Record<string, unknown>;

/** The schema of an input, without the arguments that lists of tools leave out if `listed`. */
export function publishedSchema(schema: z.ZodType, { listed = false } = {}): Schema {
  return shared(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema, listed);
}

/** Any JSON value, as far as it can be said without a reference to itself. */
const ANY: Schema[] = [
  { type: "string" },
  { type: "number" },
  { type: "boolean" },
  { type: "object" },
  {
    type: "array",
    items: { anyOf: ["string", "number", "boolean", "object"].map((type) => ({ type })) },
  },
];

/** The schema in the common words. What an argument is about, where its name tells models enough,
 *  is said in no list. */
function shared({ about, ...schema }: Schema, listed: boolean): Schema {
  if (!listed && about !== undefined) return shared({ description: about, ...schema }, listed);
  const { allOf: [first] = [] } = schema as { allOf?: Schema[] };
  if (first) {
    const { allOf: _, ...rest } = schema;
    return shared({ ...first, ...rest }, listed);
  }
  const choices = choicesOf(schema);
  if (choices && listed && schema.flat) return shared(flattened(schema, choices), listed);
  if (choices) return choiceOf(schema, choices.map((choice) => shared(choice, listed)));
  const kept = Object.fromEntries(
    KEPT.filter((word) => schema[word] !== undefined).map((word) => [word, schema[word]]),
  );
  const { properties, required, items } = schema;
  return {
    ...kept,
    ...boundsOf(schema),
    ...saidBefore(schema),
    ...typeof schema.const === "string" && { enum: [schema.const] },
    ...properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as Record<string, Schema>)
          .filter(([, property]) => !(listed && property.rare))
          .map(([name, property]) => [name, shared(property, listed)]),
      ),
    },
    ...required !== undefined && { required },
    ...items !== undefined && { items: shared(items as Schema, listed) },
  };
}

/** The alternatives of a union as one object, which costs a list of tools a fraction: the names of
 *  all, their fields, and in the description which fields each one takes. */
function flattened({ description }: Schema, choices: readonly Schema[]): Schema {
  const all = choices.map(({ properties, required, brief }) => {
    const { type, ...fields } = properties as Record<string, Schema>;
    const names = Object.keys(fields).filter((name) => !fields[name]!.rare)
      .map((name) => (required as string[]).includes(name) ? name : `${name}?`);
    const name = String(type!.const);
    const says = `${name}(${names.join(", ")})${brief === undefined ? "" : ` ${brief}`}`;
    return { name, fields, says };
  });
  const uses = all.map(({ says }) => says).join("; ");
  return {
    type: "object",
    description: `${description === undefined ? "" : `${description} `}${uses}.`,
    properties: {
      type: { type: "string", enum: all.map(({ name }) => name) },
      ...Object.assign({}, ...all.map(({ fields }) => fields).toReversed()),
    },
    required: ["type"],
  };
}

/** The alternatives of a value; undefined if it has one type. `null` is none of them: it means that
 *  the argument is absent. */
function choicesOf(schema: Schema): Schema[] | undefined {
  const { anyOf, oneOf, type } = schema as { anyOf?: Schema[]; oneOf?: Schema[]; type?: unknown };
  const list = anyOf ?? oneOf ??
    (Array.isArray(type) ? type.map((each) => ({ type: each })) : undefined) ??
    (type === undefined ? ANY : undefined);
  return list?.filter((choice) => choice.type !== "null");
}

/** Some APIs allow nothing beside `anyOf`, so the first alternative carries the description. */
function choiceOf({ description }: Schema, [first, ...more]: Schema[]): Schema {
  const described = { ...first, ...description !== undefined && { description } };
  return more.length === 0 ? described : { anyOf: [described, ...more] };
}

/** Bounds that include their number, and none that says only that numbers are exact. */
function boundsOf({ type, minimum, maximum, exclusiveMinimum: above }: Schema): Schema {
  const least = typeof above === "number" ? above + (type === "integer" ? 1 : 0) : minimum;
  return {
    ...typeof least === "number" && least > Number.MIN_SAFE_INTEGER && { minimum: least },
    ...typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER && { maximum },
  };
}

/** The description, with the default at its end: not every API knows `default`. An absent flag is
 *  false everywhere. */
function saidBefore(schema: Schema): Schema {
  const { description, default: value } = schema as { description?: string; default?: unknown };
  const shown = typeof value === "object" || value === "" || value === false ? undefined : value;
  if (shown === undefined) return {};
  const said = `Default: ${JSON.stringify(shown)}.`;
  return { description: description === undefined ? said : `${description} ${said}` };
}
