/** The operations as MCP tools. Built once, because schemas do not change while the server runs. */
import type { CallToolResult, Tool } from "@modelcontextprotocol/server";
import * as z from "zod";
import { OPERATIONS } from "../operations/all.ts";
import type { Operation } from "../operations/operation.ts";
import type { Performed } from "../operations/perform.ts";
import { fencedJson, fencedLine, noteOn } from "./untrusted_text.ts";

export const TOOLS: Tool[] = OPERATIONS.map(toolOf);

function toolOf(operation: Operation): Tool {
  const { name, title, description, effects, input, output } = operation;
  return {
    name,
    title,
    description,
    inputSchema: schemaOf(input, "input"),
    outputSchema: schemaOf(output, "output"),
    annotations: {
      title,
      readOnlyHint: effects === "reads",
      destructiveHint: effects === "destroys",
      idempotentHint: effects === "reads",
      openWorldHint: !operation.closedWorld,
    },
  };
}

function schemaOf(schema: z.ZodObject, io: "input" | "output"): Tool["inputSchema"] {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  // Clients reject results with fields that the schema does not name, and a client's copy of the
  // schema may be older than the server.
  if (io === "output") delete rest.additionalProperties;
  return rest as Tool["inputSchema"];
}

/** `content[0].text` is the JSON of `structuredContent`; a second text names the fields that others
 *  wrote. A refusal is a text that begins with its code. */
export function resultOf({ untrustedFields }: Operation, performed: Performed): CallToolResult {
  if (performed.kind === "answered") {
    const { output } = performed;
    const content: CallToolResult["content"] = [{ type: "text", text: fencedJson(output) }];
    if (untrustedFields !== undefined) {
      const annotations = { audience: ["assistant" as const] };
      content.push({ type: "text", text: noteOn(untrustedFields), annotations });
    }
    return { content, structuredContent: output };
  }
  const { message, retryAfterMs } = performed.refusal;
  const text = retryAfterMs === undefined
    ? message
    : `${message} (retry_after_ms: ${retryAfterMs})`;
  return { content: [{ type: "text", text: fencedLine(text) }], isError: true };
}
