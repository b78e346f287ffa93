/** The messages by which a bot's Worker, which has no network itself, has its host's main thread
 *  perform network requests. A JavaScript guest continues meanwhile and gets the answer as a
 *  message. A Python guest blocks until the answer, JSON in UTF-8, is in shared memory. */
import type { NetAnswer, NetRequest } from "../../domain/bot/evidence.ts";

export interface NetCall {
  /** Identifies the call among all calls of its Worker. */
  call: number;
  request: NetRequest;
  /** The destination of the answer if the caller blocks; `REPLY_BYTES` long. Its first 32-bit word
   *  is 0 until the answer is there, then the length of the text in bytes. The caller waits for
   *  that word with `Atomics.wait`. */
  reply?: SharedArrayBuffer;
}

/** The answer to a call that does not block. */
export interface NetReply {
  call: number;
  answer: NetAnswer;
}

/** Enough for an answer at its limits: 256 KiB in base64 with headers, or a certificate chain. */
export const REPLY_BYTES = 512 * 1024;

/** Writes an answer and wakes the caller. */
export function replyTo(reply: SharedArrayBuffer, answer: NetAnswer): void {
  const bytes = new TextEncoder().encode(JSON.stringify(answer));
  new Uint8Array(reply, 4).set(bytes);
  const length = new Int32Array(reply, 0, 1);
  Atomics.store(length, 0, bytes.length);
  Atomics.notify(length, 0);
}

/** Blocks until the answer is in `reply`. */
export function awaitReply(reply: SharedArrayBuffer): NetAnswer {
  const length = new Int32Array(reply, 0, 1);
  Atomics.wait(length, 0, 0);
  const bytes = new Uint8Array(reply, 4, Atomics.load(length, 0)).slice();
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** The network that the main thread of a host provides to its Worker. */
export interface Network {
  /** Begins a hook that may reach these hosts: see `HookJob.net`. Abandons calls that are still
   *  open. */
  begin(net: readonly string[]): void;
  /** Performs a call of the current hook. Never rejects. Answers are in the order of the calls. */
  perform(request: NetRequest): Promise<NetAnswer>;
}
