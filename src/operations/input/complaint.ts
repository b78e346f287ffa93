/** The refusal of arguments that do not fit: each names the argument, what is wrong with it and one
 *  right value. It never repeats what was sent. */
import * as z from "zod";
import { HTTP_LIMITS } from "../../domain/limits/http.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { type ArgumentType, isObject, typeOf, variantsOf } from "./argument_type.ts";
import { rightValue, typeAt, wordsFor } from "./right_value.ts";

export function complaint(input: z.ZodObject, sent: unknown, error: z.ZodError): Refusal {
  const root = typeOf(input);
  const problems = error.issues.slice(0, HTTP_LIMITS.wrongNamed).map((issue) =>
    problemOf(issue, root, sent)
  );
  return new Refusal("INVALID_REQUEST", `${problems.join("; ")}. Correct this and call again.`);
}

function problemOf(issue: z.core.$ZodIssue, root: ArgumentType, sent: unknown): string {
  const found = whereOf(issue, root, sent);
  const { type, value, path } = found;
  const name = path.length > 0 ? path.map(String).join(".") : "The arguments";
  const example = JSON.stringify(rightValue(type));
  const shown = example.length > HTTP_LIMITS.exampleChars ? "" : `, for example ${example}`;
  return `${name}: ${whatIsWrong(issue, type, value)}${shown}`;
}

/** The place of a problem. A key of a free object has no type of its own: the object is named. */
function whereOf(issue: z.core.$ZodIssue, root: ArgumentType, sent: unknown) {
  const [path, type] = deepest(issue.path, root, sent);
  let value: unknown = sent;
  for (const step of path) {
    value = isObject(value) || Array.isArray(value)
      ? (value as Record<PropertyKey, unknown>)[step]
      : undefined;
  }
  return { path, type, value };
}

function deepest(
  path: readonly PropertyKey[],
  root: ArgumentType,
  sent: unknown,
): [readonly PropertyKey[], ArgumentType] {
  for (let length = path.length; length > 0; length--) {
    const type = typeAt(root, path.slice(0, length), sent);
    if (type) return [path.slice(0, length), type];
  }
  return [[], root];
}

function whatIsWrong(issue: z.core.$ZodIssue, type: ArgumentType, value: unknown): string {
  const variants = variantsOf(type.schema);
  if (value === undefined || value === null) return `is missing; it must be ${wordsFor(type)}`;
  if (variants && isObject(value)) {
    const kinds = [...variants.byValue.keys()].map((kind) => JSON.stringify(kind)).join(", ");
    return `${variants.field} must be one of ${kinds}`;
  }
  switch (issue.code) {
    case "too_big":
      return size(issue.origin, issue.maximum, type, "at most");
    case "too_small":
      return size(issue.origin, issue.minimum, type, "at least");
    case "custom":
    case "invalid_format":
    case "invalid_key":
      // A declaration's own words begin with "must".
      return issue.message.startsWith("must") ? issue.message : `must be ${wordsFor(type)}`;
    default:
      return `must be ${wordsFor(type)}`;
  }
}

function size(
  origin: string,
  bound: number | bigint,
  type: ArgumentType,
  how: "at most" | "at least",
): string {
  const plural = Number(bound) === 1 ? "" : "s";
  if (origin === "string") return `must have ${how} ${bound} character${plural}`;
  if (origin === "array") return `must have ${how} ${bound} item${plural}`;
  return `must be ${wordsFor(type)}`;
}
