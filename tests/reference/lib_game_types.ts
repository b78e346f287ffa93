/** `bots/lib_game.d.ts`: the types of `lib:game` for the editors of bots' authors, as the compiler
 *  declares them. */
import ts from "typescript";

const SOURCE = new URL("../../bots/game.ts", import.meta.url).pathname;

export function libGameTypes(): string {
  let declared = "";
  const options: ts.CompilerOptions = {
    declaration: true,
    emitDeclarationOnly: true,
    lib: ["lib.esnext.d.ts"],
    types: [],
    target: ts.ScriptTarget.ESNext,
    strict: true,
  };
  const program = ts.createProgram([SOURCE], options);
  program.emit(undefined, (path, text) => {
    if (path.endsWith("game.d.ts")) declared = text;
  });
  const body = declared.replace(/^\/\/\/ .*\n/gm, "").replaceAll("export declare ", "export ")
    .replace(/^export \{\};\n?/gm, "");
  return `// The types of lib:game, as its source declares them.
declare module "lib:game" {
${body.replace(/^(?=.)/gm, "  ")}}

// Of the other modules, an editor knows nothing but the names.
declare module "lib:*";
`;
}
