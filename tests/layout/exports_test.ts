/** Another file of the repository imports each export of `src/`. An export is a promise to other
 *  files; an unused one only makes its own file harder to change. */
import assert from "node:assert/strict";
import { exportedNames, importedNames, sourceFiles } from "../support/source_graph.ts";

/** Exports that no file imports, each with the reason why it stays. */
const UNUSED_BY_DESIGN: Record<string, string> = {};

Deno.test("src: every export is imported by another file", async () => {
  const folders = ["src/", "tests/", "bench/", "docs/", "bots/"];
  const files = (await Promise.all(folders.map((folder) => sourceFiles(folder)))).flat();
  const main = await Deno.readTextFile(new URL("../../main.ts", import.meta.url));
  const importers = [...files, { path: "main.ts", text: main }];
  const imported = new Set(importers.flatMap(importedNames));
  const unused = files.flatMap(({ path, text }) => {
    if (!path.startsWith("src/") || imported.has(`${path} *`)) return [];
    // A schema and its type share a name.
    const names = new Set(exportedNames(text));
    return [...names].map((name) => `${path} ${name}`).filter((name) => !imported.has(name));
  });
  assert.deepEqual(unused, Object.keys(UNUSED_BY_DESIGN));
});

Deno.test("exportedNames() and importedNames() read every form that the sources use", () => {
  const text = `
export const A = 1;
export async function b() {}
export type { C, D as E } from "./other.ts";
export default class F {}
const g = "export const H";
import i, { type J, k as l } from "../kernel/j.ts";
import type * as m from "./m.ts";
import { n } from "npm:n";
const { o } = await import("./o.ts");
`;
  assert.deepEqual(exportedNames(text), ["A", "b", "C", "E", "default"]);
  assert.deepEqual(
    importedNames({ path: "src/domain/a.ts", text }),
    [
      "src/domain/other.ts C",
      "src/domain/other.ts D",
      "src/kernel/j.ts J",
      "src/kernel/j.ts k",
      "src/kernel/j.ts default",
      "src/domain/m.ts *",
      "src/domain/o.ts *",
    ],
  );
});
