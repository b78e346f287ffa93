/** The entries that the server itself writes, as schemas for `/openapi.json`: one schema for each
 *  declared kind, and the rule that a message of such a kind matches its schema. */
import * as z from "zod";
import { ANNOUNCEMENTS } from "../../domain/announcements/all.ts";
import { Message } from "../../domain/channel/visibility.ts";
import { SYSTEM } from "../../domain/transcript/transcript.ts";

type Schema = Record<string, unknown>;

/** The component's name for a kind of entry. It can't contain a colon. */
function entrySchemaName(type: string): string {
  return `${type.replace(":", "_")}_entry`;
}

/** The schemas of all kinds of entries, by component name. */
export function entrySchemas(toSchema: (type: z.ZodType) => Schema): Record<string, Schema> {
  return Object.fromEntries(ANNOUNCEMENTS.map(({ type, meaning, rule, Body }) => [
    entrySchemaName(type),
    {
      description: meaning,
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

/** Extends the schema of a message: an entry of the server whose kind is declared has to match the
 *  schema of that kind. Newer servers may write other kinds. */
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
