/** Inputs that an operation's schema accepts, drawn from the JSON schema that clients get. */
import fc from "fast-check";
import type * as z from "zod";
import { publishedSchema } from "../../src/operations/input/published_schema.ts";

/** Existing ids by the name of their field, so that most inputs get as far as honest ones. */
export type Pool = Readonly<Record<string, readonly unknown[]>>;

type Schema = z.core.JSONSchema.BaseSchema;

export function accepted(schema: z.ZodObject, pool: Pool): fc.Arbitrary<Record<string, unknown>> {
  return published(schema, pool).filter((input) => schema.safeParse(input).success);
}

/** Inputs that the published schema allows. */
export function published(schema: z.ZodObject, pool: Pool): fc.Arbitrary<Record<string, unknown>> {
  return drawn(publishedSchema(schema), pool) as fc.Arbitrary<Record<string, unknown>>;
}

function drawn(schema: Schema, pool: Pool): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const { anyOf } = schema;
  if (anyOf) return fc.oneof(...anyOf.map((choice) => drawn(choice as Schema, pool)));
  switch (schema.type) {
    case "string":
      return text(schema);
    case "integer":
      return fc.integer(range(schema, 2 ** 31 - 1));
    case "number":
      return fc.double({ ...range(schema, 1e9), noNaN: true });
    case "boolean":
      return fc.boolean();
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

function text({ pattern, minLength = 0, maxLength = 80 }: Schema): fc.Arbitrary<string> {
  if (pattern) {
    return fc.stringMatching(new RegExp(pattern))
      .filter(({ length }) => length >= minLength && length <= maxLength);
  }
  const short = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) };
  return fc.oneof(
    { weight: 8, arbitrary: fc.string(short) },
    { weight: 1, arbitrary: fc.constantFrom(minLength, maxLength).map((n) => "é".repeat(n)) },
  );
}

function range({ minimum = -Infinity, maximum = Infinity }: Schema, far: number) {
  return { min: Math.max(minimum, -far), max: Math.min(maximum, far) };
}

function object(schema: Schema, pool: Pool): fc.Arbitrary<unknown> {
  const { properties, required = [] } = schema;
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
  return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
}
