/** The sources of `src/` and their imports of each other, including types. */

const ROOT = new URL("../../", import.meta.url);

export interface SourceFile {
  /** Relative to the project's root, such as `src/kernel/hash.ts`. */
  path: string;
  text: string;
  /** The paths of the sources that it imports. */
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
    else if (/\.[jt]sx?$/.test(name)) yield new URL(name, folder);
  }
}

/** The folder of a path, with no slash at its end. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** A cycle of a graph as the names along it; null if there is none. */
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

const EXPORT =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|interface|type|enum) (\w+)/gm;
const EXPORT_LIST = /^export (?:type )?\{([^}]*)\}/gm;
const EXPORT_DEFAULT = /^export default\b/m;

/** The names that a source exports. */
export function exportedNames(text: string): string[] {
  const listed = [...text.matchAll(EXPORT_LIST)].flatMap(([, list]) =>
    namesIn(list!).map((name) => name.replace(/^.* as /, ""))
  );
  const declared = [...text.matchAll(EXPORT)].map(([, name]) => name!);
  return [...declared, ...listed, ...EXPORT_DEFAULT.test(text) ? ["default"] : []];
}

/** Clauses of imports and re-exports, with their specifiers. */
const CLAUSE = /\b(?:import|export)\s+(?:type\s+)?([\w\s,*{}]+?)\s+from\s+["']([^"']+)["']/g;
const WHOLE = /\bimport\(\s*["']([^"']+)["']/g;

/** A source's imports as `<path> <name>`; the name `*` stands for all. */
export function importedNames({ path, text }: Pick<SourceFile, "path" | "text">): string[] {
  const from = new URL(path, ROOT);
  const at = (specifier: string) => new URL(specifier, from).href.slice(ROOT.href.length);
  const isOwn = (specifier: string) => specifier.startsWith(".");
  const clauses = [...text.matchAll(CLAUSE)].flatMap(([, clause, specifier]) => {
    if (!isOwn(specifier!)) return [];
    const [before, list = ""] = clause!.split(/[{}]/);
    const single = before!.replace(",", "").trim();
    const names = namesIn(list).map((name) => name.replace(/ as .*$/, ""));
    if (single) names.push(single.startsWith("*") ? "*" : "default");
    return names.map((name) => `${at(specifier!)} ${name}`);
  });
  const whole = [...text.matchAll(WHOLE)].flatMap(([, specifier]) =>
    isOwn(specifier!) ? `${at(specifier!)} *` : []
  );
  return [...clauses, ...whole];
}

/** The names between the braces of an import or an export. */
function namesIn(list: string): string[] {
  return list.split(",").map((name) => name.trim().replace(/^type /, "")).filter(Boolean);
}
