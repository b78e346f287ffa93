/** Inputs that an operation's schema accepts, drawn from the JSON schema that clients get. */
import fc from "fast-check";
import * as z from "zod";

/** Existing ids by the name of their field, so that most inputs get as far as honest ones. */
export type Pool = Readonly<Record<string, readonly unknown[]>>;

type Schema = z.core.JSONSchema.BaseSchema;

export function accepted(schema: z.ZodObject, pool: Pool): fc.Arbitrary<Record<string, unknown>> {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return (drawn(json, pool) as fc.Arbitrary<Record<string, unknown>>)
    .filter((input) => schema.safeParse(input).success);
}

function drawn(schema: Schema, pool: Pool): fc.Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => drawn(choice as Schema, pool)));
  if (schema.allOf) {
    const { allOf: [first], ...rest } = schema;
    return drawn({ ...rest, ...first as Schema }, pool);
  }
  switch (schema.type) {
    case "string":
      return text(schema);
    case "integer":
      return fc.integer(range(schema, 2 ** 31 - 1));
    case "number":
      return fc.double({ ...range(schema, 1e9), noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array": {
      const { minItems: minLength = 0, maxItems = 3 } = schema;
      return fc.array(drawn(schema.items as Schema, pool), {
        minLength,
        maxLength: Math.max(minLength, Math.min(maxItems, 3)),
      });
    }
    case "object":
      return object(schema, pool);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function text({ pattern, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (pattern) return fc.stringMatching(new RegExp(pattern));
  const short = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) };
  return fc.oneof(
    { weight: 8, arbitrary: fc.string(short) },
    { weight: 1, arbitrary: fc.constantFrom(minLength, maxLength).map((n) => "é".repeat(n)) },
  );
}

function range({ minimum, maximum, exclusiveMinimum }: Schema, far: number) {
  const least = typeof exclusiveMinimum === "number" ? exclusiveMinimum + 1 : -far;
  return { min: minimum ?? least, max: Math.min(maximum ?? far, far) };
}

function object(schema: Schema, pool: Pool): fc.Arbitrary<unknown> {
  const { properties, required = [], propertyNames, additionalProperties } = schema;
  if (properties) {
    const fields = Object.entries(properties).map(([name, of]) => [
      name,
      name in pool
        ? fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...pool[name]!) },
          { weight: 1, arbitrary: drawn(of as Schema, pool) },
        )
        : drawn(of as Schema, pool),
    ]);
    return fc.record(Object.fromEntries(fields), { requiredKeys: required as never[] });
  }
  const names = propertyNames ? drawn(propertyNames as Schema, pool) : fc.string({ maxLength: 8 });
  const value = typeof additionalProperties === "object"
    ? drawn(additionalProperties as Schema, pool)
    : fc.jsonValue({ maxDepth: 2 });
  return fc.dictionary(names as fc.Arbitrary<string>, value, { maxKeys: 3 });
}
