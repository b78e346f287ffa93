/** Finds the bot's class in a parsed module and refuses what no bot may use. Reads the syntax tree
 *  only. The refusals are a courtesy, with a line number, to the author who attaches a bot. The
 *  security boundary is elsewhere: the guest has neither `eval` nor a module loader. */
import type {
  AnyNode,
  ClassDeclaration,
  ClassExpression,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  Program,
} from "acorn";
import { full } from "acorn-walk";
import type { Import } from "../../../domain/bot/bot.ts";
import { Rejection } from "./source.ts";
import { isVetted, VETTED_NAMES } from "./vetted_sources.ts";

export interface BotClass {
  name: string;
  /** The name under which the module exports the class. */
  key: string;
  /** The export statement to append to the module; "" if the module has it already. */
  suffix: string;
  /** The hooks that the source names: an instance may have them even if its class does not. */
  named: string[];
  /** Methods and fields of the class. */
  members: Member[];
  /** Whether neither the class nor any that it extends has a constructor. */
  bare: boolean;
}

export interface Member {
  name: string;
  line: number | undefined;
}

/** The vetted modules that a source imports, each once, in order. */
export function importsOf(program: Program): string[] {
  const specifiers = program.body.filter((statement) => statement.type === "ImportDeclaration")
    .map(({ source }) => String(source.value));
  return [...new Set(specifiers)];
}

const ADDED_KEY = "$bot";

/** Finds the default export; else the only class at the top level that has one of `hooks`, itself
 *  or by inheritance; else the class called `wanted`. Without hooks, `wanted` is the name that an
 *  earlier call with hooks found. `modules` may be imported beside those of this release. Throws a
 *  `Rejection`. */
export function findBotClass(
  program: Program,
  wanted: string | undefined,
  { hooks = [], modules = [] }: {
    hooks?: readonly string[] | undefined;
    modules?: readonly Import[];
  } = {},
): BotClass {
  refuseForbidden(program, modules);
  const classes = classesOf(program);
  const { name, key, node } = defaultClass(program, classes) ?? namedClass(classes, wanted, hooks);
  refuseManifestElsewhere(program, name, node);
  const suffix = key === "default" ? "" : `\nexport { ${name} as ${key} };`;
  const named = hooks.filter((hook) => isNamed(program, hook));
  const bare = isBare(node, classes);
  return { name, key, suffix, named, members: membersOf(node), bare };
}

type Class =
  | ClassDeclaration
  | ClassExpression
  | Extract<ExportDefaultDeclaration["declaration"], { type: "ClassDeclaration" }>;

/** Classes at the top level by name, exported or not, also as `const Name = class`. */
type Classes = ReadonlyMap<string, Class>;

interface Found {
  name: string;
  key: string;
  node: Class;
}

function defaultClass(program: Program, classes: Classes): Found | undefined {
  const found = (name: string, statement: AnyNode): Found => {
    const node = classes.get(name);
    if (node) return { name, key: "default", node };
    throw new Rejection(
      "The default export is not a class: export the class that has the hooks.",
      line(statement),
    );
  };
  for (const statement of program.body) {
    if (statement.type === "ExportDefaultDeclaration") {
      const { declaration } = statement;
      if (declaration.type === "ClassDeclaration" || declaration.type === "ClassExpression") {
        return { name: declaration.id?.name ?? "Bot", key: "default", node: declaration };
      }
      return found(declaration.type === "Identifier" ? declaration.name : "", statement);
    }
    if (statement.type !== "ExportNamedDeclaration") continue;
    for (const { exported, local } of statement.specifiers) {
      if (nameOf(exported) === "default") return found(nameOf(local), statement);
    }
  }
}

function namedClass(
  classes: Classes,
  wanted: string | undefined,
  hooks: readonly string[],
): Found {
  const names = [...classes.keys()];
  if (names.length === 0) {
    throw new Rejection(
      "The source has no class at its top level: write export default class Bot { … }.",
    );
  }
  const withHook = names.filter((name) => hasHook(name, classes, hooks));
  const bases = withHook.map((name) => baseOf(classes.get(name)!));
  const choice = withHook.length > 0 ? withHook.filter((name) => !bases.includes(name)) : names;
  const name = choice.length === 1 ? choice[0] : choice.find((name) => name === wanted);
  if (name !== undefined) return { name, key: ADDED_KEY, node: classes.get(name)! };
  const listed = choice.join(", ");
  if (withHook.length === 0 && hooks.length > 0) {
    throw new Rejection(
      `The source has several classes (${listed}), none of them with a hook. The hooks of a bot are ${
        hooks.join(", ")
      }.`,
    );
  }
  throw new Rejection(
    `The source has several classes with hooks (${listed}): export one of them as default, or give the bot the name of one of them.`,
  );
}

function classesOf(program: Program): Classes {
  const classes = new Map<string, Class>();
  for (const statement of program.body) {
    const declaration = statement.type === "ExportNamedDeclaration" ||
        statement.type === "ExportDefaultDeclaration"
      ? statement.declaration
      : statement;
    if (declaration?.type === "ClassDeclaration" && declaration.id) {
      classes.set(declaration.id.name, declaration);
    }
    if (declaration?.type !== "VariableDeclaration") continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type === "Identifier" && init?.type === "ClassExpression") classes.set(id.name, init);
    }
  }
  return classes;
}

function membersOf({ body }: Class): Member[] {
  return body.body.flatMap((member) => {
    if (!("key" in member) || member.computed || member.static) return [];
    return [{ name: nameOf(member.key as AnyNode), line: line(member) }];
  });
}

function baseOf({ superClass }: Class): string | undefined {
  return superClass?.type === "Identifier" ? superClass.name : undefined;
}

/** The class and its base classes, as far as the source defines them. */
function lineage(node: Class, classes: Classes): Class[] {
  const nodes = new Set<Class>();
  for (let at: Class | undefined = node; at && !nodes.has(at); at = classes.get(baseOf(at) ?? "")) {
    nodes.add(at);
  }
  return [...nodes];
}

function isBare(node: Class, classes: Classes): boolean {
  const nodes = lineage(node, classes);
  return !nodes.at(-1)!.superClass &&
    !nodes.some(({ body }) =>
      body.body.some((member) =>
        member.type === "MethodDefinition" && member.kind === "constructor"
      )
    );
}

function hasHook(name: string, classes: Classes, hooks: readonly string[]): boolean {
  return lineage(classes.get(name)!, classes).some((node) =>
    membersOf(node).some(({ name }) => hooks.includes(name))
  );
}

/** Whether a member or a property has this name, or may have it: a string literal counts too. */
function isNamed(program: Program, name: string): boolean {
  let found = false;
  full(program, (node) => {
    const one = node as AnyNode;
    if ("static" in one && one.static) return;
    const key = one.type === "MethodDefinition" || one.type === "PropertyDefinition" ||
        one.type === "Property"
      ? one.key
      : one.type === "MemberExpression"
      ? one.property
      : one;
    found ||= key.type === "Literal" && key.value === name ||
      key !== one && key.type === "Identifier" && key.name === name;
  });
  return found;
}

/** Refuses a manifest in any other place, because the server would ignore it. */
function refuseManifestElsewhere(program: Program, name: string, node: Class): void {
  const members = node.body.body.filter((member) =>
    member.type !== "StaticBlock" && member.key.type === "Identifier" &&
    member.key.name === "manifest"
  );
  for (const member of members) {
    if ("static" in member && !member.static) {
      throw new Rejection("manifest must be static: write static manifest = { … }.", line(member));
    }
  }
  if (members.length > 0) return;
  let isAssigned = false;
  full(program, (each) => {
    const one = each as AnyNode;
    if (one.type !== "AssignmentExpression" || one.left.type !== "MemberExpression") return;
    const { object, property } = one.left;
    if (property.type !== "Identifier" || property.name !== "manifest") return;
    if (object.type === "Identifier" && object.name === name) isAssigned = true;
    if (object.type === "ThisExpression" && one.start > node.start && one.end < node.end) {
      throw new Rejection(
        "The server does not read this.manifest: write static manifest = { … } in the class.",
        line(one),
      );
    }
  });
  if (isAssigned || node.superClass) return;
  for (const statement of program.body) {
    const declaration = statement.type === "ExportNamedDeclaration"
      ? statement.declaration
      : statement;
    if (declaration?.type !== "VariableDeclaration") continue;
    if (declaration.declarations.some(({ id }) => nameOf(id as AnyNode) === "manifest")) {
      throw new Rejection(
        `manifest is outside of the class: write static manifest = { … } in the class ${name}.`,
        line(statement),
      );
    }
  }
}

function refuseForbidden(program: Program, modules: readonly Import[]): void {
  full(program, (node) => {
    const what = forbidden(node as AnyNode, modules);
    if (!what) return;
    const hint = what.endsWith("imports are") ? ` It may import ${VETTED_NAMES}.` : "";
    throw new Rejection(`${what} not allowed in a bot.${hint}`, line(node as AnyNode));
  });
}

function forbidden(node: AnyNode, modules: readonly Import[]): string | undefined {
  switch (node.type) {
    case "ImportDeclaration":
      if (isVetted(String(node.source.value), modules)) return undefined;
      return `import "${node.source.value}": imports are`;
    case "ExportAllDeclaration":
      return `export from "${node.source.value}": imports are`;
    case "ExportNamedDeclaration":
      if (node.source) return `export from "${node.source.value}": imports are`;
      // Awaiting a module that exports `then` runs `then` and yields its result, which need not be
      // the class that a reader of the source sees.
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
