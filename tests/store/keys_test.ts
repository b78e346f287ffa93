/** `docs/storage.md` lists all keys of the store, and no others. */
import assert from "node:assert/strict";
import { keys } from "../../src/store/keys.ts";

/** A key with a star for each variable part: `channel * head`. */
type Form = string;

const formOf = (parts: string[]): Form => parts.join(" ");

/** The form of a function's keys, from a key with marked values. */
function formOfKeys(make: (...parts: never[]) => Deno.KvKey): Form {
  const values = Array.from({ length: make.length }, (_, i) => `value ${i}`);
  const key = (make as (...parts: string[]) => Deno.KvKey)(...values);
  return formOf(key.map((part) => values.includes(String(part)) ? "*" : String(part)));
}

/** The form of a documented key. In `["entry", channel, id]`, the quoted parts are fixed. */
function formOfRow(row: string): Form {
  return formOf(row.split(", ").map((part) => /^"(.+)"$/.exec(part)?.[1] ?? "*"));
}

const page = await Deno.readTextFile(new URL("../../docs/storage.md", import.meta.url));
const documented = [...page.matchAll(/^\| `\[(.+?)\]`/gm)].map(([, row]) => formOfRow(row!));
const made = Object.entries(keys).map(([name, make]) => [name, formOfKeys(make)] as const);

for (const [name, form] of made) {
  Deno.test(`docs/storage.md lists keys.${name}(), or keys with it as their prefix`, () => {
    assert.ok(documented.some((row) => row === form || row.startsWith(`${form} `)), form);
  });
}

Deno.test("docs/storage.md lists each key once, and only keys of keys.ts", () => {
  const forms = made.map(([, form]) => form);
  assert.deepEqual(documented.filter((row) => !forms.includes(row)), []);
  assert.equal(new Set(documented).size, documented.length);
});
