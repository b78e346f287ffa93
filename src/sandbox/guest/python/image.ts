/** The image of a started interpreter: its code and its memory. Every start produces the same
 *  image, down to the addresses, since it gets a constant time and constant random bytes. So a host
 *  need not start an interpreter: it can receive the image from another process, in which no bot
 *  ever ran. */
import { BOT_FILE } from "../hook_run.ts";
import { engineIdOf, enginePartsOf } from "../../../domain/bot/engine_id.ts";
import { BOT_LIMITS } from "../../../domain/limits/bot.ts";
import bootSource from "./boot.py" with { type: "text" };
import botClassSource from "./bot_class.py" with { type: "text" };
import { CALL_DEPTH } from "./call_depth.ts";
import contextSource from "./context.py" with { type: "text" };
import { instrumentedEngine } from "./engine.ts";
import { type Image, startInterpreter } from "./machine.ts";
import { MODULES } from "./modules.ts";
import networkSource from "./network.py" with { type: "text" };
import runningSource from "./running.py" with { type: "text" };
import vettingSource from "./vetting.py" with { type: "text" };
import waitingSource from "./waiting.py" with { type: "text" };
import webModulesSource from "./web_modules.py" with { type: "text" };

/** Free memory in the image. A machine whose hook needs no more can be restored. */
const ROOM_BYTES = 2 * 1024 * 1024;

/** The inputs of a start besides code. Their JSON, in this order, is a part of the engine's
 *  identity. */
const SETTINGS = {
  botFile: BOT_FILE,
  calls: CALL_DEPTH,
  limits: BOT_LIMITS,
  modules: MODULES,
  room: ROOM_BYTES,
};
const FILES = {
  bot_class: botClassSource,
  context: contextSource,
  network: networkSource,
  running: runningSource,
  vetting: vettingSource,
  waiting: waitingSource,
  web_modules: webModulesSource,
};

/** Starts an interpreter and takes its image. Takes most of a second. */
export async function makeImage(): Promise<Image> {
  const { hash, wasm } = await instrumentedEngine();
  const sources = Object.entries(FILES).map(([name, source]) => [`${name}.py`, source]);
  const engine_parts = {
    ...await enginePartsOf({
      ...Object.fromEntries(sources),
      "boot.py": bootSource,
      settings: JSON.stringify(SETTINGS),
    }),
    "python.wasm": hash,
  };
  const engine = engineIdOf("cpython", engine_parts);
  const settings = JSON.stringify({ ...SETTINGS, files: FILES });
  return { engine, engine_parts, wasm, ...startInterpreter(wasm, bootSource, settings) };
}

const NEWLINE = 10;

/** The parts of the file format: a line of JSON, the code, and the memory. */
export function encodeImage({ wasm, memory, ...facts }: Image): Uint8Array<ArrayBuffer>[] {
  const header = { ...facts, wasmBytes: wasm.length, memoryBytes: memory.length };
  return [new TextEncoder().encode(`${JSON.stringify(header)}\n`), wasm, memory];
}

/** Reads an image; the result shares the memory of `bytes`. Throws if they are not an image. */
export function decodeImage(bytes: Uint8Array<ArrayBuffer>): Image {
  const at = bytes.indexOf(NEWLINE) + 1;
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, at)));
  const { engine, engine_parts, entry, wasmBytes, memoryBytes } = header;
  if (at + wasmBytes + memoryBytes !== bytes.length) throw new Error("Cannot read this image");
  const wasm = bytes.subarray(at, at + wasmBytes);
  return {
    engine,
    engine_parts,
    entry,
    wasm,
    memory: bytes.subarray(at + wasmBytes),
  };
}
