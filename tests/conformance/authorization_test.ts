/** The conformance suite's authorization scenarios, as a public client: the suite does not use a
 *  secret if the server also offers `none`. The suite prints a URL and waits until a browser has
 *  visited it. */
import assert from "node:assert/strict";
import { signInWhenAsked } from "../support/sign_in_when_asked.ts";
import { freePort, inEmptyHome, startEnding } from "../support/foreign_program.ts";
import { testServer } from "../support/server.ts";

Deno.test("conformance of authorization", () =>
  inEmptyHome(async (home) => {
    await using server = await testServer({ sandbox: "off", clientDocuments: true });
    const port = freePort();
    await using suite = startEnding("conformance", [
      "authorization",
      ...["--url", server.url, "--resource", `${server.url}/mcp`],
      ...["--client-id", await register(server.url, `http://127.0.0.1:${port}/callback`)],
      ...["--port", String(port), "--output-dir", home.folder],
    ], home);

    const output = await signInWhenAsked(suite.stdout, /Callback server started/);
    const { code } = await suite.status;
    assert.equal(code, 0, output + await new Response(suite.stderr).text());
    assert.deepEqual(await results(home.folder), {
      "authorization-server-metadata": "SUCCESS",
      "authorization-server-metadata-cimd": "SUCCESS",
      "authorization-code-grant": "SUCCESS",
    });
  }));

async function register(url: string, redirectUri: string): Promise<string> {
  const response = await fetch(`${url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "conformance",
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: "none",
    }),
  });
  assert.equal(response.status, 201);
  return (await response.json()).client_id;
}

/** The status of every check, by its id. */
async function results(folder: string): Promise<Record<string, string>> {
  const statuses: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    const file = `${folder}/${name}/checks.json`;
    const checks = await Deno.readTextFile(file).catch(() => "[]");
    for (const { id, status } of JSON.parse(checks)) statuses[id] = status;
  }
  return statuses;
}
