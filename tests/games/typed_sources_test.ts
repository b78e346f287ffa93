/** Bots that authors read or begin with are sound under `bots/bot.d.ts` alone: the built-in ones,
 *  those of the documents, and those that the page and the command line make. */
import assert from "node:assert/strict";
import { KINDS } from "../../src/cli/bot/choices.ts";
import { filesOf } from "../../src/cli/bot/new_bot.ts";
import { templateIn } from "../../src/web/create/referee_templates.ts";
import { complaintsOf, typedBots } from "../support/typed_bots.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

/** The blocks of a document in a language. */
async function blocksOf(path: string, language: string): Promise<string[]> {
  const blocks = (await read(path)).matchAll(
    new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "gm"),
  );
  return [...blocks].map(([, block]) => block!);
}

/** A part of a class or of a hook, as a whole source. */
function wholeSource(block: string): string {
  if (/^(import|export|class) /m.test(block)) return block;
  if (block.startsWith("static ")) return `class Part {\n${block}\n}`;
  const posted = "TurnPost & { view?: BoardView } | { view: BoardView }";
  return `function hook(this: { ctx: { post(kind: string, body: ${posted}): void } }) {\n${block}\n}`;
}

async function builtins(): Promise<Record<string, string>> {
  const sources: Record<string, string> = {};
  for await (const folder of Deno.readDir(new URL("bots/", ROOT))) {
    if (!folder.isDirectory) continue;
    for await (const { name } of Deno.readDir(new URL(`bots/${folder.name}/`, ROOT))) {
      if (name.endsWith(".ts")) sources[name] = await read(`bots/${folder.name}/${name}`);
    }
  }
  return sources;
}

Deno.test("the built-in bots know only what bots/bot.d.ts declares", async () => {
  const sources = await builtins();
  assert.ok(Object.keys(sources).length > 15);
  for (const kind of KINDS) {
    sources[`${kind}.ts`] = filesOf("FourStones", "typescript", kind)!["four_stones.ts"]!;
  }
  sources["template.ts"] = templateIn("typescript");
  assert.deepEqual(complaintsOf(await typedBots(sources)), []);
});

Deno.test("the bots of docs/ know only what bots/bot.d.ts declares", async () => {
  const sources: Record<string, string> = {};
  for (const [i, block] of (await blocksOf("docs/bots.md", "ts")).entries()) {
    sources[`bots_${i + 1}.ts`] = wholeSource(block);
  }
  for (const page of ["bots", "patterns"]) {
    for (const [i, block] of (await blocksOf(`docs/${page}.md`, "js")).entries()) {
      sources[`${page}_${i + 1}.js`] = block;
    }
  }
  assert.equal(Object.keys(sources).length, 5 + 1 + 9);
  for (const kind of KINDS) {
    sources[`${kind}.js`] = filesOf("FourStones", "javascript", kind)!["four_stones.js"]!;
  }
  // They are short: an author who wants more writes types. The guest sets `ctx` and `params`.
  const loose = {
    ...{ allowJs: true, checkJs: true, noImplicitAny: false, strictPropertyInitialization: false },
  };
  assert.deepEqual(complaintsOf(await typedBots(sources, loose)), []);
});
