/** Finds the bot's class in a parsed module and refuses what no bot may use. Reads the syntax tree
 *  only. The refusals are a courtesy, with a line, to the author who attaches a bot: the wall is
 *  that the guest has neither `eval` nor a module loader. */
import type { AnyNode, ExportNamedDeclaration, Program } from "acorn";
import { full } from "acorn-walk";
import { Rejection } from "./source.ts";
import { isVetted, VETTED_NAMES } from "./vetted_sources.ts";

export interface BotClass {
  name: string;
  /** The export under which the module gives the class. */
  key: string;
  /** The text that the module needs at its end for that export; "" when it has it. */
  suffix: string;
}

/** The vetted modules that a source imports, each once, in order. */
export function importsOf(program: Program): string[] {
  const specifiers = program.body.filter((statement) => statement.type === "ImportDeclaration")
    .map(({ source }) => String(source.value));
  return [...new Set(specifiers)];
}

const ADDED_KEY = "$bot";

/** The default export, else the only class, else the one called `wanted`. Throws a `Rejection`. */
export function findBotClass(program: Program, wanted?: string): BotClass {
  refuseForbidden(program);
  const names = classNames(program);
  for (const statement of program.body) {
    if (statement.type === "ExportDefaultDeclaration") {
      const { declaration } = statement;
      if (declaration.type === "ClassDeclaration" || declaration.type === "ClassExpression") {
        return { name: declaration.id?.name ?? "Bot", key: "default", suffix: "" };
      }
      if (declaration.type === "Identifier" && names.includes(declaration.name)) {
        return { name: declaration.name, key: "default", suffix: "" };
      }
      throw new Rejection("The default export is not a class.", line(statement));
    }
    if (statement.type === "ExportNamedDeclaration") {
      for (const { exported, local } of statement.specifiers) {
        if (nameOf(exported) !== "default") continue;
        if (names.includes(nameOf(local))) {
          return { name: nameOf(local), key: "default", suffix: "" };
        }
        throw new Rejection("The default export is not a class.", line(statement));
      }
    }
  }
  const name = names.length === 1 ? names[0] : names.find((name) => name === wanted);
  if (name !== undefined) {
    return { name, key: ADDED_KEY, suffix: `\nexport { ${name} as ${ADDED_KEY} };` };
  }
  if (names.length === 0) throw new Rejection("The source has no class at its top level.");
  throw new Rejection(
    `The source has several classes (${names.join(", ")}): export one of them as default.`,
  );
}

/** Classes at the top level, exported or not, also as `const Name = class`. */
function classNames(program: Program): string[] {
  const names: string[] = [];
  for (const statement of program.body) {
    const declaration = statement.type === "ExportNamedDeclaration"
      ? statement.declaration
      : statement;
    if (declaration?.type === "ClassDeclaration") names.push(declaration.id.name);
    if (declaration?.type !== "VariableDeclaration") continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type === "Identifier" && init?.type === "ClassExpression") names.push(id.name);
    }
  }
  return names;
}

function refuseForbidden(program: Program): void {
  full(program, (node) => {
    const what = forbidden(node as AnyNode);
    if (!what) return;
    const hint = what.endsWith("imports are") ? ` It may import ${VETTED_NAMES}.` : "";
    throw new Rejection(`${what} not allowed in a bot.${hint}`, line(node as AnyNode));
  });
}

function forbidden(node: AnyNode): string | undefined {
  switch (node.type) {
    case "ImportDeclaration":
      if (isVetted(String(node.source.value))) return undefined;
      return `import "${node.source.value}": imports are`;
    case "ExportAllDeclaration":
      return `export from "${node.source.value}": imports are`;
    case "ExportNamedDeclaration":
      if (node.source) return `export from "${node.source.value}": imports are`;
      // `await` of a module with a `then` gives the result of `then`, not the class that readers
      // see.
      return exportedNames(node).includes("then") ? 'An export called "then" is' : undefined;
    case "ImportExpression":
      return "import(): dynamic imports are";
    case "CallExpression":
    case "NewExpression":
      if (node.callee.type !== "Identifier") return undefined;
      if (node.callee.name === "eval") return "eval is";
      if (node.callee.name === "Function") return "Function(): making code from text is";
      if (node.callee.name === "require") return "require(): imports are";
  }
  return undefined;
}

function exportedNames({ declaration, specifiers }: ExportNamedDeclaration): string[] {
  const names = specifiers.map(({ exported }) => nameOf(exported));
  if (declaration?.type === "VariableDeclaration") {
    for (const { id } of declaration.declarations) {
      full(id, (node) => {
        if ((node as AnyNode).type === "Identifier") names.push(nameOf(node as AnyNode));
      });
    }
  } else if (declaration) names.push(declaration.id.name);
  return names;
}

function nameOf(node: AnyNode): string {
  return node.type === "Identifier" ? node.name : String((node as { value?: unknown }).value);
}

function line(node: AnyNode): number | undefined {
  return node.loc?.start.line;
}
