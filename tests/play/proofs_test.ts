/** Receipts and proofs over HTTP. The tests check them like a member, with the published keys and
 *  without the server's code. */
import assert from "node:assert/strict";
import { parsedCheckpoint, type SignedCheckpoint } from "../../src/kernel/checkpoint.ts";
import { bytesToHex, concatBytes, hashText, hexToBytes } from "../../src/kernel/hash.ts";
import { canonicalBytes } from "../../src/kernel/json.ts";
import { isConsistent, rootFromInclusion } from "../../src/kernel/merkle_proof.ts";
import { entryLeaf } from "../../src/domain/transcript/transcript.ts";
import { type Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const LOUNGE = { slots: ["invite:alice", "invite:bob", "invite:carol"] };
const bytes = (hash: string) => hexToBytes(hash.replace("sha256:", ""));

/** The checkpoint in an answer. Checks its signature with the keys that the server publishes. */
async function checked(url: string, note: string): Promise<SignedCheckpoint> {
  const { origin_prefix, keys } =
    await (await fetch(`${url}/.well-known/mcp-multiplayer/keys.json`)).json();
  const checkpoint = parsedCheckpoint(note);
  assert.ok(checkpoint, note);
  assert.ok(checkpoint.origin.startsWith(origin_prefix), note);
  const verdicts = await Promise.all(keys.map(async ({ public_key }: Wire) => {
    const raw = Uint8Array.fromBase64(public_key);
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    const signature = Uint8Array.from(checkpoint.signatures[0]!.signature);
    const text = new TextEncoder().encode(checkpoint.text);
    return await crypto.subtle.verify("Ed25519", key, signature, text);
  }));
  assert.equal(verdicts.filter(Boolean).length, 1, "exactly one published key signed it");
  return checkpoint;
}

async function proofOf(player: Player, ask: Record<string, unknown>): Promise<Wire> {
  return await player.call("get_proof", { channel_id: player.channel_id, ...ask });
}

Deno.test("a post and a read return a signed receipt of the same log, if asked", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice, bob] } = await roomOf(server.url, LOUNGE, 2);
  const posted = await alice!.say("I bet ten", { receipt: true });
  const signed = await checked(server.url, posted.receipt.checkpoint);
  assert.equal(signed.size, posted.msg_id);
  assert.equal(bytesToHex(signed.root), posted.receipt.root.slice("sha256:".length));
  const { channel_id } = bob!;
  const read = await bob!.call("sync_messages", { channel_id, timeout_ms: 0, receipt: true });
  assert.equal(read.receipt.checkpoint, posted.receipt.checkpoint, "one size, one signature");
});

Deno.test("get_proof proves that an entry is in the log, and hides an addressed message's salt from others", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice, bob, carol] } = await roomOf(server.url, LOUNGE, 3);
  const body = { text: "between us" };
  const to = [bob!.player_id];
  const { msg_id } = await alice!.call("post_message", {
    channel_id: alice!.channel_id,
    body,
    to,
  });
  for (let i = 0; i < 9; i++) await carol!.say({ i });
  for (const reader of [bob!, carol!]) {
    const { size, checkpoint, inclusion } = await proofOf(reader, { id: msg_id });
    const { entry, hash, body_hash, salt, proof } = inclusion;
    const { root } = await checked(server.url, checkpoint);
    const leaf = entryLeaf(entry, body_hash);
    assert.equal(`sha256:${bytesToHex(leaf)}`, hash);
    const found = rootFromInclusion(leaf, msg_id - 1, size, proof.map(bytes));
    assert.equal(bytesToHex(found!), bytesToHex(root));
    assert.equal(salt === undefined, reader === carol);
    if (salt) {
      assert.equal(hashText(concatBytes(hexToBytes(salt), canonicalBytes(body))), body_hash);
    }
  }
});

Deno.test("get_proof proves that an old receipt covers the beginning of the current log", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, LOUNGE, 1);
  // More than one tile of 256 leaves, so that the proof uses stored tiles.
  const receipts: Wire[] = [];
  for (let i = 0; i < 600; i++) receipts.push((await alice!.say({ i }, { receipt: true })).receipt);
  for (const old of [receipts[0], receipts[250], receipts[255], receipts[598], receipts[599]]) {
    for (const _ of ["made", "stored"]) {
      const { checkpoint, consistency } = await proofOf(alice!, { since: old.id });
      const before = await checked(server.url, old.checkpoint);
      const after = await checked(server.url, checkpoint);
      assert.equal(consistency.root, old.root);
      assert.ok(isConsistent(before, after, consistency.proof.map(bytes)), `since ${old.id}`);
    }
  }
  await refuses(proofOf(alice!, { since: 10_000 }), "INVALID_REQUEST");
});

Deno.test("get_proof requires the right to read", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, LOUNGE, 1);
  const { players: [stranger] } = await roomOf(server.url, LOUNGE, 1);
  const { channel_id } = alice!;
  await refuses(stranger!.call("get_proof", { channel_id, id: 1 }), "CHANNEL_NOT_FOUND");
});

Deno.test("a replaced signing key stays published for old receipts", async () => {
  await using server = await testServer({ sandbox: "off", signingKey: "11".repeat(32) });
  const { players: [alice] } = await roomOf(server.url, LOUNGE, 1);
  const { receipt: old } = await alice!.say("before", { receipt: true });
  await server.restart({ signingKey: "22".repeat(32) });
  alice!.moveTo(server.url);
  const { receipt } = await alice!.say("after", { receipt: true });
  const keys = (await (await fetch(`${server.url}/.well-known/mcp-multiplayer/keys.json`)).json())
    .keys;
  assert.deepEqual(keys.map(({ until }: Wire) => until === null), [true, false]);
  assert.notEqual(receipt.checkpoint, old.checkpoint);
  const { text, signatures } = parsedCheckpoint(old.checkpoint)!;
  const raw = Uint8Array.fromBase64(keys[1].public_key);
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  const signature = Uint8Array.from(signatures[0]!.signature);
  assert.ok(
    await crypto.subtle.verify("Ed25519", key, signature, new TextEncoder().encode(text)),
  );
});

Deno.test("a message with its salt, a receipt and a proof suffice to find it in the log", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice, bob, carol] } = await roomOf(server.url, LOUNGE, 3);
  const { channel_id } = alice!;
  const whisper = { channel_id, body: { text: "psst" }, to: [bob!.player_id], receipt: true };
  const receipts = [(await alice!.say("I bet ten", { receipt: true })).receipt];
  receipts.push((await alice!.call("post_message", whisper)).receipt);
  await carol!.say("seen");
  for (const { id, hash } of receipts) {
    const ask = { channel_id, cursor: id - 1, timeout_ms: 0, salts: true };
    const { messages: [message] } = await bob!.call("sync_messages", ask);
    const { salt, body, hash: _, ...open } = message;
    const leaf = entryLeaf(
      open,
      hashText(concatBytes(hexToBytes(salt), canonicalBytes(body))),
    );
    assert.equal(`sha256:${bytesToHex(leaf)}`, hash, "the leaf of the receipt");
    const { size, checkpoint, inclusion } = await proofOf(bob!, { id });
    const { root } = await checked(server.url, checkpoint);
    const found = rootFromInclusion(leaf, id - 1, size, inclusion.proof.map(bytes));
    assert.equal(bytesToHex(found!), bytesToHex(root));
  }
  const all = { channel_id, timeout_ms: 0 };
  const { messages: hers } = await carol!.call("sync_messages", { ...all, proof: true });
  for (const { withheld, salt } of hers) assert.equal(salt === undefined, withheld === true);
  const { messages: bare } = await bob!.call("sync_messages", all);
  assert.ok(bare.every((m: Wire) => !("salt" in m)), "without proof: true, no message has a salt");
});
