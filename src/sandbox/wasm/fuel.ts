/** Puts a fuel gauge into WebAssembly code: every turn of every loop takes from it, and the turn
 *  that empties it traps. A program with a given amount then does the same on every machine, and no
 *  code inside can stop the counting: no handler is asked, there is nothing to catch, and native
 *  code pays like the rest. The length of code without a loop bounds it. Where that length is great
 *  because the code hardly ever branches (the unrolled rounds of a hash), entering it and looping
 *  in it cost more, after the mean length of its branches; filling and copying memory cost by the
 *  length. On demand it also marks the end of the stack that LLVM's code keeps in its memory, where
 *  nothing else would stop it, and divides it into two. */
import { PADDED_BYTES, WasmReader, writePadded } from "./leb128.ts";

/** The number of instructions in a row without a branch that cost one unit. */
const INSTRUCTIONS_PER_UNIT = 16;
const MAX_CHARGE = 4095;
/** Filling or copying 2 to this power bytes costs one unit. */
const BYTES_PER_UNIT_BITS = 6;

/** `if (gauge < 0) trap` */
const trapBelowZero = (gauge: number) => [0x23, gauge, 0x41, 0x00, 0x48, 0x04, 0x40, 0x00, 0x0b];

/** `gauge -= charge` and the check. The charge is in the two bytes at `CHARGE_AT`. */
const check = (gauge: number) =>
  new Uint8Array([0x23, gauge, 0x41, 0x80, 0x00, 0x6b, 0x24, gauge, ...trapBelowZero(gauge)]);
const CHARGE_AT = 3;

/** `gauge -= length >> bits` and the check. The length is on the stack and stays there. */
const checkLength = (gauge: number, length: number) =>
  new Uint8Array([
    ...[0x24, length, 0x23, gauge, 0x23, length, 0x41, BYTES_PER_UNIT_BITS, 0x76, 0x6b],
    ...[0x24, gauge, ...trapBelowZero(gauge), 0x23, length],
  ]);

/** A stack in memory: the indices below 128 of three mutable i32 globals. */
interface MarkedStack {
  pointer: number;
  /** The lowest that the pointer has been. */
  lowest: number;
  /** The lowest that it may be. */
  end: number;
}

/** Where the functions of what LLVM compiled have their frames: by itself all in `small`, whose
 *  pointer is global 0. Those of at least `LARGE_FRAME_BYTES` are moved to `large`. */
export interface Stacks {
  small: MarkedStack;
  large: MarkedStack;
}

/** An interpreter's loop has a frame of kilobytes and little else does. With a stack of their own
 *  for such, many levels of that loop have room, while whatever else recurses meets the end of a
 *  stack that is small enough to be met before that of the thread, which lies elsewhere on each
 *  machine. */
const LARGE_FRAME_BYTES = 64;

/** Follows where a stack pointer was set: where the stack is deeper than ever, notes it, and traps
 *  below its end. */
const checkStack = ({ pointer, lowest, end }: MarkedStack) =>
  new Uint8Array([
    ...[0x23, pointer, 0x23, lowest, 0x49, 0x04, 0x40, 0x23, pointer, 0x24, lowest],
    ...[0x23, pointer, 0x23, end, 0x49, 0x04, 0x40, 0x00, 0x0b, 0x0b],
  ]);
const ADDITION = 0x6a;

/** Whether a function begins with `global.get 0`, a large constant, and their difference. */
function hasLargeFrame(code: Uint8Array, at: number): boolean {
  if (code[at] !== 0x23 || code[at + 1] !== 0 || code[at + 2] !== 0x41) return false;
  const reader = new WasmReader(code, at + 3);
  const size = reader.u32();
  return code[reader.at] === 0x6b && size >= LARGE_FRAME_BYTES && size < 2 ** 20;
}

/** The bodies of a code section's functions, metered into `target` from `at` on. `code` is the
 *  section's content, `gauge` and `length` are the indices below 128 of two mutable i32 globals of
 *  which the code knows nothing; `stacks` are where it keeps its frames, if they are marked. Gives
 *  the end of what it wrote, and throws where it meets an instruction that it does not know. */
export function meterCode(
  code: Uint8Array,
  target: Uint8Array,
  at: number,
  { gauge, length, stacks }: { gauge: number; length: number; stacks?: Stacks | undefined },
): number {
  const CHECK_STACK = stacks &&
    { small: checkStack(stacks.small), large: checkStack(stacks.large) };
  const CHECK = check(gauge);
  const CHECK_LENGTH = checkLength(gauge, length);
  const charges = new Uint32Array(16 * 1024);
  const reader = new WasmReader(code);
  let o = at;
  let copied = 0;
  const copyUpTo = (end: number) => {
    target.set(code.subarray(copied, end), o);
    o += end - copied;
    copied = end;
  };
  const functions = reader.u32();
  copyUpTo(reader.at);
  for (let n = 0; n < functions; n++) {
    const size = reader.u32();
    const end = reader.at + size;
    const sizeAt = o;
    o += PADDED_BYTES;
    copied = reader.at;
    for (let groups = reader.u32(); groups > 0; groups--) {
      reader.u32();
      reader.at++;
    }
    copyUpTo(reader.at);
    const bodyAt = o;
    const frame = hasLargeFrame(code, reader.at) ? "large" : "small";
    let loops = 0;
    let instructions = 0;
    let branches = 1;
    let op = 0;
    while (reader.at < end) {
      const before = op;
      op = reader.byte();
      instructions++;
      if (op >= 0x45 && op <= 0xc4) continue; // arithmetic
      if (stacks && (op === 0x23 || op === 0x24) && code[reader.at] === 0) { // stack pointer
        copyUpTo(reader.at++);
        target[o++] = stacks[frame].pointer;
        copied = reader.at;
        if (op === 0x23 || before === ADDITION) continue; // A frame is given back.
        target.set(CHECK_STACK![frame], o);
        o += CHECK_STACK![frame].length;
      } else if (op >= 0x20 && op <= 0x24 || op === 0x41 || op === 0x42 || op === 0x10) {
        reader.skip(); // A variable, a constant, a call.
      } else if (op >= 0x28 && op <= 0x3e) { // load, store
        reader.skip();
        reader.skip();
      } else if (op === 0x03) { // loop
        reader.skip();
        branches++;
        copyUpTo(reader.at);
        charges[loops++] = o + CHARGE_AT;
        target.set(CHECK, o);
        o += CHECK.length;
      } else if (op === 0x02 || op === 0x04 || op === 0x0c || op === 0x0d) { // block, if, br, br_if
        reader.skip();
        branches++;
      } else if (op === 0x0e) { // br_table
        for (let labels = reader.u32() + 1; labels > 0; labels--) {
          reader.skip();
          branches++;
        }
      } else if (op === 0x11) { // call_indirect
        reader.skip();
        reader.skip();
      } else if (op === 0x43) reader.at += 4;
      else if (op === 0x44) reader.at += 8;
      else if (op === 0x3f || op === 0x40) reader.at++; // memory.size, memory.grow
      else if (op === 0xfc && code[reader.at]! < 8) reader.at++; // saturating truncation
      else if (op === 0xfc && (code[reader.at] === 0x0a || code[reader.at] === 0x0b)) {
        // memory.copy, memory.fill
        copyUpTo(reader.at - 1);
        target.set(CHECK_LENGTH, o);
        o += CHECK_LENGTH.length;
        reader.at += code[reader.at] === 0x0a ? 3 : 2;
      } else if (!OTHERS.includes(op)) {
        throw new Error(`Cannot meter the instruction 0x${op.toString(16)}`);
      }
    }
    if (reader.at !== end) {
      throw new Error("Cannot meter a function that does not end where it should");
    }
    copyUpTo(reader.at);
    const charge = Math.min(Math.ceil(instructions / branches / INSTRUCTIONS_PER_UNIT), MAX_CHARGE);
    for (let k = 0; k < loops; k++) writeCharge(target, charges[k]!, charge);
    if (charge > 1) {
      target.copyWithin(bodyAt + CHECK.length, bodyAt, o);
      target.set(CHECK, bodyAt);
      writeCharge(target, bodyAt + CHARGE_AT, charge);
      o += CHECK.length;
    }
    writePadded(target, sizeAt, o - sizeAt - PADDED_BYTES);
  }
  return o;
}

/** unreachable, nop, else, end, return, drop, select */
const OTHERS = [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b];

/** Signed LEB128 of two bytes. */
function writeCharge(target: Uint8Array, at: number, charge: number): void {
  target[at] = charge & 0x7f | 0x80;
  target[at + 1] = charge >> 7;
}
