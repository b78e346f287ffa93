/** The rule of comment_width.ts, on sources that break and keep it. */
import assert from "node:assert/strict";
import plugin from "./comment_width.ts";

const long = "x".repeat(98);

function linesOf(source: string, path = "/src/a.ts"): string[] {
  return Deno.lint.runPlugin(plugin, path, source).map(({ message }) => message);
}

Deno.test("comment-width: a line of 100 columns is kept", () => {
  assert.deepEqual(linesOf(`// ${long.slice(1)}\nconst a = 1;\n`), []);
  assert.deepEqual(
    linesOf(`/** ${long.slice(5)}\n * and more */\nconst a = "${long}${long}";\n`),
    [],
  );
});

Deno.test("comment-width: each longer line is reported, in a block and behind code", () => {
  assert.deepEqual(linesOf(`// ${long}\n`), ["A line with a comment has 101 columns"]);
  assert.equal(linesOf(`/* a\n ${long}${long}\n${long}${long} */\n`).length, 2);
  assert.equal(linesOf(`const a = "${long}"; // why\n`).length, 1);
});

Deno.test("comment-width: the source of a bot is left as it is", () => {
  assert.deepEqual(linesOf(`// ${long}\n`, "/bots/guess_bot.ts"), []);
});
