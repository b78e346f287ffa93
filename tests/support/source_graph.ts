/** The sources of `src/` and what each imports of the others, types included. */

const ROOT = new URL("../../", import.meta.url);

export interface SourceFile {
  /** From the project's root, such as `src/kernel/hash.ts`. */
  path: string;
  text: string;
  /** Paths of the sources that it imports. */
  imports: string[];
}

/** Literal specifiers of imports, re-exports and `import()`. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g;

/** Every TypeScript and JavaScript file below a folder of the project. */
export async function sourceFiles(folder = "src/"): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for await (const url of filesBelow(new URL(folder, ROOT))) {
    const path = url.href.slice(ROOT.href.length);
    const text = await Deno.readTextFile(url);
    const imports = [...text.matchAll(IMPORT)].map(([, specifier]) => specifier!)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => new URL(specifier, url).href.slice(ROOT.href.length));
    files.push({ path, text, imports });
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function* filesBelow(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* filesBelow(new URL(`${name}/`, folder));
    else if (/\.[jt]s$/.test(name)) yield new URL(name, folder);
  }
}

/** The folder of a path, with no slash at its end. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** One circle of a graph as the names along it, or null where there is none. */
export function circleIn(graph: ReadonlyMap<string, Iterable<string>>): string[] | null {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (node: string): string[] | null => {
    if (done.has(node)) return null;
    if (way.includes(node)) return [...way.slice(way.indexOf(node)), node];
    way.push(node);
    for (const next of graph.get(node) ?? []) {
      const circle = visit(next);
      if (circle) return circle;
    }
    way.pop();
    done.add(node);
    return null;
  };
  for (const node of graph.keys()) {
    const circle = visit(node);
    if (circle) return circle;
  }
  return null;
}
