/** drand, a source of public randomness: the nodes of a chain together sign the number of a round
 *  every few seconds. Nobody knows a signature before its time, the nodes included, and afterwards
 *  anyone can verify it. */
import * as z from "zod";
import { bytesToHex, concatBytes, hexToBytes, sha256, utf8ToBytes } from "./hash.ts";

const Hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));

/** A chain's parameters, which its nodes publish at drand's `/info`. `hash` is the hash of the
 *  other fields. */
export const Chain = z.object({
  hash: Hex(32),
  /** BLS12-381, a compressed point of G2; signatures are points of G1. */
  public_key: Hex(96),
  /** Seconds from round to round. */
  period: z.number().int().min(1).max(3_600),
  /** The time of round 1, in seconds since 1970. */
  genesis_time: z.number().int().min(0).max(0xffff_ffff),
  group_hash: Hex(32),
  beacon_id: z.string().min(1).max(64),
  scheme: z.literal("bls-unchained-g1-rfc9380"),
});
export type Chain = z.infer<typeof Chain>;

/** The League of Entropy's chain for applications: a round every three seconds. */
export const QUICKNET: Chain = {
  hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
  public_key:
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  period: 3,
  genesis_time: 1692803367,
  group_hash: "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
  beacon_id: "quicknet",
  scheme: "bls-unchained-g1-rfc9380",
};

/** A signature of a round, hex. */
export const RoundSignature = Hex(48);

/** A source of signatures. */
export interface Beacon {
  /** The verified signature of a past round, hex. Throws if it is not available. */
  signature(chain: Chain, round: number, signal: AbortSignal): Promise<string>;
}

/** drand's chain hash, which identifies a chain. */
export function chainHash(chain: Omit<Chain, "hash">): string {
  const { period, genesis_time, public_key, group_hash, beacon_id } = chain;
  const numbers = new Uint8Array(12);
  const view = new DataView(numbers.buffer);
  view.setUint32(0, period);
  view.setBigInt64(4, BigInt(genesis_time));
  const name = beacon_id === "default" ? "" : beacon_id;
  const parts = [numbers, hexToBytes(public_key), hexToBytes(group_hash), utf8ToBytes(name)];
  return bytesToHex(sha256(concatBytes(...parts)));
}

/** The time at which a round is signed, in milliseconds since 1970. */
export function timeOf({ genesis_time, period }: Chain, round: number): number {
  return (genesis_time + (round - 1) * period) * 1000;
}

/** The round that a channel commits to at a time: one to two periods ahead, so that a reader who
 *  sees the commitment at once knows that the signature does not exist yet. */
export function roundNamedAt({ genesis_time, period }: Chain, ts: string): number {
  const current = Math.floor((Date.parse(ts) / 1000 - genesis_time) / period) + 1;
  return Math.max(current, 0) + 2;
}

/** Whether a signature is the chain's signature of a round. */
export async function isSigned(
  { public_key }: Chain,
  round: number,
  signature: string,
): Promise<boolean> {
  // Loaded on demand: the module is large, and only servers with a beacon need it.
  const { bls12_381: { shortSignatures } } = await import("@noble/curves/bls12-381.js");
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt(round));
  try {
    const message = shortSignatures.hash(
      sha256(number),
      "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_",
    );
    return shortSignatures.verify(hexToBytes(signature), message, hexToBytes(public_key));
  } catch {
    return false; // not a point of the curve
  }
}

/** The 32 random bytes of a signature. */
export function randomnessOf(signature: string): Uint8Array {
  return sha256(hexToBytes(signature));
}
