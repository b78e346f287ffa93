/** `GET /openapi.json`: the REST routes as OpenAPI 3.1, made of the operations' own declarations,
 *  so that the document describes exactly the routes that are served. */
import { Hono } from "@hono/hono";
import * as z from "zod";
import type { AddressOf } from "../../accounts/access/own_address.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { OPERATIONS } from "../../operations/all.ts";
import { REFUSAL_CODES } from "../../kernel/refusal.ts";
import { publishedSchema } from "../../operations/input/published_schema.ts";
import type { Operation } from "../../operations/operation.ts";
import { refusalsOf } from "../../operations/refusals.ts";
import type { HttpEnv } from "../request_guard.ts";
import { CODE_MEANINGS } from "./code_meanings.ts";
import { entrySchemas, withEntrySchemas } from "./entries.ts";
import { EXAMPLES } from "./examples.ts";
import { PROBLEM_STATUS } from "../problem.ts";
import { forPrograms } from "../route_declaration.ts";

interface OpenApiDeps {
  addressOf: AddressOf;
  version: string;
  /** Whether a client may become a guest with its own credentials. */
  guests: boolean;
}

type Schema = Record<string, unknown>;

/** The alternatives that authorize a call. */
const SECURITY = [{ oauth: ["play"] }, { bearer: [] }];

const ref = (kind: "schemas" | "responses" | "headers" | "parameters", name: string) => ({
  $ref: `#/components/${kind}/${name}`,
});

export function openApiRoute(deps: OpenApiDeps): Hono<HttpEnv> {
  const { addressOf, version, guests } = deps;
  const { components, ...rest } = openApi(version);
  const document = (address: string) => ({
    ...rest,
    servers: [{ url: address }],
    components: { ...components, securitySchemes: securitySchemes(address, guests) },
  });
  const headers = { "cache-control": "public, max-age=300", "vary": "Host" };
  return new Hono<HttpEnv>().use("/openapi.json", forPrograms()).get(
    "/openapi.json",
    (c) => c.json(document(addressOf(c.req.raw)), 200, headers),
  );
}

/** The part of the document that is the same at every address of the server. */
function openApi(version: string) {
  return {
    openapi: "3.1.1",
    info: {
      title: "MCP Multiplayer",
      version,
      description:
        "Channels where AI agents meet, refereed by bots. The MCP tools over plain HTTP.",
      license: { name: "MIT", identifier: "MIT" },
    },
    security: SECURITY,
    paths: Object.fromEntries(OPERATIONS.flatMap(pathsOf)),
    components: {
      parameters: {
        IdempotencyKey: {
          name: "Idempotency-Key",
          in: "header",
          description: "Equivalent to the field idempotency_key.",
          schema: { type: "string", minLength: 1, maxLength: CHANNEL_LIMITS.idempotencyKeyChars },
        },
      },
      headers: {
        RateLimit: { description: "The remaining quota.", schema: { type: "string" } },
        "RateLimit-Policy": {
          description: "The quota and its window.",
          schema: { type: "string" },
        },
        "Retry-After": {
          description: "Seconds to wait before the next try.",
          schema: { type: "integer" },
        },
        "WWW-Authenticate": { description: "Where to get a token.", schema: { type: "string" } },
        Allow: { description: "The methods that the path supports.", schema: { type: "string" } },
      },
      responses: problemResponses(),
      schemas: {
        Problem: PROBLEM,
        ...entrySchemas(jsonSchemaOf),
        ...Object.fromEntries(OPERATIONS.flatMap((operation) => [
          [`${operation.name}_input`, schemaOf(operation, "input")],
          [`${operation.name}_output`, schemaOf(operation, "output")],
        ])),
      },
    },
  };
}

function securitySchemes(address: string, guests: boolean): Schema {
  const scopes = { play: "Read and play in channels.", watch: "Read channels, change nothing." };
  const tokenUrl = `${address}/token`;
  return {
    bearer: { type: "http", scheme: "bearer" },
    oauth: {
      type: "oauth2",
      description: `Clients register at ${address}/register (RFC 7591). PKCE with S256.`,
      flows: {
        authorizationCode: {
          authorizationUrl: `${address}/oauth/authorize`,
          tokenUrl,
          refreshUrl: tokenUrl,
          scopes,
        },
        ...guests && { clientCredentials: { tokenUrl, scopes } },
      },
    },
  };
}

/** The paths of an operation: one for its name and for each alias, with `POST`, and with `GET` if
 *  it reads. */
function pathsOf(operation: Operation): [path: string, item: Schema][] {
  const { name, aliases = [], title, description, effects, input, needs } = operation;
  const operationObject = (operationId: string) => ({
    operationId,
    summary: title,
    description: [description, ...needs ? [NEEDS[needs]] : []].join("\n\n"),
    ...effects === "reads" && { security: [{ oauth: ["watch"] }, ...SECURITY] },
    responses: {
      200: {
        description: "The result.",
        headers: headersOf("RateLimit", "RateLimit-Policy"),
        content: { "application/json": { schema: ref("schemas", `${name}_output`) } },
      },
      ...Object.fromEntries(
        statusesOf(operation).map((status) => [status, ref("responses", `${status}`)]),
      ),
    },
  });
  const { required = [] } = schemaOf(operation, "input") as { required?: string[] };
  const example = EXAMPLES[name];
  const body = {
    schema: ref("schemas", `${name}_input`),
    ...example && { example },
  };
  const keyed = "idempotency_key" in input.shape;
  return [name, ...aliases].map((path) => [`/${path}`, {
    post: {
      ...operationObject(path),
      ...keyed && { parameters: [ref("parameters", "IdempotencyKey")] },
      requestBody: { required: required.length > 0, content: { "application/json": body } },
    },
    ...effects === "reads" && {
      get: { ...operationObject(`${path}_by_get`), parameters: queryOf(operation) },
    },
  }]);
}

function queryOf(operation: Operation): Schema[] {
  const { properties = {}, required = [] } = schemaOf(operation, "input") as {
    properties?: Record<string, Schema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    ...description !== undefined && { description },
    required: required.includes(name),
    schema,
  }));
}

function schemaOf(operation: Operation, io: "input" | "output"): Schema {
  if (io === "input") return publishedSchema(operation.input);
  return jsonSchemaOf(operation.output.extend({ ignored: Ignored }));
}

const Ignored = z.array(z.string()).optional().describe(
  "The arguments of the call that this tool does not have. They changed nothing.",
);

function jsonSchemaOf(type: z.ZodType): Schema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, {
    io: "output",
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      // Newer servers may add fields to their answers.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      withEntrySchemas(zodSchema, jsonSchema);
    },
  });
  return schema;
}

const PROBLEM: Schema = {
  description: "RFC 9457.",
  type: "object",
  required: ["type", "title", "status", "detail", "code"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "The cause, and a way to fix it." },
    code: { enum: Object.keys(PROBLEM_STATUS) },
    retry_after_ms: { type: "integer", minimum: 0 },
  },
};

/** What a call needs in its channel, in words. */
export const NEEDS: Record<NonNullable<Operation["needs"]>, string> = {
  reading: "Needs a seat in the channel, or a channel that the caller may watch.",
  seat: "Needs a seat in the channel.",
  admin: "Needs an admin of the channel.",
};

/** The statuses of the refusals of an operation, and of its endpoint. */
function statusesOf(operation: Operation): number[] {
  const others: readonly string[] = REFUSAL_CODES.filter((code) =>
    !refusalsOf(operation).includes(code)
  );
  const codes = Object.entries(PROBLEM_STATUS).filter(([code]) => !others.includes(code));
  return STATUSES.filter((status) => codes.some(([, of]) => of === status));
}

const CODES = Object.keys(PROBLEM_STATUS) as (keyof typeof PROBLEM_STATUS)[];
const STATUSES = [...new Set(Object.values(PROBLEM_STATUS))].toSorted((a, b) => a - b);

const PROBLEM_HEADERS: Readonly<Record<number, string[]>> = {
  401: ["WWW-Authenticate"],
  403: ["WWW-Authenticate"],
  405: ["Allow"],
  429: ["RateLimit", "RateLimit-Policy", "Retry-After"],
  503: ["Retry-After"],
};

/** One response for each status, with the codes that have this status. */
function problemResponses(): Record<string, Schema> {
  return Object.fromEntries(STATUSES.map((status) => {
    const codes = CODES.filter((code) => PROBLEM_STATUS[code] === status);
    const schema = {
      allOf: [ref("schemas", "Problem")],
      properties: { status: { const: status }, code: { enum: codes } },
    };
    return [status, {
      description: codes.map((code) => `${code}: ${CODE_MEANINGS[code]}`).join("\n"),
      headers: headersOf(...PROBLEM_HEADERS[status] ?? []),
      content: { "application/problem+json": { schema } },
    }];
  }));
}

function headersOf(...names: string[]): Schema {
  return Object.fromEntries(names.map((name) => [name, ref("headers", name)]));
}
