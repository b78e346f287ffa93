/** The sources of bots under a compiler that knows what a bot has: the language, `bots/bot.d.ts`
 *  and the vetted modules, but none of the types of Deno, of browsers or of Node. */
import ts from "typescript";

const ROOT = new URL("../../", import.meta.url);
/** Where a program has the files of the test; all others are those of the disk. */
const FOLDER = "/bots/";
export const TYPES = `${FOLDER}bot.d.ts`;

const OPTIONS: ts.CompilerOptions = {
  lib: ["lib.esnext.d.ts"],
  types: [],
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
};

/** The declarations of the packages that are vetted modules, by specifier. */
const PACKAGES: Record<string, URL> = {
  "lib:chess.js": new URL("../types/chess.d.ts", import.meta.resolve("chess.js/dist/esm/chess.js")),
  "lib:decimal.js": new URL("decimal.d.ts", import.meta.resolve("decimal.js/decimal.mjs")),
  "lib:noble-ed25519": new URL("index.d.ts", import.meta.resolve("@noble/ed25519/index.js")),
};

/** A compiled program. `sources` are the bots' by name, such as `echo.ts`. */
export async function typedBots(
  sources: Record<string, string>,
  options: ts.CompilerOptions = {},
): Promise<ts.Program> {
  const modules: Record<string, string> = { "lib:game": await typesOf("game.ts") };
  for (const [name, url] of Object.entries(PACKAGES)) modules[name] = await Deno.readTextFile(url);
  const texts: Record<string, string> = { [TYPES]: await typesOf("bot.d.ts") };
  for (const [name, text] of Object.entries(sources)) texts[FOLDER + name] = text;
  const fileOf = (specifier: string) =>
    `/modules/${specifier.slice(4)}.${specifier === "lib:game" ? "" : "d."}ts`;
  for (const [specifier, text] of Object.entries(modules)) {
    texts[fileOf(specifier)] = text.replace("./bot.d.ts", TYPES);
  }
  const all = { ...OPTIONS, ...options };
  const host = ts.createCompilerHost(all);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => path in texts || fileExists(path);
  host.readFile = (path) => texts[path] ?? readFile(path);
  host.getSourceFile = (path, language) =>
    path in texts
      ? ts.createSourceFile(path, texts[path]!, language, true)
      : getSourceFile(path, language);
  host.resolveModuleNameLiterals = (literals) =>
    literals.map(({ text }) => {
      if (!(text in modules)) return { resolvedModule: undefined };
      const resolvedFileName = fileOf(text);
      const extension = resolvedFileName.endsWith(".d.ts") ? ts.Extension.Dts : ts.Extension.Ts;
      return { resolvedModule: { resolvedFileName, extension } };
    });
  const names = [TYPES, ...Object.keys(sources).map((name) => FOLDER + name)];
  return ts.createProgram(names, all, host);
}

async function typesOf(name: string): Promise<string> {
  return await Deno.readTextFile(new URL(`bots/${name}`, ROOT));
}

/** What the compiler says of the bots and of their types, a line each. */
export function complaintsOf(program: ts.Program): string[] {
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start!).line + 1 : 0;
    const text = ts.flattenDiagnosticMessageText(messageText, "\n");
    return `${file?.fileName.replace(FOLDER, "")}:${line} ${text}`;
  });
}

/** The source of the program with a name that `typedBots` got. */
export function sourceIn(program: ts.Program, name: string): ts.SourceFile {
  return program.getSourceFile(FOLDER + name)!;
}
