/** What a first start fetches: the packages that the server, its sandbox, the command line and the
 *  scripts of the pages import, those that these depend on, and the bundler, but none that only
 *  tests use. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import scriptsJson from "../../src/web/islands/deno.json" with { type: "json" };
import { startProcess } from "../support/process.ts";
import { projectCopy } from "../support/project_copy.ts";

const ROOT = new URL("../../", import.meta.url);
/** Where a process or a Worker of the server begins. */
const ENTRIES = [
  "main.ts",
  "src/sandbox/host/main.ts",
  "src/sandbox/courier/main.ts",
  "src/sandbox/guest/javascript/worker.ts",
  "src/sandbox/guest/python/worker.ts",
];

/** It has the server's lock, and Deno fetches a lock as a whole. */
const COMMAND_LINE = "src/cli/main.ts";

interface Locked {
  integrity: string;
  dependencies?: string[];
  optionalDependencies?: string[];
}

async function lockAt(path: string): Promise<Record<string, Locked>> {
  return JSON.parse(await Deno.readTextFile(new URL(path, ROOT))).npm ?? {};
}

const locked = await lockAt("deno.lock");
/** What the scripts of the pages are made of. */
const ofScripts = Object.keys(await lockAt("src/web/islands/deno.lock")).map(packageOf);

/** A key of the lock without the peers that it was resolved with: `zod@4.6.7`. */
function packageOf(key: string): string {
  return key.split("_")[0]!;
}

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
  const keys = (await Promise.all([...ENTRIES, COMMAND_LINE].map(imported))).flat();
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

/** The cache that the environment of a process names. */
async function cacheOf(pid: number): Promise<string | undefined> {
  const { stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/environ`] }).output();
  const [, folder] = /(?:^|\0)DENO_DIR=([^\0]*)/.exec(new TextDecoder().decode(stdout)) ?? [];
  return folder;
}

Deno.test("deno task fetch names every entry of the server", () => {
  assert.deepEqual(denoJson.tasks.fetch.command.split(" "), [
    "deno",
    "cache",
    "--frozen",
    ...ENTRIES,
  ]);
});

Deno.test("the lock holds what the server and the command line reach, and nothing else", async () => {
  assert.deepEqual(Object.keys(locked).map(packageOf).sort(), await reach());
});

Deno.test("a first start fetches what the lock and the pages need, and nothing else", async () => {
  await using project = await projectCopy();
  const env = { DENO_DIR: `${project.root}cache`, KV_URL: ":memory:" };
  const server = await startProcess(env, { viaTask: true, root: project.root });
  // Hosts have to find these packages, and no others in the home folder of their user.
  const caches = await Promise.all((await server.children()).map(cacheOf));
  assert.ok(caches.length >= 3, "a task, a server, a host");
  assert.deepEqual(new Set(caches), new Set([env.DENO_DIR]));
  await server.kill("SIGTERM");
  const packages = new Set([...await reach(), ...ofScripts]);
  assert.deepEqual(await cached(env.DENO_DIR), [...packages].sort());
  const bundlers = await Array.fromAsync(Deno.readDir(`${env.DENO_DIR}/dl`));
  assert.deepEqual(bundlers.map(({ name }) => name.split("-")[0]), ["esbuild"]);
});

Deno.test("README.md counts the packages of a first start and of the tests", async () => {
  const more = Object.keys(await lockAt("tests/deno.lock")).filter((key) => !(key in locked));
  const packages = new Set([...Object.keys(locked).map(packageOf), ...ofScripts]);
  const first = packages.size + 1; // the bundler
  const readme = (await Deno.readTextFile(new URL("README.md", ROOT))).replace(/\s+/g, " ");
  assert.ok(readme.includes(`first start fetches ${first} packages`));
  assert.ok(readme.includes(`tests fetch ${more.length} packages more`));
});

Deno.test("the tests' lock holds each package of the server in the same version", async () => {
  const tests = await lockAt("tests/deno.lock");
  for (const [key, { integrity }] of Object.entries(locked)) {
    assert.equal(tests[key]?.integrity, integrity, key);
  }
});

Deno.test("the scripts of the pages use the server's packages in the same version", () => {
  for (const [name, specifier] of Object.entries(scriptsJson.imports)) {
    const own = (denoJson.imports as Record<string, string>)[name];
    assert.ok(own === undefined || own === specifier, name);
  }
});

Deno.test("the tests are compiled as the server is", async () => {
  const { default: tests } = await import("../deno.json", { with: { type: "json" } });
  assert.deepEqual(tests.compilerOptions, denoJson.compilerOptions);
  assert.deepEqual(tests.unstable, denoJson.unstable);
  assert.equal(tests.fmt.lineWidth, denoJson.fmt.lineWidth);
});
