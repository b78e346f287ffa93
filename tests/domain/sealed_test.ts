import assert from "node:assert/strict";
import { Sealed } from "../../src/domain/sealed.ts";

const VALUE = `Zk3/aa+bb"cc'\\dé==&<x>`;
const sealed = new Sealed([VALUE]);
const bytes = (text: string) => new TextEncoder().encode(text);
const base64 = (text: string) => bytes(text).toBase64();

/** How ordinary programs write a value without being asked to. */
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
  "in hex": bytes(VALUE).toHex(),
  "in base64": base64(VALUE),
  "in base64 after one byte": base64(`a${VALUE}`),
  "in base64 after two bytes": base64(`ab${VALUE}`),
  "in base64 as a password": base64(`user:${VALUE}`),
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

Deno.test("Sealed finds a long value by its middle, so half of it without that is not found", () => {
  const long = Array.from({ length: 100 }, (_, i) => `k${i}`).join("-");
  const sealed = new Sealed([long]);
  assert.ok(sealed.isIn(`x${long}x`) && sealed.isIn(long.slice(1, -1)));
  assert.ok(!sealed.isIn(long.slice(0, 100)));
});

Deno.test("Sealed lets everything else through, and is nothing without values", () => {
  for (const text of ["", "Zk3/aa", "kappa", "%", "%zz", VALUE.slice(1), VALUE.slice(0, -1)]) {
    assert.ok(!sealed.isIn(text), text);
    assert.equal(sealed.withheld(text), text);
  }
  const none = new Sealed([]);
  assert.ok(none.isEmpty && !none.isIn("") && !none.isInJson([""]) && !none.isInBytes(bytes("x")));
});

Deno.test("Sealed withholds a text as a whole: to mark the place would help a guesser", () => {
  assert.equal(sealed.withheld(`${VALUE} and more`), "[withheld: it contains a sealed value]");
});
