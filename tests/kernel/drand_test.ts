/** drand, with real rounds that the League of Entropy signed. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import assert from "node:assert/strict";
import {
  chainHash,
  isSigned,
  QUICKNET,
  randomnessOf,
  roundNamedAt,
  timeOf,
} from "../../src/kernel/drand.ts";

type SignatureCase = [publicKey: string, round: number, signature: string];

/** The result of a Python script that uses only the standard library. */
async function secondSignatures(cases: SignatureCase[]): Promise<boolean[]> {
  const folder = new URL("../verify/", import.meta.url).pathname;
  const script = "import json, sys; sys.path.insert(0, sys.argv[1]); import second_bls; " +
    "print(json.dumps([second_bls.is_signed(*case) for case in json.loads(sys.argv[2])]))";
  const { success, stdout } = await new Deno.Command("python3", {
    args: ["-I", "-B", "-c", script, folder, JSON.stringify(cases)],
    stderr: "inherit",
  }).output();
  assert.ok(success);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Responses of `https://api.drand.sh/52db…e971/public/<round>`. */
const RECORDED = [
  {
    round: 123,
    signature:
      "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92",
  },
  {
    round: 1000,
    signature:
      "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
    randomness: "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
  },
];

Deno.test("quicknet's chain hash is the hash of its parameters", () => {
  assert.equal(chainHash(QUICKNET), QUICKNET.hash);
  assert.notEqual(
    chainHash({ ...QUICKNET, genesis_time: QUICKNET.genesis_time + 1 }),
    QUICKNET.hash,
  );
});

Deno.test("recorded rounds have valid signatures, and a change of one bit makes them invalid", async () => {
  for (const { round, signature, randomness } of RECORDED) {
    assert.ok(await isSigned(QUICKNET, round, signature));
    if (randomness) assert.equal(randomnessOf(signature).toHex(), randomness);
    assert.ok(!await isSigned(QUICKNET, round + 1, signature));
    const last = signature.at(-1) === "2" ? "3" : "2";
    for (
      const wrong of [signature.slice(0, -1) + last, "00".repeat(48), "c0" + "00".repeat(47), ""]
    ) {
      assert.ok(!await isSigned(QUICKNET, round, wrong), wrong);
    }
  }
});

Deno.test("a signature with a point of another group added is refused: one round has one randomness", async () => {
  const { G1: { Point }, fields: { Fp } } = bls12_381;
  // A point on the curve of the cofactor's order, which the pairing does not detect.
  const onCurve = Point.fromAffine({ x: 4n, y: Fp.sqrt(68n) });
  const unseen = onCurve.multiplyUnsafe(Point.Fn.ORDER - 1n).add(onCurve);
  assert.ok(!unseen.is0());
  for (const { round, signature } of RECORDED) {
    const { x, y } = Point.fromHex(signature).add(unseen).toAffine();
    const largest = y > (Fp.ORDER - 1n) / 2n;
    const bytes = Fp.toBytes(x);
    bytes[0]! |= largest ? 0xa0 : 0x80;
    assert.ok(!await isSigned(QUICKNET, round, bytes.toHex()));
    const [verdict] = await secondSignatures([[QUICKNET.public_key, round, bytes.toHex()]]);
    assert.equal(verdict, false);
  }
});

Deno.test("a second verifier, in Python, agrees about signatures", async () => {
  const key = QUICKNET.public_key;
  const cases = RECORDED.flatMap(({ round, signature }): SignatureCase[] => [
    [key, round, signature],
    [key, round + 1, signature],
    [key, round, `${signature.slice(0, -1)}0`],
    [key, round, "c0"],
  ]);
  const ours = await Promise.all(
    cases.map(([public_key, ...rest]) => isSigned({ ...QUICKNET, public_key }, ...rest)),
  );
  assert.deepEqual(ours, RECORDED.flatMap(() => [true, false, false, false]));
  assert.deepEqual(await secondSignatures(cases), ours);
});

Deno.test("the named round is one to two periods later", () => {
  const { genesis_time, period } = QUICKNET;
  for (const afterMs of [0, 1, 2_999, 3_000, 3_001, 86_400_000, 100_000_000_001]) {
    const now = genesis_time * 1000 + afterMs;
    const waitMs = timeOf(QUICKNET, roundNamedAt(QUICKNET, new Date(now).toISOString())) - now;
    assert.ok(waitMs > period * 1000 && waitMs <= 2 * period * 1000, `${afterMs}: ${waitMs}`);
  }
  assert.equal(roundNamedAt(QUICKNET, "2020-01-01T00:00:00.000Z"), 2);
  assert.equal(timeOf(QUICKNET, 1), genesis_time * 1000);
});
