/** A right value for an argument, and the words for its type: both are made of its declaration. */
import * as z from "zod";
import {
  type ArgumentType,
  fieldsOf,
  isFreeObject,
  isObject,
  typeOf,
  variantsOf,
} from "./argument_type.ts";
import { FORMS } from "./forms.ts";

/** A value that the schema accepts. */
export function rightValue(type: ArgumentType): unknown {
  const { schema, hints } = type;
  if (hints.examples) return hints.examples[0];
  if (hints.form) return FORMS[hints.form].example;
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodLiteral) return schema.value;
  if (schema instanceof z.ZodBoolean) return true;
  if (schema instanceof z.ZodNumber) return Math.max(schema.minValue ?? 0, 1);
  if (schema instanceof z.ZodArray) return [rightValue(typeOf(schema.element as z.ZodType))];
  if (schema instanceof z.ZodObject) {
    const required = fieldsOf(schema).filter(([, { optional }]) => !optional);
    return Object.fromEntries(required.map(([name, field]) => [name, rightValue(field)]));
  }
  if (schema instanceof z.ZodUnion) return rightValue(typeOf(schema.options[0] as z.ZodType));
  return isFreeObject(type) ? {} : "text";
}

/** What the type takes, as the words after "must be". */
export function wordsFor(type: ArgumentType): string {
  const { schema, hints } = type;
  if (hints.form) return FORMS[hints.form].says;
  if (schema instanceof z.ZodEnum) return oneOf(schema.options);
  if (schema instanceof z.ZodLiteral) return oneOf([...schema.values]);
  if (schema instanceof z.ZodBoolean) return "true or false";
  if (schema instanceof z.ZodNumber) return numberWords(schema);
  if (schema instanceof z.ZodArray) return "a list";
  if (variantsOf(schema) || schema instanceof z.ZodObject || isFreeObject(type)) {
    return "a JSON object";
  }
  if (schema instanceof z.ZodUnion) {
    return schema.options.map((option) => wordsFor(typeOf(option as z.ZodType))).join(" or ");
  }
  return schema instanceof z.ZodString ? "text" : "JSON";
}

function numberWords({ minValue, maxValue, format }: z.ZodNumber): string {
  const kind = format?.includes("int") ? "a whole number" : "a number";
  const least = minValue !== null && minValue > Number.MIN_SAFE_INTEGER ? minValue : null;
  const most = maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER ? maxValue : null;
  if (least !== null && most !== null) return `${kind} from ${least} to ${most}`;
  return least === null ? kind : `${kind} of at least ${least}`;
}

function oneOf(values: readonly unknown[]): string {
  const quoted = values.map((value) => JSON.stringify(value)).join(", ");
  return values.length === 1 ? quoted : `one of ${quoted}`;
}

/** The type of what a path leads to in a value; undefined if nothing is declared there. */
export function typeAt(
  type: ArgumentType,
  path: readonly PropertyKey[],
  value: unknown,
): ArgumentType | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return type;
  const inner = isObject(value) || Array.isArray(value)
    ? (value as Record<PropertyKey, unknown>)[step]
    : undefined;
  const declared = declaredAt(type.schema, step, value);
  return declared && typeAt(typeOf(declared), rest, inner);
}

function declaredAt(schema: z.ZodType, step: PropertyKey, value: unknown): z.ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  const variants = variantsOf(schema);
  const kind = variants && isObject(value) ? value[variants.field] : undefined;
  const variant = typeof kind === "string" ? variants!.byValue.get(kind) : undefined;
  const object = variant ?? schema;
  if (!(object instanceof z.ZodObject)) return undefined;
  return Object.hasOwn(object.shape, step) ? object.shape[step as string] : undefined;
}
