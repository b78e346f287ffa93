/** `deno task verify --proof FILE` through the real command: checks an answer of `get_proof`
 *  against an export, and against receipts alone. */
import assert from "node:assert/strict";
import { TreeSigner } from "../../src/channels/proof/tree_signer.ts";
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import { keyIdOf, originOf, parsedCheckpoint, verifierKey } from "../../src/kernel/checkpoint.ts";
import { hexToBytes } from "../../src/kernel/hash.ts";
import { type Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf, runVerify } from "../support/verifier.ts";
import { Forger } from "./forger.ts";
import { SERVER_KEY } from "./genuine.ts";

const LOUNGE = { slots: ["invite:alice", "invite:bob"] };
const OTHER_KEY = "0b".repeat(32);
const OTHER_HASH = "ab".repeat(32);

Deno.test("the verify task checks an answer of get_proof", async (t) => {
  await using server = await testServer({ signingKey: SERVER_KEY, sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, LOUNGE, 2);
  const { players: [carol] } = await roomOf(server.url, LOUNGE, 2);
  const ask = async (player: Player, more: Record<string, unknown>): Promise<Wire> =>
    await player.call("get_proof", { channel_id: player.channel_id, ...more });
  const early = await alice!.say("good luck", { receipt: true });
  const foreign = await carol!.say("elsewhere", { receipt: true });
  for (let i = 0; i < 5; i++) await alice!.say({ i });
  for (let i = 0; i < 5; i++) await carol!.say({ i });
  const since = early.msg_id;
  const genuine: Wire = await ask(alice!, { id: since, since });
  const elsewhere: Wire = await ask(carol!, { id: foreign.msg_id, since: foreign.msg_id });
  const text = await exportOf(alice!);
  const file = ChannelExport.parse(JSON.parse(text));
  const end = file.entries.length;
  const late = await alice!.say("after the export");
  const later: Wire = await ask(alice!, { id: since, since: end });
  const beyond: Wire = await ask(alice!, { id: late.msg_id, since: late.msg_id });
  const { public_key } = file.keys[0]!;

  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-" });
  const saved = async (name: string, content: unknown) => {
    const path = `${folder}/${name.replaceAll(/\W+/g, "_")}.json`;
    await Deno.writeTextFile(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  /** Runs the task and asserts its exit code and the verdict of a check. Returns that check. */
  const verified = async (
    args: string[],
    code: number,
    check: string,
    verdict: string,
  ): Promise<Wire> => {
    const run = await runVerify([...args, "--json", "--no-replay"]);
    assert.equal(run.code, code, run.stdout + run.stderr);
    const { ok, checks } = JSON.parse(run.stdout);
    assert.equal(ok, code === 0);
    const found = checks.findLast((each: Wire) => each.check === check);
    assert.equal(found?.verdict, verdict, run.stdout);
    return found;
  };
  const changed = (change: (proof: Wire) => void): Wire => {
    const proof = structuredClone(genuine);
    change(proof);
    return proof;
  };
  /** The same proof, signed with another key. */
  const signedBy = (key: string, proof: Wire): Wire => {
    const signer = new TreeSigner({ key: hexToBytes(key), publicUrl: server.url });
    const { origin, size, root } = parsedCheckpoint(proof.checkpoint)!;
    return { ...proof, checkpoint: signer.signed({ origin, size, root }) };
  };
  /** Proofs that must fail, with an export and without one. */
  const wrong: Record<string, [proof: Wire, why: RegExp]> = {
    "another sender": [changed((p) => p.inclusion.entry.sender = "p2"), /was changed/],
    "another body": [changed((p) => p.inclusion.body_hash = `sha256:${OTHER_HASH}`), /was changed/],
    "another place": [changed((p) => p.inclusion.entry.id++), /was changed/],
    "another path": [changed((p) => p.inclusion.proof[0] = OTHER_HASH), /does not lead/],
    "a shorter path": [changed((p) => p.inclusion.proof.pop()), /does not lead/],
    "an invalid hash": [changed((p) => p.inclusion.proof[0] = "AB"), /not 64 hex digits/],
    "another beginning": [
      changed((p) => p.consistency.root = `sha256:${OTHER_HASH}`),
      /does not show/,
    ],
    "a shorter beginning": [changed((p) => p.consistency.size--), /does not show/],
    "another link": [changed((p) => p.consistency.proof[0] = OTHER_HASH), /does not show/],
    "another size": [changed((p) => p.size--), /its tree head counts/],
  };

  try {
    const exported = await saved("channel", text);
    const proof = await saved("proof", genuine);
    const receipt = await saved("receipt", early);

    await t.step(
      "against an export: as REST answer, and as result of the MCP tool",
      async () => {
        const { code, stdout } = await runVerify([exported, "--no-replay", "--proof", proof]);
        assert.equal(code, 0, stdout);
        assert.match(stdout, new RegExp(`^✔ proof +entry ${since} is one of the ${end} `, "m"));
        const result = await saved("result", { content: [], structuredContent: genuine });
        await verified([exported, "--proof", result], 0, "proof", "passed");
      },
    );

    await t.step(
      "against an export: a proof that the file is the beginning of a later log",
      async () => {
        await verified([exported, "--proof", await saved("later", later)], 0, "proof", "passed");
      },
    );

    await t.step("against an export: a proof about entries that are not in the file", async () => {
      const path = await saved("beyond", beyond);
      const { text } = await verified([exported, "--proof", path], 1, "proof", "failed");
      assert.match(text, /truncated, or the file is older/);
    });

    await t.step("against an export: a wrong salt", async () => {
      const path = await saved("salt", changed((p) => p.inclusion.salt = OTHER_HASH));
      assert.match(
        (await verified([exported, "--proof", path], 1, "proof", "failed")).text,
        /salt/,
      );
    });

    await t.step("against an export: a proof of another channel, and of another key", async () => {
      const other = await saved("elsewhere", elsewhere);
      const { text } = await verified([exported, "--proof", other], 1, "proof", "failed");
      assert.match(text, /another log/);
      const forged = await saved("forged", signedBy(OTHER_KEY, genuine));
      const found = await verified([exported, "--proof", forged], 1, "proof", "failed");
      assert.match(found.text, /not one of the server's/);
    });

    await t.step("against an export: a forked history that the server itself signed", async () => {
      const forger = new Forger(file);
      forger.file.entries[since - 1]!.body = { text: "bad luck" };
      forger.mend(SERVER_KEY);
      const forked = await saved("forked", JSON.stringify(forger.file));
      const found = await verified([forked, "--proof", proof], 1, "proof", "failed");
      assert.match(found.text, /forked/);
      const found2 = await verified(
        [forked, "--proof", await saved("later", later)],
        1,
        "proof",
        "failed",
      );
      assert.match(found2.text, /forked/);
    });

    const origin = originOf(server.url, alice!.channel_id);
    const key = verifierKey(origin, Uint8Array.fromBase64(public_key));

    await t.step("against a receipt, with the key in either form", async () => {
      for (const named of [public_key, key]) {
        const args = ["--proof", proof, "--receipt", receipt, "--key", named];
        const { code, stdout, stderr } = await runVerify(args);
        assert.equal(code, 0, stdout + stderr);
        assert.ok(stdout.includes(`by ${key}\n`), stdout);
        assert.match(stdout, new RegExp(`^✔ receipt +its ${since} entries are the beginning`, "m"));
        assert.match(stdout, /^VERIFIED: a proof about chn_/m);
      }
    });

    await t.step(
      "against a receipt: of the same size, of another log, of another history",
      async () => {
        const same = { receipt: { checkpoint: genuine.checkpoint } };
        const args = ["--proof", proof, "--key", public_key, "--receipt"];
        await verified([...args, await saved("same", same)], 0, "receipt", "passed");
        await verified([...args, await saved("of another", foreign)], 1, "receipt", "failed");
        const signer = new TreeSigner({ key: hexToBytes(SERVER_KEY), publicUrl: server.url });
        const { origin, size } = parsedCheckpoint(early.receipt.checkpoint)!;
        const forked = signer.signed({ origin, size, root: hexToBytes(OTHER_HASH) });
        const found = await verified(
          [...args, await saved("fork", forked)],
          1,
          "receipt",
          "failed",
        );
        assert.match(found.text, /forked/);
      },
    );

    await t.step("against a receipt: an undecided receipt is not verified", async () => {
      const alone = ["--key", public_key, "--receipt"];
      const newer = await saved("newer", late);
      await verified(["--proof", proof, ...alone, newer], 2, "receipt", "unknown");
      const unlinked = await saved("unlinked", await ask(alice!, { id: since }));
      const args = ["--proof", unlinked, ...alone, receipt];
      const { text } = await verified(args, 2, "receipt", "unknown");
      assert.match(text, new RegExp(`get_proof with since ${since}`));
      const { stdout } = await runVerify(args);
      assert.match(stdout, /^NOT VERIFIED: chn_.* can't decide the lines marked \?/m);
    });

    await t.step("a key that has not signed the proof", async () => {
      const other = new TreeSigner({ key: hexToBytes(OTHER_KEY), publicUrl: server.url });
      const args = ["--proof", proof, "--key", other.publicKey.toBase64()];
      await verified(args, 1, "signature", "failed");
    });

    for (const [name, [proof, why]] of Object.entries(wrong)) {
      await t.step(`refused: ${name}`, async () => {
        const path = await saved(name, proof);
        const held = await verified([exported, "--proof", path], 1, "proof", "failed");
        assert.match(held.text, why);
        const { code, stdout } = await runVerify(["--proof", path, "--key", public_key]);
        assert.equal(code, 1, stdout);
        assert.match(stdout, why);
      });
    }

    const id = keyIdOf("other.example/chn", Uint8Array.fromBase64(public_key));
    const nothing: Record<string, string[]> = {
      "no key and no export": ["--proof", proof, "--receipt", receipt],
      "two proofs and no export": ["--proof", proof, "--proof", proof, "--key", public_key],
      "an export in place of the proof": ["--proof", exported, "--key", public_key],
      "a receipt in place of the proof": [exported, "--proof", receipt],
      "a proof of nothing": [exported, "--proof", await saved("bare", await ask(alice!, {}))],
      "a proof that is not JSON": [exported, "--proof", await saved("torn", "{")],
      "no such proof": [exported, "--proof", `${folder}/none.json`],
      "a key of another name": ["--proof", proof, "--key", key.replace(/\+\w{8}\+/, `+${id}+`)],
    };
    for (const [name, args] of Object.entries(nothing)) {
      await t.step(`exits with 2 if there is nothing to check: ${name}`, async () => {
        const { code, stdout, stderr } = await runVerify(args);
        assert.equal(code, 2, stdout + stderr);
        assert.equal(stdout, "");
        assert.match(stderr, /^(Usage: deno task verify|Cannot verify ).*\n$/, "one line");
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
