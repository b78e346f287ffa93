import assert from "node:assert/strict";
import {
  checkpointText,
  keyIdOf,
  originOf,
  parsedCheckpoint,
  signedNote,
  verifierKey,
} from "../../src/kernel/checkpoint.ts";

const HEAD = { origin: "play.example.org/chn_x", size: 7, root: new Uint8Array(32).fill(1) };
const KEY = new Uint8Array(32).fill(2);

/** The key of the Go checksum database, which is part of every Go toolchain. */
const SUMDB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

Deno.test("verifierKey() and keyIdOf() give the published key of the Go checksum database", () => {
  const [name, keyId, base64] = [SUMDB.slice(0, 14), SUMDB.slice(15, 23), SUMDB.slice(24)];
  const publicKey = Uint8Array.fromBase64(base64).slice(1);
  assert.equal(keyIdOf(name, publicKey), keyId);
  assert.equal(verifierKey(name, publicKey), SUMDB);
});

Deno.test("checkpointText() is three lines: origin, size, root", () => {
  assert.equal(
    checkpointText(HEAD),
    "play.example.org/chn_x\n7\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n",
  );
});

Deno.test("parsedCheckpoint() reads what signedNote() writes", () => {
  const signature = new Uint8Array(64).fill(3);
  const note = signedNote(HEAD, KEY, signature);
  assert.deepEqual(parsedCheckpoint(note), {
    ...HEAD,
    text: checkpointText(HEAD),
    signatures: [{ name: HEAD.origin, keyId: keyIdOf(HEAD.origin, KEY), signature }],
  });
});

Deno.test("parsedCheckpoint() refuses texts that are not checkpoints", async (t) => {
  const note = signedNote(HEAD, KEY, new Uint8Array(64));
  const table: Record<string, string> = {
    "nothing": "",
    "no signature": checkpointText(HEAD) + "\n",
    "no empty line": note.replace("\n\n", "\n"),
    "a size with a leading zero": note.replace("\n7\n", "\n07\n"),
    "a negative size": note.replace("\n7\n", "\n-7\n"),
    "a root that is too short": note.replace("AQEBAQEB", ""),
    "a signature that is too short": note.replace(/....\n$/, "\n"),
    "a signature that is not base64": note.replace(/....\n$/, "!!!!\n"),
    "something behind it": note + "more",
  };
  for (const [what, text] of Object.entries(table)) {
    await t.step(what, () => assert.equal(parsedCheckpoint(text), undefined));
  }
});

Deno.test("originOf() contains the server's host and the channel", () => {
  assert.equal(originOf("http://127.0.0.1:8100", "chn_x"), "127.0.0.1:8100/chn_x");
});
