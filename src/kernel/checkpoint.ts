/** Checkpoints: a channel's tree head as a C2SP signed note (c2sp.org/tlog-checkpoint,
 *  c2sp.org/signed-note). Anyone can store one and later prove that the server has changed the
 *  log. Pure: callers sign and verify. */
import { bytesToHex, concatBytes, sha256, utf8ToBytes } from "./hash.ts";

export interface TreeHead {
  /** The log's name, `<host>/<channel id>`; also the name of the key that signs it. */
  origin: string;
  size: number;
  /** 32 bytes. */
  root: Uint8Array;
}

/** A signature line of a note. */
interface NoteSignature {
  name: string;
  /** 8 hex digits that identify the key together with its name. */
  keyId: string;
  /** Ed25519, 64 bytes. */
  signature: Uint8Array;
}

export interface SignedCheckpoint extends TreeHead {
  /** The bytes that are signed. */
  text: string;
  signatures: NoteSignature[];
}

const ED25519 = Uint8Array.of(1);
const DASH = "\u2014";

/** The origin of a channel's log on the server at `publicUrl`. */
export function originOf(publicUrl: string, channelId: string): string {
  return `${new URL(publicUrl).host}/${channelId}`;
}

/** The text to sign. It ends with a newline. */
export function checkpointText({ origin, size, root }: TreeHead): string {
  return `${origin}\n${size}\n${root.toBase64()}\n`;
}

/** The note: the text, an empty line, and the signature of the key with the origin's name. */
export function signedNote(head: TreeHead, publicKey: Uint8Array, signature: Uint8Array): string {
  const id = Uint8Array.fromHex(keyIdOf(head.origin, publicKey));
  return `${checkpointText(head)}\n${DASH} ${head.origin} ${
    concatBytes(id, signature).toBase64()
  }\n`;
}

/** The first four bytes of SHA-256(name || newline || 0x01 || public key), hex. */
export function keyIdOf(name: string, publicKey: Uint8Array): string {
  return bytesToHex(sha256(concatBytes(utf8ToBytes(`${name}\n`), ED25519, publicKey)).slice(0, 4));
}

/** A public key in the format of other tools for signed notes: `<name>+<key id>+<base64>`. */
export function verifierKey(name: string, publicKey: Uint8Array): string {
  return `${name}+${keyIdOf(name, publicKey)}+${concatBytes(ED25519, publicKey).toBase64()}`;
}

/** The server's signature and those of witnesses. */
const MAX_SIGNATURES = 64;
/** Bounds the work for a note: its origin is hashed once for each key that may have signed it. */
const MAX_NOTE_CHARS = 64 * 1024;

/** Parses a note; undefined if it is not a checkpoint. Does not check the signatures. */
export function parsedCheckpoint(note: string): SignedCheckpoint | undefined {
  if (note.length > MAX_NOTE_CHARS) return undefined;
  const [, text, lines] = /^((?:[^\n]+\n){3})\n((?:[^\n]+\n)+)$/.exec(note) ?? [];
  if (text === undefined || lines === undefined) return undefined;
  const [origin, size, root] = text.split("\n") as [string, string, string];
  const head = { origin, size: Number(size), root: decoded(root) };
  if (!/^(0|[1-9]\d{0,14})$/.test(size) || head.root?.length !== 32) return undefined;
  const signatureLines = lines.trimEnd().split("\n");
  if (signatureLines.length > MAX_SIGNATURES) return undefined;
  const signatures = signatureLines.map(signatureOf);
  if (signatures.includes(undefined)) return undefined;
  return {
    ...head,
    root: head.root,
    text,
    signatures: signatures.filter((signature) => signature !== undefined),
  };
}

function signatureOf(line: string): NoteSignature | undefined {
  const [, name, base64] = new RegExp(`^${DASH} (\\S+) (\\S+)$`).exec(line) ?? [];
  const bytes = base64 === undefined ? undefined : decoded(base64);
  if (name === undefined || bytes?.length !== 68) return undefined;
  return { name, keyId: bytesToHex(bytes.slice(0, 4)), signature: bytes.slice(4) };
}

function decoded(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" });
  } catch {
    return undefined;
  }
}
