/** The floors of `docs/architecture.md`: a file imports from lower floors only, and no imports form
 *  a circle, of files or of folders. */
import assert from "node:assert/strict";
import { circleIn, folderOf, sourceFiles } from "../support/source_graph.ts";

/** From the lowest floor up. Folders on the same floor do not import each other. */
const FLOORS = [
  ["kernel"],
  ["domain"],
  ["store", "sandbox", "verify", "outbound"],
  ["channels", "accounts", "ratings"],
  ["lobby"],
  ["operations"],
  ["http"],
  ["web/frame"],
  ["mcp", "oauth", "web"],
  ["config"],
  ["compose"],
  ["cli"],
  [""],
];
const MOST_FILES = 20;
/** One file for each operation, so the number of files has no limit. */
const UNBOUNDED = ["src/operations"];

const files = await sourceFiles();

function floorOf(path: string): number {
  const room = roomOf(path);
  const floor = FLOORS.findIndex((names) => names.includes(room));
  assert.notEqual(floor, -1, `src/${room}/ has no floor: name it here and in docs/architecture.md`);
  return floor;
}

/** The folder with a floor that a file belongs to: the innermost one around it. */
function roomOf(path: string): string {
  const folders = path.split("/").slice(1, -1);
  const around = folders.map((_, index) => folders.slice(0, index + 1).join("/"));
  return around.findLast((folder) => FLOORS.flat().includes(folder)) ?? folders[0] ?? "";
}

Deno.test("src: nothing imports upward or sideways", () => {
  const wrong = files.flatMap(({ path, imports }) =>
    imports.filter((to) => to.startsWith("src/") && roomOf(to) !== roomOf(path))
      .filter((to) => floorOf(to) >= floorOf(path))
      .map((to) => `${path} imports ${to}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("src: no circle of files, and none of folders", () => {
  assert.equal(circleIn(new Map(files.map(({ path, imports }) => [path, imports]))), null);
  const folders = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    const from = folderOf(path);
    const reached = folders.get(from) ?? new Set();
    folders.set(from, reached);
    for (const to of imports) if (folderOf(to) !== from) reached.add(folderOf(to));
  }
  assert.equal(circleIn(folders), null);
});

Deno.test("src: a folder has at most 20 files and a sentence in docs/architecture.md", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/architecture.md", import.meta.url));
  for (
    const [folder, inside] of Object.entries(Object.groupBy(files, ({ path }) => folderOf(path)))
  ) {
    if (!UNBOUNDED.includes(folder)) {
      assert.ok(inside!.length <= MOST_FILES, `${folder}/ has ${inside!.length} files`);
    }
    if (folder !== "src") assert.ok(page.includes(`\`${folder}/\``), `${folder}/ has no sentence`);
  }
});

Deno.test("src: code that must run anywhere uses neither Deno nor Node", () => {
  for (const { path, text } of files) {
    if (!/^src\/(kernel|domain|verify|web\/islands|web\/channel\/parts)\//.test(path)) continue;
    assert.ok(!/\bDeno\.|["']node:/.test(text), `${path} does not run in a browser`);
  }
});

Deno.test("src/web/islands: scripts of browsers import no part of the server", () => {
  const wrong = files.filter(({ path }) => path.startsWith("src/web/islands/"))
    .flatMap(({ path, imports }) =>
      imports.filter((to) =>
        !/^src\/(kernel|domain|verify|web\/islands|web\/channel\/parts)\//.test(to)
      )
        .map((to) => `${path} imports ${to}`)
    );
  assert.deepEqual(wrong, []);
});

Deno.test("src: one file reads the environment, and only the store uses Deno KV", () => {
  /** walls.ts tries to read the environment, to check that it can't; the command line has its own
   *  settings. */
  const mayTry = [
    "src/config/config.ts",
    "src/sandbox/walls/walls.ts",
    "src/cli/session/environment.ts",
  ];
  const openers = ["src/compose/services.ts", "src/compose/open_store.ts"];
  for (const { path, text } of files) {
    if (!mayTry.includes(path)) assert.ok(!/Deno\.env\b/.test(text), `${path} reads Deno.env`);
    const mayUseKv = path.startsWith("src/store/") || openers.includes(path);
    if (!mayUseKv) assert.ok(!/Deno\.(openKv|Kv)\b/.test(text), `${path} touches Deno KV`);
  }
});
