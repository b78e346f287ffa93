/** The verifier is also a library for browsers: none of its imports needs more than the web
 *  platform. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { roomOf } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";

const LIBRARY = fileURLToPath(new URL("../../src/verify/verify_export.ts", import.meta.url));
const PAGE = fileURLToPath(new URL("./browser_page.ts", import.meta.url));

/** Packages that are known to run in browsers. */
const PACKAGES = /^npm:\/(@noble\/(hashes|curves)|canonicalize|zod)@/;
/** The use of a global that no browser has. */
const FOREIGN = /\b(Deno|process|Buffer|require)[.(]/;

interface Module {
  kind: string;
  specifier: string;
  local?: string;
}

Deno.test("verify_export.ts imports only what runs in a browser", async () => {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", LIBRARY],
    stderr: "null",
  }).output();
  assert.ok(success);
  const { modules }: { modules: Module[] } = JSON.parse(new TextDecoder().decode(stdout));
  assert.ok(modules.some(({ local }) => local === LIBRARY));
  for (const { kind, specifier, local } of modules) {
    if (kind === "npm") assert.match(specifier, PACKAGES);
    else assert.equal(kind, "esm", specifier);
    if (!local) continue;
    const code = (await Deno.readTextFile(local)).replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
    assert.doesNotMatch(code, FOREIGN, local);
  }
});

Deno.test("verifyExport() works without Deno, process and permissions", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, { slots: ["invite:alice"] }, 1);
  await alice!.say("good luck");
  const file = JSON.parse(await exportOf(alice!));
  const verified = async (json: unknown) => {
    const page = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--no-remote", "--cached-only", PAGE],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = page.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(json)));
    await writer.close();
    const { stdout, stderr } = await page.output();
    const text = new TextDecoder().decode(stdout);
    assert.ok(text, new TextDecoder().decode(stderr));
    return JSON.parse(text);
  };
  const report = await verified(file);
  assert.ok(report.ok, JSON.stringify(report.checks));
  assert.equal(report.entries, file.entries.length);
  file.entries.at(-1).body = { text: "bad luck" };
  assert.equal((await verified(file)).ok, false);
});
