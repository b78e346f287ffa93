/** Fits an engine for the sandbox before it is compiled: its memory gets a maximum, its code a fuel
 *  gauge, and what must be known to put a stopped machine back is exported. Nothing else of it
 *  changes; sections for debuggers, half of CPython's size, are left out. Equal engines are fitted
 *  equally, so the hash of the engine stands for both. */
import { meterCode, writeLeb } from "./fuel.ts";

export interface Instrumentation {
  /** The most that the memory may grow to, in pages of 64 KiB. */
  maxPages: number;
  /** Whether table 0 and global 0, the stack pointer of what LLVM compiles, are exported as `table`
   *  and `stack_pointer`. */
  exportInternals: boolean;
}

/** What a fitted module exports besides: the units of fuel that are left. Code that finds less than
 *  nothing traps. */
export interface InstrumentedWasm {
  fuel: WebAssembly.Global;
}

export const PAGE_BYTES = 64 * 1024;
const MAGIC_BYTES = 8;
const SECTION = { custom: 0, memory: 5, global: 6, export: 7, code: 10 };
const KIND = { table: 1, global: 3 };
/** What the gauges add to CPython: 16 bytes for each of its 6,800 loops, and some. */
const ROOM_BYTES = 512 * 1024;
/** Two mutable i32 globals: the fuel, at first as much as there can be, and what metering needs for
 *  itself. */
const GLOBALS = [0x7f, 1, 0x41, 0xff, 0xff, 0xff, 0xff, 0x07, 0x0b, 0x7f, 1, 0x41, 0, 0x0b];

/** Throws where the module is not of the expected shape. */
export function instrumentWasm(
  wasm: Uint8Array,
  { maxPages, exportInternals }: Instrumentation,
): Uint8Array<ArrayBuffer> {
  let i = MAGIC_BYTES;
  const leb = () => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = wasm[i++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  const sections: { id: number; from: number; end: number }[] = [];
  let kept = MAGIC_BYTES;
  while (i < wasm.length) {
    const id = wasm[i++]!;
    const size = leb();
    if (id !== SECTION.custom) {
      sections.push({ id, from: i, end: i + size });
      kept += size + 6;
    }
    i += size;
  }
  const target = new Uint8Array(kept + ROOM_BYTES);
  target.set(wasm.subarray(0, MAGIC_BYTES));
  let o = MAGIC_BYTES;
  const put = (bytes: ArrayLike<number>) => {
    target.set(bytes, o);
    o += bytes.length;
  };
  let gauge = 0;
  for (const { id, from, end } of sections) {
    i = from;
    target[o] = id;
    const sizeAt = o + 1;
    o += 6;
    if (id === SECTION.code) {
      o = meterCode(wasm.subarray(from, end), target, o, { gauge, length: gauge + 1 });
    } else if (id === SECTION.memory) {
      const [count, flags, min] = [leb(), leb(), leb()];
      if (count !== 1 || flags > 1) throw new Error("Cannot cap a memory of this kind");
      put([1, 1, ...lebOf(min), ...lebOf(maxPages)]);
    } else if (id === SECTION.global) {
      gauge = leb();
      if (gauge !== 1) throw new Error("Cannot put back a module with several globals");
      put([gauge + 2]);
      put(wasm.subarray(i, end));
      put(GLOBALS);
    } else if (id === SECTION.export) {
      const own = [exported("fuel", KIND.global, gauge)];
      if (exportInternals) {
        own.push(exported("table", KIND.table, 0), exported("stack_pointer", KIND.global, 0));
      }
      put(lebOf(leb() + own.length));
      put(wasm.subarray(i, end));
      for (const one of own) put(one);
    } else put(wasm.subarray(from, end));
    writeLeb(target, sizeAt, o - sizeAt - 5);
  }
  return target.slice(0, o);
}

function exported(name: string, kind: number, index: number): number[] {
  return [name.length, ...new TextEncoder().encode(name), kind, index];
}

function lebOf(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...lebOf(value >>> 7)];
}
