/** Tries to reveal the withheld parts of an export. It uses every value in the file as a salt or a
 *  key, in every way that docs/proofs.md describes, with every candidate. */
import { createHash } from "node:crypto";
import type { ChannelExport, ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import { bytesToHex, derive, keyed } from "../../src/kernel/hash.ts";
import { canonicalText, type Json } from "../../src/kernel/json.ts";
import { saltKeys, saltUnder } from "../../src/domain/transcript/transcript.ts";

const NOTHING = new Uint8Array();

/** Every string in a JSON value, names included. */
function* stringsIn(json: unknown): Generator<string> {
  if (typeof json === "string") yield json;
  if (typeof json !== "object" || json === null) return;
  for (const [name, value] of Object.entries(json)) {
    yield name;
    yield* stringsIn(value);
  }
}

/** Every value of 16 or 32 bytes in a file, in hex or base64, alone or within a longer text. */
export function valuesIn(file: ChannelExport): Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  const keep = (bytes: Uint8Array) => found.set(bytesToHex(bytes), bytes);
  for (const text of stringsIn(file)) {
    for (const [hex] of text.matchAll(/\b([0-9a-f]{64}|[0-9a-f]{32})\b/g)) {
      keep(Uint8Array.fromHex(hex));
    }
    for (const [base64] of text.matchAll(/(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{22,44}={0,2}/g)) {
      for (const alphabet of ["base64", "base64url"] as const) {
        try {
          const bytes = Uint8Array.fromBase64(base64, { alphabet });
          if (bytes.length === 16 || bytes.length === 32) keep(bytes);
        } catch { /* It is not base64. */ }
      }
    }
  }
  return [...found.values()];
}

/** The salts for hashing a body or a state that could derive from one value. */
function saltsFrom(value: Uint8Array, ids: readonly number[]): Uint8Array[] {
  const keys = [value, ...Object.values(saltKeys(value))];
  return [
    NOTHING,
    value,
    derive(value, NOTHING, "mcp-multiplayer/state"),
    ...keys.flatMap((key) => ids.map((id) => saltUnder(key, id))),
    ...ids.map((id) => keyed(value, String(id))),
  ];
}

/** The candidates that the file reveals, and where: a candidate produces the leaf of an entry, or a
 *  hash in the file. */
export function guessed(
  file: ChannelExport,
  ids: readonly number[],
  candidates: readonly Json[],
): string[] {
  const values = valuesIn(file);
  const hashes = new Set(values.map(bytesToHex));
  const leaves = file.entries.filter(({ id }) => ids.includes(id)).map((entry) => ({
    id: entry.id,
    leaf: entry.hash,
    made: leafMaker(entry),
  }));
  const texts = candidates.map((candidate) => canonicalText(candidate));
  const found = new Set<string>();
  for (const salt of values.flatMap((value) => saltsFrom(value, ids))) {
    for (const text of texts) {
      const hash = sha256(salt, text);
      if (hashes.has(hash)) found.add(`${text} has a hash in the file`);
      for (const { id, leaf, made } of leaves) {
        if (made(`sha256:${hash}`) === leaf) found.add(`${text} is the body of entry ${id}`);
      }
    }
  }
  return [...found];
}

/** Makes the leaf hash of an entry from a body hash. There are a million to try, so this uses
 *  Node's SHA-256 and builds the common part of the leaf once. */
function leafMaker(entry: ExportedEntry): (bodyHash: string) => string {
  const { id, channel_id, sender, kind, ts, to, cause } = entry;
  const open = { id, channel_id, sender, kind, ts, to, cause, body_hash: "?" };
  const [before, after] = canonicalText(JSON.parse(JSON.stringify(open))).split("?");
  return (bodyHash) => `sha256:${sha256(Uint8Array.of(0), `${before}${bodyHash}${after}`)}`;
}

function sha256(...parts: (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
