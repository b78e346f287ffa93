/** Adds to the engine's error messages what the bot's author needs to fix the error: which value is
 *  not a function, and what a bot has instead of an undefined name. */
import { type AnyNode, parse } from "acorn";
import { full } from "acorn-walk";
import { BOT_FILE } from "../hook_run.ts";

const NO_FUNCTION = /^TypeError: not a (function|constructor)$/;
const NOT_DEFINED = /^ReferenceError: (\w+) is not defined$/;
/** Matches a trace whose innermost frame is the bot's own call. The source does not contain the
 *  calls that a built-in function makes. */
const INNERMOST = new RegExp(`^\\s*at [^\\n]*\\(${BOT_FILE}:(\\d+):(\\d+)\\)`);
const SHOWN_CHARS = 80;

/** The bot's alternatives to names that other environments have. */
const INSTEAD: Record<string, string> = {
  ctx: "this.ctx, which the constructor sets",
  params: "this.params, which the constructor sets",
  env: "this.ctx.env",
  process: "this.params for parameters and this.ctx.env for secrets",
  Buffer: "Uint8Array, TextEncoder, atob and btoa",
  Intl: "toLocaleString, toFixed and toISOString",
  localStorage: "this.ctx.get_state() and this.ctx.set_state(state)",
  setImmediate: "setTimeout",
  requestAnimationFrame: "setTimeout",
  XMLHttpRequest: "fetch",
  WebSocket: "fetch",
  axios: "fetch",
  window: "globalThis",
  global: "globalThis",
  self: "globalThis",
  module: "export default",
  exports: "export default",
};

/** The message, or a clearer one. `javascript` is the source without types, `contextNames` are the
 *  members of ctx, and `trace` is the error's stack, which a bot can write itself. */
export function explained(
  message: string,
  trace: string,
  javascript: string,
  contextNames: string,
): string {
  const [, name] = NOT_DEFINED.exec(message) ?? [];
  if (name !== undefined && Object.hasOwn(INSTEAD, name)) {
    return `${message} in a bot: write ${INSTEAD[name]}`;
  }
  const [, kind] = NO_FUNCTION.exec(message) ?? [];
  const [, line, column] = kind ? INNERMOST.exec(trace) ?? [] : [];
  const callee = line && calleeAt(javascript, Number(line), Number(column));
  if (!callee) return message;
  const what = javascript.slice(callee.start, callee.end).replace(/\s+/g, " ").slice(
    0,
    SHOWN_CHARS,
  );
  if (callee.type !== "MemberExpression" || callee.computed) {
    return `TypeError: ${what} is not a ${kind}`;
  }
  const object = javascript.slice(callee.object.start, callee.object.end);
  const property = javascript.slice(callee.property.start, callee.property.end);
  if (!/(^|[.#_])ctx$/.test(object)) return `TypeError: ${what} is not a ${kind}`;
  return contextNames.split(", ").includes(property)
    ? `TypeError: ctx.${property} is a value, not a ${kind}`
    : `TypeError: ctx has no "${property.slice(0, SHOWN_CHARS)}": it has ${contextNames}`;
}

/** The callee of the call at a position in a trace. The engine reports the position of the callee's
 *  last name, of the parenthesis, or of the callee's beginning. */
function calleeAt(javascript: string, line: number, column: number): AnyNode | undefined {
  const lines = javascript.split("\n").slice(0, line - 1);
  // The engine counts the columns of the first line from 0, and those of all others from 1.
  const at = lines.reduce((sum, { length }) => sum + length + 1, line === 1 ? column : column - 1);
  let found: AnyNode | undefined;
  try {
    full(parse(javascript, { ecmaVersion: "latest", sourceType: "module" }), (node) => {
      const one = node as AnyNode;
      if (one.type !== "CallExpression" && one.type !== "NewExpression") return;
      const callee = one.callee as AnyNode;
      const last = callee.type === "MemberExpression" ? callee.property : callee;
      const open = javascript.indexOf("(", callee.end);
      if (at === last.start || at === open || at === callee.start) found ??= callee;
    });
  } catch { /* The trace was made up, or a parser ran out of stack. */ }
  return found;
}

/** Corrects the trace of an error in the value of a field, for which the engine reports line 0. The
 *  line becomes that of the name in the message, if field values use the name on one line only. */
export function located(message: string, trace: string, javascript: string): string {
  if (!IN_FIELD.test(trace)) return trace;
  const name = /'([\w$]+)'|^ReferenceError: ([\w$]+)/.exec(message);
  const lines = name ? fieldLines(javascript, name[1] ?? name[2]!) : [];
  return trace.replace(IN_FIELD, lines.length === 1 ? `(${BOT_FILE}:${lines[0]}:1)` : "");
}

const IN_FIELD = new RegExp(`\\(${BOT_FILE}:0:\\d+\\)`);

/** The lines on which the value of a field uses this name. */
function fieldLines(javascript: string, name: string): number[] {
  const lines: number[] = [];
  try {
    const program = parse(javascript, {
      ecmaVersion: "latest",
      sourceType: "module",
      locations: true,
    });
    full(program, (node) => {
      const field = node as AnyNode;
      if (field.type !== "PropertyDefinition" || !field.value) return;
      full(field.value, (part) => {
        const one = part as AnyNode;
        const named = one.type === "MemberExpression" && !one.computed ? one.property : one;
        if (named.type === "Identifier" && named.name === name) lines.push(named.loc!.start.line);
      });
    });
  } catch { /* The trace was made up, or a parser ran out of stack. */ }
  return [...new Set(lines)];
}
