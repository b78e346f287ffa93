/** LEB128, the encoding of integers in WebAssembly: seven bits in each byte, lowest first, with the
 *  high bit set in every byte but the last. */

/** Reads bytes in sequence, beginning at `at`. */
export class WasmReader {
  constructor(readonly bytes: Uint8Array, public at = 0) {}

  byte(): number {
    return this.bytes[this.at++]!;
  }

  /** An unsigned integer of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = this.bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** Skips an integer of any size. */
  skip(): void {
    while (this.bytes[this.at++]! & 0x80);
  }
}

/** The shortest encoding of an unsigned integer. */
export function leb128Of(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...leb128Of(value >>> 7)];
}

/** The length of the encoding that `writePadded` writes. */
export const PADDED_BYTES = 5;

/** Writes an unsigned integer in a fixed-length encoding, so that its place can be reserved before
 *  its value is known. */
export function writePadded(target: Uint8Array, at: number, value: number): void {
  for (let k = 0; k < PADDED_BYTES; k++) {
    target[at + k] = value >>> 7 * k & 0x7f | (k < PADDED_BYTES - 1 ? 0x80 : 0);
  }
}
