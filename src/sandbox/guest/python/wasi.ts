/** The part of WASI that the Python guest has: its arguments, a clock that never advances, random
 *  bytes, and messages to its host. Every call for a file, a directory, a socket or a process
 *  fails. The guest writes a message to descriptor 1; `write` returns the length of the reply,
 *  which the guest reads from descriptor 0. */
import { Misuse } from "../hook_run.ts";

const ERRNO = { success: 0, badf: 8, nosys: 52 };
const OUTPUT = 1;
const LAST_STANDARD = 2;
const CHARACTER_DEVICE = 2;
const RIGHTS = { read: 2n, write: 64n };
const EVENT_BYTES = 32;
const RESOLUTION_NS = 1_000_000n;

/** The longest message of an honest guest: a network request at its limits, escaped. */
const MESSAGE_MAX_BYTES = 256 * 1024;
/** The most pieces that an honest guest reads or writes in one call. */
const VECTORS = 1024;

export interface Outside {
  nowMs(): number;
  fillRandom(target: Uint8Array): void;
  /** Receives a message of the guest and returns the reply. Throwing stops the guest at once. */
  answer(message: string): Uint8Array;
}

export interface Wasi {
  imports: Record<string, (...args: never[]) => number>;
  /** Discards a reply that the guest has not read. */
  reset(): void;
}

/** The imports of an instance; `memory` returns its memory. */
export function wasi(
  args: readonly string[],
  env: readonly string[],
  outside: () => Outside,
  memory: () => WebAssembly.Memory,
): Wasi {
  const view = () => new DataView(memory().buffer);
  const bytes = (at: number, length: number) => new Uint8Array(memory().buffer, at, length);
  const put = (at: number, value: number) => view().setUint32(at, value, true);
  let reply: Uint8Array = NOTHING;

  const encoded = (texts: readonly string[]) =>
    texts.map((text) => new TextEncoder().encode(`${text}\0`));
  const lists = { args: encoded(args), env: encoded(env) };
  const sizes = (list: Uint8Array[]) => (count: number, size: number) => {
    put(count, list.length);
    put(size, list.reduce((sum, { length }) => sum + length, 0));
    return ERRNO.success;
  };
  const contents = (list: Uint8Array[]) => (pointers: number, at: number) => {
    for (const item of list) {
      put(pointers, at);
      bytes(at, item.length).set(item);
      pointers += 4;
      at += item.length;
    }
    return ERRNO.success;
  };
  const vectors = (at: number, count: number) => {
    const memoryView = view();
    return Array.from({ length: count }, (_, k) => {
      const [from, length] = [0, 4].map((field) => memoryView.getUint32(at + 8 * k + field, true));
      return bytes(from!, length!);
    });
  };

  const imports = {
    args_sizes_get: sizes(lists.args),
    args_get: contents(lists.args),
    environ_sizes_get: sizes(lists.env),
    environ_get: contents(lists.env),
    clock_res_get(_clock: number, at: number) {
      view().setBigUint64(at, RESOLUTION_NS, true);
      return ERRNO.success;
    },
    clock_time_get(_clock: number, _precision: bigint, at: number) {
      view().setBigUint64(at, BigInt(outside().nowMs()) * 1_000_000n, true);
      return ERRNO.success;
    },
    random_get(at: number, length: number) {
      outside().fillRandom(bytes(at, length));
      return ERRNO.success;
    },
    fd_fdstat_get(fd: number, at: number) {
      if (fd > LAST_STANDARD) return ERRNO.badf;
      bytes(at, 24).fill(0)[0] = CHARACTER_DEVICE;
      view().setBigUint64(at + 8, fd === 0 ? RIGHTS.read : RIGHTS.write, true);
      return ERRNO.success;
    },
    fd_filestat_get(fd: number, at: number) {
      if (fd > LAST_STANDARD) return ERRNO.badf;
      bytes(at, 64).fill(0)[16] = CHARACTER_DEVICE;
      return ERRNO.success;
    },
    fd_write(fd: number, at: number, count: number, written: number) {
      if (fd > LAST_STANDARD || count > (fd === OUTPUT ? 1 : VECTORS)) return ERRNO.badf;
      const parts = vectors(at, count);
      let length = parts.reduce((sum, part) => sum + part.length, 0);
      if (fd === OUTPUT) {
        if (length > MESSAGE_MAX_BYTES) throw new Misuse("it sent too long a message");
        reply = outside().answer(new TextDecoder().decode(parts[0]));
        length = reply.length;
      }
      put(written, length);
      return ERRNO.success;
    },
    fd_read(fd: number, at: number, _count: number, read: number) {
      if (fd !== 0) return ERRNO.badf;
      const [target] = vectors(at, 1);
      const part = reply.subarray(0, target!.length);
      target!.set(part);
      reply = reply.subarray(part.length);
      put(read, part.length);
      return ERRNO.success;
    },
    /** Reports every event as having occurred, timers included, so that no call blocks. */
    poll_oneoff(subscriptions: number, events: number, count: number, happened: number) {
      for (let k = 0; k < count; k++) {
        const event = bytes(events + k * EVENT_BYTES, EVENT_BYTES).fill(0);
        event.set(bytes(subscriptions + k * 48, 8));
        event[10] = bytes(subscriptions + k * 48 + 8, 1)[0]!;
      }
      put(happened, count);
      return ERRNO.success;
    },
    sched_yield: () => ERRNO.success,
    fd_prestat_get: () => ERRNO.badf,
    fd_close: () => ERRNO.badf,
    proc_exit() {
      throw new Misuse("it exited");
    },
  };
  return { imports, reset: () => void (reply = NOTHING) };
}

const NOTHING = new Uint8Array();

/** The implementation of all other imports. */
export const unavailable = () => ERRNO.nosys;
