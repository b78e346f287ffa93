import assert from "node:assert/strict";
import type { Denied } from "../../src/accounts/access/bearer.ts";
import { deniedAnswer } from "../../src/mcp/denied.ts";

const TABLE: [Denied["error"], status: number, type: string][] = [
  ["unauthorized", 401, "application/json"],
  ["invalid_token", 401, "application/json"],
  ["insufficient_scope", 403, "application/problem+json"],
];

for (const [error, status, type] of TABLE) {
  Deno.test(`deniedAnswer() answers ${error} with ${status} and its challenge`, async () => {
    const description = "Do that.";
    const challenge = 'Bearer scope="play"';
    const answer = deniedAnswer({ kind: "denied", error, description, challenge });
    assert.equal(answer.status, status);
    assert.deepEqual([...answer.headers], [
      ["cache-control", "no-store"],
      ["content-type", type],
      ["pragma", "no-cache"],
      ["www-authenticate", challenge],
    ]);
    const code = "INSUFFICIENT_SCOPE";
    const problem = { type: "about:blank", title: code, status, detail: description, code };
    assert.deepEqual(await answer.json(), {
      ...status === 403 && problem,
      error,
      error_description: description,
    });
  });
}
