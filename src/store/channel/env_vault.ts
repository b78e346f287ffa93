/** Encrypts with AES-256-GCM what only this server may read: the secrets of bots, of which a stolen
 *  database reveals none unless it also contains the key, and the ids of tasks. The result is
 *  base64 of a random 12-byte nonce and the ciphertext. The context, such as the bot's seed
 *  commitment, is authenticated data: decryption needs the same. */
import type { RandomBytes } from "../../kernel/random_bytes.ts";

const NONCE_BYTES = 12;

export class EnvVault {
  readonly #key: Promise<CryptoKey>;
  readonly #randomBytes: RandomBytes;

  /** `key` has 32 bytes. */
  constructor(key: Uint8Array, randomBytes: RandomBytes) {
    const usages: KeyUsage[] = ["encrypt", "decrypt"];
    this.#key = crypto.subtle.importKey("raw", key.slice(), "AES-GCM", false, usages);
    this.#randomBytes = randomBytes;
  }

  async seal(text: string, context: string): Promise<string> {
    const nonce = this.#randomBytes(NONCE_BYTES);
    const plain = new TextEncoder().encode(text);
    const algorithm = algorithmOf(nonce, context);
    const sealed = await crypto.subtle.encrypt(algorithm, await this.#key, plain);
    const bytes = new Uint8Array(NONCE_BYTES + sealed.byteLength);
    bytes.set(nonce);
    bytes.set(new Uint8Array(sealed), NONCE_BYTES);
    return bytes.toBase64();
  }

  /** Null if the key or the context is another one, or the text was altered. */
  async open(sealed: string, context: string): Promise<string | null> {
    const bytes = Uint8Array.fromBase64(sealed);
    const algorithm = algorithmOf(bytes.subarray(0, NONCE_BYTES), context);
    try {
      const cipher = bytes.subarray(NONCE_BYTES);
      return new TextDecoder().decode(
        await crypto.subtle.decrypt(algorithm, await this.#key, cipher),
      );
    } catch {
      return null;
    }
  }
}

function algorithmOf(nonce: Uint8Array, context: string) {
  return {
    name: "AES-GCM",
    iv: nonce.slice(),
    additionalData: new TextEncoder().encode(context),
  };
}
