/** Parameters that don't fit their method are the caller's mistake; the SDK would call some of them
 *  its own (-32603). */
import {
  CompleteRequestParamsSchema,
  GetPromptRequestParamsSchema,
  InitializeRequestParamsSchema,
  PaginatedRequestParamsSchema,
  ReadResourceRequestParamsSchema,
} from "@modelcontextprotocol/core";
import * as z from "zod";

const PARAMS = {
  "initialize": InitializeRequestParamsSchema,
  "completion/complete": CompleteRequestParamsSchema,
  "prompts/get": GetPromptRequestParamsSchema,
  "prompts/list": PaginatedRequestParamsSchema.optional(),
  "resources/list": PaginatedRequestParamsSchema.optional(),
  "resources/read": ReadResourceRequestParamsSchema,
  "resources/templates/list": PaginatedRequestParamsSchema.optional(),
  "tools/list": PaginatedRequestParamsSchema.optional(),
};

const Call = z.object({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.string(), z.number()]),
  method: z.enum(Object.keys(PARAMS) as (keyof typeof PARAMS)[]),
  params: z.unknown(),
});

/** The answer to a request whose parameters are wrong; null when they fit, or when the SDK says
 *  what is wrong. */
export function wrongParams(body: unknown, { headers }: Request): Response | null {
  const { data } = Call.safeParse(body);
  if (!data) return null;
  // There is no such method there, whatever its parameters.
  if (data.method === "initialize" && isModern(headers)) return null;
  const { error } = PARAMS[data.method].safeParse(data.params);
  if (!error) return null;
  const [{ path, message } = { path: [], message: "" }] = error.issues;
  const text = `Invalid params of ${data.method}: ${[...path, message].join(" ")}`;
  return Response.json({ jsonrpc: "2.0", id: data.id, error: { code: -32602, message: text } }, {
    status: 400,
  });
}

function isModern(headers: Headers): boolean {
  return (headers.get("mcp-protocol-version") ?? "") >= "2026-07-28";
}
