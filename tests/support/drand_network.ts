/** A drand chain with a single node, which is also its relay. It signs a round every second with
 *  its own key, and serves drand's HTTP API. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type Chain, chainHash, timeOf } from "../../src/kernel/drand.ts";

const DST = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
const { shortSignatures } = bls12_381;

export interface DrandNetwork extends AsyncDisposable {
  chain: Chain;
  /** The origin of its API. */
  origin: string;
  /** The requested paths. */
  asked: string[];
  /** Its behaviour; `lies` serves the signature of another round. */
  mood: "honest" | "away" | "lies";
  /** The signature of any round, past or future, as conspiring nodes could compute it. */
  sign(round: number): string;
}

export function drandNetwork(): DrandNetwork {
  const { secretKey, publicKey } = shortSignatures.keygen();
  const facts = {
    public_key: publicKey.toHex(),
    period: 1,
    genesis_time: Math.floor(Date.now() / 1000) - 1_000,
    group_hash: "5e".repeat(32),
    beacon_id: "test",
    scheme: "bls-unchained-g1-rfc9380" as const,
  };
  const chain = { ...facts, hash: chainHash(facts) };
  const sign = (round: number) => {
    const number = new Uint8Array(8);
    new DataView(number.buffer).setBigUint64(0, BigInt(round));
    return shortSignatures.sign(shortSignatures.hash(sha256(number), DST), secretKey).toHex();
  };
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (network.mood === "away") return new Response("away", { status: 503 });
    const [, hash, kind, number] = pathname.split("/");
    if (hash !== chain.hash) return new Response("no such chain", { status: 404 });
    if (kind === "info") {
      const { group_hash: groupHash, scheme: schemeID, beacon_id: beaconID, ...rest } = chain;
      return Response.json({ ...rest, groupHash, schemeID, metadata: { beaconID } });
    }
    const round = Number(number);
    if (timeOf(chain, round) > Date.now()) return new Response("too early", { status: 425 });
    const signature = sign(network.mood === "lies" ? round - 1 : round);
    const randomness = sha256(Uint8Array.fromHex(signature)).toHex();
    return Response.json({ round, randomness, signature });
  });
  const network: DrandNetwork = {
    chain,
    origin: `http://127.0.0.1:${server.addr.port}`,
    asked,
    mood: "honest",
    sign,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return network;
}
