import assert from "node:assert/strict";
import {
  leb128Of,
  PADDED_BYTES,
  WasmReader,
  writePadded,
} from "../../../src/sandbox/wasm/leb128.ts";

/** Values on both sides of each change of length, and the example of the DWARF standard. */
const NUMBERS = [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 624_485, 0x1fffff, 0x200000, 0xfffffff, 2 ** 31];

Deno.test("leb128Of() writes 624485 as the DWARF standard does", () => {
  assert.deepEqual(leb128Of(624_485), [0xe5, 0x8e, 0x26]);
});

Deno.test("WasmReader reads and skips both encodings", () => {
  for (const number of [...NUMBERS, 2 ** 32 - 1]) {
    const padded = new Uint8Array(PADDED_BYTES);
    writePadded(padded, 0, number);
    for (const form of [Uint8Array.from(leb128Of(number)), padded]) {
      const bytes = Uint8Array.of(9, ...form, 7);
      const reader = new WasmReader(bytes, 1);
      assert.equal(reader.u32(), number);
      assert.equal(reader.byte(), 7, `${number} leaves the reader behind it`);
      reader.at = 1;
      reader.skip();
      assert.equal(reader.byte(), 7, `${number} is passed over`);
    }
  }
});
