/** What `bots/bot.d.ts` declares, and how far the source of a bot uses it: each member, each call
 *  with the fewest and the most arguments, and each value that the bot got in a real run. */
import ts from "typescript";
import { sourceIn, TYPES } from "./typed_bots.ts";

/** A value that JSON cannot hold, by the name of its class; `undefined`, and `function`. */
interface Named {
  $is: string;
}

export class DeclaredTypes {
  readonly checker: ts.TypeChecker;
  readonly types: ts.SourceFile;
  readonly #uses: ts.SourceFile;
  /** Declarations that are used, or that a value had. */
  readonly #known = new Set<ts.Node>();
  /** The numbers of arguments with which a function is called, by its declaration. */
  readonly #calls = new Map<ts.Node, Set<number>>();

  constructor(program: ts.Program, uses: string) {
    this.checker = program.getTypeChecker();
    this.types = program.getSourceFile(TYPES)!;
    this.#uses = sourceIn(program, uses);
    this.#read(this.#uses);
  }

  /** Each use of a group, as the function's awaited type. */
  usesOf(group: string): ts.Type[] {
    const found: ts.Type[] = [];
    const visit = (node: ts.Node) => {
      if (ts.isPropertyAssignment(node) && node.name.getText() === group) {
        const { initializer } = node as { initializer: ts.Expression };
        if (ts.isArrowFunction(initializer)) return this.#listed(initializer, found);
      }
      ts.forEachChild(node, visit);
    };
    visit(this.#uses);
    return found;
  }

  #listed({ body }: ts.ArrowFunction, found: ts.Type[]): void {
    const list = ts.isBlock(body) ? body.statements.find(ts.isReturnStatement)!.expression! : body;
    for (const use of (list as ts.ArrayLiteralExpression).elements) {
      const [call] = this.checker.getTypeAtLocation(use).getCallSignatures();
      found.push(this.checker.getAwaitedType(call!.getReturnType())!);
    }
  }

  /** Where a value is not of the type; "" if it is. Notes the declared members that it has. */
  mistakeIn(type: ts.Type, value: unknown, path = ""): string {
    const wrong = () =>
      `${path || "it"} is ${JSON.stringify(value)}, not ${this.checker.typeToString(type)}`;
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return "";
    if (type.isUnion()) {
      const mistakes = type.types.map((each) => this.mistakeIn(each, value, path));
      return mistakes.includes("") ? "" : wrong();
    }
    if (isNamed(value)) {
      const isVoid = type.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined);
      const name = isVoid ? "undefined" : type.symbol?.name;
      return name === value.$is ? "" : wrong();
    }
    if (type.isStringLiteral()) return type.value === value ? "" : wrong();
    if (type.flags & ts.TypeFlags.BooleanLiteral) {
      return this.checker.typeToString(type) === String(value) ? "" : wrong();
    }
    const primitive = PRIMITIVES.find(([flag]) => type.flags & flag);
    if (primitive) return primitive[1](value) ? "" : wrong();
    if (type.flags & ts.TypeFlags.Null) return value === null ? "" : wrong();
    if (typeof value !== "object" || value === null) return wrong();
    if (this.checker.isArrayType(type)) {
      if (!Array.isArray(value)) return wrong();
      const [item] = this.checker.getTypeArguments(type as ts.TypeReference);
      return value.map((each, i) => this.mistakeIn(item!, each, `${path}[${i}]`))
        .find((mistake) => mistake !== "") ?? "";
    }
    return this.#mistakeInObject(type, value as Record<string, unknown>, path);
  }

  #mistakeInObject(type: ts.Type, value: Record<string, unknown>, path: string): string {
    const more = type.getStringIndexType();
    for (const [name, each] of Object.entries(value)) {
      const property = type.getProperty(name);
      if (!property && !more) return `${path}.${name} is not declared`;
      if (property) this.#note(property);
      const of = property ? this.checker.getTypeOfSymbol(property) : more!;
      const mistake = this.mistakeIn(of, each, `${path}.${name}`);
      if (mistake !== "") return mistake;
    }
    const missing = type.getProperties().find(({ name, flags }) =>
      !(name in value) && !(flags & ts.SymbolFlags.Optional)
    );
    return missing ? `${path}.${missing.name} is missing` : "";
  }

  /** The same for the arguments of a method of an interface: a real call has all of them. */
  mistakeInCall(name: string, method: string, args: unknown[]): string {
    const symbol = this.checker.getSymbolsInScope(this.types, ts.SymbolFlags.Interface)
      .find((each) => each.name === name)!;
    const property = this.checker.getDeclaredTypeOfSymbol(symbol).getProperty(method);
    if (!property) return `${method} is not declared`;
    this.#note(property);
    const type = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(property));
    const { parameters } = type.getCallSignatures()[0]!;
    if (args.length !== parameters.length) return `it takes ${args.length} arguments`;
    return parameters.map((each, i) => this.mistakeIn(this.checker.getTypeOfSymbol(each), args[i]))
      .find((mistake) => mistake !== "") ?? "";
  }

  /** Where the members of values, as the guest has them, differ from those of their types: `name`
   *  is a function of the uses that returns the values by name. A member is the number of arguments
   *  that a method says it takes, or null. */
  differences(name: string, values: Record<string, Record<string, number | null>>): string[] {
    const found: string[] = [];
    const symbol = this.checker.getSymbolsInScope(this.#uses, ts.SymbolFlags.Variable)
      .find((each) => each.name === name)!;
    const [call] = this.checker.getTypeOfSymbol(symbol).getCallSignatures();
    for (const shape of call!.getReturnType().getProperties()) {
      const type = this.checker.getTypeOfSymbol(shape);
      const isClass = type.getConstructSignatures().length > 0 || !!type.getProperty("prototype");
      const known = new Map(
        type.getProperties().filter((each) => !isOfLanguage(each)).map((each) => [each.name, each]),
      );
      known.delete("prototype");
      const real = Object.entries(values[shape.name]!).filter(([member]) =>
        !(isClass ? OF_CLASSES : OF_OBJECTS).test(member)
      );
      for (const [member, takes] of real) {
        const property = known.get(member);
        if (!known.delete(member)) found.push(`${shape.name}.${member} is not declared`);
        else if (takes !== null) {
          const [method] = this.checker.getTypeOfSymbol(property!).getCallSignatures();
          const { fewest, most } = argumentsOf(method!.declaration as ts.SignatureDeclaration);
          if (takes < fewest || takes > most) {
            found.push(`${shape.name}.${member} takes ${takes}, not ${fewest} to ${most}`);
          }
        }
      }
      found.push(...[...known.keys()].map((member) => `${shape.name} has no ${member}`));
    }
    return found;
  }

  /** The values that a module exports which a source imports under this name. */
  exportsOf(source: ts.SourceFile, name: string): string[] {
    const symbol = this.checker.getSymbolsInScope(source, ts.SymbolFlags.Alias)
      .find((each) => each.name === name)!;
    const module = this.checker.getAliasedSymbol(symbol);
    return this.checker.getExportsOfModule(module).filter((each) => {
      const { flags } = each.flags & ts.SymbolFlags.Alias
        ? this.checker.getAliasedSymbol(each)
        : each;
      return flags & ts.SymbolFlags.Value;
    }).map((each) => each.name);
  }

  /** The declared members that nothing has used, and the calls that nothing has made. */
  unused(): string[] {
    const found: string[] = [];
    const visit = (node: ts.Node, within: string) => {
      const name = nameOf(node);
      const path = [within, name].filter(Boolean).join(".");
      if (isMember(node) && !this.#known.has(node)) found.push(path);
      const calls = this.#calls.get(node);
      if (calls) {
        const { fewest, most } = argumentsOf(node as ts.SignatureDeclaration);
        for (const count of [fewest, most]) {
          if (Number.isFinite(count) && !calls.has(count)) found.push(`${path} with ${count}`);
        }
      }
      // The condition of a type declares nothing.
      if (ts.isConditionalTypeNode(node)) return visit(node.falseType, path);
      ts.forEachChild(node, (child) => visit(child, path));
    };
    visit(this.types, "");
    return found;
  }

  #note(symbol: ts.Symbol): void {
    for (const declaration of symbol.declarations ?? []) this.#known.add(declaration);
  }

  #read(node: ts.Node): void {
    if (ts.isIdentifier(node)) {
      const symbol = this.checker.getSymbolAtLocation(node);
      if (symbol) this.#note(symbol);
    } else if (ts.isShorthandPropertyAssignment(node)) {
      const symbol = this.checker.getShorthandAssignmentValueSymbol(node);
      if (symbol) this.#note(symbol);
    } else if (ts.isObjectLiteralExpression(node)) {
      const type = this.checker.getContextualType(node);
      for (const { name } of node.properties) {
        for (const each of type?.isUnion() ? type.types : type ? [type] : []) {
          const property = name && each.getProperty(name.getText());
          if (property) this.#note(property);
        }
      }
    } else if (ts.isObjectBindingPattern(node)) {
      const type = this.checker.getTypeAtLocation(node);
      for (const { name, propertyName } of node.elements) {
        const property = type.getProperty((propertyName ?? name).getText());
        if (property) this.#note(property);
      }
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const { declaration } = this.checker.getResolvedSignature(node) ?? {};
      if (declaration) {
        this.#known.add(declaration);
        const counts = this.#calls.get(declaration) ?? new Set();
        this.#calls.set(declaration, counts.add(node.arguments?.length ?? 0));
      }
    }
    ts.forEachChild(node, (child) => this.#read(child));
  }
}

const PRIMITIVES: [flags: ts.TypeFlags, isOne: (value: unknown) => boolean][] = [
  [ts.TypeFlags.StringLike, (value) => typeof value === "string"],
  [ts.TypeFlags.NumberLike, (value) => typeof value === "number"],
  [ts.TypeFlags.BooleanLike, (value) => typeof value === "boolean"],
];

function isNamed(value: unknown): value is Named {
  return typeof value === "object" && value !== null && "$is" in value;
}

/** What each function has, and each object. */
const OF_CLASSES = /^(length|name|prototype|[A-Z_]+_ERR)$/;
const OF_OBJECTS = /^(constructor|stack|name|message|[A-Z_]+_ERR)$/;

function isOfLanguage({ name, declarations = [] }: ts.Symbol): boolean {
  return name.startsWith("__@") ||
    declarations.every((each) => each.getSourceFile().fileName.includes("/lib."));
}

/** Whether a node declares something that a bot can use. `prototype` says only that the value is a
 *  class. */
function isMember(node: ts.Node): boolean {
  if (ts.isPropertySignature(node)) return node.name.getText() !== "prototype";
  if (ts.isMethodSignature(node)) return !ts.isComputedPropertyName(node.name);
  return ts.isConstructSignatureDeclaration(node) || ts.isFunctionDeclaration(node) ||
    ts.isVariableDeclaration(node);
}

function nameOf(node: ts.Node): string {
  if (ts.isConstructSignatureDeclaration(node)) return "new";
  const { name } = node as { name?: ts.Node };
  return name && !ts.isParameter(node) ? name.getText() : "";
}

/** How many arguments a function takes. */
export function argumentsOf({ parameters }: { parameters: ts.SignatureDeclaration["parameters"] }) {
  const isOptional = ({ questionToken, initializer, dotDotDotToken }: ts.ParameterDeclaration) =>
    questionToken ?? initializer ?? dotDotDotToken;
  const first = parameters.findIndex((each) => isOptional(each));
  const fewest = first < 0 ? parameters.length : first;
  const most = parameters.some(({ dotDotDotToken }) => dotDotDotToken)
    ? Infinity
    : parameters.length;
  return { fewest, most };
}
