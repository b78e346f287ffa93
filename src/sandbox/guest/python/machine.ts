/** A Python interpreter that starts once and can be called any number of times, each as if it were
 *  the first. It starts, imports the modules that bots usually import, and is then stopped in the
 *  middle of a call to its clock. From then on its memory is its whole state, since no instruction
 *  that fuel.ts allows changes its table of functions; that memory is the image. A call enters the
 *  interpreter as if that call to the clock made it, on its own stacks above the image. Afterwards
 *  the machine restores the image byte for byte, which takes a millisecond; a start takes a third
 *  of a second. A machine whose memory has grown, or whose stacks were used far, is not restored
 *  but built anew from the image. */
import type { EngineParts } from "../../../domain/bot/engine_id.ts";
import { BOT_LIMITS } from "../../../domain/limits/bot.ts";
import { type InternalsOfWasm, PAGE_BYTES } from "../../wasm/instrument_wasm.ts";
import { collectGarbage, type InstrumentedEngine } from "./engine.ts";
import { deepenCalls, LARGE_STACK_BYTES, SMALL_STACK_BYTES } from "./call_depth.ts";
import { type Outside, unavailable, type Wasi, wasi } from "./wasi.ts";

const START_FUEL = 2 ** 31 - 1;
/** The offset, in a function object of CPython 3.12, of the C function that calls it. */
const VECTORCALL_OFFSET = 64;
/** With less than this left to grow, the memory counts as full. */
const LAST_BYTES = 1024 * 1024;
/** The space below a stack pointer that a leaf function may use. */
const RED_ZONE_BYTES = 128;
/** A stack that was used further than this is replaced, because clearing it would cost more. */
const CLEARED_STACK_BYTES = 1024 * 1024;
/** Both stacks, above the image. */
const STACK_BYTES = SMALL_STACK_BYTES + LARGE_STACK_BYTES;

/** The fuel that a guest pays for the host's work. */
const MESSAGE_FUEL = 50_000;
const MESSAGE_CHAR_FUEL = 8;
const RANDOM_BYTE_FUEL = 16;
/** For every call of the host, such as reading the clock, in addition. */
const HOST_CALL_FUEL = 200;

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();
const NOBODY: Outside = { nowMs: () => 0, fillRandom() {}, answer: () => NOTHING };

/** A started and stopped interpreter. */
export interface Image extends Pick<InstrumentedEngine, "wasm"> {
  engine: string;
  engine_parts: EngineParts;
  memory: Uint8Array<ArrayBuffer>;
  /** The address of the Python function that is called. */
  entry: number;
}

interface Engine extends InternalsOfWasm {
  memory: WebAssembly.Memory;
  _start(): void;
}

/** Thrown through the interpreter to stop it. */
class Stopped extends Error {}

interface CallEnd {
  kind: "ended" | "out_of_budget" | "too_deep" | "crashed";
  memoryIsFull: boolean;
  /** The error of a crash. */
  error?: unknown;
}

/** Starts an interpreter with `boot`, which requests the settings, reports its entry, and waits.
 *  The start gets a constant time and constant random bytes. */
export function startInterpreter(
  wasm: Uint8Array<ArrayBuffer>,
  boot: string,
  settings: string,
): Pick<Image, "memory" | "entry"> {
  let entry = 0;
  let stopping = false;
  const outside: Outside = {
    nowMs() {
      if (stopping) throw new Stopped();
      return 0;
    },
    fillRandom: (target) => void target.fill(0),
    answer(message) {
      const [word, value] = JSON.parse(message);
      if (word === "settings") return encoder.encode(settings);
      entry = Number(value);
      stopping = true;
      return NOTHING;
    },
  };
  const args = ["python", "-S", "-s", "-B", "-P", "-c", boot];
  const { engine } = instantiate(new WebAssembly.Module(wasm), args, () => outside);
  engine.fuel.value = START_FUEL;
  // The start uses the build's own small stack, one half for each kind of frame.
  engine.large_pointer.value = engine.stack_pointer.value;
  engine.stack_pointer.value /= 2;
  engine.large_end.value = engine.stack_pointer.value;
  try {
    engine._start();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  if (!stopping) throw new Error("Cannot start Python: it ended");
  const memory = new Uint8Array(engine.memory.buffer).slice();
  deepenCalls(memory);
  return { memory, entry };
}

export class Machine {
  #module: WebAssembly.Module;
  #image: Pick<Image, "memory" | "entry">;
  #engine!: Engine;
  #wasi!: Wasi;
  #outside: Outside = NOBODY;
  #fuelUsed = 0;

  constructor({ wasm, memory, entry }: Image) {
    this.#module = new WebAssembly.Module(wasm);
    this.#image = { memory, entry };
    this.#build();
    this.renew();
  }

  /** Calls the entry with this much fuel. `outside.answer` may throw `stop()` to end the call. */
  call(outside: Outside, fuel: number): CallEnd {
    const engine = this.#engine;
    const spend = (fuel: number) => engine.fuel.value -= fuel;
    this.#outside = {
      nowMs: () => outside.nowMs(),
      fillRandom(target) {
        spend(target.length * RANDOM_BYTE_FUEL);
        outside.fillRandom(target);
      },
      answer(message) {
        spend(MESSAGE_FUEL + message.length * MESSAGE_CHAR_FUEL);
        return outside.answer(message);
      },
    };
    engine.fuel.value = fuel;
    this.#fuelUsed = fuel;
    const { entry } = this.#image;
    try {
      const memory = new DataView(engine.memory.buffer);
      engine.table.get(memory.getUint32(entry + VECTORCALL_OFFSET, true))!(entry, 0, 0, 0);
      return this.#end("ended");
    } catch (error) {
      if (engine.fuel.value < 0) return this.#end("out_of_budget");
      if (error instanceof Stopped) return this.#end("ended");
      return this.#stackIsFull(error) ? this.#end("too_deep") : this.#end("crashed", error);
    }
  }

  /** The fuel that the last call took. */
  get fuelUsed(): number {
    return this.#fuelUsed;
  }

  #end(kind: CallEnd["kind"], error?: unknown): CallEnd {
    const { byteLength } = this.#engine.memory.buffer;
    const memoryIsFull = byteLength > BOT_LIMITS.pythonMemoryBytes + STACK_BYTES - LAST_BYTES;
    this.#fuelUsed -= Math.max(0, this.#engine.fuel.value);
    return { kind, memoryIsFull, error };
  }

  /** Restores the state before the first call. */
  renew(): void {
    const { memory } = this.#image;
    // Nothing may outlive the previous run.
    this.#outside = NOBODY;
    this.#wasi.reset();
    const { stack_lowest, large_lowest } = this.#engine;
    const [smallTop, largeTop] = this.#stackTops;
    const small = smallTop - stack_lowest.value + RED_ZONE_BYTES;
    const large = largeTop - large_lowest.value + RED_ZONE_BYTES;
    const hasGrown = this.#engine.memory.buffer.byteLength !== largeTop;
    if (hasGrown || large > CLEARED_STACK_BYTES) this.#build();
    else {
      const bytes = new Uint8Array(this.#engine.memory.buffer);
      bytes.fill(0, smallTop - small, smallTop);
      bytes.fill(0, largeTop - large, largeTop);
      this.#setStacks();
    }
    new Uint8Array(this.#engine.memory.buffer).set(memory);
  }

  get #stackTops(): [small: number, large: number] {
    const small = this.#image.memory.length + SMALL_STACK_BYTES;
    return [small, small + LARGE_STACK_BYTES];
  }

  #setStacks(): void {
    const engine = this.#engine;
    const [small, large] = this.#stackTops;
    engine.stack_pointer.value = engine.stack_lowest.value = small;
    engine.stack_end.value = small - SMALL_STACK_BYTES + RED_ZONE_BYTES;
    engine.large_pointer.value = engine.large_lowest.value = large;
    engine.large_end.value = large - LARGE_STACK_BYTES + RED_ZONE_BYTES;
  }

  #stackIsFull(error: unknown): boolean {
    return error instanceof RangeError && /call stack/.test(error.message) ||
      this.#engine.stack_pointer.value < this.#engine.stack_end.value ||
      this.#engine.large_pointer.value < this.#engine.large_end.value;
  }

  #build(): void {
    const { engine, wasi } = instantiate(this.#module, [], () => this.#outside);
    this.#engine = engine;
    this.#wasi = wasi;
    collectGarbage();
    const missing = this.#image.memory.length + STACK_BYTES - engine.memory.buffer.byteLength;
    engine.memory.grow(missing / PAGE_BYTES);
    this.#setStacks();
  }
}

function instantiate(
  module: WebAssembly.Module,
  args: string[],
  outside: () => Outside,
): { engine: Engine; wasi: Wasi } {
  const system = wasi(args, ["PYTHONHASHSEED=0"], outside, () => exports.memory);
  const metered = (call: (...args: never[]) => number) => (...args: never[]) => {
    exports.fuel.value -= HOST_CALL_FUEL;
    return call(...args);
  };
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  const imports = Object.fromEntries(
    names.map((name) => [name, metered(system.imports[name] ?? unavailable)]),
  );
  const { exports } = new WebAssembly.Instance(module, {
    wasi_snapshot_preview1: imports,
  }) as unknown as { exports: Engine };
  return { engine: exports, wasi: system };
}

/** An error with which `answer` ends the current call. */
export function stop(): Error {
  return new Stopped();
}
