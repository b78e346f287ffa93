/** The QuickJS engine of this Worker: compiled once; every machine is a new instance. Machines that
 *  run bots have no `eval`, so text can never become code in them. They load bytecode that a
 *  separate, disposable machine compiled from the bot's source. */
import { EvalFlags, Intrinsics, QuickJS } from "quickjs-wasi";
import type { QuickJSOptions } from "quickjs-wasi";
import cryptoBytes from "quickjs-wasi/crypto.so" with { type: "bytes" };
import encodingBytes from "quickjs-wasi/encoding.so" with { type: "bytes" };
import headersBytes from "quickjs-wasi/headers.so" with { type: "bytes" };
import wasmBytes from "quickjs-wasi/quickjs.wasm" with { type: "bytes" };
import cloneBytes from "quickjs-wasi/structured-clone.so" with { type: "bytes" };
import urlBytes from "quickjs-wasi/url.so" with { type: "bytes" };
import { engineIdOf, enginePartsOf } from "../../../domain/bot/engine_id.ts";
import { BOT_LIMITS } from "../../../domain/limits/bot.ts";
import abortSource from "./abort.js" with { type: "text" };
import fetchSource from "./fetch.js" with { type: "text" };
import { type InstrumentedWasm, instrumentWasm, PAGE_BYTES } from "../../wasm/instrument_wasm.ts";
import localesSource from "./locales.js" with { type: "text" };
import preludeSource from "./prelude.js" with { type: "text" };
import timersSource from "./timers.js" with { type: "text" };
import webGlobalsSource from "./web_globals.js" with { type: "text" };

/** All code that runs inside a machine. Anyone can download these bytes or read them here. */
const parts = await enginePartsOf({
  "quickjs.wasm": wasmBytes,
  "crypto.so": cryptoBytes,
  "encoding.so": encodingBytes,
  "headers.so": headersBytes,
  "structured-clone.so": cloneBytes,
  "url.so": urlBytes,
  "abort.js": abortSource,
  "fetch.js": fetchSource,
  "locales.js": localesSource,
  "prelude.js": preludeSource,
  "timers.js": timersSource,
  "web_globals.js": webGlobalsSource,
});
export const ENGINE = { engine: engineIdOf("quickjs", parts), engine_parts: parts };

/** Memory for the engine's own data and its stack. */
const ENGINE_PAGES = 64;
const wasm = new WebAssembly.Module(instrumentWasm(wasmBytes, {
  maxPages: BOT_LIMITS.guestMemoryBytes / PAGE_BYTES + ENGINE_PAGES,
  exportInternals: false,
}));
const extensions = [
  { name: "url", wasm: new WebAssembly.Module(urlBytes) },
  { name: "encoding", wasm: new WebAssembly.Module(encodingBytes) },
  { name: "headers", wasm: new WebAssembly.Module(headersBytes) },
  { name: "crypto", wasm: new WebAssembly.Module(cryptoBytes) },
  { name: "structured-clone", wasm: new WebAssembly.Module(cloneBytes) },
];
/** Room for the compiler to nest as deep as a source may, and no deeper. */
const COMPILER_STACK_BYTES = 256 * 1024;
const limits = { memoryLimit: BOT_LIMITS.guestMemoryBytes };

/** A machine's inputs from outside: the time and random bytes. It has no files and no output. */
interface Outside {
  nowMs(): number;
  fillRandom(target: Uint8Array): void;
  /** Minutes from the bot's time to UTC. */
  zoneOffset(): number;
}

/** Called for each promise that is rejected without a handler, and again once it has a handler. */
type RejectionHandler = NonNullable<QuickJSOptions["onUnhandledRejection"]>;

function wasi(outside: Outside): QuickJSOptions["wasi"] {
  return (memory) => ({
    clock_time_get(_clock: number, _precision: bigint, result: number) {
      const nanoseconds = BigInt(outside.nowMs()) * 1_000_000n;
      new DataView(memory.buffer).setBigUint64(result, nanoseconds, true);
      return 0;
    },
    random_get(at: number, length: number) {
      outside.fillRandom(new Uint8Array(memory.buffer, at, length));
      return 0;
    },
    // The library's own implementation writes to the process's stdout, over which the host answers
    // the server.
    fd_write: () => 8,
  });
}

/** The machine's remaining fuel: see fuel.ts. */
export function fuelOf(machine: QuickJS): InstrumentedWasm["fuel"] {
  return (machine._getExports() as unknown as InstrumentedWasm).fuel;
}

/** A fresh machine for one bot. No WeakRef: a replay must not depend on a garbage collector. */
export async function createMachine(
  outside: Outside & { rejected: RejectionHandler },
): Promise<QuickJS> {
  const machine = await QuickJS.create({
    ...limits,
    wasm,
    extensions,
    wasi: wasi(outside),
    onUnhandledRejection: outside.rejected,
    timezoneOffset: outside.zoneOffset,
    intrinsics: Intrinsics.ALL & ~Intrinsics.EVAL & ~Intrinsics.WEAK_REF,
  });
  // The engine has a stack of one megabyte; the library's own option allows at most half of it.
  machine._getExports().qjs_set_max_stack_size(BOT_LIMITS.guestStackBytes);
  return machine;
}

/** Runs `use` with a machine that only compiles. (No `using`: not every browser knows it.) */
async function withCompiler<T>(use: (machine: QuickJS) => T): Promise<T> {
  const machine = await QuickJS.create({
    ...limits,
    maxStackSize: COMPILER_STACK_BYTES,
    wasm,
    wasi: wasi({ nowMs: () => 0, fillRandom: (target) => target.fill(0), zoneOffset: () => 0 }),
  });
  try {
    return use(machine);
  } finally {
    machine.dispose();
  }
}

/** Compiles a module with its `imports` to bytecode without running it. Throws on a syntax
 *  error. */
export async function compileModule(
  source: string,
  file: string,
  imports: readonly { announced: { name: string }; source: string }[] = [],
): Promise<Uint8Array> {
  return await withCompiler((machine) => {
    // Compiling a module registers it under its name.
    for (const { announced, source } of imports) {
      machine.compile(source, announced.name, EvalFlags.TYPE_MODULE);
    }
    return machine.compile(source, file, EvalFlags.TYPE_MODULE);
  });
}

/** Compiles scripts of this project, by name, in one machine. Returns their bytecode in the same
 *  order. */
export async function compileScripts(sources: Record<string, string>): Promise<Uint8Array[]> {
  return await withCompiler((machine) =>
    Object.entries(sources).map(([name, source]) => machine.compile(source, name, 0))
  );
}
