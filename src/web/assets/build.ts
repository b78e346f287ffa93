/** `deno task build`: bundles each island of `src/web/islands/` into one script for browsers. Equal
 *  sources give equal bytes, on every machine. It does nothing if no source has changed since the
 *  last build, and several builds at a time do not disturb each other. With `--optional`, a failure
 *  is only reported, since a server runs without scripts, too. */
import { BUILD_FOLDER, type Manifest, readManifest } from "./manifest.ts";

const ROOT = new URL("../../../", import.meta.url);
const ISLANDS = new URL("src/web/islands/", ROOT);
const ISLAND = /^(\w+)\.tsx?$/;

async function build(): Promise<void> {
  const previous = await readManifest(BUILD_FOLDER);
  const stamp = await stampOf("src/");
  if (previous?.stamp === stamp && await areThere(previous)) return;
  await Deno.mkdir(BUILD_FOLDER, { recursive: true });
  const scripts: Record<string, string> = {};
  for (const { name } of await sorted(ISLANDS)) {
    const [, island] = ISLAND.exec(name) ?? [];
    if (island === undefined) continue;
    const bytes = await bundled(new URL(name, ISLANDS));
    const file = `${island}.${(await sha256(bytes)).toHex().slice(0, 16)}.js`;
    await place(file, bytes);
    scripts[island] = file;
  }
  const manifest: Manifest = { stamp, scripts, previous: Object.values(previous?.scripts ?? {}) };
  await place("manifest.json", new TextEncoder().encode(JSON.stringify(manifest)));
  await removeOthers(manifest);
}

/** The script of an island. Throws an error with the bundler's messages. */
async function bundled(island: URL): Promise<Uint8Array<ArrayBuffer>> {
  const result = await Deno.bundle({
    entrypoints: [island.href],
    // Where it would write. It does not, and the place does not matter.
    outputDir: "/",
    write: false,
    platform: "browser",
    minify: true,
  });
  const [output] = result.outputFiles ?? [];
  if (!result.success || !output?.contents) {
    throw new Error(result.errors.map(({ text }) => text).join("\n"));
  }
  return output.contents;
}

/** A hash of Deno's version and of the paths and bytes of all files below a folder. */
async function stampOf(folder: string): Promise<string> {
  const paths = await filesBelow(folder);
  const hashes = await Promise.all(paths.map(async (path) => {
    return `${(await sha256(await Deno.readFile(new URL(path, ROOT)))).toHex()} ${path}`;
  }));
  const text = [Deno.version.deno, ...hashes].join("\n");
  return (await sha256(new TextEncoder().encode(text))).toHex();
}

/** The paths of all files below a folder. */
async function filesBelow(folder: string): Promise<string[]> {
  const paths = (await sorted(new URL(folder, ROOT))).map(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${folder}${name}/`) : [`${folder}${name}`]
  );
  return (await Promise.all(paths)).flat();
}

async function sorted(folder: URL): Promise<Deno.DirEntry[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.sort((a, b) => a.name < b.name ? -1 : 1);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Puts a file into the build in one step, so that nobody reads a part of it. */
async function place(name: string, bytes: Uint8Array): Promise<void> {
  const draft = new URL(`.${crypto.randomUUID()}`, BUILD_FOLDER);
  await Deno.writeFile(draft, bytes);
  await Deno.rename(draft, new URL(name, BUILD_FOLDER));
}

async function areThere({ scripts }: Manifest): Promise<boolean> {
  const names = (await sorted(BUILD_FOLDER)).map(({ name }) => name);
  return Object.values(scripts).every((file) => names.includes(file));
}

/** Removes the scripts of earlier builds. */
async function removeOthers({ scripts, previous }: Manifest): Promise<void> {
  const kept = [...Object.values(scripts), ...previous];
  for (const { name } of await sorted(BUILD_FOLDER)) {
    const isOld = name.endsWith(".js") && !kept.includes(name);
    // Another build may have removed it.
    if (isOld) await Deno.remove(new URL(name, BUILD_FOLDER)).catch(() => {});
  }
}

try {
  await build();
} catch (error) {
  console.error(`Cannot build the scripts of the pages: ${(error as Error).message}`);
  if (!Deno.args.includes("--optional")) Deno.exitCode = 1;
}
