/** The public keys of all signing keys that this server has used. A replaced key is still needed to
 *  check its signatures. */
import * as z from "zod";
import type { PublishedKey } from "../../domain/proof/channel_export.ts";
import { keys } from "../keys.ts";

/** A key and its period of use. */
const SigningKey = z.object({
  /** Ed25519, 32 bytes, hex. */
  publicKey: z.string(),
  since: z.date(),
  /** When another key replaced it; null for the key in use. */
  until: z.date().nullable(),
});
type SigningKey = z.infer<typeof SigningKey>;

/** A key in its public form. */
export function published({ publicKey, since, until }: SigningKey): PublishedKey {
  return {
    algorithm: "Ed25519",
    public_key: Uint8Array.fromHex(publicKey).toBase64(),
    since: since.toISOString(),
    until: until?.toISOString() ?? null,
  };
}

/** Records a key as the one in use and ends the period of every other. Returns all keys, the one in
 *  use first, then the newest. */
export async function keepSigningKey(
  kv: Deno.Kv,
  publicKey: string,
  now: Date,
): Promise<SigningKey[]> {
  const earlier: SigningKey[] = [];
  for await (const { key, value } of kv.list({ prefix: keys.signingKeys() })) {
    const stored = SigningKey.parse(value);
    if (stored.publicKey === publicKey) continue;
    const ended = { ...stored, until: stored.until ?? now };
    if (stored.until === null) await kv.set(key, ended);
    earlier.push(ended);
  }
  const own = await kv.get(keys.signingKey(publicKey));
  const used = own.value === null ? undefined : SigningKey.parse(own.value);
  const current = { publicKey, since: used?.since ?? now, until: null };
  if (used?.until !== null) await kv.set(own.key, current);
  return [current, ...earlier.sort((a, b) => b.since.getTime() - a.since.getTime())];
}
