/** A deterministic byte stream: SHA-256 of a key and a counter, where the key is HMAC-SHA-256 of a
 *  label with the hook's seed. Equal seeds and labels give equal streams, whatever the sizes of the
 *  reads. Streams of different labels are independent. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

const KEY_BYTES = 32;

export class SeedStream {
  #input = new Uint8Array(KEY_BYTES + 4);
  #counter = new DataView(this.#input.buffer, KEY_BYTES);
  #blocks = 0;
  #block = new Uint8Array(0);
  #used = 0;

  /** `seed` is hex. */
  constructor(seed: string, label: string) {
    this.#input.set(hmac(sha256, hexToBytes(seed), utf8ToBytes(label)));
  }

  fill(target: Uint8Array): void {
    for (let at = 0; at < target.length;) {
      if (this.#used === this.#block.length) {
        this.#counter.setUint32(0, this.#blocks++);
        this.#block = sha256(this.#input);
        this.#used = 0;
      }
      const taken = this.#block.subarray(this.#used, this.#used + target.length - at);
      target.set(taken, at);
      at += taken.length;
      this.#used += taken.length;
    }
  }
}
