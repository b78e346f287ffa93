/** What an editor or a chat puts around a source is taken off, and the lines keep their numbers. */
import assert from "node:assert/strict";
import { fencedLanguage, plainSource } from "../../src/sandbox/plain_source.ts";

const PLAIN: Record<string, [given: string, plain: string]> = {
  "nothing": ["class A {}\n", "class A {}\n"],
  "a byte order mark": ["\uFEFFclass A {}\n", "class A {}\n"],
  "a fence": ["```ts\nclass A {}\n```\n", "\nclass A {}\n"],
  "a fence without a language": ["```\nclass A {}\n```", "\nclass A {}\n"],
  "a fence of tildes": ["~~~js\nclass A {}\n~~~", "\nclass A {}\n"],
  "a fence after blank lines, behind a mark": [
    "\uFEFF\n\n```py\nx = 1\n```  \n\n",
    "\n\n\nx = 1\n",
  ],
  "a fence that is left open": ["```ts\nclass A {}\n", "\nclass A {}\n"],
  "lines of another system": ["```ts\r\nclass A {}\r\n```\r\n", "\nclass A {}\r\n"],
  "a fence within": ["const a = `\n```ts\n```\n`;", "const a = `\n```ts\n```\n`;"],
  "a template at the beginning": ["`x`;\nclass A {}", "`x`;\nclass A {}"],
};

Deno.test("plainSource() takes off", async (t) => {
  for (const [name, [given, plain]] of Object.entries(PLAIN)) {
    await t.step(name, () => assert.equal(plainSource(given), plain));
  }
});

Deno.test("fencedLanguage() is told by a fence of Python", () => {
  for (const tag of ["python", "py", "Python", "python3 title=x"]) {
    assert.equal(fencedLanguage(`\`\`\`${tag}\nx = 1\n\`\`\``), "python");
  }
  for (const source of ["```ts\n```", "```\n```", "x = 1", "# python"]) {
    assert.equal(fencedLanguage(source), undefined);
  }
});
