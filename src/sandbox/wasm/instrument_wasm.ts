/** Instruments an engine for the sandbox before it is compiled: its memory gets a maximum, its code
 *  a fuel gauge, and it exports what a caller needs to restore a stopped machine. Nothing else of
 *  it changes; sections for debuggers, half of CPython's size, are left out. Equal engines are
 *  instrumented equally, so the hash of the engine stands for both. */
import { meterCode, type Stacks } from "./fuel.ts";
import { leb128Of, PADDED_BYTES, WasmReader, writePadded } from "./leb128.ts";

interface Instrumentation {
  /** The maximum of the memory, in pages of 64 KiB. */
  maxPages: number;
  /** Whether to export table 0 and global 0, which is the stack pointer in the output of LLVM, as
   *  `table` and `stack_pointer`. */
  exportInternals: boolean;
}

/** The added export: the units of fuel left. Below zero, code traps. */
export interface InstrumentedWasm {
  fuel: WebAssembly.Global;
}

/** The added exports of a module with its internals exported: its table, and for each of its two
 *  stacks the pointer, the lowest that it has been, and the lowest that it may be: code that sets
 *  it lower traps. All but `stack_pointer` are 0 at first. */
export interface InternalsOfWasm extends InstrumentedWasm {
  table: WebAssembly.Table;
  stack_pointer: WebAssembly.Global;
  stack_lowest: WebAssembly.Global;
  stack_end: WebAssembly.Global;
  large_pointer: WebAssembly.Global;
  large_lowest: WebAssembly.Global;
  large_end: WebAssembly.Global;
}

export const PAGE_BYTES = 64 * 1024;
const MAGIC_BYTES = 8;
/** A section's kind, and its size in a fixed-length encoding. */
const HEADER_BYTES = 1 + PADDED_BYTES;
const SECTION = { custom: 0, memory: 5, global: 6, export: 7, code: 10 };
const KIND = { table: 1, global: 3 };
/** The room that the gauges take in CPython: 16 bytes for each of its 6,800 loops, 21 for each of
 *  its 9,600 frames, and some. */
const ROOM_BYTES = 768 * 1024;
/** Mutable i32 globals: the fuel, at first as much as there can be, what metering needs for itself,
 *  and those of the stacks. */
const ADDED_GLOBALS = [
  ...[0x7f, 1, 0x41, 0xff, 0xff, 0xff, 0xff, 0x07, 0x0b],
  ...Array.from({ length: 6 }, () => [0x7f, 1, 0x41, 0, 0x0b]).flat(),
];
const ADDED_GLOBAL_COUNT = 7;

function stacksAfter(length: number): Stacks {
  return {
    small: { pointer: 0, lowest: length + 1, end: length + 2 },
    large: { pointer: length + 3, lowest: length + 4, end: length + 5 },
  };
}

/** Throws if the module does not have the expected structure. */
export function instrumentWasm(
  wasm: Uint8Array,
  { maxPages, exportInternals }: Instrumentation,
): Uint8Array<ArrayBuffer> {
  const reader = new WasmReader(wasm, MAGIC_BYTES);
  const sections: { id: number; from: number; end: number }[] = [];
  let bytes = MAGIC_BYTES;
  while (reader.at < wasm.length) {
    const id = reader.byte();
    const size = reader.u32();
    const from = reader.at;
    reader.at += size;
    if (id === SECTION.custom) continue;
    sections.push({ id, from, end: reader.at });
    bytes += HEADER_BYTES + size;
  }
  const target = new Uint8Array(bytes + ROOM_BYTES);
  target.set(wasm.subarray(0, MAGIC_BYTES));
  let o = MAGIC_BYTES;
  const put = (bytes: ArrayLike<number>) => {
    target.set(bytes, o);
    o += bytes.length;
  };
  let gauge = 0;
  for (const { id, from, end } of sections) {
    reader.at = from;
    target[o] = id;
    const sizeAt = o + 1;
    o += HEADER_BYTES;
    if (id === SECTION.code) {
      const length = gauge + 1;
      const stacks = exportInternals ? stacksAfter(length) : undefined;
      o = meterCode(wasm.subarray(from, end), target, o, { gauge, length, stacks });
    } else if (id === SECTION.memory) {
      const [count, flags, min] = [reader.u32(), reader.u32(), reader.u32()];
      if (count !== 1 || flags > 1) throw new Error("Cannot cap a memory of this kind");
      put([1, 1, ...leb128Of(min), ...leb128Of(maxPages)]);
    } else if (id === SECTION.global) {
      gauge = reader.u32();
      if (gauge !== 1) throw new Error("Cannot put back a module with several globals");
      put([gauge + ADDED_GLOBAL_COUNT]);
      put(wasm.subarray(reader.at, end));
      put(ADDED_GLOBALS);
    } else if (id === SECTION.export) {
      const own = [exported("fuel", KIND.global, gauge)];
      if (exportInternals) {
        const { small, large } = stacksAfter(gauge + 1);
        own.push(exported("table", KIND.table, 0));
        for (const [name, stack] of Object.entries({ stack: small, large })) {
          for (const [mark, index] of Object.entries(stack)) {
            own.push(exported(`${name}_${mark}`, KIND.global, index));
          }
        }
      }
      put(leb128Of(reader.u32() + own.length));
      put(wasm.subarray(reader.at, end));
      for (const one of own) put(one);
    } else put(wasm.subarray(from, end));
    writePadded(target, sizeAt, o - sizeAt - PADDED_BYTES);
  }
  return target.slice(0, o);
}

function exported(name: string, kind: number, index: number): number[] {
  return [name.length, ...new TextEncoder().encode(name), kind, index];
}
