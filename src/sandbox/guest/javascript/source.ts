/** Turns a bot's source into a module that the guest can load: detects the language, strips the
 *  types, and parses. Line numbers stay the same, because removed text leaves its line ends. */
import type { BotLanguage } from "../../../domain/bot/bot.ts";
import { BOT_LIMITS } from "../../../domain/limits/bot.ts";
import { type Node, parse, type Program } from "acorn";

/** The reason for refusing a source; lines count from 1. */
export class Rejection extends Error {
  override readonly name = "Rejection";
  constructor(message: string, readonly line?: number, readonly looksLike?: "python") {
    super(message.slice(0, 1_000).toWellFormed());
  }
}

/** The refusal of a source that nests deeper than `MAX_DEPTH`, or that overflows a parser's
 *  stack. */
export const TOO_DEEP = "The source nests too deeply.";

/** The most levels of a syntax tree. Without this limit, the parser's own stack would set one, and
 *  that depends on how far V8 has optimised the parser: a server might attach a source that a
 *  verifier refuses. The parsers here reach three times this depth in a new process. */
const MAX_DEPTH = 1_500;

interface ParsedSource {
  language: BotLanguage;
  javascript: string;
  program: Program;
}

/** Detects the language when none is given. Throws a `Rejection`. */
export async function parseSource(source: string, language?: BotLanguage): Promise<ParsedSource> {
  const bytes = new TextEncoder().encode(source).length;
  if (bytes > BOT_LIMITS.botSourceBytes) {
    throw new Rejection(
      `The source is ${bytes} bytes; at most ${BOT_LIMITS.botSourceBytes} are allowed.`,
    );
  }
  if (language !== "typescript") {
    const program = parseModule(source);
    if (!(program instanceof Rejection)) {
      return { language: "javascript", javascript: source, program };
    }
    if (looksLikePython(source)) {
      throw new Rejection(
        'This looks like Python: set the language to "python".',
        program.line,
        "python",
      );
    }
    if (language === "javascript") throw program;
  }
  const javascript = await stripTypes(source);
  refuseDropped(source, javascript);
  const program = parseModule(javascript);
  if (program instanceof Rejection) throw program;
  return { language: "typescript", javascript, program };
}

function parseModule(javascript: string): Program | Rejection {
  try {
    const options = { ecmaVersion: "latest", sourceType: "module", locations: true } as const;
    const program = parse(javascript, options);
    return nestsTooDeeply(program) ? new Rejection(TOO_DEEP) : program;
  } catch (error) {
    return syntaxRejection(error, javascript, 0);
  }
}

const NO_DECORATORS =
  "Decorators (@name) are not allowed in a bot: call the function on the class or the value instead.";
const NAMESPACE = /^[ \t]*(?:export\s+)?(namespace|module)\s+([\w$.]+)\s*\{/gm;

/** Refuses a namespace, which Sucrase drops as if it were a type. A comment or a string that reads
 *  like one is still in the output. */
function refuseDropped(source: string, javascript: string): void {
  const lines = javascript.split("\n");
  for (const { 1: keyword, 2: name, index } of source.matchAll(NAMESPACE)) {
    const line = source.slice(0, index).split("\n").length;
    if (lines[line - 1]?.includes(keyword!)) continue;
    throw new Rejection(
      `namespace ${name}: namespaces are not allowed in a bot. Write an object, or a class with static members.`,
      line,
    );
  }
}

/** Iterative, so that it cannot overflow the stack itself. */
function nestsTooDeeply(program: Program): boolean {
  let level: Node[] = [program];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((node) => Object.values(node).flat().filter(isNode));
  }
  return false;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** A module's source as the guest loads it: without its types, if it is TypeScript. Throws a
 *  `Rejection`. */
export async function javascriptOf(source: string): Promise<string> {
  if (!(parseModule(source) instanceof Rejection)) return source;
  const javascript = await stripTypes(source);
  const program = parseModule(javascript);
  if (program instanceof Rejection) throw program;
  return javascript;
}

/** Loads Sucrase with the first TypeScript bot, because it takes eleven megabytes. */
async function stripTypes(source: string): Promise<string> {
  const { transform } = await import("sucrase");
  try {
    return transform(source, {
      transforms: ["typescript"],
      disableESTransforms: true,
      keepUnusedImports: true,
    }).code;
  } catch (error) {
    // Sucrase fails on some namespaces instead of dropping them.
    refuseDropped(source, "");
    throw syntaxRejection(error, source, 1);
  }
}

/** Both parsers end their messages with `(line:column)`, where columns count from `base`. Any other
 *  message means that the parser's own stack overflowed. */
function syntaxRejection(error: unknown, source: string, base: 0 | 1): Rejection {
  const message = error instanceof Error ? error.message : "";
  const [, what, line, column] = /^(.*) \((\d+):(\d+)\)$/s.exec(message) ?? [];
  if (!what) return new Rejection(TOO_DEEP);
  const at = source.split("\n")[Number(line) - 1]?.[Number(column) - base];
  if (at === "@") return new Rejection(NO_DECORATORS, Number(line));
  return new Rejection(
    `Syntax error: ${what.replace(/^Error parsing.*?: |\.$/g, "")}.`,
    Number(line),
  );
}

const PYTHON =
  /^(class\s+\w+(\s*\(.*\))?\s*:\s*(#.*)?$|\s*(async\s+)?def\s+\w+\s*\(|(from\s+[\w.]+\s+)?import\s+[\w.]+(\s+as\s+\w+|\s*,\s*\w+)*\s*(#.*)?$|\s*(if|elif|for|while|with|try|except|else)\b[^{}()]*(\(.*\))?[^{}()]*:\s*(#.*)?$)/m;

/** Ignores the comments and template strings of JavaScript, which may contain such lines. */
function looksLikePython(source: string): boolean {
  return PYTHON.test(source.replace(/\/\*[^]*?\*\/|`[^`]*`|^\s*\/\/.*$/gm, ""));
}
