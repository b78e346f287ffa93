/** The floors of `docs/design.md`, enforced: a file imports from lower floors only, never from a sibling folder. */
import assert from "node:assert/strict";

const SRC = new URL("../src/", import.meta.url);

const FLOORS = new Map(Object.entries({
  domain: 0,
  store: 1,
  sandbox: 1,
  upstream: 1,
  verify: 1,
  channels: 2,
  operations: 3,
  mcp: 4,
  http: 4,
  oauth: 4,
  web: 4,
  cli: 4,
}));
const TOP = 5;

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(folder)) {
    const url = new URL(entry.isDirectory ? `${entry.name}/` : entry.name, folder);
    if (entry.isDirectory) yield* sources(url);
    else if (entry.name.endsWith(".ts")) yield url;
  }
}

function folderOf(url: URL): string {
  const [folder, ...rest] = url.href.slice(SRC.href.length).split("/");
  return rest.length > 0 ? folder! : "";
}

function floorOf(folder: string): number {
  const floor = folder === "" ? TOP : FLOORS.get(folder);
  assert.notEqual(
    floor,
    undefined,
    `src/${folder}/ has no floor: name it in this test and in docs/`,
  );
  return floor!;
}

/** Literal specifiers of imports, re-exports and `import()` types. */
function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g)].map((m) => m[1]!);
}

Deno.test("src: nothing imports upward or sideways", async () => {
  const wrong: string[] = [];
  for await (const file of sources(SRC)) {
    const folder = folderOf(file);
    for (const specifier of importsOf(await Deno.readTextFile(file))) {
      if (!specifier.startsWith(".")) continue;
      const target = new URL(specifier, file);
      if (!target.href.startsWith(SRC.href)) continue;
      const to = folderOf(target);
      if (to !== folder && floorOf(to) >= floorOf(folder)) {
        wrong.push(`${file.href.slice(SRC.href.length)} imports ${specifier}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("src: only config.ts and main.ts read the environment, only the store and its openers touch KV", async () => {
  for await (const file of sources(SRC)) {
    const path = file.href.slice(SRC.href.length);
    const text = await Deno.readTextFile(file);
    // walls.ts tries to read it, to see that it can't.
    // cli/verify.ts asks where the person is.
    const mayTry = ["config.ts", "sandbox/guest/walls.ts", "cli/verify.ts"].includes(path);
    if (!mayTry) assert.ok(!/Deno\.env\b/.test(text), `${path} reads Deno.env`);
    const openers = ["services.ts", "open_store.ts"];
    const mayUseKv = path.startsWith("store/") || openers.includes(path);
    if (!mayUseKv) assert.ok(!/Deno\.(openKv|Kv)\b/.test(text), `${path} touches Deno KV`);
  }
});
