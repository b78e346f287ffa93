/** `docs/reference/bot_api.md`: the hooks and the members of `ctx` in both languages, and the
 *  limits of bots, with the texts of `bots/bot.d.ts` and `src/domain/limits/`. */
import ts from "typescript";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { vettedSources } from "../../src/sandbox/guest/javascript/vetted_sources.ts";
import { table } from "./schema_words.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

/** Those of channels that an author meets. */
const OF_CHANNELS = [
  ...["hookMs", "inspectMs", "botsPerChannel", "netHosts", "envNames", "envBytes"],
  "killsBeforePause",
] as const;

export async function botApiPage(): Promise<string> {
  const types = parsed("bot.d.ts", await read("bots/bot.d.ts"));
  const stub = await read("bots/bot.pyi");
  const limits = {
    ...commentsOf(await read("src/domain/limits/channel.ts"), OF_CHANNELS),
    ...commentsOf(await read("src/domain/limits/bot.ts")),
  };
  const values: Record<string, number> = { ...CHANNEL_LIMITS, ...BOT_LIMITS };
  const rows = Object.entries(limits).map(([name, text]) => [text, amount(name, values[name]!)]);
  return `# Bot API

What a bot is called with, and what it can do. [Writing a bot](../bots.md) explains it; the types are
in [\`bot.d.ts\`](../../bots/bot.d.ts) and [\`bot.pyi\`](../../bots/bot.pyi), and the tests compare them
with the guests.

## Hooks

${sideBySide(interfaceIn(types, "BotHooks"), classIn(stub, "BotHooks"))}

## A message

${table(["member", "type", ""], fieldsOf(interfaceIn(types, "Message")))}

## The manifest

${table(["member", "type", ""], fieldsOf(interfaceIn(types, "BotManifest")))}

## Members of ctx

${sideBySide(interfaceIn(types, "BotContext"), classIn(stub, "BotContext"))}

## Globals and modules

In JavaScript and TypeScript, besides the language: ${globalsOf(types)}. In Python:
[its modules](../bots.md#what-a-source-may-use) and \`fetch\`.

${
    table(
      ["module", "version"],
      (await vettedSources()).map(({ name, version }) => [`\`${name}\``, version]),
    )
  }

## Limits

${table(["of", "at most"], rows)}
`;
}

function parsed(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true);
}

function interfaceIn({ statements }: ts.SourceFile, name: string): ts.TypeElement[] {
  const found = statements.find((each) =>
    ts.isInterfaceDeclaration(each) && each.name.text === name
  );
  return [...(found as ts.InterfaceDeclaration).members].filter((each) => each.name);
}

/** The comment of a node, on one line. */
function commentOf(node: ts.Node): string {
  const [doc] = ts.getJSDocCommentsAndTags(node);
  const text = doc && ts.isJSDoc(doc) ? ts.getTextOfJSDocComment(doc.comment) : undefined;
  return (text ?? "").replace(/\s+/g, " ");
}

/** The text of a node without its comment, on one line. */
function sourceOf(node: ts.Node): string {
  const text = node.getText().replace(/\/\*\*[^]*?\*\//g, "").replace(/^readonly /, "");
  return text.replace(/\s+/g, " ").replace(/([{(]) ?/g, "$1").replace(/,? ?([})])/g, "$1")
    .replace(/\{/g, "{ ").replace(/\}/g, " }").replace(/;$/, "").replace(/; \}/g, " }")
    .replace("{  }", "{}");
}

function fieldsOf(members: ts.TypeElement[]): string[][] {
  return members.map((member) => {
    const { type } = member as ts.PropertySignature;
    const optional = member.questionToken ? "?" : "";
    const words = type!.getText().replace(/ \| undefined$/, "").replace(/\s+/g, " ");
    return [`\`${member.name!.getText()}${optional}\``, `\`${words}\``, commentOf(member)];
  });
}

/** The signatures of a class in a stub, by name. */
function classIn(stub: string, name: string): Record<string, string> {
  const [, body] = new RegExp(`^class ${name}:\n([^]*?)^(?=\\S)`, "m").exec(stub)!;
  const found: Record<string, string> = {};
  const methods = body!.matchAll(/^ {4}(@property\n {4})?def (\w+)\(([^]*?)\) -> ([^:]+):/gm);
  for (const [, isProperty, member, parameters, returns] of methods) {
    const taken = parameters!.replace(/\s+/g, " ").replace(/^ ?self,? ?/, "").replace(/, ?$/, "");
    found[member!] = isProperty ? `${member}: ${returns}` : `${member}(${taken}) -> ${returns}`;
  }
  return found;
}

function sideBySide(members: ts.TypeElement[], python: Record<string, string>): string {
  const rows = members.map((member) => {
    const name = member.name!.getText();
    const own = (name === "fetch" ? fetchIn(member) : sourceOf(member)).replace(/^(\w+)\?/, "$1")
      .replace(/: unknown$/, "");
    return [
      `\`${own}\``,
      `\`${python[name]!.replace(/ -> Any$/, "")}\``,
      commentOf(member),
    ];
  });
  return table(["JavaScript, TypeScript", "Python", ""], rows);
}

/** `ctx.fetch` is the global one. */
function fetchIn(member: ts.TypeElement): string {
  const found = member.getSourceFile().statements.find((each) =>
    ts.isFunctionDeclaration(each) && each.name!.text === "fetch"
  )!;
  return sourceOf(found).replace("declare function ", "");
}

function globalsOf({ statements }: ts.SourceFile): string {
  const names = statements.flatMap((each) => {
    if (ts.isFunctionDeclaration(each)) return each.name!.text;
    if (!ts.isVariableStatement(each)) return [];
    return each.declarationList.declarations.map(({ name }) => name.getText());
  });
  return names.map((name) => `\`${name}\``).join(", ");
}

/** The first sentence of the comment of each limit in a file, by name. */
function commentsOf(text: string, names?: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (node: ts.Node) => {
    if (ts.isPropertyAssignment(node)) {
      const name = node.name.getText();
      const [sentence] = /^.+?\.(?= |$)/.exec(commentOf(node)) ?? [];
      if (names && !names.includes(name)) return;
      if (sentence === undefined) throw new Error(`${name} has no comment`);
      found[name] = sentence;
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed("limits.ts", text));
  return found;
}

/** A limit with the unit that its name ends with. */
function amount(name: string, value: number): string {
  const count = (number: number) => number.toLocaleString("en");
  if (name === "envValueMinChars") return `at least ${value} characters`;
  if (name.endsWith("Bytes")) {
    return value % 2 ** 20 === 0
      ? `${count(value / 2 ** 20)} MiB`
      : `${count(value / 2 ** 10)} KiB`;
  }
  if (name.endsWith("Chars")) return `${count(value)} characters`;
  if (!name.endsWith("Ms")) return count(value);
  const days = value / (24 * 60 * 60 * 1_000);
  return days >= 1 ? `${count(days)} days` : `${count(value / 1_000)} s`;
}
