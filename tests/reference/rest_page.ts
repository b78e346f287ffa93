/** `docs/reference/rest.md`: the routes of REST. */
import { OPERATIONS } from "../../src/operations/all.ts";
import { neededScope } from "../../src/operations/operation.ts";
import { table } from "./schema_words.ts";

export function restPage(): string {
  const rows = OPERATIONS.flatMap((operation) => {
    const { name, aliases = [], effects, input } = operation;
    return [name, ...aliases].map((path) => [
      `\`POST /${path}\`${effects === "reads" ? `, \`GET /${path}\`` : ""}`,
      `[\`${name}\`](operations.md#${name})`,
      `\`${neededScope(operation)}\``,
      "idempotency_key" in input.shape ? "yes" : "",
    ]);
  });
  return `# REST routes

\`GET /openapi.json\` describes every route as OpenAPI 3.1, with the schemas of all answers and of all
entries of a log. A test calls the routes and holds their answers against it.
[Over plain HTTP](../rest.md) shows the way from the first request on, with curl.

${table(["route", "operation", "scope", "takes `Idempotency-Key`"], rows)}

Beside these, [sign-in](../sign_in.md) has the routes of OAuth, [events](../events.md) the webhooks,
and [pages](../pages.md) what a browser opens.
`;
}
