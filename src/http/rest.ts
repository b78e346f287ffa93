/** The REST door: the same operations as the MCP tools, `POST /<name>`, and `GET /<name>` for those that read. */
import { type Context, Hono } from "@hono/hono";
import * as z from "zod";
import type { Log } from "../domain/log.ts";
import { Refusal } from "../domain/refusal.ts";
import { OPERATIONS } from "../operations/all.ts";
import type { Operation, Services } from "../operations/operation.ts";
import { perform } from "../operations/perform.ts";
import { problemResponse } from "./problem.ts";

export interface RestDeps {
  services: Services;
  /** The caller's principal, or the response that turns it away from an operation with such effects. */
  authenticate: (
    request: Request,
    effects: Operation["effects"],
  ) => Promise<{ principal: string } | Response>;
  log: Log;
}

export function restRoutes(deps: RestDeps): Hono {
  const app = new Hono();
  for (const operation of OPERATIONS) {
    const fromQuery = queryReader(operation.input);
    for (const name of [operation.name, ...(operation.aliases ?? [])]) {
      app.post(`/${name}`, (c) => serve(c, operation, jsonBody, deps));
      if (operation.effects !== "reads") continue;
      app.get(`/${name}`, (c) => serve(c, operation, fromQuery, deps));
    }
  }
  return app;
}

async function serve(
  c: Context,
  operation: Operation,
  readInput: (c: Context) => unknown,
  { services, authenticate, log }: RestDeps,
): Promise<Response> {
  const identity = await authenticate(c.req.raw, operation.effects);
  if (identity instanceof Response) return identity;
  const input = await readInput(c);
  if (input instanceof Refusal) return problemResponse(input);
  const { signal } = c.req.raw;
  const caller = { principal: identity.principal, conversation: null };
  const performed = await perform(operation, input, { caller, services, signal }, log);
  if (performed.kind === "refused") return problemResponse(performed.refusal);
  return c.json(performed.output, 200, { "cache-control": "no-store" });
}

async function jsonBody(c: Context): Promise<unknown> {
  try {
    const text = await c.req.text();
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return new Refusal("INVALID_REQUEST", "The body must be JSON.");
  }
}

/** Reads query parameters as what the schema wants: numbers and booleans are spelled out in a URL. */
function queryReader(schema: z.ZodObject): (c: Context) => Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const literal = new Set(
    Object.entries(properties)
      .filter(([, property]) => /"(integer|number|boolean)"/.test(JSON.stringify(property)))
      .map(([name]) => name),
  );
  return (c) =>
    Object.fromEntries(
      Object.entries(c.req.query()).map(([name, text]) => [
        name,
        literal.has(name) && /^(-?(0|[1-9]\d*)(\.\d+)?|true|false)$/.test(text)
          ? JSON.parse(text)
          : text,
      ]),
    );
}
