/** How the Worker that runs a bot asks its host's main thread for the network: it has none itself.
 *  A JavaScript guest is answered by a message and goes on meanwhile; a Python guest blocks until
 *  its answer, the UTF-8 of a JSON text, stands in shared memory. */
import type { NetAnswer, NetRequest } from "../../domain/bot/evidence.ts";

export interface NetCall {
  /** Names the call among all of its Worker. */
  call: number;
  request: NetRequest;
  /** Where the answer goes when the caller blocks: `REPLY_BYTES` long. Its first 32-bit word is the
   *  length of the text in bytes, 0 until it is there, and is what the caller waits on with
   *  `Atomics.wait`. */
  reply?: SharedArrayBuffer;
}

/** The answer to a call that does not block. */
export interface NetReply {
  call: number;
  answer: NetAnswer;
}

/** Room for an answer at its limits: 256 KiB as base64 with headers, or a chain of certificates. */
export const REPLY_BYTES = 512 * 1024;

/** Writes an answer to where its caller waits for it. */
export function replyTo(reply: SharedArrayBuffer, answer: NetAnswer): void {
  const bytes = new TextEncoder().encode(JSON.stringify(answer));
  new Uint8Array(reply, 4).set(bytes);
  const length = new Int32Array(reply, 0, 1);
  Atomics.store(length, 0, bytes.length);
  Atomics.notify(length, 0);
}

/** Blocks until the answer stands in `reply`. */
export function awaitReply(reply: SharedArrayBuffer): NetAnswer {
  const length = new Int32Array(reply, 0, 1);
  Atomics.wait(length, 0, 0);
  const bytes = new Uint8Array(reply, 4, Atomics.load(length, 0)).slice();
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** The network that the main thread of a host gives to its Worker. */
export interface Network {
  /** Begins a hook that may ask these hosts: see `HookJob.net`. Calls still open belong to no hook
   *  any more. */
  begin(net: readonly string[]): void;
  /** Answers a call of the current hook; never rejects. Answers come in the order of the calls. */
  perform(request: NetRequest): Promise<NetAnswer>;
}
