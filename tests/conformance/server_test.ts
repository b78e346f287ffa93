/** The official conformance suite of MCP against the real server, with both protocols. */
import assert from "node:assert/strict";
import { inEmptyHome, startEnding } from "../support/foreign_program.ts";
import { mountedServer } from "./mount.ts";

const EXPECTED = new URL("expected_failures.yaml", import.meta.url).pathname;

for (const revision of ["2026-07-28", "2025-11-25"]) {
  Deno.test(`conformance to ${revision}: all but what expected_failures.yaml lists`, () =>
    inEmptyHome(async (home) => {
      await using server = await mountedServer();
      const what = ["--requirements", revision, "--expected-failures", EXPECTED];
      const args = ["server", "--url", `${server.url}/mcp`, ...what];
      const { code, stdout, stderr } = await startEnding("conformance", args, home).output();
      const output = new TextDecoder().decode(stdout);
      const summary = output.slice(output.indexOf("=== SUMMARY ==="));
      assert.equal(code, 0, summary + new TextDecoder().decode(stderr));
      assert.match(summary, /Baseline check passed/);
    }));
}

/** The scenarios of the Tasks extension with a check that needs no tool of the suite's own. */
const TASKS = [
  "tasks-capability-negotiation",
  "tasks-dispatch-and-envelope",
  "tasks-request-headers",
];

Deno.test("conformance to the Tasks extension: all but what expected_failures.yaml lists", () =>
  inEmptyHome(async (home) => {
    await using server = await mountedServer();
    for (const scenario of TASKS) {
      const what = ["--scenario", scenario, "--expected-failures", EXPECTED];
      const args = ["server", "--url", `${server.url}/mcp`, ...what];
      const { code, stdout, stderr } = await startEnding("conformance", args, home).output();
      const output = new TextDecoder().decode(stdout);
      assert.equal(code, 0, output + new TextDecoder().decode(stderr));
      assert.match(output, /SUCCESS/);
    }
  }));
