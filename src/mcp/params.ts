/** Answers Invalid Params (-32602) to wrong parameters. The SDK would report some of them as an
 *  error of its own (-32603). */
import {
  CompleteRequestParamsSchema,
  GetPromptRequestParamsSchema,
  InitializeRequestParamsSchema,
  PaginatedRequestParamsSchema,
  ReadResourceRequestParamsSchema,
} from "@modelcontextprotocol/core";
import { isModern } from "./era.ts";
import type { Message } from "./messages.ts";

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

function hasParams(method: string | null): method is keyof typeof PARAMS {
  return method !== null && Object.hasOwn(PARAMS, method);
}

/** The error for a request with wrong parameters; null if they are valid or if the SDK itself
 *  reports the mistake. */
export function wrongParams(message: Message, { headers }: Request): Response | null {
  const { kind, wellFormed, id, method, params } = message;
  if (kind !== "request" || !wellFormed || !hasParams(method)) return null;
  // The modern protocol has no such method, so its parameters do not matter.
  if (method === "initialize" && isModern(headers)) return null;
  const { error } = PARAMS[method].safeParse(params);
  if (!error) return null;
  const [issue] = error.issues;
  const text = `Invalid params of ${method}: ${[...issue!.path, issue!.message].join(" ")}`;
  return Response.json({ jsonrpc: "2.0", id, error: { code: -32602, message: text } }, {
    status: 400,
  });
}
