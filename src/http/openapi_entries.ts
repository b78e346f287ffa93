/** The entries that the server itself writes, as schemas for `/openapi.json`: one for each declared
 *  kind, and what holds of a message of such a kind. */
import * as z from "zod";
import { ANNOUNCEMENTS } from "../domain/announcements/all.ts";
import { Message } from "../domain/channel/visibility.ts";
import { SYSTEM } from "../domain/transcript/transcript.ts";

type Schema = Record<string, unknown>;

/** The component of a kind of entry: a name may hold no colon. */
function entrySchemaName(type: string): string {
  return `${type.replace(":", "_")}_entry`;
}

/** By name, a schema for each kind of entry. */
export function entrySchemas(toSchema: (type: z.ZodType) => Schema): Record<string, Schema> {
  return Object.fromEntries(ANNOUNCEMENTS.map(({ type, says, rule, Body }) => [
    entrySchemaName(type),
    {
      description: says,
      type: "object",
      required: ["sender", "kind", "body", ...rule.caused ? ["cause"] : []],
      properties: {
        sender: { const: SYSTEM },
        kind: { const: rule.kind },
        body: toSchema(Body),
        cause: rule.caused ? { type: "integer" } : false,
        to: rule.addressed ? { type: "array", items: { type: "string" } } : false,
      },
    },
  ]));
}

/** Adds to the schema of a message, wherever one is returned, what holds when it is an entry of the
 *  server of a declared kind. Newer servers may write other kinds. */
export function withEntrySchemas(of: z.core.$ZodType, schema: Schema): void {
  if (!(of instanceof z.ZodObject) || of.shape.body !== Message.shape.body) return;
  const types = ANNOUNCEMENTS.map(({ type }) => type);
  schema.if = {
    required: ["sender", "body"],
    properties: {
      sender: { const: SYSTEM },
      body: { type: "object", required: ["type"], properties: { type: { enum: types } } },
    },
  };
  schema.then = {
    oneOf: types.map((type) => ({ $ref: `#/components/schemas/${entrySchemaName(type)}` })),
  };
}
