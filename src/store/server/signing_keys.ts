/** The public keys that this server has signed with: a key that was replaced is still needed to
 *  check what it signed. */
import * as z from "zod";
import type { PublishedKey } from "../../domain/proof/channel_export.ts";
import { keys } from "../keys.ts";

/** A key, and when it was in use. */
const SigningKey = z.object({
  /** Ed25519, 32 bytes, hex. */
  publicKey: z.string(),
  since: z.date(),
  /** When another key took its place; null for the one in use. */
  until: z.date().nullable(),
});
type SigningKey = z.infer<typeof SigningKey>;

/** A key as everyone may have it. */
export function published({ publicKey, since, until }: SigningKey): PublishedKey {
  return {
    algorithm: "Ed25519",
    public_key: Uint8Array.fromHex(publicKey).toBase64(),
    since: since.toISOString(),
    until: until?.toISOString() ?? null,
  };
}

/** Notes that a key is in use, and that no other is. Returns all there ever were, the newest
 *  first. */
export async function keepSigningKey(
  kv: Deno.Kv,
  publicKey: string,
  now: Date,
): Promise<SigningKey[]> {
  const found: SigningKey[] = [];
  for await (const { key, value } of kv.list({ prefix: keys.signingKeys() })) {
    const known = SigningKey.parse(value);
    if (known.publicKey === publicKey) continue;
    const ended = { ...known, until: known.until ?? now };
    if (known.until === null) await kv.set(key, ended);
    found.push(ended);
  }
  const own = await kv.get(keys.signingKey(publicKey));
  const used = own.value === null ? undefined : SigningKey.parse(own.value);
  const current = { publicKey, since: used?.since ?? now, until: null };
  if (used?.until !== null) await kv.set(own.key, current);
  return [current, ...found.sort((a, b) => b.since.getTime() - a.since.getTime())];
}
