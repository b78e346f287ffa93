/** A bot's parameters as a table, from the JSON schema in its manifest. */
import type { JsonObject } from "../../kernel/json.ts";
import type { ParamSchema } from "../../domain/bot/params_schema.ts";
import type { Html } from "../frame/page.tsx";
import { table } from "./markdown.tsx";

/** `properties` and `required` of a schema that the server has accepted. */
export function paramsTable({ properties, required }: JsonObject): Html {
  const known = Object.entries(properties as Record<string, ParamSchema>);
  if (known.length === 0) return <p>It takes no parameters.</p>;
  const needed = Array.isArray(required) ? required : [];
  const rows = known.map(([name, schema]) => [
    <code>{name}</code>,
    valuesOf(schema),
    needed.includes(name)
      ? <b>needed</b>
      : schema.default === undefined
      ? ""
      : <code>{JSON.stringify(schema.default)}</code>,
    schema.description ?? "",
  ]);
  return table(["parameter", "values", "default", "meaning"], rows);
}

const TYPES: Record<string, string> = { integer: "whole number", boolean: "true or false" };

/** Which values are right, in words: "whole number, 3 to 8". */
function valuesOf(schema: ParamSchema): Html | string {
  const { type, minimum, maximum, minLength, maxLength, minItems, maxItems, items } = schema;
  if (schema.enum) return listOf(schema.enum.map((value) => <code>{JSON.stringify(value)}</code>));
  const types = [type ?? "any value"].flat().map((each) => TYPES[each] ?? each);
  const range = span(minimum, maximum);
  const length = span(minLength, maxLength);
  const count = span(minItems, maxItems);
  return [
    types.join(" or ") + (items?.type ? ` of ${[items.type].flat().join(" or ")}s` : ""),
    range,
    length && `${length} characters`,
    count && `${count} of them`,
  ].filter(Boolean).join(", ");
}

/** "3 to 8"; empty without a limit. */
export function span(from: number | undefined, to: number | undefined): string {
  const [least, most] = [from, to].map((limit) => limit?.toLocaleString("en"));
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (least !== undefined) return `at least ${least}`;
  return most === undefined ? "" : `at most ${most}`;
}

function listOf(values: readonly Html[]): Html {
  return <>{values.map((value, i) => <>{i > 0 && ", "}{value}</>)}</>;
}
