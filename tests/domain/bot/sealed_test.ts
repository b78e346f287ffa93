import assert from "node:assert/strict";
import { BOT_LIMITS } from "../../../src/domain/limits/bot.ts";
import { Sealed } from "../../../src/domain/bot/sealed.ts";

const VALUE = `Zk3/aa+bb"cc'\\dé==&<x>`;
const sealed = new Sealed([VALUE]);
const bytes = (text: string) => new TextEncoder().encode(text);
const base64 = (text: string) => bytes(text).toBase64();
const units = (text: string, escape: (unit: number) => string) =>
  text.split("").map((unit) => escape(unit.charCodeAt(0))).join("");
const hex = (code: number, digits: number) => code.toString(16).padStart(digits, "0");
/** In the form of Python's `json.dumps`. */
const ascii = (json: string) => json.replace(/[^ -~]/g, (c) => `\\u${hex(c.charCodeAt(0), 4)}`);
const inLines = (text: string, chars: number, end: string) =>
  text.replace(new RegExp(`.{${chars}}(?=.)`, "g"), `$&${end}`);

/** Spellings that programs use by default. */
const SPELLINGS: Record<string, string> = {
  "as it is": VALUE,
  "in other case": VALUE.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  "as part of a URL": encodeURIComponent(VALUE),
  "as a form": new URLSearchParams({ key: VALUE }).toString(),
  "as Python quotes it": encodeURIComponent(VALUE).replaceAll("%2F", "/"),
  "percent-encoded twice": encodeURIComponent(encodeURIComponent(VALUE)),
  "every byte percent-encoded": [...bytes(VALUE)].map((b) => `%${b.toString(16).padStart(2, "0")}`)
    .join(""),
  "in JSON": JSON.stringify({ key: VALUE }),
  "in JSON with escaped slashes": JSON.stringify({ key: VALUE }).replaceAll("/", "\\/"),
  "in HTML": VALUE.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  "in JSON as Python writes it": ascii(JSON.stringify({ key: VALUE })),
  "in JSON in JSON as Python writes it": ascii(JSON.stringify(ascii(JSON.stringify(VALUE)))),
  "every character escaped in JSON": units(VALUE, (unit) => `\\u${hex(unit, 4)}`),
  "every character escaped in JSON, in capitals": units(
    VALUE,
    (unit) => `\\u${hex(unit, 4).toUpperCase()}`,
  ),
  "as Python writes bytes": VALUE.replace(/['\\]/g, "\\$&").replace("é", "\\xc3\\xa9"),
  "in HTML with numbers": VALUE.replace(/[^\w]/g, (c) => `&#${c.charCodeAt(0)};`),
  "in HTML as Python writes it": VALUE.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#x27;"),
  "every character a decimal number of HTML": units(VALUE, (unit) => `&#${unit};`),
  "every character a number of HTML with zeros": units(VALUE, (unit) => `&#000${unit};`),
  "every character a hex number of HTML": units(VALUE, (unit) => `&#x${hex(unit, 1)};`),
  "every character a hex number of HTML, in capitals": units(
    VALUE,
    (unit) => `&#X0000${hex(unit, 1).toUpperCase()};`,
  ),
  "every character a number of HTML without an end": units(VALUE, (unit) => `&#${unit}`),
  "in HTML in JSON": ascii(JSON.stringify(units(VALUE, (unit) => `&#${unit};`))),
  "in HTML in a URL": encodeURIComponent(units(VALUE, (unit) => `&#${unit};`)),
  "in hex": bytes(VALUE).toHex(),
  "in base64": base64(VALUE),
  "in base64 after one byte": base64(`a${VALUE}`),
  "in base64 after two bytes": base64(`ab${VALUE}`),
  "in base64 as a password": base64(`user:${VALUE}`),
  "in base64 with line breaks": inLines(base64(`${VALUE}${VALUE}`), 10, "\n"),
  "in base64 with line breaks of e-mail": inLines(base64(`ab${VALUE}`), 7, "\r\n  "),
  "in base64 with spaces": inLines(base64(VALUE), 4, " "),
  "in base64 with line breaks, in JSON": JSON.stringify(inLines(base64(VALUE), 12, "\r\n")),
  "in base64 with line breaks, in a URL": encodeURIComponent(inLines(base64(VALUE), 12, "\n")),
  "in base64url with line breaks": inLines(base64(VALUE), 12, "\n").replaceAll("+", "-")
    .replaceAll("/", "_"),
  "in hex, in groups": inLines(bytes(VALUE).toHex(), 2, " "),
  "in base64url": base64(VALUE).replaceAll("+", "-").replaceAll("/", "_"),
};

Deno.test("Sealed finds a value in every usual spelling", async (t) => {
  for (const [name, text] of Object.entries(SPELLINGS)) {
    await t.step(name, () => {
      assert.ok(sealed.isIn(`before ${text} after`));
      assert.ok(sealed.isInJson([{ deep: { [`a ${text}`]: 1 } }]));
      assert.ok(sealed.isInBytes(bytes(`{"text":"${text}"}`)));
      assert.ok(sealed.isInBytes(new Uint8Array([0xff, 0x00, ...bytes(text), 0xfe])));
    });
  }
  await t.step("in UTF-16", () => {
    const ascii = new Sealed(["kappa-tau-9137-omega"]);
    const utf16 = new Uint8Array(
      new Uint16Array([..."xkappa-tau-9137-omega"].map((c) => c.charCodeAt(0))).buffer,
    );
    assert.ok(ascii.isInBytes(utf16));
  });
  await t.step("as a number", () => {
    assert.ok(new Sealed(["1234567890123"]).isInJson({ n: [1234567890123] }));
  });
});

/** Values that contain the escapes of the encodings themselves. */
const ODD = [
  "a%41b%2541c-0123456789",
  "back\\slash\\\\and\\u0041-xyz",
  "named&amp;entity&#39;&lt;9",
  "tab\tnew\nline\u0001 control",
  "astral 😀 plane 𝄞 letters",
  "\u0130stanbul ß ﬁ Ω кириллица",
  "\u0130abcde".repeat(2) + "\u0130".repeat(4),
];

Deno.test("Sealed finds values that look like escapes themselves", async (t) => {
  for (const value of ODD) {
    const found = new Sealed([value]);
    const html = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    const spelled: Record<string, string> = {
      "as it is": value,
      "in JSON": JSON.stringify(value),
      "in JSON as Python writes it": ascii(JSON.stringify(value)),
      "in JSON in JSON": ascii(JSON.stringify(JSON.stringify(value))),
      "as part of a URL": encodeURIComponent(value),
      "percent-encoded twice": encodeURIComponent(encodeURIComponent(value)),
      "in HTML": html,
      "in HTML in JSON": ascii(JSON.stringify(html)),
      "all of it HTML": [...value].map((c) => `&#${c.codePointAt(0)};`).join(""),
      "in base64": base64(value),
    };
    for (const [name, text] of Object.entries(spelled)) {
      await t.step(`${JSON.stringify(value)} ${name}`, () => {
        assert.ok(found.isIn(`<${text}>`), text);
        assert.ok(found.isInBytes(bytes(`<${text}>`)), text);
      });
    }
  }
});

Deno.test("Sealed finds a value made of escapes, but not the short text it decodes to", () => {
  const sealed = new Sealed(["\\u0061\\u0062\\u0063\\u0064"]);
  assert.ok(sealed.isIn("x\\u0061\\u0062\\u0063\\u0064x"));
  assert.ok(!sealed.isIn("the abcd of it, and more of it"));
});

/** Texts that could make a search slow, as large as an answer of the network. */
const SLOW = {
  "one letter": "a",
  "escapes that end nowhere": "%",
  "backslashes": "\\",
  "entities that end nowhere": "&#",
  "zeros of an entity": "&#0".padEnd(1_000, "0"),
  "entities": "&#97;",
  "percent-encoded letters": "%61",
  "letters of JSON": "\\u0061",
  "letters and spaces": "a ",
  "form spaces": "a+",
};

Deno.test("Sealed reads every text a fixed number of times", async (t) => {
  const letters = "bcdefghijklmnopq";
  // Values that differ from the texts in one letter, wherever the search looks for it.
  const values = Array.from(
    letters,
    (letter, i) => `${"a".repeat(60 + i)}${letter}${"a".repeat(60)}`,
  );
  const sealed = new Sealed(values);
  for (const [name, part] of Object.entries(SLOW)) {
    await t.step(name, () => {
      const text = part.repeat(BOT_LIMITS.netAnswerBytes / part.length);
      assert.ok(!sealed.isInBytes(bytes(text)));
      assert.ok(!sealed.isInJson(Array(2_000).fill(part)));
    });
  }
});

Deno.test("Sealed finds a long value by its middle, and not by a half without that middle", () => {
  const long = Array.from({ length: 100 }, (_, i) => `k${i}`).join("-");
  const sealed = new Sealed([long]);
  assert.ok(sealed.isIn(`x${long}x`) && sealed.isIn(long.slice(1, -1)));
  assert.ok(!sealed.isIn(long.slice(0, 100)));
});

Deno.test("Sealed finds nothing in other texts, and nothing at all without values", () => {
  for (const text of ["", "Zk3/aa", "kappa", "%", "%zz", VALUE.slice(1), VALUE.slice(0, -1)]) {
    assert.ok(!sealed.isIn(text), text);
    assert.equal(sealed.withheld(text), text);
  }
  const none = new Sealed([]);
  assert.ok(none.isEmpty && !none.isIn("") && !none.isInJson([""]) && !none.isInBytes(bytes("x")));
});

Deno.test("Sealed withholds a whole text, because a marked place would help a guesser", () => {
  assert.equal(sealed.withheld(`${VALUE} and more`), "[withheld: it contains a sealed value]");
});
