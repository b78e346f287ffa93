import assert from "node:assert/strict";
import { EnvVault } from "../../../src/store/channel/env_vault.ts";

const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const KEY = new Uint8Array(32).fill(1);

Deno.test("EnvVault opens a sealed text only with the same key and context", async () => {
  const vault = new EnvVault(KEY, randomBytes);
  const sealed = await vault.seal("the secret é", "bot 1");
  assert.equal(await vault.open(sealed, "bot 1"), "the secret é");
  assert.equal(await vault.open(sealed, "bot 2"), null);
  assert.equal(await new EnvVault(new Uint8Array(32), randomBytes).open(sealed, "bot 1"), null);
  const changed = Uint8Array.fromBase64(sealed);
  changed[20]! ^= 1;
  assert.equal(await vault.open(changed.toBase64(), "bot 1"), null);
});

Deno.test("EnvVault never seals a text the same way twice", async () => {
  const vault = new EnvVault(KEY, randomBytes);
  const [one, two] = [
    await vault.seal("the same text", "b"),
    await vault.seal("the same text", "b"),
  ];
  assert.notEqual(one, two);
  assert.ok(!atob(one).includes("the same text"));
});
