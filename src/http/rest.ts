/** The REST endpoints: the same operations as the MCP tools. Each is served as `POST /<name>`, and
 *  those that read also as `GET /<name>`. */
import { type Context, Hono } from "@hono/hono";
import * as z from "zod";
import type { BearerCheck } from "../accounts/access/bearer.ts";
import type { Log } from "../kernel/log.ts";
import { refusalIn } from "../kernel/refusal.ts";
import { isJsonType } from "./request_body.ts";
import { forPrograms } from "./route_declaration.ts";
import { OPERATIONS } from "../operations/all.ts";
import { fieldsOf } from "../operations/input/argument_type.ts";
import { jsonIn } from "../operations/input/json_text.ts";
import { admitCall } from "../operations/rate_guard.ts";
import { neededScope, type Operation, type Services } from "../operations/operation.ts";
import { Invocation, perform } from "../operations/perform.ts";
import type { HttpEnv } from "./request_guard.ts";
import { deniedProblem, problem, problemResponse } from "./problem.ts";
import type { UnderWay } from "./under_way.ts";

export interface RestDeps {
  services: Services;
  authenticate: BearerCheck;
  underWay: UnderWay;
  log: Log;
}

export function restRoutes(deps: RestDeps): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  for (const operation of OPERATIONS) {
    const fromQuery = queryReader(operation.input);
    for (const name of [operation.name, ...(operation.aliases ?? [])]) {
      app.use(`/${name}`, forPrograms());
      app.post(`/${name}`, (c) => serve(c, operation, jsonBody, deps));
      if (operation.effects !== "reads") continue;
      app.get(`/${name}`, (c) => serve(c, operation, fromQuery, deps));
    }
  }
  return app;
}

async function serve(
  c: Context<HttpEnv>,
  operation: Operation,
  readInput: (c: Context) => unknown,
  deps: RestDeps,
): Promise<Response> {
  const { authenticate, underWay } = deps;
  const identity = await authenticate(c.req.raw, neededScope(operation));
  if (identity.kind === "denied") return deniedProblem(identity);
  const { principal } = identity;
  c.set("principal", principal);
  return await underWay.serve(principal, async (refusal) => {
    if (refusal) return problemResponse(refusal);
    return await answer(c, operation, readInput, principal, deps);
  });
}

async function answer(
  c: Context<HttpEnv>,
  operation: Operation,
  readInput: (c: Context) => unknown,
  principal: string,
  { services, log }: RestDeps,
): Promise<Response> {
  const refusal = refusalIn(() => admitCall(services, principal));
  if (refusal) return problemResponse(refusal);
  const input = withKey(await readInput(c), c, operation);
  if (input instanceof Response) return input;
  const { signal } = c.req.raw;
  const caller = { principal, conversation: null };
  const call = { caller, services, signal, address: c.env.address };
  const performed = await perform(new Invocation(operation, input), call, log);
  if (performed.kind === "refused") return problemResponse(performed.refusal);
  const output = withEarlierNames(operation, performed.answer.output);
  return c.json(output, 200, { "cache-control": "no-store" });
}

function withEarlierNames(
  { earlierNames = {} }: Operation,
  output: Record<string, unknown>,
): Record<string, unknown> {
  const more = Object.entries(earlierNames).map(([name, earlier]) => [earlier, output[name]]);
  return { ...output, ...Object.fromEntries(more) };
}

/** A call's input with the key of its `Idempotency-Key` header, which may be quoted as in the
 *  IETF's draft. An operation that can't be made idempotent refuses the header, so that no caller
 *  relies on it. */
function withKey(input: unknown, c: Context, { name, effects, input: schema }: Operation): unknown {
  const header = c.req.header("idempotency-key");
  if (header === undefined || effects === "reads" || input instanceof Response) return input;
  if (!("idempotency_key" in schema.shape)) {
    return problem(
      "INVALID_REQUEST",
      `${name} does not support Idempotency-Key. Check whether the call took effect before you ` +
        "repeat it.",
    );
  }
  const [, key] = /^"?([\x20-\x7e]+?)"?$/.exec(header) ?? [];
  if (key === undefined) {
    return problem("INVALID_REQUEST", "Idempotency-Key must be printable ASCII.");
  }
  const fields = jsonIn(input, "object");
  if (!fields) return input;
  const given = fields.idempotency_key || key;
  if (given === key) return { ...fields, idempotency_key: key };
  return problem(
    "INVALID_REQUEST",
    "The header Idempotency-Key and the field idempotency_key differ. Send only one of them.",
  );
}

/** The body's JSON, or the problem with it. */
async function jsonBody(c: Context): Promise<unknown> {
  const text = await c.req.text();
  if (text === "") return {};
  if (!isJsonType(c.req.header("content-type"))) {
    return problem("UNSUPPORTED_MEDIA_TYPE", "Send JSON, with content-type: application/json.", {
      "accept-post": "application/json",
    });
  }
  try {
    return JSON.parse(text);
  } catch {
    return problem("INVALID_REQUEST", "The request body must be JSON.");
  }
}

/** The parameters of a query, all of them text: numbers and the like are understood from it. A
 *  parameter may be repeated only where a list is wanted. */
function queryReader(schema: z.ZodObject): (c: Context) => Record<string, unknown> | Response {
  const lists = new Set(
    fieldsOf(schema).filter(([, type]) => type.schema instanceof z.ZodArray).map(([name]) => name),
  );
  return (c) => {
    const input: [string, unknown][] = [];
    for (const [name, texts] of Object.entries(c.req.queries())) {
      if (lists.has(name)) input.push([name, texts.length > 1 ? texts : texts[0]]);
      else if (texts.length === 1) input.push([name, texts[0]]);
      else return problem("INVALID_REQUEST", "A query parameter is repeated. Send each one once.");
    }
    return Object.fromEntries(input);
  };
}
