/** What a first start fetches: the packages that the server and its sandbox import, and those that
 *  these depend on, but none that only tests use. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import { dataFile, startProcess } from "../support/process.ts";

const ROOT = new URL("../../", import.meta.url);
/** Where a process or a Worker of the server begins. */
const ENTRIES = [
  "main.ts",
  "src/sandbox/host/main.ts",
  "src/sandbox/courier/main.ts",
  "src/sandbox/guest/javascript/worker.ts",
  "src/sandbox/guest/python/worker.ts",
];

interface Locked {
  integrity: string;
  dependencies?: string[];
  optionalDependencies?: string[];
}

const locked: Record<string, Locked> =
  JSON.parse(await Deno.readTextFile(new URL("deno.lock", ROOT))).npm;

/** A key of the lock without the peers that it was resolved with: `zod@4.6.7`. */
const packageOf = (key: string) => key.split("_")[0]!;

/** The keys of the packages that a program imports, from Deno's own graph of it. */
async function imported(entry: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `--config=${new URL("deno.json", ROOT).pathname}`, entry],
    cwd: ROOT,
    stderr: "null",
  }).output();
  const { modules }: { modules: { kind: string; npmPackage: string }[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  return modules.filter(({ kind }) => kind === "npm").map(({ npmPackage }) => npmPackage);
}

/** Keys and all that they depend on. The lock names a dependency without its version where it has
 *  one version alone. */
function withDependencies(keys: Iterable<string>): Set<string> {
  const reached = new Set<string>();
  const visit = (key: string) => {
    if (reached.has(key)) return;
    reached.add(key);
    const { dependencies = [], optionalDependencies = [] } = locked[key]!;
    for (const name of [...dependencies, ...optionalDependencies]) {
      visit(name in locked ? name : Object.keys(locked).find((key) => key.startsWith(`${name}@`))!);
    }
  };
  for (const key of keys) visit(key);
  return reached;
}

async function reach(): Promise<string[]> {
  const keys = (await Promise.all(ENTRIES.map(imported))).flat();
  return [...withDependencies(keys)].map(packageOf).sort();
}

/** Names and versions in Deno's cache of packages: `<registry>/<name>/<version>`. */
async function cached(folder: string): Promise<string[]> {
  const packages: string[] = [];
  const visit = async (path: string, name: string) => {
    for await (const entry of Deno.readDir(path)) {
      if (!entry.isDirectory) continue;
      const inside = `${path}/${entry.name}`;
      if (entry.name.startsWith("@")) await visit(inside, `${entry.name}/`);
      else {for await (const { name: version, isDirectory } of Deno.readDir(inside)) {
          if (isDirectory) packages.push(`${name}${entry.name}@${version}`);
        }}
    }
  };
  for await (const { name } of Deno.readDir(`${folder}/npm`)) {
    await visit(`${folder}/npm/${name}`, "");
  }
  return packages.sort();
}

Deno.test("deno task fetch names every entry of the server", () => {
  assert.deepEqual(denoJson.tasks.fetch.command.split(" "), [
    "deno",
    "cache",
    "--frozen",
    ...ENTRIES,
  ]);
});

Deno.test("the server's lock holds what the server reaches, and nothing else", async () => {
  assert.deepEqual(Object.keys(locked).map(packageOf).sort(), await reach());
});

Deno.test("a first start fetches what the server reaches, and nothing else", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-" });
  await using database = dataFile();
  try {
    const env = { DENO_DIR: folder, KV_URL: database.path };
    const server = await startProcess(env, { viaTask: true });
    await server.kill("SIGTERM");
    assert.deepEqual(await cached(folder), await reach());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("README.md counts the packages of a first start and of the tests", async () => {
  const tests = JSON.parse(await Deno.readTextFile(new URL("tests/deno.lock", ROOT))).npm;
  const more = Object.keys(tests).filter((key) => !(key in locked));
  const readme = (await Deno.readTextFile(new URL("README.md", ROOT))).replace(/\s+/g, " ");
  assert.ok(readme.includes(`first start fetches ${Object.keys(locked).length} packages`));
  assert.ok(readme.includes(`tests fetch ${more.length} packages more`));
});

Deno.test("the tests' lock holds each package of the server in the same version", async () => {
  const tests = JSON.parse(await Deno.readTextFile(new URL("tests/deno.lock", ROOT))).npm;
  for (const [key, { integrity }] of Object.entries(locked)) {
    assert.equal(tests[key]?.integrity, integrity, key);
  }
});

Deno.test("the tests are compiled as the server is", async () => {
  const { default: tests } = await import("../deno.json", { with: { type: "json" } });
  assert.deepEqual(tests.compilerOptions, denoJson.compilerOptions);
  assert.deepEqual(tests.unstable, denoJson.unstable);
  assert.equal(tests.fmt.lineWidth, denoJson.fmt.lineWidth);
});
