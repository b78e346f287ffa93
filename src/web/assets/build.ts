/** `deno task build`: bundles each island of `src/web/islands/` into one script for browsers, and
 *  makes the verifier that runs in them. Equal sources give equal bytes, on every machine. It does
 *  nothing if no source has changed since the last build, and several builds at a time do not
 *  disturb each other. With `--optional`, a failure is only reported, since a server runs without
 *  scripts, too. */
import { MARK_ELEMENT } from "../frame/mark.ts";
import { STYLE } from "../frame/style.ts";
import { boardAppHtml } from "../board_app/document.ts";
import { classicWorker } from "../verifier/classic_worker.ts";
import { verifyHtml } from "../verifier/verify_html.ts";
import {
  BUILD_FOLDER,
  filesOf,
  type Manifest,
  readManifest,
  type WorkerName,
  WORKERS,
} from "./manifest.ts";

const ROOT = new URL("../../../", import.meta.url);
const ISLANDS = new URL("src/web/islands/", ROOT);
const ISLAND = /^(\w+)\.tsx?$/;
/** Everything that decides what is built. */
const INPUTS = ["src/domain/", "src/kernel/", "src/sandbox/", "src/verify/", "src/web/", "bots/"];

async function build(): Promise<void> {
  const previous = await readManifest(BUILD_FOLDER);
  const stamp = await stampOf(INPUTS);
  if (previous?.stamp === stamp && await areThere(previous)) return;
  await Deno.mkdir(BUILD_FOLDER, { recursive: true });
  const scripts: Record<string, string> = {};
  for (const { name } of await sorted(ISLANDS)) {
    const [, island] = ISLAND.exec(name) ?? [];
    if (island === undefined) continue;
    scripts[island] = await placeAs(island, "js", await bundled(new URL(name, ISLANDS)));
  }
  const workers = {} as Record<WorkerName, string>;
  const sources = {} as Record<WorkerName, string>;
  for (const name of WORKERS) {
    sources[name] = classicWorker(await bundled(new URL(`src/web/verifier/${name}.ts`, ROOT)));
    workers[name] = await placeAs(name, "js", sources[name]);
  }
  const page = verifyHtml({
    script: await Deno.readTextFile(new URL(scripts.verify!, BUILD_FOLDER)),
    verify: sources.verify_worker,
    guest: sources.guest_worker,
    style: STYLE,
    mark: MARK_ELEMENT,
  });
  const verifier = { file: await placeAs("verify", "html", page), sha256: await sha256(page) };
  const app = boardAppHtml({
    script: await Deno.readTextFile(new URL(scripts.board!, BUILD_FOLDER)),
  });
  const manifest: Manifest = {
    stamp,
    scripts,
    workers,
    verifier,
    boardApp: await placeAs("board", "html", app),
    previous: previous ? filesOf(previous) : [],
  };
  await place("manifest.json", new TextEncoder().encode(JSON.stringify(manifest)));
  await removeOthers(manifest);
}

/** A module and all that it imports. Throws an error with the bundler's messages. */
async function bundled(module: URL): Promise<string> {
  const result = await Deno.bundle({
    entrypoints: [module.href],
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
  return new TextDecoder().decode(output.contents);
}

/** A hash of Deno's version and of the paths and bytes of all files below some folders. */
async function stampOf(folders: readonly string[]): Promise<string> {
  const paths = (await Promise.all(folders.map(filesBelow))).flat();
  const hashes = await Promise.all(paths.map(async (path) => {
    return `${await sha256(await Deno.readFile(new URL(path, ROOT)))} ${path}`;
  }));
  return await sha256([Deno.version.deno, ...hashes].join("\n"));
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

/** In hex. */
async function sha256(data: Uint8Array<ArrayBuffer> | string): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Puts a text into the build, and gives the name of its file. */
async function placeAs(name: string, extension: "js" | "html", text: string): Promise<string> {
  const file = `${name}.${(await sha256(text)).slice(0, 16)}.${extension}`;
  await place(file, new TextEncoder().encode(text));
  return file;
}

/** Puts a file into the build in one step, so that nobody reads a part of it. */
async function place(name: string, bytes: Uint8Array): Promise<void> {
  const draft = new URL(`.${crypto.randomUUID()}`, BUILD_FOLDER);
  await Deno.writeFile(draft, bytes);
  await Deno.rename(draft, new URL(name, BUILD_FOLDER));
}

async function areThere(manifest: Manifest): Promise<boolean> {
  const names = (await sorted(BUILD_FOLDER)).map(({ name }) => name);
  return filesOf(manifest).every((file) => names.includes(file));
}

/** Removes the files of earlier builds. */
async function removeOthers(manifest: Manifest): Promise<void> {
  const kept = [...filesOf(manifest), ...manifest.previous];
  for (const { name } of await sorted(BUILD_FOLDER)) {
    const isOld = /\.(js|html)$/.test(name) && !kept.includes(name);
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
