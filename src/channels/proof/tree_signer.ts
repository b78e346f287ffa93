/** Signs the tree heads of channels, so that anyone who stores one can prove it when the server
 *  later presents another history. */
import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { checkpointText, originOf, signedNote, type TreeHead } from "../../kernel/checkpoint.ts";
import { concatBytes, type HashText, hexToBytes, utf8ToBytes } from "../../kernel/hash.ts";
import { type Entry, type Head, treeRoot } from "../../domain/transcript/transcript.ts";

/** The DER prefix of a 32-byte Ed25519 private key in PKCS #8 (RFC 8410 section 7). */
const PKCS8 = hexToBytes("302e020100300506032b657004220420");
/** Channels whose latest checkpoint is cached, because all readers that wait for a message get the
 *  same one. */
const MAX_KEPT = 1_000;

interface TreeSignerDeps {
  /** 32 bytes: the Ed25519 private key (RFC 8032). */
  key: Uint8Array;
  publicUrl: string;
}

export class TreeSigner {
  readonly #key: ReturnType<typeof createPrivateKey>;
  readonly #publicUrl: string;
  readonly #last = new Map<string, { size: number; note: string }>();
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;

  constructor({ key, publicUrl }: TreeSignerDeps) {
    this.#publicUrl = publicUrl;
    const der = Buffer.from(concatBytes(PKCS8, key));
    this.#key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    this.publicKey = publicKeyOf(this.#key);
  }

  /** The signed note of a committed head. */
  checkpoint(channelId: string, head: Pick<Head, "size" | "range">): string {
    return this.#note(channelId, head.size, () => treeRoot(head));
  }

  /** The receipt of a head, for a reader to store. */
  receipt(
    channelId: string,
    head: Pick<Head, "size" | "range">,
  ): { id: number; root: HashText; checkpoint: string } {
    const root: HashText = `sha256:${treeRoot(head).toHex()}`;
    return { id: head.size, root, checkpoint: this.checkpoint(channelId, head) };
  }

  /** The signed note of the head right after a committed entry. */
  checkpointAt({ channel_id, id, root }: Pick<Entry, "channel_id" | "id" | "root">): string {
    return this.#note(channel_id, id, () => hexToBytes(root));
  }

  #note(channelId: string, size: number, root: () => Uint8Array): string {
    const known = this.#last.get(channelId);
    if (known?.size === size) return known.note;
    const origin = originOf(this.#publicUrl, channelId);
    const note = this.signed({ origin, size, root: root() });
    if (this.#last.size >= MAX_KEPT) this.#last.clear();
    this.#last.set(channelId, { size, note });
    return note;
  }

  /** The signed note of a tree head. */
  signed(head: TreeHead): string {
    const signature = sign(null, utf8ToBytes(checkpointText(head)), this.#key);
    return signedNote(head, this.publicKey, new Uint8Array(signature));
  }
}

function publicKeyOf(key: ReturnType<typeof createPrivateKey>): Uint8Array {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return Uint8Array.fromBase64(x!, { alphabet: "base64url" });
}
