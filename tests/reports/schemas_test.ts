/** `tools/list` as the APIs of models take it: each API's document, as a table, against the list
 *  that the clients hand on; and the list against the server, which accepts all of it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Ajv2020 } from "ajv/dist/2020.js";
import { OPERATIONS } from "../../src/operations/all.ts";
import { TOOLS } from "../../src/mcp/tools.ts";
import { Invocation } from "../../src/operations/perform.ts";
import { published } from "../fuzz/from_schema.ts";
import { SEED } from "../fuzz/run.ts";
import { freePort, inEmptyHome, startEnding } from "../support/foreign_program.ts";
import { CLIENT_KINDS, mcpClient } from "../support/mcp_clients.ts";
import { signIn, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { signInWhenAsked } from "../support/sign_in_when_asked.ts";
import type { Report } from "./report.ts";

interface Api extends Report {
  /** The words that a schema may have. */
  words: string[];
  types: string[];
  /** More that the document says about one schema; returns what is wrong with it. */
  rule?(schema: Wire, path: string): string | undefined;
}

const COMMON =
  "type description enum items properties required anyOf minimum maximum minItems maxItems minLength maxLength pattern";

const APIS: Api[] = [
  {
    report: 1624,
    what: "Gemini's Schema, a subset of OpenAPI 3.0",
    words: `${COMMON} format title nullable minProperties maxProperties example propertyOrdering`
      .split(" "),
    types: ["string", "number", "integer", "boolean", "array", "object"],
    rule(schema) {
      if (schema.anyOf && Object.keys(schema).length > 1) return "words beside anyOf";
      if (schema.enum && schema.type !== "string") return "an enumeration of other than texts";
      if (schema.enum?.includes("")) return "an empty text in an enumeration";
      const missing = (schema.required ?? []).filter((name: string) => !schema.properties[name]);
      if (missing.length > 0) return `required, but not declared: ${missing}`;
    },
  },
  {
    report: 9804,
    what: "OpenAI's functions",
    words: [...COMMON.split(" "), "additionalProperties", "title", "format", "default", "$defs"],
    types: ["string", "number", "integer", "boolean", "array", "object", "null"],
    rule(schema, path) {
      if (path === "" && (schema.type !== "object" || schema.anyOf || schema.enum)) {
        return "the root is not a plain object";
      }
      if (schema.type === "array" && !schema.items) return "array schema missing items";
    },
  },
  {
    report: 1093,
    what: "every client: no type is a list or missing, no number is inexact",
    words: COMMON.split(" "),
    types: ["string", "number", "integer", "boolean", "array", "object"],
    rule(schema) {
      if (!schema.anyOf && typeof schema.type !== "string") return "no type";
      const bounds = [schema.minimum, schema.maximum].filter((bound) => bound !== undefined);
      if (bounds.some((bound) => Math.abs(bound) > 2 ** 31)) return "a bound beyond 32 bits";
      if (/\\p\{|\(\?[=!<]/.test(schema.pattern ?? "")) return "a pattern beyond RE2";
    },
  },
];

/** What is wrong with a schema and the schemas in it. */
function faults(schema: Wire, api: Api, path = ""): string[] {
  const own = Object.keys(schema).filter((word) => !api.words.includes(word));
  if (schema.type !== undefined && !api.types.includes(schema.type)) own.push(`${schema.type}`);
  const broken = api.rule?.(schema, path);
  if (broken) own.push(broken);
  const inner: [string, Wire][] = [
    ...Object.entries(schema.properties ?? {}),
    ...(schema.items ? [["items", schema.items] as [string, Wire]] : []),
    ...(schema.anyOf ?? []).map((each: Wire, i: number) => [`anyOf.${i}`, each]),
  ];
  return [
    ...own.map((word) => `${path}: ${word}`),
    ...inner.flatMap(([name, each]) => faults(each, api, `${path}/${name}`)),
  ];
}

Deno.test("tools/list and prompts/list, as every client hands them on", async (t) => {
  await using file = dataFile();
  const server = await startProcess({ KV_URL: file.path }, { viaTask: true });
  const token = await signIn(server.url);
  for (const kind of CLIENT_KINDS) {
    await using client = await mcpClient(kind, `${server.url}/mcp`, token);
    const tools = await client.listTools();
    for (const api of APIS) {
      await t.step(`${kind}: ${api.what}`, () => {
        for (const { name, inputSchema } of tools) {
          assert.deepEqual(faults(inputSchema, api), [], name);
          assert.match(name, /^[a-z_]{1,64}$/);
        }
      });
    }
    await t.step(`${kind}: prompts take text`, async () => {
      const { prompts } = await client.client.listPrompts();
      for (const { name, arguments: args = [] } of prompts) {
        for (const arg of args) {
          assert.deepEqual(Object.keys(arg).sort(), ["description", "name", "required"], name);
        }
      }
    });
  }
  await t.step("the Inspector's --strict finds nothing", () =>
    inEmptyHome(async (home) => {
      home.env.MCP_INSPECTOR_SECRET_STORE = "file";
      home.env.MCP_AUTO_OPEN_ENABLED = "true"; // else it asks for a terminal before it signs in
      const callback = `http://127.0.0.1:${freePort()}/oauth/callback`;
      await using inspector = startEnding("inspector", [
        ...["--cli", `${server.url}/mcp`, "--callback-url", callback, "--format", "json"],
        ...["--method", "tools/list", "--strict"],
      ], home);
      const [printed, complaints, { code }] = await Promise.all([
        new Response(inspector.stdout).text(),
        signInWhenAsked(inspector.stderr),
        inspector.status,
      ]);
      assert.equal(code, 0, complaints);
      assert.doesNotMatch(printed + complaints, /schemaFindings|Warning: tool|portability/);
    }));
  const hosts = await server.children();
  await server.kill("SIGTERM");
  await gone(hosts);
});

/** What no schema can describe: sealed values, which have names of variables and which nobody can
 *  guess, and names that do not read like an id. */
function describable(name: string, value: unknown): unknown {
  if (name === "display_name") return "Ada";
  return name === "env" || name === "env_redacted" ? { API_KEY: "a 1st long secret" } : value;
}

Deno.test("the server accepts what the published schemas allow", async (t) => {
  for (const operation of OPERATIONS) {
    await t.step(operation.name, () => {
      const inputs = fc.sample(published(operation.input, {}), { seed: SEED, numRuns: 200 });
      for (const drawn of inputs) {
        const input = JSON.parse(JSON.stringify(drawn, describable));
        const { parsed } = new Invocation(operation, input);
        const why = parsed.kind === "refused" && `${parsed.refusal} ${JSON.stringify(input)}`;
        assert.equal(parsed.kind, "fits", why || "");
      }
    });
  }
});

Deno.test("the published schemas are valid JSON Schema", () => {
  const ajv = new Ajv2020();
  for (const { inputSchema } of TOOLS) ajv.compile(inputSchema);
});
