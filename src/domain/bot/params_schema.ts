/** The JSON schema in `manifest.params`: what a bot takes as parameters. Only the keywords below
 *  are known. They cost no more time than the schema and the parameters are long, which `$ref`,
 *  `anyOf` and `pattern` would. A manifest without a schema has example parameters instead. */
import * as z from "zod";
import type { Json, JsonObject } from "../../kernel/json.ts";
import { JsonValue } from "../../kernel/json.ts";
import { Refusal } from "../../kernel/refusal.ts";

const TypeName = z.enum(["string", "number", "integer", "boolean", "object", "array", "null"]);
export type TypeName = z.infer<typeof TypeName>;

const Count = z.int().min(0);

export interface ParamSchema {
  type?: TypeName | TypeName[] | undefined;
  description?: string | undefined;
  default?: Json | undefined;
  examples?: Json[] | undefined;
  enum?: Json[] | undefined;
  const?: Json | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
  multipleOf?: number | undefined;
  /** In characters. */
  minLength?: number | undefined;
  maxLength?: number | undefined;
  items?: ParamSchema | undefined;
  minItems?: number | undefined;
  maxItems?: number | undefined;
  uniqueItems?: boolean | undefined;
  properties?: Record<string, ParamSchema> | undefined;
  required?: string[] | undefined;
  additionalProperties?: boolean | ParamSchema | undefined;
}

/** Keywords that say nothing about which values are right. */
const ANNOTATIONS = ["$schema", "$id", "$comment", "title", "format", "deprecated"] as const;

const ParamSchema: z.ZodType<ParamSchema> = z.strictObject({
  type: z.union([TypeName, z.array(TypeName).min(1)], {
    error: `must be one of ${TypeName.options.join(", ")}, or a list of these`,
  }).optional(),
  description: z.string().optional(),
  default: JsonValue.optional(),
  examples: z.array(JsonValue).optional(),
  enum: z.array(JsonValue).min(1).optional(),
  const: JsonValue.optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  multipleOf: z.number().positive().optional(),
  minLength: Count.optional(),
  maxLength: Count.optional(),
  get items() {
    return ParamSchema.optional();
  },
  minItems: Count.optional(),
  maxItems: Count.optional(),
  uniqueItems: z.boolean().optional(),
  get properties() {
    return z.record(z.string(), ParamSchema).optional();
  },
  required: z.array(z.string()).optional(),
  get additionalProperties() {
    return z.union([z.boolean(), ParamSchema]).optional();
  },
  ...Object.fromEntries(ANNOTATIONS.map((name) => [name, JsonValue.optional()])),
});

interface ParamsSchema extends ParamSchema {
  properties: Record<string, ParamSchema>;
}

/** Whether `manifest.params` is a JSON schema and no example: it has the type "object", and
 *  `properties` that are an object. */
export function isParamsSchema(
  params: Json | undefined,
): params is JsonObject & { properties: JsonObject } {
  return isObject(params) && params.type === "object" && isObject(params.properties);
}

/** The schema in a manifest; undefined if it has none. Throws BOT_REJECTED for one with unknown
 *  keywords. */
export function paramsSchemaOf({ params }: JsonObject): ParamsSchema | undefined {
  if (!isParamsSchema(params)) return undefined;
  const parsed = ParamSchema.safeParse(params);
  if (parsed.success) return parsed.data as ParamsSchema;
  const [{ path, code, message, ...issue }] = parsed.error.issues as [z.core.$ZodIssue];
  const where = ["manifest.params", ...path].join(".");
  if (code !== "unrecognized_keys") {
    throw new Refusal("BOT_REJECTED", `${where} ${message}. Correct it and attach the bot again.`);
  }
  const { keys } = issue as z.core.$ZodIssueUnrecognizedKeys;
  throw new Refusal(
    "BOT_REJECTED",
    `${where} has the keyword "${keys[0]}", which the server does not check. Leave it out, and ` +
      "let the bot's constructor throw for a wrong value.",
  );
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
