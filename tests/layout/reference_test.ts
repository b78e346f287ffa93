/** The reference is that of the code as it is. */
import assert from "node:assert/strict";
import { madeFiles } from "../reference/make.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("the reference is as young as the code; else run deno task reference", async () => {
  const made = await madeFiles();
  const kept: Record<string, string> = {};
  for (const path of Object.keys(made)) {
    kept[path] = await Deno.readTextFile(new URL(path, ROOT));
  }
  for (const [path, text] of Object.entries(made)) assert.equal(kept[path], text, path);
  const pages = Array.from(Deno.readDirSync(new URL("docs/reference/", ROOT)), ({ name }) => name);
  assert.deepEqual(
    pages.map((name) => `docs/reference/${name}`).toSorted(),
    Object.keys(made).filter((path) => path.startsWith("docs/")).toSorted(),
  );
});
